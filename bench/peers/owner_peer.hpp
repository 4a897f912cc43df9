// The ledger owned by one thread that is fed by queues.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include <janji/decision.hpp>

#include "base/time_keeper.hpp"
#include "peers/bell.hpp"
#include "peers/chunk_writer.hpp"
#include "peers/plain_ledger.hpp"

namespace janji::bench::peers {

// Operation: each caller has a ring of requests of its own (no two callers meet). It works out
// hashes and places what the owner needs; the owner goes round the rings, fetches what a few
// requests will touch, decides them, and leaves the answers in the ring. Its records lie in a ring
// too, from which the writer takes all there is when it begins a commit. Callers have many requests
// in flight and reap the answers: whoever must wait for each answer waits for a change of threads.
// Concurrency: one thread a port; the owner and the writer are threads of the peer's.
class OwnerPeer {
 public:
  static constexpr std::uint64_t kRing = 1024;

  OwnerPeer(const Options& options, store::JournalStore& store, std::uint64_t seed,
            std::uint32_t callers);
  ~OwnerPeer();

  class Port;
  Port& port(std::uint32_t caller) noexcept { return *ports_[caller]; }

  // Commits on a thread of its own; without it, call step().
  void start_writer();
  // Commits what there is. False: nothing.
  bool step() noexcept;
  void stop();

  // Everything answered is committed and given back.
  bool settled() const noexcept;
  const PlainLedger& ledger() const noexcept { return ledger_; }  // when settled
  std::uint64_t commits() const noexcept { return chunks_.commits(); }

 private:
  void own() noexcept;
  bool serve(Port& port) noexcept;
  bool look_after() noexcept;
  bool work_waits() const noexcept;

  base::TimeKeeper time_;

  // the owner's
  PlainLedger ledger_;
  std::vector<std::unique_ptr<Port>> ports_;
  Lsn given_back_;
  std::int64_t swept_s_{-1};

  std::atomic<bool> stop_{false};
  std::atomic<std::uint64_t> given_back_shown_{0};
  Bell owner_bell_, writer_bell_;

  ChunkWriter chunks_;  // the writer's
  std::thread owner_, writer_;
};

// A caller's end.
class OwnerPeer::Port {
 public:
  explicit Port(OwnerPeer& peer) : peer_(peer), ring_(kRing) {}

  // Puts a claim in; waits while the ring is full. Answers are handed to `answered(Decision)`, in
  // the order of the requests, now and then.
  template <class Answered>
  void submit(const ClaimRequest& request, Answered&& answered) noexcept {
    if (head_ - reaped_ == kRing) {
      flush();
      wait_for_answers();
      reap(answered);
    }
    Entry& entry = ring_[head_ % kRing];
    entry.why = peer_.ledger_.plan(request, peer_.time_.civil_now(), entry.task);
    if (++head_ % kFlush == 0) flush();
  }
  // Waits until all that was submitted is answered.
  template <class Answered>
  void finish(Answered&& answered) noexcept {
    flush();
    while (reaped_ != head_) {
      wait_for_answers();
      reap(answered);
    }
  }

 private:
  friend class OwnerPeer;
  static constexpr std::uint64_t kFlush = 16;  // requests made visible at a time

  struct alignas(64) Entry {
    Task task;
    Code why;
    Decision decision;
  };

  void flush() noexcept {
    visible_.store(head_, std::memory_order_seq_cst);
    peer_.owner_bell_.ring();
  }
  void wait_for_answers() noexcept {
    // Half a ring at a time: a change of threads costs as much as many claims.
    const std::uint64_t enough = std::min(head_, reaped_ + kRing / 2);
    bell_.wait([&] { return done_.load(std::memory_order_seq_cst) >= enough; });
  }
  template <class Answered>
  void reap(Answered&& answered) noexcept {
    const std::uint64_t done = done_.load(std::memory_order_acquire);
    for (; reaped_ != done; ++reaped_) answered(ring_[reaped_ % kRing].decision);
  }

  OwnerPeer& peer_;
  std::vector<Entry> ring_;
  std::uint64_t head_{0}, reaped_{0};                  // the caller's
  alignas(64) std::atomic<std::uint64_t> visible_{0};  // written by the caller
  alignas(64) std::atomic<std::uint64_t> done_{0};     // written by the owner
  Bell bell_;
};

}  // namespace janji::bench::peers
