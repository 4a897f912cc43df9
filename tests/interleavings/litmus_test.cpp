// The checker on programs whose outcomes are known: what the standard allows is met, what it
// forbids isn't. A checker that finds nothing proves nothing.
#include <catch2/catch.hpp>

#include "scenes/litmus.hpp"

using namespace janji::interleavings;

namespace {

constexpr std::uint64_t kTries = 3000;

bool met(const MakeScene& scene) {
  return search(scene, 1, kTries).found.has_value();
}

}  // namespace

TEST_CASE("a message comes with its flag when it is released and acquired, and only then") {
  CHECK_FALSE(met(message_passing(std::memory_order_release, std::memory_order_acquire)));
  CHECK(met(message_passing(std::memory_order_relaxed, std::memory_order_acquire)));
  CHECK(met(message_passing(std::memory_order_release, std::memory_order_relaxed)));
}

TEST_CASE("a release goes on through others' read-modify-writes, and through nothing else") {
  CHECK_FALSE(met(message_through_modify(std::memory_order_relaxed)));
  CHECK(met(message_past_a_plain_store()));
}

TEST_CASE("only seq_cst keeps two threads from both looking too early") {
  CHECK_FALSE(met(store_buffering(std::memory_order_seq_cst)));
  CHECK(met(store_buffering(std::memory_order_acq_rel)));
}

TEST_CASE("nor does a seq_cst look at one's own weaker store") {
  CHECK_FALSE(met(store_buffering_with_a_look(std::memory_order_seq_cst)));
  CHECK(met(store_buffering_with_a_look(std::memory_order_release)));
}

TEST_CASE("only seq_cst shows independent stores in one order to all") {
  CHECK_FALSE(met(independent_reads(std::memory_order_seq_cst)));
  CHECK(met(independent_reads(std::memory_order_acq_rel)));
}

TEST_CASE("no read goes backwards, and of two swaps one succeeds") {
  CHECK_FALSE(met(reads_go_backwards()));
  CHECK_FALSE(met(two_successful_swaps()));
}

TEST_CASE("a sleeper that nobody wakes is found") {
  CHECK(met(sleep_without_a_waker()));
  CHECK(met(sleep_with_a_waker(false)));
  CHECK_FALSE(met(sleep_with_a_waker(true)));
}

TEST_CASE("plain accesses that nothing orders are a race") {
  constexpr bool kReads = false, kWrites = true;
  for (const auto& [first, second] :
       {std::pair(kWrites, kWrites), {kWrites, kReads}, {kReads, kWrites}}) {
    CHECK(met(told_of_plain_data(first, second, std::memory_order_relaxed)));
    CHECK_FALSE(met(told_of_plain_data(first, second, std::memory_order_release)));
  }
  CHECK_FALSE(met(told_of_plain_data(kReads, kReads, std::memory_order_relaxed)));
  CHECK(met(handed_over_by_lock(std::memory_order_relaxed)));
  CHECK_FALSE(met(handed_over_by_lock(std::memory_order_release)));
}

TEST_CASE("a seed gives the same executions again") {
  const auto scene = store_buffering(std::memory_order_acq_rel);
  const Outcome once = search(scene, 7, kTries);
  search(message_passing(std::memory_order_release, std::memory_order_acquire), 1, 10);
  const Outcome again = search(scene, 7, kTries);
  REQUIRE(once.found.has_value());
  CHECK(once.executions == again.executions);
  CHECK(once.found == again.found);
}
