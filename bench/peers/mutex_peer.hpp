// The ledger behind one mutex.
#pragma once

#include <cstdint>
#include <mutex>
#include <thread>

#include <janji/clock.hpp>

#include "base/time_keeper.hpp"
#include "journal/rounds.hpp"
#include "peers/chunk_writer.hpp"
#include "peers/plain_ledger.hpp"

namespace janji::bench::peers {

// Operation: callers work out hashes, read the clocks and prefetch, then lock, decide, append the
// record, unlock. The writer reads records and commits without the lock, and takes it only to give
// back, a few bookings at a time.
// Concurrency: as ledger::Ledger. Limits: as many records undurable as `record_blocks`.
template <class Lock>
class MutexPeer {
 public:
  MutexPeer(const Options& options, store::JournalStore& store, std::uint64_t seed)
      : time_(started_clock()), ledger_(options, seed, time_.ledger_now()), chunks_(store) {
    while (step()) {
    }
  }
  ~MutexPeer() { stop(); }

  // ---- any thread ----

  Decision try_claim(const ClaimRequest& request, Patience&) noexcept {
    Task task;
    const Moment now{time_.ledger_now_coarse(), time_.civil_now()};
    const Code why = ledger_.plan(request, now.civil, task);
    if (why != Code::ok) return Decision{Verdict::refused, why, false, {}, {}, 0};
    ledger_.prefetch(task);
    return decide([&] { return ledger_.claim(task, now); });
  }
  Decision try_cancel(const CancelRequest& request, Patience&) noexcept {
    const Moment now{time_.ledger_now(), time_.civil_now()};
    return decide([&] { return ledger_.cancel(request, now); });
  }
  void prepare(const ClaimRequest& request) const noexcept {
    Task task;
    if (ledger_.plan(request, time_.civil_now(), task) == Code::ok) ledger_.prefetch(task);
  }
  std::uint64_t next_round() const noexcept { return rounds_.next_round(); }
  bool wait_round(std::uint64_t round) noexcept { return rounds_.wait_round(round, -1); }
  Lsn durable() const noexcept { return rounds_.durable(); }
  bool wait_durable(Lsn lsn) noexcept { return rounds_.wait_durable(lsn, -1); }

  // ---- the writer ----

  void start() {
    thread_ = std::thread([this] { run(); });
  }
  void stop() {
    if (!thread_.joinable()) return;
    rounds_.stop();
    thread_.join();
  }
  // One round on the calling thread, instead of start(). False: there was nothing to write.
  bool step() noexcept;

  const PlainLedger& ledger() const noexcept { return ledger_; }
  std::uint64_t commits() const noexcept { return chunks_.commits(); }

 private:
  static constexpr std::size_t kGiveBackAtOnce = 64;
  static constexpr std::size_t kSweepAtOnce = 256;

  template <class Decide>
  Decision decide(Decide&& decide_now) noexcept {
    Decision decision;
    {
      const std::lock_guard guard(lock_);
      decision = decide_now();
      ledger_.ring().publish(std::memory_order_release);
    }
    if (decision.verdict == Verdict::granted) rounds_.wake_if_idle();
    if (decision.verdict == Verdict::wait) decision.round = rounds_.next_round();
    return decision;
  }
  void run() noexcept {
    while (!rounds_.failed()) {
      if (step()) continue;
      if (rounds_.stopped()) break;
      // The lock orders this look against the publishers': one of the two sees the other.
      rounds_.idle(
          [this] {
            const std::lock_guard guard(lock_);
            return ledger_.ring().published() != ledger_.ring().committed();
          },
          1000);
    }
  }

  static base::TimeKeeper started_clock() {
    base::TimeKeeper made(system_clock());
    made.start(LedgerTime{0});
    return made;
  }

  base::TimeKeeper time_;
  journal::Rounds rounds_;
  Lock lock_;
  PlainLedger ledger_;  // under the lock, but for the writer's end of the ring
  ChunkWriter chunks_;  // the writer's
  std::thread thread_;
};

template <class Lock>
bool MutexPeer<Lock>::step() noexcept {
  rounds_.begin_round();
  const Moment now{time_.ledger_now(), time_.civil_now()};
  {
    const std::lock_guard guard(lock_);
    ledger_.sweep(now, kSweepAtOnce);
    ledger_.ring().publish(std::memory_order_release);
  }
  const Lsn before = ledger_.ring().committed();
  const Result<Lsn> written = chunks_.write(ledger_.ring(), now.ledger);
  if (!written.ok()) {
    rounds_.fail();
    return false;
  }
  for (bool done = false; !done;) {
    const std::lock_guard guard(lock_);
    done = ledger_.give_back(*written, kGiveBackAtOnce, now.ledger);
  }
  ledger_.ring().set_committed(*written);
  rounds_.end_round(*written, *written);
  return *written != before;
}

}  // namespace janji::bench::peers
