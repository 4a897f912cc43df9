// An applicant is blocked, and no longer (rule 6, hazard 15): any thread, but for what is marked as
// the writer's.
#include <utility>

#include <janji/block.hpp>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

// How long a block that was asked for waits for whoever did: then he has gone. Longer than any
// caller's patience.
constexpr std::int64_t kAskedMs = 2'000;
constexpr std::size_t kCellsACall = 1U << 14;
constexpr std::size_t kCellsARound = 512;
constexpr std::int64_t kWalkMs = 1'000;

std::uint64_t payload_of(const BlockRequest& r) noexcept {
  const std::uint64_t who = base::mix(r.applicant.hi, r.applicant.lo, r.payload);
  return base::mix(0x626C6F636BULL, word_of(r.until.value) ^ std::uint64_t{r.reason} << 32, who);
}

}  // namespace

// What one try of it knows.
struct Ledger::BlockPlan {
  const BlockRequest& request;
  Patience& patience;
  CallerSlot& caller;
  std::uint64_t payload;
  std::uint64_t operation_hash;
  CivilTime civil;
  bool named;                    // the operation index counts
  std::uint32_t cell{kNothing};  // ours, once `mark` is
  BlockWord mark{};              // `asked`, as it was set

  bool lifts() const noexcept { return request.until.value == 0; }
  Decision replay(Ledger& ledger, std::uint32_t reference) const noexcept {
    return ledger.replay_entry(record::Type::block, request.operation, payload, patience,
                               reference);
  }
};

// Whether the applicant may claim: ok; retry: that is being decided; or blocked, by which record.
// A claim asks behind the CAS that took its caller's slot: whoever blocks waits for it then.
Blocked Ledger::look_for_block(ApplicantKey applicant, CivilTime civil) const noexcept {
  if (block_cells_.none()) [[likely]]
    return {Code::ok, {}};
  const std::uint32_t at = block_cells_.find(applicant_hash(applicant, kNoScope), applicant);
  if (at == BlockCells::kNone) return {Code::ok, {}};
  const BlockCell& cell = block_cells_[at];
  // seq_cst: in one order with the mark of ask_for_block(), as BlockCells::find().
  const BlockWord word{cell.word.load(std::memory_order_seq_cst)};
  if (!word.used() || word.marked()) return {Code::retry, {}};
  // acquire: pair with settle_block(); whoever sees a new one sees the mark, or a later version.
  const auto until = static_cast<std::int64_t>(cell.until_ms.load(std::memory_order_acquire));
  const Lsn lsn{cell.lsn.load(std::memory_order_acquire)};
  const bool same = block_cells_.is_of(at, applicant);
  if (!same || cell.word.load(std::memory_order_relaxed) != word.bits) return {Code::retry, {}};
  return civil.value < until ? Blocked{Code::blocked, lsn} : Blocked{Code::ok, {}};
}

Decision Ledger::try_block(const BlockRequest& request, Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed || now == Gate::closed) return refuse(why_shut(now));
  if (request.applicant.empty() || request.until.value < 0 ||
      !record::is_civil_time(request.until.value)) {
    return refuse(Code::invalid_argument);
  }
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  BlockPlan plan{request,
                 patience,
                 *caller,
                 payload_of(request),
                 operation_hash(request.operation),
                 time_.civil_now(),
                 !request.operation.empty()};
  const Decision decision =
      now == Gate::read_only ? refuse_block(plan, Code::read_only, {}) : block_applicant(plan);
  count(*caller, decision, (*caller).count.acts);
  return decision;
}

// Hazard 4: decided first, looked up last. Nothing is marked any more.
Decision Ledger::refuse_block(const BlockPlan& plan, Code code, Lsn lsn) noexcept {
  JANJI_STEP("before_last_look_up");
  if (plan.named) {
    const KeyIndex::Walk walk = walk_operation(plan.request.operation, plan.operation_hash);
    if (walk.found != KeyIndex::kNone) return plan.replay(*this, walk.found);
  }
  return refuse(code, lsn);
}

