#include "api/wait_target.hpp"

#include "api/claim_request.hpp"
#include "api/slot_id.hpp"

namespace janjid {
namespace {

std::optional<WaitTarget> find_span(const janji::Engine& engine, const JoinTarget& asked,
                                    FieldErrors& errors) {
  const auto first = parse_slot_id(engine, *asked.from);
  const auto last = parse_slot_id(engine, *asked.to);
  if (!first || !last) return std::nullopt;
  if (last->lane.id != first->lane.id || last->slot.day() != first->slot.day()) {
    errors.body("/to", Fault::bad_choice, "of the same branch, service, pool and date as `from`");
    return std::nullopt;
  }
  if (last->slot < first->slot) {
    errors.body("/to", Fault::bad_span, "to >= from");
    return std::nullopt;
  }
  return WaitTarget{first->lane, {}, first->slot.day(), first->slot.minute(), last->slot.minute()};
}

}  // namespace

void WaitTarget::add_to(PayloadHash& payload) const {
  payload.add(lane.spec->key);
  if (slot.value == 0) payload.add("day").add(static_cast<std::uint64_t>(until.value));
  payload.add(day_and_minute(janji::SlotKey(lane.id, day, from)));
}

std::optional<WaitTarget> find_wait_target(const janji::Engine& engine, const JoinTarget& asked,
                                           FieldErrors& errors) {
  if (asked.from) return find_span(engine, asked, errors);
  if (asked.slot) {
    const auto parsed = parse_slot_id(engine, *asked.slot);
    if (!parsed) return std::nullopt;
    return WaitTarget{parsed->lane, parsed->slot, parsed->slot.day(), parsed->slot.minute()};
  }
  const auto lane = find_lane(engine, asked.branch, asked.service, asked.pool);
  if (!lane) return std::nullopt;
  return WaitTarget{*lane, {}, asked.first_day};
}

}  // namespace janjid
