#include "memory_speed.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>
#include <utility>

#include "base/mix.hpp"
#include "base/region.hpp"

namespace janji::bench {

namespace {

struct alignas(64) Line {
  std::uint64_t next;
};

template <class Work>
double ns_each(std::uint64_t times, Work&& work) {
  const auto begin = std::chrono::steady_clock::now();
  for (std::uint64_t i = 0; i < times; ++i) work();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - begin;
  return took.count() / static_cast<double>(times);
}

}  // namespace

double dependent_load_ns(std::size_t bytes) {
  base::Region<Line> lines(bytes / sizeof(Line), true);
  for (std::size_t i = 0; i < lines.size(); ++i) lines[i].next = i;
  // Sattolo: one cycle through all lines.
  std::mt19937_64 random(1);
  for (std::size_t i = lines.size() - 1; i > 0; --i) {
    std::swap(lines[i].next, lines[base::scale(random(), i)].next);
  }
  std::uint64_t at = 0;
  const double ns = ns_each(1'000'000, [&] { at = lines[at].next; });
  volatile std::uint64_t kept = at;  // so that the loads aren't left out
  (void)kept;
  return ns;
}

double locked_operation_ns() {
  std::atomic<std::uint64_t> word{0};
  return ns_each(1'000'000, [&] { word.fetch_add(1, std::memory_order_acq_rel); });
}

}  // namespace janji::bench