Decision Ledger::block_applicant(BlockPlan& plan) noexcept {
  BlockWait& waits = plan.patience.block;
  const BlockWord mark{std::exchange(waits.mark, 0)};
  // Another request's patience says nothing: whatever it asked for is left to the writer.
  const bool goes_on = mark.asked() && !plan.lifts() && waits.cell < block_cells_.size() &&
                       block_cells_.is_of(waits.cell, plan.request.applicant);
  if (goes_on) {
    plan.cell = waits.cell;
    plan.mark = mark;
  } else if (const std::optional<Decision> met = ask_for_block(plan)) {
    return *met;
  }
  if (plan.lifts()) return publish_block(plan);  // it forbids nothing
  // Rule 6. From here on whoever begins a decision meets the mark.
  if (!goes_on) waits.phase = callers_.begin_phase();
  JANJI_STEP("block_asked");
  if (callers_.ended_before(waits.phase, &plan.caller)) return publish_block(plan);
  const Decision later = wait(plan.patience);
  if (later.verdict == Verdict::wait) {
    waits.cell = plan.cell;
    waits.mark = plan.mark.bits;
  } else {
    withdraw(plan);
  }
  return later;
}

// Finds the applicant's cell, or makes one, and marks it `asked`; or says why not.
std::optional<Decision> Ledger::ask_for_block(BlockPlan& plan) noexcept {
  const BlockRequest& request = plan.request;
  // Looked at before anything is taken, and again when all is sure.
  if (plan.named) {
    const KeyIndex::Walk walk = walk_operation(request.operation, plan.operation_hash);
    if (walk.found != KeyIndex::kNone) return plan.replay(*this, walk.found);
  }
  if (!plan.lifts() && request.until <= plan.civil) return refuse_block(plan, Code::too_late, {});
  // Rule 3: room before any word is touched; taken when the wait is over, and looked at anew then.
  if (!has_block(plan.caller, true)) return refuse(Code::overloaded);
  const std::uint64_t hash = applicant_hash(request.applicant, kNoScope);
  plan.cell = block_cells_.find(hash, request.applicant);
  if (plan.cell == BlockCells::kNone) {
    if (plan.lifts()) return refuse_block(plan, Code::illegal_transition, rests_on());
    return enter_block(plan, hash);
  }
  BlockCell& cell = block_cells_[plan.cell];
  // acquire: pairs with settle_block().
  BlockWord word{cell.word.load(std::memory_order_acquire)};
  if (!word.used() || word.marked()) return wait(plan.patience);
  const auto until = static_cast<std::int64_t>(cell.until_ms.load(std::memory_order_acquire));
  const std::uint32_t changes = cell.changes.load(std::memory_order_acquire);
  const Lsn lsn{cell.lsn.load(std::memory_order_acquire)};
  const bool same = block_cells_.is_of(plan.cell, request.applicant);
  if (!same || cell.word.load(std::memory_order_relaxed) != word.bits) return wait(plan.patience);
  if (plan.lifts() && until <= plan.civil.value) {
    return refuse_block(plan, Code::illegal_transition, lsn.value != 0 ? lsn : rests_on());
  }
  const std::uint32_t room = record::kOperationsPerBlock - (plan.lifts() ? 0 : 1);
  if (changes >= room) return refuse_block(plan, Code::changes_exceeded, lsn);
  plan.mark = word.with(BlockWord::kAsked);
  // seq_cst: before begin_phase(), in one order with look_for_block().
  if (!cell.word.compare_exchange_strong(word.bits, plan.mark.bits, std::memory_order_seq_cst,
                                         std::memory_order_relaxed)) {
    return wait(plan.patience);
  }
  cell.asked_ms.store(word_of(time_.ledger_now().value), std::memory_order_release);
  return {};
}

