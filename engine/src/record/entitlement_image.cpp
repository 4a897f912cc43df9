#include "record/entitlement_image.hpp"

#include <algorithm>
#include <string>

#include "record/names.hpp"

namespace janji::record {
namespace {

Error does_not_apply(Type type, std::uint64_t id, const char* why) {
  return Error{Code::damaged, std::string(name_of(type)) + " in cell " +
                                  std::to_string(cell_of(EntitlementId{id})) + ": " + why};
}

// What was granted, so that it never acts twice.
template <class R>
void remember(EntitlementImage& image, Lsn lsn, const R& record) noexcept {
  OperationImage& entry = image.operation[image.operations++];
  entry = OperationImage{};
  entry.operation_hi = record.operation_hi;
  entry.operation_lo = record.operation_lo;
  entry.payload = record.payload;
  entry.lsn = lsn.value;
  entry.at_ms = record.acted_ms;
  entry.type = static_cast<std::uint8_t>(R::kType);
  image.decided_ms = record.decided_ms;
  image.acted_ms = record.acted_ms;
  image.lsn = lsn.value;
  image.actor = record.header.actor;
}

const char* why_not_made(const EntitlementImage& image, const Entitlement& made) noexcept {
  if (made.granted != 0) return image.entitlement == 0 ? nullptr : "its cell is taken";
  if (image.entitlement != made.entitlement) return "its cell isn't its own";
  if (image.holder_hi != made.holder_hi || image.holder_lo != made.holder_lo) {
    return "it is another holder's";
  }
  if (image.service != made.service) return "it is for another service";
  return image.operations == kOperationsPerEntitlement ? "it was changed too often" : nullptr;
}

// `slot_of`: of a member.
template <class R, class SlotOf>
const char* why_not_for(const EntitlementImage& image, const EligibleKeys& keys, const R& made,
                        SlotOf&& slot_of) noexcept {
  if (image.entitlement != made.entitlement) return "it isn't there";
  if (image.holder_hi != made.applicant_hi || image.holder_lo != made.applicant_lo) {
    return "it isn't its applicant's";
  }
  for (const auto& member : members_of(made)) {
    if (!is_valid_on(image, slot_of(member))) return "it isn't valid on a slot's date";
    if (image.listed != 0 && !keys.contains({member.applicant_hi, member.applicant_lo})) {
      return "a member isn't on its list";
    }
  }
  return nullptr;
}

}  // namespace

Status apply(EntitlementImage& image, Lsn lsn, const Entitlement& made) {
  if (const char* why = why_not_made(image, made)) {
    return does_not_apply(Type::entitlement, made.entitlement, why);
  }
  if (made.granted != 0) image = EntitlementImage{};
  image.entitlement = made.entitlement;
  image.holder_hi = made.holder_hi;
  image.holder_lo = made.holder_lo;
  image.service = made.service;
  image.quota = made.quota;
  image.from = made.from;
  image.until = made.until;
  image.listed = made.listed;
  remember(image, lsn, made);
  return success();
}

Status apply(EntitlementImage& image, EligibleKeys& keys, Lsn lsn, const Eligible& change) {
  const auto added = added_in(change);
  const auto removed = removed_in(change);
  const auto is_there = [&](const ApplicantKey& key) { return keys.contains(key); };
  const char* why = nullptr;
  if (image.operations == kOperationsPerEntitlement) why = "it was changed too often";
  if (std::any_of(added.begin(), added.end(), is_there)) why = "one who comes is there";
  if (!std::all_of(removed.begin(), removed.end(), is_there)) why = "one who goes isn't there";
  if (image.entitlement != change.entitlement) why = "its cell isn't its own";
  if (why != nullptr) return does_not_apply(Type::eligible, change.entitlement, why);
  for (const ApplicantKey& key : removed) keys.erase(key);
  keys.insert(added.begin(), added.end());
  remember(image, lsn, change);
  return success();
}

Status apply(EntitlementImage& image, const ForgetEntitlement& forget) {
  const char* why = nullptr;
  if (image.used != image.spent) why = "there are bookings under it";
  if (image.entitlement != forget.entitlement) why = "it isn't there";
  if (why != nullptr) return does_not_apply(Type::forget_entitlement, forget.entitlement, why);
  image = EntitlementImage{};
  return success();
}

UnitsMoved units_moved(std::uint64_t booking, Units had, const BookingImage& after) noexcept {
  if (after.booking == 0) return {};
  if (booking != after.booking) had = Units{};
  const Units has = units_of(after);
  return {static_cast<std::int32_t>(has.used) - static_cast<std::int32_t>(had.used),
          static_cast<std::int32_t>(has.spent) - static_cast<std::int32_t>(had.spent)};
}

Status move_units(EntitlementImage& image, EntitlementId id, UnitsMoved units) {
  const auto fails = [&](const std::string& why) {
    return Error{Code::damaged,
                 "the entitlement in cell " + std::to_string(cell_of(id)) + ": " + why};
  };
  if (image.entitlement != id.value) return fails("a booking names it, and it isn't there");
  const std::int64_t used = std::int64_t{image.used} + units.used;
  const std::int64_t spent = std::int64_t{image.spent} + units.spent;
  if (used < 0 || spent < 0 || spent > used || (units.used > 0 && used > image.quota)) {
    return fails("it would have " + std::to_string(used) + " of " + std::to_string(image.quota) +
                 " units used, " + std::to_string(spent) + " of them for good");
  }
  image.used = static_cast<std::uint32_t>(used);
  image.spent = static_cast<std::uint32_t>(spent);
  return success();
}

const char* why_not_entitled(const EntitlementImage& image, const EligibleKeys& keys,
                             const GroupClaim& claim) noexcept {
  const auto slot_of = [](const NewMember& member) { return SlotKey{member.slot}; };
  return why_not_for(image, keys, claim, slot_of);
}

const char* why_not_entitled(const EntitlementImage& image, const EligibleKeys& keys,
                             const GroupJoin& join) noexcept {
  // All that it waits for are of one day.
  const auto slot_of = [&](const JoiningMember&) { return SlotKey{join.slot}; };
  return why_not_for(image, keys, join, slot_of);
}

const char* why_senseless(const EntitlementImage& image) noexcept {
  if (image.entitlement == 0) return "it names none";
  if ((image.holder_hi | image.holder_lo) == 0) return "it has no holder";
  if (image.service == 0) return "it is for no service";
  if (image.quota > kEntitlementUnitsMax || image.used > kEntitlementUnitsMax ||
      image.spent > image.used) {
    return "its units are out of bounds";
  }
  constexpr std::int32_t kDayMax = (1 << SlotKey::kDayBits) - 1;
  if (image.from < 0 || image.until < image.from || image.until > kDayMax) {
    return "its dates are out of bounds";
  }
  if (image.listed > 1 || image.reserved != 0) return "a part of it is none";
  if (!is_civil_time(image.acted_ms) || !is_ledger_time(image.decided_ms)) {
    return "its times are out of bounds";
  }
  if (image.operations == 0 || image.operations > kOperationsPerEntitlement) {
    return "it has as many changes as there can't be";
  }
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < image.operations; ++i) {
    const OperationImage& entry = image.operation[i];
    const auto type = static_cast<Type>(entry.type);
    const bool known =
        i == 0 ? type == Type::entitlement : type == Type::entitlement || type == Type::eligible;
    const bool sound = known && entry.lsn > last && is_civil_time(entry.at_ms) &&
                       entry.details_hash == 0 && entry.details_size == 0;
    if (!sound) return "a change of it is none";
    last = entry.lsn;
  }
  return last == image.lsn ? nullptr : "its last change is another one";
}

}  // namespace janji::record
