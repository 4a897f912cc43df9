#include "api/group_body.hpp"

#include <set>
#include <string>

#include "api/slot_id.hpp"

namespace janjid {
namespace {

using Need = JsonReader::Need;

constexpr std::int64_t kMembersMax = janji::kGroupMembersMax;
// None of ours has it.
constexpr janji::EntitlementId kNobodys{~std::uint64_t{0}};

std::uint16_t read_count(JsonReader& part) {
  const auto members = part.integer("members", Need::required);
  if (!members) return 0;
  if (*members >= 1 && *members <= kMembersMax) return static_cast<std::uint16_t>(*members);
  part.report("members", Fault::bad_choice, "1 to " + std::to_string(kMembersMax));
  return 0;
}

// False: an id names no slot.
bool read_part(const janji::Engine& engine, JsonReader& reader, GroupParts& to) {
  const auto from = reader.string("from", Need::required);
  const auto till = reader.string("to", Need::optional);
  janji::GroupPart part;
  part.members = read_count(reader);
  reader.finish();
  to.members += part.members;
  if (!from) return true;
  const auto first = parse_slot_id(engine, *from);
  const auto last = till ? parse_slot_id(engine, *till) : first;
  if (!first || !last) return false;
  if (last->lane.id != first->lane.id || last->slot.day() != first->slot.day()) {
    reader.report("to", Fault::bad_choice, "of the same branch, service, pool and date as `from`");
  } else if (last->slot.minute() < first->slot.minute()) {
    reader.report("to", Fault::bad_span, "to >= from");
  }
  if (!to.lane) to.lane = first->lane;
  if (to.lane->id != first->lane.id) {
    reader.report("from", Fault::bad_choice, "of the same branch, service and pool as /parts/0");
  }
  part.day = first->slot.day();
  part.first = first->slot.minute();
  part.last = last->slot.minute();
  to.parts.push_back(part);
  return true;
}

std::vector<janji::ApplicantKey> read_members(const Api& api, JsonReader& body) {
  std::vector<janji::ApplicantKey> keys;
  std::set<janji::ApplicantKey> seen;
  for (JsonReader& member : body.objects("members", Need::required, 1, janji::kGroupMembersMax)) {
    const auto document = read_document(member);
    member.finish();
    if (!document) continue;
    const janji::ApplicantKey key = api.identity().applicants.make(*document);
    if (!seen.insert(key).second) {
      member.report("id_number", Fault::bad_choice, "each member once");
    }
    keys.push_back(key);
  }
  return keys;
}

}  // namespace

void GroupParts::add_to(PayloadHash& payload) const {
  payload.add(lane->spec->key).add(static_cast<std::uint64_t>(parts.size()));
  for (const janji::GroupPart& part : parts) {
    payload.add(static_cast<std::uint64_t>(part.day.value))
        .add(static_cast<std::uint64_t>(part.first.value))
        .add(static_cast<std::uint64_t>(part.last.value))
        .add(static_cast<std::uint64_t>(part.members));
  }
}

GroupParts read_parts(const janji::Engine& engine, JsonReader& body) {
  GroupParts read;
  bool all_name_slots = true;
  for (JsonReader& part : body.objects("parts", Need::required, 1, janji::kGroupMembersMax)) {
    all_name_slots &= read_part(engine, part, read);
  }
  if (!all_name_slots) read.lane.reset();
  return read;
}

void GroupPeople::add_to(PayloadHash& payload) const {
  payload.add(static_cast<std::uint64_t>(category)).add(entitlement.value);
  for (const janji::ApplicantKey& member : members) payload.add(member.hi).add(member.lo);
}

GroupPeople read_group_people(const Api& api, JsonReader& body) {
  GroupPeople read;
  read.members = read_members(api, body);
  if (const auto text = body.string("entitlement", Need::optional)) {
    const ParsedEntitlement parsed = api.identity().entitlements.parse(*text);
    // Well typed, and never given: nobody has it, which the decision says.
    read.entitlement = parsed.verdict == ReferenceVerdict::forged ? kNobodys : parsed.entitlement;
    if (parsed.verdict == ReferenceVerdict::mistyped) {
      body.report("entitlement", Fault::bad_format, "an entitlement's `id`, of 18 characters");
    }
  }
  if (auto claimant = body.object("claimant", Need::required)) {
    read.category = read_category(*claimant);
    read.claimant = read_document(*claimant);
    claimant->finish();
  }
  return read;
}

}  // namespace janjid
