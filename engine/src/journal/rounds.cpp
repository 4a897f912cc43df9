#include "journal/rounds.hpp"

#include <janji/check.hpp>

namespace janji::journal {

template <class Done>
bool Rounds::wait(Done&& done, std::int64_t timeout_ms) noexcept {
  if (done()) return true;
  constexpr std::int64_t kLongestMs = 365LL * 86'400'000;  // so that the sum below can't overflow
  if (timeout_ms > kLongestMs) timeout_ms = kLongestMs;
  const std::int64_t end = threads_.steady_ms() + timeout_ms;
  // seq_cst: pairs with announce(): either it sees a waiter, or the waiter sees its change.
  waiters_.fetch_add(1, std::memory_order_seq_cst);
  bool result = false;
  for (;;) {
    const std::uint32_t seen = tick_.load(std::memory_order_seq_cst);
    result = done();
    if (result || failed() || stopped()) break;
    const std::int64_t left = timeout_ms < 0 ? -1 : end - threads_.steady_ms();
    if (timeout_ms >= 0 && left <= 0) break;
    threads_.wait(tick_, seen, left);
  }
  waiters_.fetch_sub(1, std::memory_order_relaxed);
  return result;
}

bool Rounds::wait_round(std::uint64_t round, std::int64_t timeout_ms) noexcept {
  request_round();
  return wait([&] { return completed() >= round; }, timeout_ms);
}

bool Rounds::wait_durable(Lsn lsn, std::int64_t timeout_ms) noexcept {
  return wait([&] { return durable() >= lsn; }, timeout_ms);
}

void Rounds::end_round(Lsn committed, Lsn durable) noexcept {
  // relaxed: the writer's own.
  JANJI_CHECK(durable <= committed);
  JANJI_CHECK(committed.value >= committed_.load(std::memory_order_relaxed));
  JANJI_CHECK(durable.value >= durable_.load(std::memory_order_relaxed));
  committed_.store(committed.value, std::memory_order_release);
  durable_.store(durable.value, std::memory_order_release);
  completed_.store(begun_.load(std::memory_order_relaxed), std::memory_order_release);
  announce();
}

void Rounds::fail() noexcept {
  failed_.store(true, std::memory_order_release);
  announce();
}

void Rounds::stop() noexcept {
  stopped_.store(true, std::memory_order_seq_cst);
  wake_idle();
  announce();
}

void Rounds::announce() noexcept {
  tick_.fetch_add(1, std::memory_order_seq_cst);
  if (waiters_.load(std::memory_order_seq_cst) != 0) threads_.wake_all(tick_);
}

void Rounds::wake_idle() noexcept {
  // One waker is enough: whoever turns the flag off makes the call.
  if (idle_.exchange(0, std::memory_order_seq_cst) != 0) threads_.wake_all(idle_);
}

void Rounds::sleep(std::int64_t timeout_ms) noexcept {
  threads_.wait(idle_, 1, timeout_ms);
}

}  // namespace janji::journal
