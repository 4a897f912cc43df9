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
  std::uint32_t next(std::uint32_t place) const { return inner[place]; }
  void set_next(std::uint32_t place, std::uint32_t next) { inner[place] = next; }
  std::atomic<std::uint32_t>& chain(std::uint32_t place) { return outer[place]; }
  auto by_outer() {
    return [this](std::uint32_t i) -> std::atomic<std::uint32_t>& { return outer[i]; };
  }
  std::vector<std::uint32_t> inner;
  std::vector<std::atomic<std::uint32_t>> outer;
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
  base::Magazines magazines(base::Stock::kMax);
  for (std::uint32_t i = 0; i < kPlaces; ++i) magazines.give_back(i, links);
  magazines.end_round(links);
  base::Stock mine;
  for (auto _ : state) {
    if (mine.empty() && !magazines.refill(mine, links)) state.SkipWithError("empty");
    magazines.give_back(mine.take(), links);
  }
}
BENCHMARK(magazines_pop_and_give_back);

}  // namespace
