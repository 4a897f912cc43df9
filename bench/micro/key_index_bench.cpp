// The index of applicants and operation ids: one cache miss a look-up is the aim.
#include <cstdint>
#include <memory>

#include <benchmark/benchmark.h>

#include "base/mix.hpp"
#include "ledger/key_index.hpp"

namespace {

using namespace janji;
using ledger::KeyIndex;

std::uint64_t hash_of(std::uint64_t key) {
  return base::mix(1, key, 2);
}

// Keys are the references themselves, so nothing but the index is measured.
struct Filled {
  explicit Filled(std::uint64_t keys) : index(keys, true), size(keys) {
    for (std::uint64_t key = 0; key < keys / 2; ++key) insert(key);
  }
  KeyIndex::Insert insert(std::uint64_t key) {
    const auto matches = [key](std::uint32_t reference) { return reference == key; };
    const std::uint64_t hash = hash_of(key);
    return index.insert(hash, static_cast<std::uint32_t>(key), index.walk(hash, matches), matches)
        .outcome;
  }
  KeyIndex index;
  std::uint64_t size;
};

// Looks up a key that is there (even k) or isn't (odd k), `ahead` of it fetching another.
void key_index_walk(benchmark::State& state) {
  Filled filled(static_cast<std::uint64_t>(state.range(0)));
  const bool ahead = state.range(1) != 0;
  std::uint64_t k = 0, found = 0;
  const auto key_at = [&](std::uint64_t i) {
    return base::mix(3, i, 4) % (filled.size / 2) + (i % 2) * filled.size;
  };
  for (auto _ : state) {
    if (ahead) filled.index.prefetch(hash_of(key_at(k + 4)));
    const std::uint64_t key = key_at(k++);
    const auto walk = filled.index.walk(
        hash_of(key), [key](std::uint32_t reference) { return reference == key; });
    found += walk.found != KeyIndex::kNone;
  }
  if (found * 2 + 1 < k) state.SkipWithError("keys went astray");
}
BENCHMARK(key_index_walk)->ArgNames({"keys", "ahead"})->ArgsProduct({{10'000, 4'000'000}, {0, 1}});

// Inserts a new key and removes it again. Removing belongs to one thread: the writer.
void key_index_insert_and_remove(benchmark::State& state) {
  Filled filled(static_cast<std::uint64_t>(state.range(0)));
  std::uint64_t k = 0;
  for (auto _ : state) {
    const std::uint64_t key = filled.size + base::mix(5, ++k, 6) % filled.size;
    if (filled.insert(key) != KeyIndex::Insert::done) state.SkipWithError("not inserted");
    if (!filled.index.remove(hash_of(key), static_cast<std::uint32_t>(key))) {
      state.SkipWithError("not removed");
    }
  }
}
BENCHMARK(key_index_insert_and_remove)->Arg(10'000)->Arg(4'000'000);

}  // namespace