// A cell for an applicant who has none, marked from the first moment on.
std::optional<Decision> Ledger::enter_block(BlockPlan& plan, std::uint64_t hash) noexcept {
  const std::uint32_t at = block_cells_.take();
  if (at == BlockCells::kNone) return refuse_block(plan, Code::limit_reached, {});
  BlockCell& cell = block_cells_[at];
  const BlockWord before{cell.word.load(std::memory_order_relaxed)};
  JANJI_CHECK(!before.used());
  plan.mark = before.with(BlockWord::kAsked);
  constexpr auto release = std::memory_order_release;
  // relaxed: as in fill_claim(); the stores below release it.
  cell.word.store(plan.mark.bits, std::memory_order_relaxed);
  cell.applicant_hi.store(plan.request.applicant.hi, release);
  cell.applicant_lo.store(plan.request.applicant.lo, release);
  cell.until_ms.store(0, release);
  cell.lsn.store(0, release);
  cell.asked_ms.store(word_of(time_.ledger_now().value), release);
  cell.operations.store(kNothing, release);
  cell.changes.store(0, release);
  const KeyIndex::Insert entered = block_cells_.enter(hash, at, plan.request.applicant);
  if (entered == KeyIndex::Insert::done) {
    plan.cell = at;
    return {};
  }
  cell.word.store(plan.mark.freed().bits, release);
  block_cells_.put_back(at);
  if (entered == KeyIndex::Insert::full) return refuse_block(plan, Code::limit_reached, {});
  return wait(plan.patience);
}

// Who asked gives up: the cell is as it was. One that never had a record is left to the writer.
void Ledger::withdraw(const BlockPlan& plan) noexcept {
  BlockWord mark = plan.mark;
  // release: pairs with whoever marks it next. It fails if the writer was first.
  block_cells_[plan.cell].word.compare_exchange_strong(
      mark.bits, plan.mark.unmarked().bits, std::memory_order_release, std::memory_order_relaxed);
  journal_.rounds.request_round();
}

// The mark is ours and nobody decides any more who hasn't met it.
Decision Ledger::publish_block(BlockPlan& plan) noexcept {
  const BlockRequest& request = plan.request;
  const auto give_up = [&](Code code) {
    withdraw(plan);
    return refuse_block(plan, code, {});
  };
  if (!plan.lifts() && request.until <= plan.civil) return give_up(Code::too_late);
  if (!has_block(plan.caller, true)) return give_up(Code::overloaded);
  SharedEntry shared(*this, record::Type::block);
  if (!shared || take_operation(plan.caller) == kNothing) return give_up(Code::limit_reached);
  BlockCell& cell = block_cells_[plan.cell];
  BlockWord word = plan.mark;
  plan.mark = plan.mark.with(BlockWord::kDecided);
  // acq_rel: ours for good, unless the writer believed that we had gone.
  if (!cell.word.compare_exchange_strong(word.bits, plan.mark.bits, std::memory_order_acq_rel,
                                         std::memory_order_relaxed)) {
    return wait(plan.patience);
  }
  JANJI_STEP("block_decided");
  const std::uint32_t index = take_operation(plan.caller);
  operations_[index].fill(request.operation, plan.payload, record::Type::block, plan.civil, 0);
  if (plan.named) {
    const auto same = [&](std::uint32_t other) { return is_operation(other, request.operation); };
    const auto entered =
        operation_index_.insert(plan.operation_hash, index | kEntryBit,
                                walk_operation(request.operation, plan.operation_hash), same);
    if (entered.outcome != KeyIndex::Insert::done) {
      withdraw(plan);
      if (entered.outcome == KeyIndex::Insert::exists) return plan.replay(*this, entered.found);
      return refuse(Code::limit_reached);
    }
  }
  plan.caller.operation = kNothing;  // the entry is in use now
  shared.keep();
  const std::uint32_t block_index = take_block(plan.caller, true);
  JANJI_CHECK(block_index != kNothing);  // has_block() said so
  journal::RecordBlock& block = journal_.blocks[block_index];
  auto& made = block.begin<record::Block>();
  made.header.actor = request.actor.value;
  made.applicant_hi = request.applicant.hi;
  made.applicant_lo = request.applicant.lo;
  made.operation_hi = request.operation.hi;
  made.operation_lo = request.operation.lo;
  made.payload = plan.payload;
  made.decided_ms = time_.ledger_now().value;
  made.acted_ms = plan.civil.value;
  made.until_ms = request.until.value;
  made.cell = plan.cell;
  made.reason = request.reason;
  block.slot = kNothing;
  block.place = kNothing;
  block.operation = index;
  block.details = kNothing;
  const Lsn lsn = publish(block_index);
  journal_.rounds.wake_if_idle();
  return Decision{Verdict::granted, Code::ok, false, {}, lsn, 0};
}

