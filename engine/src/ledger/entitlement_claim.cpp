// What a group's claim, its join and its move take of an entitlement: by CAS on its word, on the
// caller's thread (rule 1). What comes back is entitlement_give_back.cpp's.
#include "base/step.hpp"
#include "ledger/entitlement_parts.hpp"

namespace janji::ledger {

namespace {

constexpr auto acquire = std::memory_order_acquire;

bool covers(const EntitlementCell& cell, Day first, Day last) noexcept {
  return first.value >= cell.from.load(acquire) && last.value <= cell.until.load(acquire);
}

}  // namespace

Ledger::Units::Look Ledger::Units::look(const Ledger& ledger, const Asked& asked) noexcept {
  if (asked.entitlement.value == 0) {
    return {asked.rules.needs_entitlement ? Code::entitlement_not_found : Code::ok};
  }
  const std::uint32_t at = record::cell_of(asked.entitlement);
  if (at >= ledger.entitlements_.size()) return {Code::entitlement_not_found};
  const EntitlementCell& cell = ledger.entitlements_[at];
  // acquire: pairs with the writer's stores of the word; what is read below is that or later.
  const EntitlementWord word{cell.word.load(acquire)};
  if (!word.granted()) return {Code::entitlement_not_found};
  JANJI_STEP("entitlement_word_read");
  Look look{Code::ok, at, word, 0};
  const ApplicantKey holder{cell.holder_hi.load(acquire), cell.holder_lo.load(acquire)};
  if (cell.id.load(acquire) != asked.entitlement.value || holder != asked.holder) {
    look.code = Code::entitlement_not_found;
  } else if (cell.service.load(acquire) != asked.rules.service.value ||
             !covers(cell, asked.first, asked.last)) {
    look.code = Code::entitlement_not_valid;
  } else if (cell.listed.load(acquire) != 0) {
    for (std::uint32_t i = 0; i < asked.members.size() && look.code == Code::ok; ++i) {
      const ApplicantKey& member = asked.members[i];
      const std::uint64_t hash = ledger.eligible_hash(at, member);
      if (ledger.eligible_.find(hash, at, member) != EligibleKeys::kNone) continue;
      look.code = Code::not_eligible;
      look.member = i;
    }
  }
  const auto many = static_cast<std::uint32_t>(asked.members.size());
  if (look.code == Code::ok && !word.has_room(many)) {
    look.code = word.pending() != 0 ? Code::retry : Code::entitlement_exhausted;
  }
  JANJI_STEP("entitlement_read");
  // relaxed: the loads above are acquire, so this one comes behind them. Under staff's mark no
  // answer is final (rule 6).
  const EntitlementWord now{cell.word.load(std::memory_order_relaxed)};
  if (word.staff_busy() || !now.same_terms(word)) look.code = Code::retry;
  return look;
}

Code Ledger::Units::take(const Look& look, std::uint32_t units) noexcept {
  if (look.cell == kNothing) return Code::ok;
  std::atomic<std::uint64_t>& at = ledger_.entitlements_[look.cell].word;
  // acquire: pairs with the writer's give-backs, as for a slot.
  EntitlementWord word{at.load(acquire)};
  do {
    if (!word.same_terms(look.word)) return Code::retry;
    if (!word.has_room(units)) {
      // What is pending may come back without a trace (hazard 3).
      return word.pending() != 0 ? Code::retry : Code::entitlement_exhausted;
    }
    // acq_rel: linearization point of these units; whoever changes the terms comes before, and it
    // fails, or waits until they are durable (rule 6).
  } while (!at.compare_exchange_weak(word.bits, word.with_taken(units).bits,
                                     std::memory_order_acq_rel, acquire));
  cell_ = look.cell;
  units_ = units;
  JANJI_STEP("units_taken");
  return Code::ok;
}

// The only give-back by a caller: of what nobody was told of.
void Ledger::undo_units(std::uint32_t cell, std::uint64_t taken) noexcept {
  JANJI_STEP("before_undo_units");
  const EntitlementWord before{
      entitlements_[cell].word.fetch_sub(taken, std::memory_order_acq_rel)};
  JANJI_CHECK(before.pending() >= taken >> EntitlementWord::kPendingShift);
  JANJI_CHECK(before.used() >= (taken & EntitlementWord::kCountMask));
  journal_.rounds.request_round();  // as undo_seats()
}

// The cell of the entitlement under which a group was claimed, or joined, or kNothing. Constant
// while its head has its place.
std::uint32_t Ledger::entitlement_of(const BookingCell& head) const noexcept {
  return head.slot_index.load(std::memory_order_relaxed);
}

// A look, before anything is taken for the move: false only if the dates are surely against it.
bool Ledger::may_move_to(std::uint32_t cell, Day first, Day last) const noexcept {
  if (cell == kNothing) return true;
  const EntitlementCell& of = entitlements_[cell];
  const EntitlementWord word{of.word.load(acquire)};
  const bool valid = covers(of, first, last);
  // relaxed: behind the loads above, as in Units::look().
  const EntitlementWord now{of.word.load(std::memory_order_relaxed)};
  return valid || word.staff_busy() || !now.same_terms(word);
}

// A move rests on the entitlement's dates: staff can't change them until it is durable. ok, also
// without an entitlement: taken, until undo_move() or the writer; retry; entitlement_not_valid.
Code Ledger::take_move(std::uint32_t cell, Day first, Day last) noexcept {
  if (cell == kNothing) return Code::ok;
  EntitlementCell& of = entitlements_[cell];
  // acquire: as in Units::look().
  EntitlementWord word{of.word.load(acquire)};
  do {
    JANJI_CHECK(word.granted());  // the group keeps it
    if (word.staff_busy() || !word.has_room_for_move()) return Code::retry;
    const bool valid = covers(of, first, last);
    if (!valid) {
      const EntitlementWord now{of.word.load(std::memory_order_relaxed)};
      return now.same_terms(word) ? Code::entitlement_not_valid : Code::retry;
    }
    // acq_rel: as in Units::take().
  } while (!of.word.compare_exchange_weak(word.bits, word.with_move().bits,
                                          std::memory_order_acq_rel, acquire));
  return Code::ok;
}

void Ledger::undo_move(std::uint32_t cell) noexcept {
  if (cell != kNothing) undo_units(cell, EntitlementWord::made_durable(1));
}

}  // namespace janji::ledger
