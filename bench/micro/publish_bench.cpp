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
  std::uint32_t mine = kNoIndex;
  for (auto _ : state) {
    if (mine == kNoIndex && (mine = house.blocks.pop_magazine()) == kNoIndex) {
      house.empty();
      mine = house.blocks.pop_magazine();
    }
    const std::uint32_t block = mine;
    mine = house.blocks[block].next.load(std::memory_order_relaxed);
    benchmark::DoNotOptimize(house.list.publish(house.blocks, block));
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
  std::uint32_t mine = kNoIndex;
  for (auto _ : state) {
    while (mine == kNoIndex && (mine = house->blocks.pop_magazine()) == kNoIndex) {
      std::this_thread::yield();
    }
    const std::uint32_t block = mine;
    mine = house->blocks[block].next.load(std::memory_order_relaxed);
    benchmark::DoNotOptimize(house->list.publish(house->blocks, block));
  }
  if (state.thread_index() == 0) {
    stop.store(true);
    emptier.join();
  }
}
BENCHMARK(publish_by_threads)->ThreadRange(1, 4)->UseRealTime();

}  // namespace
