// Taking and giving back a seat: the one step that all claimers of a slot meet in.
#include <atomic>
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/mix.hpp"
#include "base/region.hpp"
#include "ledger/slot_word.hpp"

namespace {

using namespace janji;
using ledger::SlotWord;

constexpr std::uint32_t kCapacity = 4095;

// As Ledger::take_at and the writer's give-back do it.
bool take(std::atomic<std::uint64_t>& at) {
  SlotWord word{at.load(std::memory_order_acquire)};
  do {
    if (!word.has_room(1)) return false;
  } while (!at.compare_exchange_weak(word.bits, word.with_taken(1).bits, std::memory_order_acq_rel,
                                     std::memory_order_acquire));
  return true;
}
void give_back(std::atomic<std::uint64_t>& at) {
  at.fetch_sub(SlotWord::made_durable(1), std::memory_order_acq_rel);
  at.fetch_sub(SlotWord::given_back(1), std::memory_order_acq_rel);
}

// All threads on one word.
void slot_take_and_give_back_hot(benchmark::State& state) {
  static std::atomic<std::uint64_t> word{SlotWord::make(Day{20000}, kCapacity).bits};
  for (auto _ : state) {
    if (!take(word)) state.SkipWithError("sold out");
    give_back(word);
  }
}
BENCHMARK(slot_take_and_give_back_hot)->ThreadRange(1, 4)->UseRealTime();

// Each on words at random of so many.
void slot_take_and_give_back_spread(benchmark::State& state) {
  const auto slots = static_cast<std::size_t>(state.range(0));
  static base::Region<std::atomic<std::uint64_t>> words;
  if (state.thread_index() == 0) {
    words = base::Region<std::atomic<std::uint64_t>>(slots, true);
    for (std::size_t i = 0; i < slots; ++i) {
      words[i].store(SlotWord::make(Day{20000}, kCapacity).bits, std::memory_order_relaxed);
    }
  }
  std::uint64_t k = 0;
  const auto seed = static_cast<std::uint64_t>(state.thread_index());
  for (auto _ : state) {
    std::atomic<std::uint64_t>& word = words[base::mix(seed, ++k, 0) % slots];
    if (!take(word)) state.SkipWithError("sold out");
    give_back(word);
  }
}
BENCHMARK(slot_take_and_give_back_spread)
    ->Arg(100'000)
    ->Arg(10'000'000)
    ->ThreadRange(1, 4)
    ->UseRealTime();

// Refusing: a plain load.
void slot_read_sold_out(benchmark::State& state) {
  std::atomic<std::uint64_t> at{SlotWord::make(Day{20000}, kCapacity, kCapacity).bits};
  for (auto _ : state) {
    const SlotWord word{at.load(std::memory_order_acquire)};
    const bool full = !word.has_room(1) && word.pending() == 0;
    benchmark::DoNotOptimize(full);
  }
}
BENCHMARK(slot_read_sold_out);

}  // namespace
