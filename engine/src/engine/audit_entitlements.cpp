// The audit of entitlements: what staff made of them, and what groups took.
#include "base/words.hpp"
#include "engine/audit.hpp"
#include "record/apply.hpp"

namespace janji {

using base::Hex;
using base::words;

Status Audit::on_entitlement(std::uint32_t cell, const record::EntitlementImage& image) {
  for (std::uint32_t i = 0; i < image.operations; ++i) {
    const record::OperationImage& entry = image.operation[i];
    const Key id{entry.operation_hi, entry.operation_lo, 0};
    if (Status status = add_operation(id, 0); !status.ok()) return status;
  }
  entitlements_[cell].image = image;
  return success();
}

Status Audit::on_eligible(std::uint32_t cell, const record::EligibleKeys& keys) {
  const auto at = entitlements_.find(cell);
  if (at == entitlements_.end()) {
    return breaks(Check::entitlements, words("cell ", cell, " has a list and no entitlement"));
  }
  at->second.keys = keys;
  return success();
}

Audit::Entitled* Audit::find_entitled(std::uint64_t id) {
  const auto at = entitlements_.find(record::cell_of(EntitlementId{id}));
  return at != entitlements_.end() && at->second.image.entitlement == id ? &at->second : nullptr;
}

Status Audit::take(Lsn lsn, const record::Entitlement& made) {
  const std::uint32_t cell = record::cell_of(EntitlementId{made.entitlement});
  Entitled now;
  if (const auto at = entitlements_.find(cell); at != entitlements_.end()) now = at->second;
  if (Status applied = record::apply(now.image, lsn, made); !applied.ok()) return applied;
  const std::uint64_t opening = record::epoch_of(BookingId{made.entitlement});
  if (made.granted != 0 && opening != last_opening_) {
    return breaks(Check::ids, words("the entitlement ", Hex{made.entitlement},
                                    " has the random part of no opening, or of an earlier one"));
  }
  const Key id{made.operation_hi, made.operation_lo, 0};
  if (Status status = add_operation(id, 0); !status.ok()) return status;
  entitlements_[cell] = std::move(now);
  return success();
}

Status Audit::take(Lsn lsn, const record::Eligible& change) {
  Entitled none;
  Entitled* of = find_entitled(change.entitlement);
  if (of == nullptr) of = &none;  // then it doesn't apply
  if (Status applied = record::apply(of->image, of->keys, lsn, change); !applied.ok()) {
    return applied;
  }
  return add_operation(Key{change.operation_hi, change.operation_lo, 0}, 0);
}

Status Audit::take(Lsn, const record::ForgetEntitlement& forget) {
  Entitled none;
  Entitled* of = find_entitled(forget.entitlement);
  if (of == nullptr) of = &none;  // then it doesn't apply
  const record::EntitlementImage before = of->image;
  if (Status applied = record::apply(of->image, forget); !applied.ok()) return applied;
  if (of->groups != 0) {
    return breaks(Check::entitlements, words("the entitlement ", Hex{forget.entitlement},
                                             " is forgotten, and ", of->groups, " groups name it"));
  }
  for (std::uint32_t i = 0; i < before.operations; ++i) {
    operations_.erase(Key{before.operation[i].operation_hi, before.operation[i].operation_lo, 0});
  }
  entitlements_.erase(record::cell_of(EntitlementId{forget.entitlement}));
  return success();
}

// The service of a lane, by its key: "branch/service/pool".
ServiceKey Audit::service_of(LaneId lane) const {
  const auto at = lanes_.find(lane.value);
  if (at == lanes_.end()) return {};
  const std::string& key = at->second;
  const std::size_t begin = key.find('/') + 1;
  const std::size_t end = key.find('/', begin);
  if (begin == 0 || end == std::string::npos) return {};
  return service_key(std::string_view(key).substr(begin, end - begin));
}

// A group that claims, or joins, does so as its holder, for those on the list, on dates and at a
// service that it is for.
template <class R>
Status Audit::check_entitled(const R& made) {
  if (made.entitlement == 0) return success();
  const Entitled* of = find_entitled(made.entitlement);
  const Entitled none;
  if (of == nullptr) of = &none;
  const char* why = record::why_not_entitled(of->image, of->keys, made);
  SlotKey slot;
  if constexpr (requires { made.slot; }) {
    slot = SlotKey{made.slot};
  } else {
    slot = SlotKey{record::members_of(made).front().slot};
  }
  if (why == nullptr && service_of(slot.lane()).value != of->image.service) {
    why = "it is for another service";
  }
  if (why == nullptr) return success();
  return breaks(Check::entitlements,
                words("a group ", R::kType == record::Type::group_join ? "joins" : "is claimed",
                      " under the entitlement ", Hex{made.entitlement}, ": ", why));
}

template Status Audit::check_entitled(const record::GroupClaim& made);
template Status Audit::check_entitled(const record::GroupJoin& made);

// What a record did to a booking, hence to its entitlement.
Status Audit::move_units(const Image& before, const Image& after) {
  const bool was_group = before.booking != 0 && record::state_of(before) == BookingState::group;
  const bool is_group = after.booking != 0 && record::state_of(after) == BookingState::group;
  if (was_group != is_group) {
    Entitled* of = find_entitled(is_group ? after.entitlement : before.entitlement);
    if (of != nullptr && is_group) ++of->groups;
    if (of != nullptr && was_group) --of->groups;
  }
  if (after.entitlement == 0) return success();
  Entitled* of = find_entitled(after.entitlement);
  Entitled none;
  if (of == nullptr) of = &none;
  // Whoever is offered a slot has its day since the join, whatever the dates are by now.
  const bool waited = record::state_of(before) == BookingState::waiting;
  const bool moved = !waited && before.booking == after.booking && before.slot != after.slot;
  if (moved && !record::is_valid_on(of->image, SlotKey{after.slot})) {
    return breaks(Check::entitlements, words("booking ", Hex{after.booking},
                                             " moves to a date that its entitlement isn't for"));
  }
  const record::UnitsMoved units =
      record::units_moved(before.booking, record::units_of(before), after);
  if (!units.any()) return success();
  const EntitlementId id{after.entitlement};
  Status status = record::move_units(of->image, id, units);
  return status.ok() ? status : breaks(Check::entitlements, status.error().detail);
}

// The bookings under each, against what it says is used.
Status Audit::recount_units() {
  std::map<std::uint64_t, std::uint32_t> live;  // by entitlement
  for (auto& [cell, of] : entitlements_) of.groups = 0;
  for (const auto& [place, image] : bookings_) {
    if (image.booking == 0 || image.entitlement == 0) continue;
    Entitled* of = find_entitled(image.entitlement);
    if (of == nullptr) {
      return breaks(Check::recount, words("booking ", Hex{image.booking}, " names the entitlement ",
                                          Hex{image.entitlement}, ", which isn't there"));
    }
    if (record::state_of(image) == BookingState::group) ++of->groups;
    const record::Units units = record::units_of(image);
    live[image.entitlement] += units.used - units.spent;
  }
  for (const auto& [cell, of] : entitlements_) {
    const auto at = live.find(of.image.entitlement);
    const std::uint32_t counted = of.image.spent + (at == live.end() ? 0 : at->second);
    if (counted == of.image.used) continue;
    return breaks(Check::recount,
                  words("the entitlement in cell ", cell, " has ", of.image.used,
                        " units used, but its bookings, and those that ended, have ", counted));
  }
  return success();
}

}  // namespace janji
