// Entitlements as recovery finds them: kept by cell until all records are applied, and then laid
// down, as in restore.cpp, before any thread but one exists.
#include <string>
#include <utility>

#include "base/words.hpp"
#include "ledger/entitlement_parts.hpp"

namespace janji::ledger {

namespace {

using base::words;

constexpr auto relaxed = std::memory_order_relaxed;

Error damaged(std::string text) {
  return Error{Code::damaged, std::move(text)};
}

}  // namespace

Status Ledger::restore_entitlement(std::uint32_t cell, const record::EntitlementImage& image) {
  if (cell >= entitlements_.size()) {
    return Error{Code::limit_reached,
                 words("entitlements_max: the data has an entitlement in cell ", cell,
                       ", but only ", entitlements_.size(), " fit; raise it")};
  }
  restored_.entitlements[cell].image = image;
  return success();
}

Status Ledger::restore_eligible(std::uint32_t cell, const record::EligibleKeys& keys) {
  const auto at = restored_.entitlements.find(cell);
  if (at == restored_.entitlements.end()) {
    return damaged(
        words("there is a list of the entitlement in cell ", cell, ", which isn't there"));
  }
  at->second.keys = keys;
  return success();
}

// A record by staff or of forgetting, behind what the state has.
Status Ledger::restore_entitlement(Lsn lsn, const record::Header& header) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  std::uint64_t id = 0;  // stands first in all of them
  std::memcpy(&id, bytes + sizeof header, sizeof id);
  const std::uint32_t cell = record::cell_of(EntitlementId{id});
  Restored::Entitlement now;
  const auto at = restored_.entitlements.find(cell);
  if (at != restored_.entitlements.end()) now = at->second;
  if (header.type == record::Type::forget_entitlement) {
    const auto& forget = record::as<record::ForgetEntitlement>(bytes);
    if (Status applied = record::apply(now.image, forget); !applied.ok()) return applied;
    if (now.groups != 0) {
      return damaged(words("the entitlement in cell ", cell, " is forgotten, and ", now.groups,
                           " groups name it"));
    }
    restored_.entitlements.erase(at);
    return success();
  }
  Status applied =
      header.type == record::Type::entitlement
          ? record::apply(now.image, lsn, record::as<record::Entitlement>(bytes))
          : record::apply(now.image, now.keys, lsn, record::as<record::Eligible>(bytes));
  if (!applied.ok()) return applied;
  if (Status stored = restore_entitlement(cell, now.image); !stored.ok()) return stored;
  restored_.entitlements[cell].keys = std::move(now.keys);
  return success();
}

// A group that names it comes.
Status Ledger::restore_group_of(std::uint64_t id) {
  const auto at = restored_.entitlements.find(record::cell_of(EntitlementId{id}));
  if (at == restored_.entitlements.end() || at->second.image.entitlement != id) {
    return damaged(words("a group names the entitlement ", base::Hex{id}, ", which isn't there"));
  }
  ++at->second.groups;
  return success();
}

// What a record did to a booking, hence to its entitlement.
Status Ledger::restore_units(std::uint64_t booking, record::Units had,
                             const record::BookingImage& after) {
  const record::UnitsMoved units = record::units_moved(booking, had, after);
  if (!units.any()) return success();
  const EntitlementId id{after.entitlement};
  const auto at = restored_.entitlements.find(record::cell_of(id));
  record::EntitlementImage none{};
  return record::move_units(at == restored_.entitlements.end() ? none : at->second.image, id,
                            units);
}

Status Ledger::relink_entitlements() {
  for (std::uint32_t at = entitlements_.size(); at-- > 0;) {
    const auto from = restored_.entitlements.find(at);
    if (from == restored_.entitlements.end()) {
      entitlements_.put_back(at);
    } else if (Status linked = relink_entitlement(at, from->second); !linked.ok()) {
      return linked;
    }
  }
  restored_.entitlements.clear();
  restored_.live_units.clear();
  return success();
}

Status Ledger::relink_entitlement(std::uint32_t at, const Restored::Entitlement& from) {
  const record::EntitlementImage& image = from.image;
  const auto live = restored_.live_units.find(at);
  const std::uint32_t counted =
      image.spent + (live == restored_.live_units.end() ? 0 : live->second);
  if (counted != image.used) {
    return damaged(words("recount: the entitlement in cell ", at, " has ", image.used,
                         " units used, but its bookings, and those that ended, have used ",
                         counted));
  }
  EntitlementCell& cell = entitlements_[at];
  cell.id.store(image.entitlement, relaxed);
  cell.holder_hi.store(image.holder_hi, relaxed);
  cell.holder_lo.store(image.holder_lo, relaxed);
  cell.lsn.store(image.lsn, relaxed);
  cell.decided_ms.store(word_of(image.decided_ms), relaxed);
  cell.acted_ms.store(word_of(image.acted_ms), relaxed);
  cell.actor.store(image.actor, relaxed);
  cell.service.store(image.service, relaxed);
  cell.from.store(image.from, relaxed);
  cell.until.store(image.until, relaxed);
  cell.listed.store(image.listed, relaxed);
  cell.spent.store(image.spent, relaxed);
  cell.groups.store(from.groups, relaxed);
  cell.changes.store(image.operations, relaxed);
  std::uint32_t head = kNothing;
  for (std::uint32_t i = 0; i < image.operations; ++i) {
    record::OperationImage made = image.operation[i];
    made.details_size = at;
    const std::string of = words("the entitlement in cell ", at);
    if (Status linked = relink_entry(made, head, of); !linked.ok()) return linked;
  }
  cell.operations.store(head, relaxed);
  cell.eligible.store(EligibleKeys::kNone, relaxed);
  for (const ApplicantKey& key : from.keys) {
    EligibleKeys::Entered made{};
    if (eligible_.enter(eligible_hash(at, key), at, key, made) != KeyIndex::Insert::done) {
      return Error{Code::limit_reached, "eligible_max: the data's lists hold more; raise it"};
    }
    eligible_.link(made.at, cell.eligible, EntitlementId{image.entitlement});
  }
  cell.many.store(static_cast<std::uint32_t>(from.keys.size()), relaxed);
  cell.word.store(EntitlementWord::make(image.quota, image.used).bits, relaxed);
  return success();
}

}  // namespace janji::ledger
