// The writer's rounds, and waiting for them.
#pragma once

#include <atomic>
#include <cstdint>

#include <janji/types.hpp>

#include "base/step.hpp"
#include "base/threads.hpp"

namespace janji::journal {

// Problem: callers wait for "a round that began after I looked" or for an LSN to be durable; the
// writer sleeps when there is nothing to do; nobody may sleep through what he waits for.
// Operation: counters that only grow, and two futex words.
// Concurrency: begin_round(), end_round(), idle_*() by the writer; the rest by any thread.
class Rounds {
 public:
  explicit Rounds(Threads& threads = system_threads()) : threads_(threads) {}

  // ---- any thread ----

  // The round that is sure to begin after this call: wait until it is complete, then look again.
  std::uint64_t next_round() const noexcept {
    // seq_cst: orders what the caller looked at before this load, see begin_round().
    return begun_.load(std::memory_order_seq_cst) + 1;
  }
  std::uint64_t completed() const noexcept {
    return completed_.load(std::memory_order_acquire);  // pairs with end_round()
  }
  // In the page cache and given back: what `strict` and `relaxed` both build on.
  Lsn committed() const noexcept { return Lsn{committed_.load(std::memory_order_acquire)}; }
  Lsn durable() const noexcept { return Lsn{durable_.load(std::memory_order_acquire)}; }
  bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }
  bool stopped() const noexcept { return stopped_.load(std::memory_order_acquire); }

  // After publishing: wakes the writer if it is idle.
  void wake_if_idle() noexcept {
    // seq_cst: pairs with idle_begin(); publish-then-look against set-then-look.
    if (idle_.load(std::memory_order_seq_cst) != 0) wake_idle();
  }
  // Asks for a round even if nothing is published.
  void request_round() noexcept {
    // Only the first asker since the last round needs to tell the writer.
    if (requested_.load(std::memory_order_seq_cst) == 0) {
      requested_.store(1, std::memory_order_seq_cst);
    }
    wake_if_idle();
  }

  // Asks for a flush, whatever the mode and the clock say. When the round that is returned is
  // complete, all that was published before this call is durable.
  std::uint64_t request_flush() noexcept {
    // First the request: whichever round takes it takes its list later, and is that one or an
    // earlier one. seq_cst: pairs with take_flush_request() and, as in next_round(), begin_round().
    flush_requested_.store(1, std::memory_order_seq_cst);
    const std::uint64_t round = next_round();
    request_round();
    return round;
  }

  // False on time-out (negative: none), and when the writer stopped or failed before it.
  bool wait_round(std::uint64_t round, std::int64_t timeout_ms) noexcept;
  bool wait_durable(Lsn lsn, std::int64_t timeout_ms) noexcept;

  void stop() noexcept;

  // ---- the writer's thread ----

  void start_at(Lsn durable) noexcept {
    committed_.store(durable.value, std::memory_order_release);
    durable_.store(durable.value, std::memory_order_release);
  }
  // Before the list is taken.
  void begin_round() noexcept {
    // First the request, then the number: whoever read the new number and asks for one more asks
    // after this store, so his request stands.
    requested_.store(0, std::memory_order_seq_cst);
    JANJI_STEP("round_begins");
    // seq_cst: whoever reads the old number in next_round() and then waits for one more is served
    // by a take() that comes after this store, hence after what he looked at.
    begun_.store(begun_.load(std::memory_order_relaxed) + 1, std::memory_order_seq_cst);
  }
  // Whether somebody asked for a flush since the last call. After begin_round(): whoever asked
  // before the round began is served by it.
  bool take_flush_request() noexcept {
    return flush_requested_.exchange(0, std::memory_order_seq_cst) != 0;
  }
  // After everything of the round was given back. Release: whoever sees the new LSN sees the
  // given-back seats (hazard 5).
  void end_round(Lsn committed, Lsn durable) noexcept;
  void fail() noexcept;

  // Sleeps unless `has_work()` after the flag is up. At most `timeout_ms`.
  template <class HasWork>
  void idle(HasWork&& has_work, std::int64_t timeout_ms) noexcept {
    idle_.store(1, std::memory_order_seq_cst);
    JANJI_STEP("writer_idle");
    // seq_cst: each is set before its setter looks at `idle_`, so one of the two sees the other.
    if (has_work() || requested_.load(std::memory_order_seq_cst) != 0 ||
        stopped_.load(std::memory_order_seq_cst)) {
      idle_.store(0, std::memory_order_seq_cst);
      return;
    }
    sleep(timeout_ms);
    idle_.store(0, std::memory_order_seq_cst);
  }

 private:
  void wake_idle() noexcept;
  void sleep(std::int64_t timeout_ms) noexcept;
  void announce() noexcept;
  template <class Done>
  bool wait(Done&& done, std::int64_t timeout_ms) noexcept;

  Threads& threads_;
  alignas(64) std::atomic<std::uint64_t> begun_{0};
  std::atomic<std::uint64_t> completed_{0};
  std::atomic<std::uint64_t> committed_{0};
  std::atomic<std::uint64_t> durable_{0};
  alignas(64) std::atomic<std::uint32_t> requested_{0};
  std::atomic<std::uint32_t> flush_requested_{0};
  std::atomic<std::uint32_t> idle_{0};              // futex word of the writer
  alignas(64) std::atomic<std::uint32_t> tick_{0};  // futex word of those who wait
  std::atomic<std::uint32_t> waiters_{0};
  std::atomic<bool> failed_{false};
  std::atomic<bool> stopped_{false};
};

}  // namespace janji::journal
