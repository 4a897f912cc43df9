// What verify holds of records about slots alone.
#include <string>

#include "base/words.hpp"
#include "engine/audit.hpp"

namespace janji {

using base::Hex;
using base::words;

// Only a lowering by staff, or by the catalogue, can leave a slot above its capacity; a closed one
// takes nobody.
Status Audit::take(Lsn lsn, const record::Slot& change) {
  state::DayRowSlot* at = find_slot(SlotKey{change.slot});
  if (at == nullptr) {
    return breaks(Check::records, words("slot ", Hex{change.slot}, " isn't open"));
  }
  if (change.planned != 0 && changing_ == 0) {
    return breaks(Check::records, words("slot ", Hex{change.slot},
                                        " is given by a catalogue of which no change was begun"));
  }
  at->change(change);
  return keep_grant(state::day_key(SlotKey{change.slot}),
                    {change.operation_hi, change.operation_lo, change.payload, lsn.value});
}

// An operation id of a slot's change acts once, until the day is archived.
Status Audit::keep_grant(std::uint64_t day, const record::SlotGrant& grant) {
  const Key id{grant.operation_hi, grant.operation_lo, 0};
  if (id == Key{}) return success();
  auto& kept = grants_[day];
  if (kept.size() >= record::kSlotGrantsPerDay) {
    return breaks(Check::records, words("more than ", record::kSlotGrantsPerDay,
                                        " changes of slots were granted on one day"));
  }
  kept.push_back(id);
  return add_operation(id, 0);
}

void Audit::forget_grants(std::uint64_t day) {
  const auto kept = grants_.find(day);
  if (kept == grants_.end()) return;
  for (const Key& id : kept->second) operations_.erase(id);
  grants_.erase(kept);
}

// One that was given up is begun anew, or another is.
Status Audit::take(Lsn, const record::Catalogue& change) {
  if (change.done != 0 && changing_ != change.digest) {
    return breaks(Check::records, words("the change ", Hex{change.digest},
                                        " of the catalogue is done, which wasn't begun"));
  }
  changing_ = change.done != 0 ? 0 : change.digest;
  return success();
}

// From a pool to the general lane of the same office and service, and only what is free there.
Status Audit::take(Lsn, const record::FallBack& fall) {
  state::DayRowSlot* from = find_slot(SlotKey{fall.from});
  state::DayRowSlot* to = find_slot(SlotKey{fall.slot});
  if (from == nullptr || to == nullptr) {
    return breaks(Check::records,
                  words("slot ", Hex{from == nullptr ? fall.from : fall.slot}, " isn't open"));
  }
  const auto general_of = [](const std::string& key) {
    return key.substr(0, key.rfind('/')) + "/general";
  };
  const std::string& pool = lanes_.at(SlotKey{fall.from}.lane().value);
  const std::string& lane = lanes_.at(SlotKey{fall.slot}.lane().value);
  if (lane != general_of(pool)) {
    return breaks(Check::records, words("seats of lane ", pool, " fall back to lane ", lane));
  }
  if (from->closed() || to->closed()) {
    return breaks(Check::records, words("seats fall back between slots of which one is closed: ",
                                        Hex{fall.from}, " and ", Hex{fall.slot}));
  }
  if (from->taken + fall.seats > from->capacity) {
    return breaks(Check::capacity,
                  words(fall.seats, " seats fall back from slot ", Hex{fall.from}, ", where ",
                        from->taken, " of ", from->capacity, " are taken"));
  }
  if (from->capacity - fall.seats != fall.from_capacity ||
      to->capacity + fall.seats != fall.capacity) {
    return breaks(Check::records, words("slots ", Hex{fall.from}, " and ", Hex{fall.slot},
                                        " come to have other capacities than the record says"));
  }
  from->capacity = fall.from_capacity;
  to->capacity = fall.capacity;
  return success();
}

// Only as many as are kept back, and not behind a closed door.
Status Audit::take(Lsn, const record::Tranche& tranche) {
  state::DayRowSlot* at = find_slot(SlotKey{tranche.slot});
  if (at == nullptr) {
    return breaks(Check::records, words("slot ", Hex{tranche.slot}, " isn't open"));
  }
  if (at->closed()) {
    return breaks(Check::records,
                  words("seats come to slot ", Hex{tranche.slot}, ", which is closed"));
  }
  if (tranche.kept + tranche.seats != at->kept) {
    return breaks(Check::capacity,
                  words(tranche.seats, " seats come to slot ", Hex{tranche.slot}, " and ",
                        tranche.kept, " are left, of ", at->kept, " that are kept back"));
  }
  if (at->capacity + tranche.seats != tranche.capacity) {
    return breaks(Check::records, words("slot ", Hex{tranche.slot},
                                        " comes to have another capacity than the record says"));
  }
  at->capacity = tranche.capacity;
  at->kept = tranche.kept;
  return success();
}

}  // namespace janji
