// What every decision needs: refusing, waiting, and the caller's stock.
#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

Decision Ledger::refuse(Code code, Lsn lsn) const noexcept {
  return Decision{Verdict::refused, code, false, {}, lsn, 0};
}

// Rule 5. The caller holds nothing and has nothing marked busy.
Decision Ledger::wait(Patience& patience) noexcept {
  const std::uint64_t round = journal_.rounds.next_round();
  const std::int64_t now = time_.ledger_now().value;
  if (patience.looks == 0) {
    patience.since_ms = now;
    patience.since_round = round;
  }
  ++patience.looks;
  const bool long_enough =
      now - patience.since_ms >= kPatienceMs && round >= patience.since_round + 2;
  if (patience.looks > kLooksMax || long_enough) return refuse(Code::retry);
  journal_.rounds.request_round();
  return Decision{Verdict::wait, Code::retry, false, {}, {}, round};
}

// The stock that has a block, filled if need be; null when there is none to be had.
std::uint32_t* Ledger::block_stock(CallerSlot& caller, bool may_use_reserve) noexcept {
  if (caller.block == kNothing) caller.block = journal_.blocks.pop_magazine();
  if (caller.block != kNothing) return &caller.block;
  if (!may_use_reserve) return nullptr;
  // Kept apart, so that no claim uses up what was kept for confirm and cancel.
  if (caller.reserve_block == kNothing) caller.reserve_block = journal_.blocks.pop_reserve();
  return caller.reserve_block != kNothing ? &caller.reserve_block : nullptr;
}

std::uint32_t Ledger::take_block(CallerSlot& caller, bool may_use_reserve) noexcept {
  std::uint32_t* stock = block_stock(caller, may_use_reserve);
  if (stock == nullptr) return kNothing;
  const std::uint32_t block = *stock;
  // relaxed: the whole magazine was acquired when it was popped.
  *stock = journal_.blocks[block].next.load(std::memory_order_relaxed);
  if (*stock != kNothing) __builtin_prefetch(&journal_.blocks[*stock], 1, 3);
  return block;
}

void Ledger::put_block(CallerSlot& caller, std::uint32_t block) noexcept {
  journal_.blocks[block].next.store(caller.block, std::memory_order_relaxed);
  caller.block = block;
}

bool Ledger::has_place(CallerSlot& caller) noexcept {
  if (caller.place == kNothing) caller.place = free_places_.pop(place_outer());
  return caller.place != kNothing;
}

std::uint32_t Ledger::take_place(CallerSlot& caller) noexcept {
  if (!has_place(caller)) return kNothing;
  const Place place = caller.place;
  caller.place = bookings_[place].operations.load(std::memory_order_relaxed);
  if (caller.place != kNothing) {
    __builtin_prefetch(&bookings_[caller.place], 1, 3);
    __builtin_prefetch(&bookings_[caller.place].created_ms, 1, 3);
  }
  return place;
}

void Ledger::put_place(CallerSlot& caller, Place place) noexcept {
  bookings_[place].operations.store(caller.place, std::memory_order_relaxed);
  caller.place = place;
}

std::uint32_t Ledger::take_operation(CallerSlot& caller) noexcept {
  if (caller.operation == kNothing) caller.operation = free_operations_.pop(operation_links());
  return caller.operation;
}

Lsn Ledger::publish(std::uint32_t block) noexcept {
  JANJI_STEP("before_publish");
  const Lsn lsn = journal_.list.publish(journal_.blocks, block);
  JANJI_STEP("after_publish");
  return lsn;
}

void Ledger::count(CallerSlot& caller, const Decision& decision,
                   std::atomic<std::uint64_t>& granted) noexcept {
  switch (decision.verdict) {
    case Verdict::granted:
      CallerSlot::add_one(decision.replayed ? caller.count.replays : granted);
      break;
    case Verdict::wait: CallerSlot::add_one(caller.count.waits); break;
    case Verdict::refused:
      CallerSlot::add_one(decision.code == Code::retry ? caller.count.retries
                                                       : caller.count.refusals);
      break;
  }
}

bool Ledger::is_operation(std::uint32_t reference, OperationId id) const noexcept {
  // acquire: a walk looks at the control word again behind these loads.
  if (is_entry(reference)) {
    const OperationCell& entry = operations_[entry_of(reference)];
    return entry.operation_hi.load(std::memory_order_acquire) == id.hi &&
           entry.operation_lo.load(std::memory_order_acquire) == id.lo;
  }
  const BookingCell& cell = bookings_[reference];
  return cell.operation_hi.load(std::memory_order_acquire) == id.hi &&
         cell.operation_lo.load(std::memory_order_acquire) == id.lo;
}

bool Ledger::is_applicant(std::uint32_t place, ApplicantKey key, ScopeId scope) const noexcept {
  const BookingCell& cell = bookings_[place];
  return cell.applicant_hi.load(std::memory_order_acquire) == key.hi &&
         cell.applicant_lo.load(std::memory_order_acquire) == key.lo &&
         cell.scope.load(std::memory_order_acquire) == scope.value &&
         // An undone claim counts for nobody.
         !BookingWord{cell.word.load(std::memory_order_acquire)}.is_void();
}

KeyIndex::Walk Ledger::walk_operation(OperationId id, std::uint64_t hash) const noexcept {
  return operation_index_.walk(hash, [&](std::uint32_t r) { return is_operation(r, id); });
}

}  // namespace janji::ledger