// The record is committed: it is so from now on. The writer's thread only.
void Ledger::settle_block(Lsn lsn, const record::Block& made, std::uint32_t operation) noexcept {
  constexpr auto release = std::memory_order_release;
  BlockCell& cell = block_cells_[made.cell];
  const BlockWord word{cell.word.load(std::memory_order_relaxed)};
  JANJI_CHECK(word.used() && word.decided());
  JANJI_CHECK(block_cells_.is_of(made.cell, {made.applicant_hi, made.applicant_lo}));
  cell.until_ms.store(word_of(made.until_ms), release);
  cell.lsn.store(lsn.value, release);
  cell.decided_ms.store(word_of(made.decided_ms), release);
  cell.acted_ms.store(word_of(made.acted_ms), release);
  cell.reason.store(made.reason, release);
  cell.actor.store(made.header.actor, release);
  OperationCell& entry = operations_[operation];
  entry.next.store(cell.operations.load(std::memory_order_relaxed), release);
  cell.operations.store(operation, release);
  cell.changes.store(cell.changes.load(std::memory_order_relaxed) + 1, release);
  entry.lsn.store(lsn.value, release);
  // release: pairs with look_for_block(); whoever finds it at rest sees all of the above.
  cell.word.store(word.unmarked().bits, release);
}

// Forgets what is over since the retention, and takes away the marks of those who asked and didn't
// come back; some cells in each round, and all of them once a second. The writer's thread only.
void Ledger::patrol_blocks(CivilTime civil, LedgerTime now, std::size_t budget,
                           bool clock_is_right) noexcept {
  if (block_at_ == 0) {
    if (block_cells_.none() || now.value / kWalkMs == block_walk_) return;
    block_walk_ = now.value / kWalkMs;
  }
  const bool may_forget = clock_is_right && gate() != Gate::failed && gate() != Gate::read_only;
  const std::size_t end = std::min<std::size_t>(block_cells_.size(), block_at_ + kCellsARound);
  for (; block_at_ < end; ++block_at_) {
    const auto at = static_cast<std::uint32_t>(block_at_);
    BlockCell& cell = block_cells_[at];
    // acquire: pairs with ask_for_block() and enter_block().
    BlockWord word{cell.word.load(std::memory_order_acquire)};
    if (!word.used() || word.decided()) continue;
    if (word.asked()) {
      const auto since = static_cast<std::int64_t>(cell.asked_ms.load(std::memory_order_acquire));
      if (now.value - since < kAskedMs) continue;
      // release: as in withdraw(). It fails if he did come back.
      cell.word.compare_exchange_strong(word.bits, word.unmarked().bits, std::memory_order_release,
                                        std::memory_order_relaxed);
      continue;
    }
    if (cell.lsn.load(std::memory_order_relaxed) == 0) {
      free_unused_block(at, word);
      continue;
    }
    if (!may_forget || !is_over(cell, civil, now)) continue;
    if (budget == 0 || journal_.blocks.small_left() == 0) return;  // goes on here
    if (forget_block(at, word, civil, now)) --budget;
  }
  if (block_at_ == block_cells_.size()) block_at_ = 0;
}

// The retention is over by both clocks: by the wall's, which says when the block was, and by the
// ledger's, which nobody corrects.
bool Ledger::is_over(const BlockCell& cell, CivilTime civil, LedgerTime now) const noexcept {
  // relaxed: the writer's own.
  const auto until = static_cast<std::int64_t>(cell.until_ms.load(std::memory_order_relaxed));
  const auto decided = static_cast<std::int64_t>(cell.decided_ms.load(std::memory_order_relaxed));
  return now.value - decided >= retention_ms_ &&
         (until == 0 || civil.value - until >= retention_ms_);
}

