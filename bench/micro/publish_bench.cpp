// From a decision to its LSN: taking a block, publishing it, and the writer's giving it back.
#include <cstdint>
#include <memory>
#include <thread>

#include <benchmark/benchmark.h>

#include "journal/publish_list.hpp"
#include "journal/record_blocks.hpp"

namespace {

using namespace janji;
using journal::kNoIndex;

// Takes what is published and hands the blocks out again: the writer with no disk and no ledger.
class Emptier {
 public:
  Emptier() : blocks(1U << 14, 32, true) {}
  void empty() {
    for (std::uint32_t i = list.take().newest; i != kNoIndex;) {
      const std::uint32_t next = blocks[i].next.load(std::memory_order_relaxed);
      blocks.give_back(i);
      i = next;
    }
    blocks.end_round();
  }
  journal::RecordBlocks blocks;
  journal::PublishList list;
};

// One thread does both by turns: nobody else touches the lines.
void publish_alone(benchmark::State& state) {
  Emptier house;
  base::Stock mine;
  for (auto _ : state) {
    if (mine.empty() && !house.blocks.refill(mine)) {
      house.empty();
      if (!house.blocks.refill(mine)) state.SkipWithError("empty");
    }
    benchmark::DoNotOptimize(house.list.publish(house.blocks, mine.take()));
  }
}
BENCHMARK(publish_alone);

// Several publish, one more empties all the time.
void publish_by_threads(benchmark::State& state) {
  static std::unique_ptr<Emptier> house;
  static std::atomic<bool> stop;
  static std::thread emptier;
  if (state.thread_index() == 0) {
    house = std::make_unique<Emptier>();
    stop.store(false);
    emptier = std::thread([] {
      while (!stop.load()) {
        house->empty();
        std::this_thread::yield();
      }
    });
  }
  base::Stock mine;
  for (auto _ : state) {
    while (mine.empty() && !house->blocks.refill(mine)) std::this_thread::yield();
    benchmark::DoNotOptimize(house->list.publish(house->blocks, mine.take()));
  }
  if (state.thread_index() == 0) {
    stop.store(true);
    emptier.join();
  }
}
BENCHMARK(publish_by_threads)->ThreadRange(1, 4)->UseRealTime();

}  // namespace
