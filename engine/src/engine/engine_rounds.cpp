// The writer's round as the engine sees it.
#include <algorithm>

#include "base/words.hpp"
#include "engine/engine_impl.hpp"
#include "store/stored_details.hpp"

namespace janji {

namespace {

// Longer than any commit should take; a blocking call then says that it doesn't know.
constexpr std::int64_t kRoundTimeoutMs = 30'000;
constexpr std::int64_t kLookMs = 1000;  // between two looks at whether what is waited for can come
constexpr std::int64_t kHoldTickMs = 1000;
constexpr std::int64_t kRetentionTickMs = 60'000;
constexpr std::int64_t kPatrolMs = 10;   // between two stretches of a patrol, or looks at who waits
constexpr std::int64_t kSleepMs = 1000;  // holds, retention and midnights are looked at this often

}  // namespace

void Engine::Impl::fall_due(LedgerTime now, std::size_t budget) noexcept {
  // The epoch's record stands before everything that is under it, a lane's before its days'.
  if (!may_fall_due) return;
  const CivilTime civil = time.civil_now();
  days->open_due(civil, now);
  ledger->sweep(now, budget);
  // A clock that is wrong by days mustn't end the visits of people who are yet to come.
  const bool visits_end = clock_watch.believes(civil, now) && now >= visits_end_from;
  ledger->hand_out_all(civil, now, budget, visits_end);
  ledger->patrol(civil, now, budget, visits_end);
  ledger->patrol_blocks(civil, now, budget, clock_watch.believes(civil, now));
  ledger->patrol_entitlements(civil, now, budget, clock_watch.believes(civil, now));
  // Behind those who wait: what is theirs isn't free.
  seats->release_due(civil, now, budget);
  archiver->archive_due(civil, now);
  tell_of_days();
  look_at_erasures(now);
  tick(now);
}

// When room runs short, also for whom it is kept.
void Engine::Impl::tell_of_days() {
  if (days->problem() == days_problem_ && archiver->kept() == days_kept_) return;
  days_problem_ = days->problem();
  days_kept_ = archiver->kept();
  std::string words = days_problem_;
  if (!words.empty() && !clock_watch.doubt().empty()) return set_problem(Part::days, words);
  if (!words.empty() && days_kept_ != 0) {
    words += base::words("; ", days_kept_,
                         " past days keep their room, since bookings in them haven't ended or are "
                         "within retention_ms");
  }
  set_problem(Part::days, std::move(words));
}

void Engine::Impl::look_at_erasures(LedgerTime now) {
  if (!checkpoint_thread) return;
  compactor->look(now, ledger->newest_erasure(), rounds.durable(), applied(), *checkpoint_thread);
  std::string words = compactor->problem();
  if (words == compaction_problem_) return;
  compaction_problem_ = words;
  set_problem(Part::compaction, std::move(words));
}

Status Engine::Impl::complete_erasures() {
  if (!compactor) {
    return Error{Code::invalid_argument, "checkpoint is off, so the state keeps what it has"};
  }
  if (Status status = settle(); !status.ok()) return status;
  // What was freed is in the state until that has it, too.
  const Lsn all = rounds.durable();
  std::uint64_t before = apply_to.load(std::memory_order_relaxed);
  // release: pairs with on_progress(). relaxed, failed: the next try looks at what is there.
  while (before < all.value &&
         !apply_to.compare_exchange_weak(before, all.value, std::memory_order_release,
                                         std::memory_order_relaxed)) {
  }
  const auto go_on = [&]() -> Status {
    if (rounds.failed()) return Error{Code::outcome_unknown, problem()};
    if (checkpoint_thread->failed()) return checkpoint_thread->error();
    rounds.request_round();
    return success();
  };
  do {
    if (Status status = go_on(); !status.ok()) return status;
  } while (!checkpoint_thread->wait_applied(all, kLookMs));
  const std::uint32_t asked = compactor->ask();
  for (;;) {
    if (Status status = go_on(); !status.ok()) return status;
    Status status = compactor->wait(asked, kLookMs);
    if (status.code() != Code::retry) return status;
  }
}

// Hazard 11: while holds live, ledger time is persisted at least every second; while ended bookings
// wait for the end of their retention, every minute, or restarts would put it off for ever.
void Engine::Impl::tick(LedgerTime now) noexcept {
  if (!list.empty()) {
    last_tick = now;  // every chunk carries the time of its round
    return;
  }
  if (!ledger->anything_timed()) return;
  const std::int64_t every_ms = ledger->holds_live() ? kHoldTickMs : kRetentionTickMs;
  if (now.value / every_ms == last_tick.value / every_ms) return;
  const std::uint32_t index = blocks.take_small();
  if (index == journal::kNoIndex) return;
  journal::RecordBlock& block = blocks[index];
  block.begin<record::Tick>().ledger_ms = now.value;
  block.slot = block.place = block.operation = block.details = journal::kNoIndex;
  list.publish(blocks, index);
  last_tick = now;
}

std::span<const std::byte> Engine::Impl::details(const journal::RecordBlock& block) const noexcept {
  return ledger->details(block);
}

std::size_t Engine::Impl::gone(const journal::RecordBlock& block, Lsn first,
                               std::span<Lsn, kGoneMax> out) const noexcept {
  return ledger->gone(block, first, out);
}

void Engine::Impl::prefetch_far(const journal::RecordBlock& block) const noexcept {
  ledger->prefetch_far(block);
}

void Engine::Impl::prefetch(const journal::RecordBlock& block) const noexcept {
  ledger->prefetch(block);
}

void Engine::Impl::give_back(Lsn lsn, std::uint32_t block) noexcept {
  ledger->give_back(lsn, block);
}

void Engine::Impl::end_round() noexcept {
  ledger->end_round();
}

// The words first: whoever meets the failed engine may ask for them at once.
void Engine::Impl::failed(const Error& error) noexcept {
  set_problem(Part::writer, error.detail);
  gatekeeper->fail();
}

std::int64_t Engine::Impl::sleep_ms() const noexcept {
  if (ledger->patrolling() || ledger->handing_out() || seats->looking()) return kPatrolMs;
  if (compactor && compactor->is_asked()) return kPatrolMs;
  if (!ledger->anything_timed()) return kSleepMs;
  // Just past the next second of ledger time: then a second of the wheel is over.
  return kSleepMs - time.ledger_now().value % kSleepMs + 1;
}

void Engine::Impl::on_progress(const Progress& progress) noexcept {
  if (progress.failed) return;
  if (checkpoint_thread) {
    // acquire: pairs with complete_erasures().
    const Lsn now =
        std::max(ledger->newest_erasure(), Lsn{apply_to.load(std::memory_order_acquire)});
    if (now > wanted) {
      wanted = now;
      checkpoint_thread->want(wanted);
    }
    checkpoint_thread->notify(progress.durable);
    if (checkpoint_thread->failed()) {
      set_problem(Part::checkpointer, checkpoint_thread->error().detail);
    }
  }
  gatekeeper->look(time.ledger_now(), progress.durable, applied());
}

Lsn Engine::Impl::applied() const noexcept {
  return checkpointer ? checkpointer->applied() : Lsn{};
}

// The writer's, once a round: what the journal must keep.
Lsn Engine::Impl::keep_from() const noexcept {
  const std::uint64_t behind = applied().value + 1;
  // The feed's readers hear of a gap; a journal that fills the disk would end everything.
  const std::uint64_t retained = gatekeeper->room_is_low() ? 0 : options.journal_retain_lsn;
  const std::uint64_t kept = behind > retained ? behind - retained : 0;
  // Acquire: pairs with the backup's store, which waits for a round that began after it.
  return Lsn{std::min(kept, trim_pin.load(std::memory_order_acquire))};
}

Result<std::vector<std::byte>> Engine::Impl::read_details(Lsn lsn) const {
  if (rounds.durable() < lsn) return Error{Code::retry, "the details are not durable yet"};
  return store::stored_details(stores->journal(), stores->state(), lsn);
}

Status Engine::Impl::settle() {
  const std::uint64_t round = rounds.request_flush();
  if (rounds.wait_round(round, kRoundTimeoutMs)) return success();
  if (rounds.failed()) return Error{Code::outcome_unknown, problem()};
  return Error{Code::stopped, "the engine was closed"};
}

void Engine::Impl::set_problem(Part part, std::string words) {
  const std::lock_guard lock(problem_mutex_);
  problems_[static_cast<std::size_t>(part)] = std::move(words);
}

std::string Engine::Impl::problem() const {
  const std::lock_guard lock(problem_mutex_);
  std::string all;
  for (const std::string& one : problems_) {
    if (one.empty()) continue;
    if (!all.empty()) all += "; ";
    all += one;
  }
  return all;
}

}  // namespace janji