// A cell that no record was ever about: its blocker gave up.
void Ledger::free_unused_block(std::uint32_t at, BlockWord word) noexcept {
  BlockCell& cell = block_cells_[at];
  // acq_rel: from here on it is nobody's to mark.
  if (!cell.word.compare_exchange_strong(word.bits, word.with(BlockWord::kDecided).bits,
                                         std::memory_order_acq_rel, std::memory_order_relaxed)) {
    return;
  }
  free_block(at);
}

bool Ledger::forget_block(std::uint32_t at, BlockWord word, CivilTime civil,
                          LedgerTime now) noexcept {
  BlockCell& cell = block_cells_[at];
  // acq_rel: as above, until its record is committed.
  if (!cell.word.compare_exchange_strong(word.bits, word.with(BlockWord::kDecided).bits,
                                         std::memory_order_acq_rel, std::memory_order_relaxed)) {
    return false;
  }
  const std::uint32_t index = journal_.blocks.take_small();
  JANJI_CHECK(index != kNothing);  // patrol_blocks() saw that there is one
  journal::RecordBlock& block = journal_.blocks[index];
  auto& made = block.begin<record::ForgetBlock>();
  made.applicant_hi = cell.applicant_hi.load(std::memory_order_relaxed);
  made.applicant_lo = cell.applicant_lo.load(std::memory_order_relaxed);
  made.decided_ms = now.value;
  made.ended_ms = civil.value;
  made.cell = at;
  block.slot = block.place = block.operation = block.details = kNothing;
  publish(index);
  return true;
}

// Nothing keeps the cell any more. The writer's thread only.
void Ledger::free_block(std::uint32_t at) noexcept {
  BlockCell& cell = block_cells_[at];
  const BlockWord word{cell.word.load(std::memory_order_relaxed)};
  JANJI_CHECK(word.used() && word.decided());
  const ApplicantKey key{cell.applicant_hi.load(std::memory_order_relaxed),
                         cell.applicant_lo.load(std::memory_order_relaxed)};
  block_cells_.remove(applicant_hash(key, kNoScope), at);
  for (std::uint32_t i = cell.operations.load(std::memory_order_relaxed); i != kNothing;) {
    const std::uint32_t next = operations_[i].next.load(std::memory_order_relaxed);
    forget_operation(i);
    i = next;
  }
  // release: pairs with whoever takes the cell next, and with readers of the old applicant.
  cell.word.store(word.freed().bits, std::memory_order_release);
  block_cells_.put_back(at);
}

std::size_t Ledger::blocks(BlockCursor& cursor, std::span<Block> out) const noexcept {
  std::size_t found = 0;
  const CivilTime civil = time_.civil_now();
  const std::size_t end = std::min<std::size_t>(block_cells_.size(), cursor.cell + kCellsACall);
  for (; cursor.cell < end && found < out.size(); ++cursor.cell) {
    const BlockCell& cell = block_cells_[cursor.cell];
    // acquire: pair with settle_block(), as in look_for_block().
    const BlockWord word{cell.word.load(std::memory_order_acquire)};
    if (!word.used()) continue;
    constexpr auto acquire = std::memory_order_acquire;
    Block& block = out[found];
    block.applicant = {cell.applicant_hi.load(acquire), cell.applicant_lo.load(acquire)};
    block.until = CivilTime{static_cast<std::int64_t>(cell.until_ms.load(acquire))};
    block.since = CivilTime{static_cast<std::int64_t>(cell.acted_ms.load(acquire))};
    block.reason = cell.reason.load(acquire);
    block.actor = ActorId{cell.actor.load(acquire)};
    block.lsn = Lsn{cell.lsn.load(acquire)};
    // Asked for, and not decided: it is still what it was. The next call goes on here.
    const bool changed = cell.word.load(std::memory_order_relaxed) != word.bits;
    if (word.decided() || changed) return found;
    if (block.until > civil) ++found;
  }
  cursor.at_end = cursor.cell >= block_cells_.size();
  return found;
}

}  // namespace janji::ledger
