// What staff and the clock make of slots, applicants and entitlements.
#include <cstring>
#include <set>

#include "fuzz/any_of.hpp"
#include "fuzz/some_records.hpp"
#include "model/small_town.hpp"

namespace janji::fuzz {

using model::Bytes;

// Of applicants who claim, too.
Bytes SomeRecords::block() {
  record::Block made{};
  made.applicant_lo = 1 + random_.below(32);
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.acted_ms = model::kTownStart;
  if (random_.below(3) != 0) made.until_ms = made.acted_ms + 1000;
  made.cell = static_cast<std::uint32_t>(made.applicant_lo % 8);
  spoil(made.applicant_lo);
  spoil(made.until_ms);
  spoil(made.cell);
  return model::to_bytes(made);
}

Bytes SomeRecords::forget_block() {
  record::ForgetBlock made{};
  made.applicant_lo = 1 + random_.below(32);
  if (!so_far_.blocks().empty()) made.applicant_lo = any_of(so_far_.blocks(), random_)->first.lo;
  made.decided_ms = decided();
  made.ended_ms = model::kTownStart + 2000;
  made.cell = static_cast<std::uint32_t>(made.applicant_lo % 8);
  spoil(made.ended_ms);
  spoil(made.cell);
  return model::to_bytes(made);
}

// One that there is, or a new one of this opening.
EntitlementId SomeRecords::some_entitlement() {
  const auto& all = so_far_.entitlements();
  if (!all.empty() && random_.below(4) != 0) return any_of(all, random_)->first;
  const auto cell = static_cast<std::uint32_t>(random_.below(8));
  return record::make_entitlement_id(cell, ++entitlements_, epoch_random_);
}

Bytes SomeRecords::entitlement() {
  const EntitlementId id = some_entitlement();
  const model::ModelEntitlement* before = so_far_.find_entitlement(id);
  record::Entitlement made{};
  made.entitlement = id.value;
  made.holder_lo = before == nullptr ? 1 + random_.below(32) : before->holder.lo;
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.acted_ms = model::kTownStart;
  made.service = before == nullptr ? service_key("permit").value : before->service;
  made.quota = static_cast<std::uint32_t>(random_.below(100));
  made.from = static_cast<std::int32_t>(20'000 + random_.below(1000));
  made.until = made.from + static_cast<std::int32_t>(random_.below(1000));
  made.listed = static_cast<std::uint32_t>(random_.below(2));
  made.granted = before == nullptr ? 1 : 0;
  spoil(made.entitlement);
  spoil(made.quota);
  spoil(made.until);
  spoil(made.granted);
  return model::to_bytes(made);
}

Bytes SomeRecords::eligible() {
  const EntitlementId id = some_entitlement();
  const model::ModelEntitlement* of = so_far_.find_entitlement(id);
  std::set<ApplicantKey> added, removed;
  for (std::uint64_t i = random_.below(6); i > 0; --i) added.insert({0, 1 + random_.below(64)});
  if (of != nullptr && !wild_) {
    for (const ApplicantKey& key : of->eligible) added.erase(key);
    if (!of->eligible.empty() && random_.below(2) == 0) removed.insert(*of->eligible.begin());
  }
  std::vector<ApplicantKey> keys(added.begin(), added.end());
  keys.insert(keys.end(), removed.begin(), removed.end());
  record::Eligible made{};
  made.header.type = record::Type::eligible;
  made.header.size = static_cast<std::uint16_t>(sizeof made + keys.size() * sizeof(ApplicantKey));
  made.entitlement = id.value;
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.acted_ms = model::kTownStart;
  made.added = static_cast<std::uint32_t>(added.size());
  made.removed = static_cast<std::uint32_t>(removed.size());
  spoil(made.entitlement);
  spoil(made.added);
  Bytes bytes(made.header.size);
  std::memcpy(bytes.data(), &made, sizeof made);
  if (!keys.empty()) {
    std::memcpy(bytes.data() + sizeof made, keys.data(), keys.size() * sizeof(ApplicantKey));
  }
  return bytes;
}

Bytes SomeRecords::forget_entitlement() {
  constexpr std::int64_t kDayMs = 86'400'000;
  const EntitlementId id = some_entitlement();
  const model::ModelEntitlement* of = so_far_.find_entitlement(id);
  record::ForgetEntitlement made{};
  made.entitlement = id.value;
  made.decided_ms = decided();
  made.ended_ms = (of == nullptr ? 1 : of->until.value + 2) * kDayMs;
  spoil(made.entitlement);
  spoil(made.ended_ms);
  return model::to_bytes(made);
}

// By staff, or while the catalogue is changed.
Bytes SomeRecords::slot() {
  record::Slot made{};
  made.slot = some_slot();
  made.decided_ms = decided();
  made.changed_ms = model::kTownStart;
  spoil(made.changed_ms);
  made.capacity = static_cast<std::uint32_t>(1 + random_.below(4));
  spoil(made.capacity);
  made.closed = static_cast<std::uint16_t>(random_.below(2));
  spoil(made.closed);
  const bool may_plan = so_far_.changing() != 0 || wild_;
  if (may_plan) made.planned = record::Planned::of(made.capacity, made.closed != 0).bits;
  spoil(made.planned);
  if (made.planned == 0) made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  return model::to_bytes(made);
}

// Begins a change, or ends the one that was begun.
Bytes SomeRecords::catalogue() {
  record::Catalogue made{};
  made.done = static_cast<std::uint32_t>(so_far_.changing() != 0 ? random_.below(2) : 0);
  made.digest = made.done != 0 ? so_far_.changing() : 1 + random_.below(1000);
  spoil(made.digest);
  spoil(made.done);
  made.decided_ms = decided();
  made.changed_ms = model::kTownStart;
  spoil(made.changed_ms);
  return model::to_bytes(made);
}

// Mostly from a pool to its general lane.
Bytes SomeRecords::fall_back() {
  constexpr std::uint32_t kPool = 2, kGeneral = 1;
  SlotKey from{some_slot()};
  for (const auto& [key, slot] : so_far_.slots()) {
    if (key.lane() == LaneId{kPool} && slot.free() != 0 && !wild_) from = key;
  }
  record::FallBack made{};
  made.from = from.value;
  made.slot = SlotKey(LaneId{kGeneral}, from.day(), from.minute()).value;
  spoil(made.slot);
  const model::ModelSlot* left = so_far_.find_slot(from);
  const model::ModelSlot* entered = so_far_.find_slot(SlotKey{made.slot});
  made.decided_ms = decided();
  made.fell_ms = model::kTownStart;
  spoil(made.fell_ms);
  made.seats =
      static_cast<std::uint16_t>(left == nullptr ? 1 : 1 + random_.below(left->free() + 1));
  made.from_capacity =
      static_cast<std::uint16_t>(left == nullptr ? 0 : left->capacity - made.seats);
  made.capacity =
      static_cast<std::uint16_t>((entered == nullptr ? 1 : entered->capacity) + made.seats);
  spoil(made.from_capacity);
  spoil(made.capacity);
  return model::to_bytes(made);
}

// Mostly to some slot of which seats are kept back.
Bytes SomeRecords::tranche() {
  SlotKey to{some_slot()};
  for (const auto& [key, slot] : so_far_.slots()) {
    if (slot.kept != 0 && !slot.closed && !wild_) to = key;
  }
  const model::ModelSlot* slot = so_far_.find_slot(to);
  const std::uint32_t kept = slot == nullptr ? 1 : slot->kept;
  record::Tranche made{};
  made.slot = to.value;
  spoil(made.slot);
  made.decided_ms = decided();
  made.came_ms = model::kTownStart;
  spoil(made.came_ms);
  made.seats = static_cast<std::uint16_t>(1 + random_.below(kept + 1));
  made.capacity = static_cast<std::uint16_t>((slot == nullptr ? 1 : slot->capacity) + made.seats);
  made.kept = static_cast<std::uint16_t>(kept - made.seats);
  spoil(made.capacity);
  spoil(made.kept);
  return model::to_bytes(made);
}

}  // namespace janji::fuzz
