// Handing out places: one by one from a stack, and in magazines.
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/index_stack.hpp"
#include "base/magazines.hpp"

namespace {

using namespace janji;
using base::IndexStack;

constexpr std::uint32_t kPlaces = 1U << 16;

struct Links {
  Links() : inner(kPlaces), outer(kPlaces) {}
  auto by_inner() {
    return [this](std::uint32_t i) -> std::atomic<std::uint32_t>& { return inner[i]; };
  }
  auto by_outer() {
    return [this](std::uint32_t i) -> std::atomic<std::uint32_t>& { return outer[i]; };
  }
  std::vector<std::atomic<std::uint32_t>> inner, outer;
};

void index_stack_pop_and_push(benchmark::State& state) {
  static Links links;
  static IndexStack stack;
  if (state.thread_index() == 0 && stack.empty()) {
    for (std::uint32_t i = 0; i < kPlaces; ++i) stack.push(i, links.by_outer());
  }
  for (auto _ : state) {
    const std::uint32_t place = stack.pop(links.by_outer());
    if (place == IndexStack::kNone) state.SkipWithError("empty");
    stack.push(place, links.by_outer());
  }
}
BENCHMARK(index_stack_pop_and_push)->ThreadRange(1, 4)->UseRealTime();

// A magazine of 32 at a time; the giving back is the writer's, hence one thread.
void magazines_pop_and_give_back(benchmark::State& state) {
  Links links;
  base::Magazines magazines(32);
  for (std::uint32_t i = 0; i < kPlaces; ++i) {
    magazines.give_back(i, links.by_inner(), links.by_outer());
  }
  magazines.end_round(links.by_outer());
  std::uint32_t mine = base::Magazines::kNone;
  for (auto _ : state) {
    if (mine == base::Magazines::kNone) mine = magazines.pop(links.by_outer());
    const std::uint32_t place = mine;
    mine = links.inner[place].load(std::memory_order_relaxed);
    magazines.give_back(place, links.by_inner(), links.by_outer());
  }
}
BENCHMARK(magazines_pop_and_give_back);

}  // namespace
