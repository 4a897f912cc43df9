// What every decision needs: refusing, waiting, and the caller's stock.
#include "base/prefetch.hpp"
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

// The operation id is known: of a change that is no booking's, the same answer again, once it is
// sure.
Decision Ledger::replay_entry(record::Type type, OperationId operation, std::uint64_t payload,
                              Patience& patience, std::uint32_t reference) noexcept {
  constexpr auto acquire = std::memory_order_acquire;
  // acquire: as in replay_change(); an entry that is reused meanwhile has another id at the end.
  Lsn lsn;
  bool is_same = false;
  if (is_entry(reference)) {
    const OperationCell& entry = operations_[entry_of(reference)];
    lsn = Lsn{entry.lsn.load(acquire)};
    is_same = static_cast<record::Type>(entry.type.load(acquire)) == type &&
              entry.payload.load(acquire) == payload;
  } else {
    lsn = Lsn{bookings_[reference].lsn.load(acquire)};
  }
  // In flight, taken back, or reused since it was found: look again.
  if (lsn.value == 0 || !is_operation(reference, operation)) return wait(patience);
  if (!is_same) return refuse(Code::operation_mismatch, lsn);
  return Decision{Verdict::granted, Code::ok, true, {}, lsn, 0};
}

// The stock that has a block, filled if need be; null when there is none to be had.
base::Stock* Ledger::block_stock(CallerSlot& caller, bool may_use_reserve) noexcept {
  if (!caller.blocks.empty() || journal_.blocks.refill(caller.blocks)) return &caller.blocks;
  if (!may_use_reserve) return nullptr;
  // Kept apart, so that no claim uses up what was kept for confirm and cancel.
  if (!caller.reserve_blocks.empty() || journal_.blocks.refill_reserve(caller.reserve_blocks)) {
    return &caller.reserve_blocks;
  }
  return nullptr;
}

std::uint32_t Ledger::take_block(CallerSlot& caller, bool may_use_reserve) noexcept {
  base::Stock* stock = block_stock(caller, may_use_reserve);
  return stock == nullptr ? kNothing : stock->take();
}

bool Ledger::has_place(CallerSlot& caller) noexcept {
  return !caller.places.empty() || free_places_.refill(caller.places, FreePlaces{*this});
}

std::uint32_t Ledger::take_place(CallerSlot& caller) noexcept {
  return has_place(caller) ? caller.places.take() : kNothing;
}

// Whether there is a block and a place for a claim. Fetches those of the claim after the next one:
// the writer had the block's lines last, and the place's are far away.
Code Ledger::has_room(CallerSlot& caller) noexcept {
  if (!has_block(caller, false)) return Code::overloaded;
  if (!has_place(caller)) return Code::limit_reached;
  constexpr std::uint32_t kAhead = 2;
  if (const std::uint32_t block = caller.blocks.ahead(kAhead); block != kNothing) {
    base::prefetch_object_for_write(journal_.blocks[block]);
  }
  if (const std::uint32_t place = caller.places.ahead(kAhead); place != kNothing) {
    base::prefetch_object_for_write(bookings_[place]);
  }
  return Code::ok;
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
         cell.scope.load(std::memory_order_acquire) == scope.value;
}

KeyIndex::Walk Ledger::walk_operation(OperationId id, std::uint64_t hash) const noexcept {
  return operation_index_.walk(hash, [&](std::uint32_t r) { return is_operation(r, id); });
}

}  // namespace janji::ledger
