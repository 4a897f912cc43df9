#include <atomic>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "base/mix.hpp"
#include "ledger/key_index.hpp"

using janji::ledger::KeyIndex;
using Insert = KeyIndex::Insert;

namespace {

// Keys lie in a table, as in the ledger.
struct Keys {
  explicit Keys(std::size_t many) : of(many) {}
  std::vector<std::atomic<std::uint64_t>> of;

  auto matches(std::uint64_t key) const {
    return [this, key](std::uint32_t r) { return of[r].load(std::memory_order_acquire) == key; };
  }
};

Insert insert(KeyIndex& index, Keys& keys, std::uint64_t hash, std::uint32_t reference) {
  const std::uint64_t key = keys.of[reference].load();
  const auto matches = keys.matches(key);
  return index.insert(hash, reference, index.walk(hash, matches), matches).outcome;
}

}  // namespace

TEST_CASE("an index agrees with a map through inserts and removes") {
  KeyIndex index(1000, false);
  Keys keys(1000);
  std::map<std::uint64_t, std::uint32_t> model;  // key to reference
  std::mt19937_64 random(1);
  std::vector<std::uint32_t> unused;
  for (std::uint32_t i = 0; i < 1000; ++i) unused.push_back(i);
  for (int step = 0; step < 50'000; ++step) {
    const std::uint64_t key = random() % 1500;
    const std::uint64_t hash = janji::base::mix(3, key, 0);
    const auto known = model.find(key);
    const KeyIndex::Walk walk = index.walk(hash, keys.matches(key));
    REQUIRE_FALSE(walk.contended);
    if (known != model.end()) {
      REQUIRE(walk.found == known->second);
      if (random() % 2 == 0) {
        REQUIRE(index.remove(hash, known->second));
        REQUIRE_FALSE(index.remove(hash, known->second));
        unused.push_back(known->second);
        model.erase(known);
      }
    } else {
      REQUIRE(walk.found == KeyIndex::kNone);
      if (unused.empty()) continue;
      const std::uint32_t reference = unused.back();
      unused.pop_back();
      keys.of[reference].store(key);
      REQUIRE(insert(index, keys, hash, reference) == Insert::done);
      model[key] = reference;
    }
  }
}

TEST_CASE("a bucket overflows, and when nothing fits it says so") {
  KeyIndex index(8, false);
  Keys keys(64);
  std::uint32_t in = 0;
  Insert last = Insert::done;
  // One hash for all: they meet in one bucket, told apart by their keys only.
  for (; in < 64 && last == Insert::done; ++in) {
    keys.of[in].store(in + 1);
    last = insert(index, keys, 77, in);
  }
  CHECK(last == Insert::full);
  CHECK(in == 23);
  for (std::uint32_t i = 0; i + 1 < in; ++i) CHECK(index.walk(77, keys.matches(i + 1)).found == i);
  CHECK(index.remove(77, 20));
  CHECK(index.walk(77, keys.matches(21)).found == KeyIndex::kNone);
  CHECK(insert(index, keys, 77, 22) == Insert::done);
}

TEST_CASE("an insert whose walk is out of date walks again") {
  KeyIndex index(8, false);
  Keys keys(4);
  keys.of[0].store(5);
  keys.of[1].store(5);
  const auto matches = keys.matches(5);
  const KeyIndex::Walk before = index.walk(9, matches);
  REQUIRE(insert(index, keys, 9, 0) == Insert::done);
  const auto second = index.insert(9, 1, before, matches);
  CHECK(second.outcome == Insert::exists);
  CHECK(second.found == 0);
  SECTION("also when the key came and went") {
    REQUIRE(index.remove(9, 0));
    CHECK(index.insert(9, 1, before, matches).outcome == Insert::done);
    CHECK(index.walk(9, matches).found == 1);
  }
}

TEST_CASE("of many inserts of one key, one succeeds") {
  constexpr int kThreads = 4;
  constexpr std::uint32_t kRounds = 2000;
  KeyIndex index(kThreads * kRounds, false);
  Keys keys(kThreads * kRounds);
  std::vector<std::atomic<int>> winners(kRounds);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t round = 0; round < kRounds; ++round) {
        const std::uint32_t reference = round * kThreads + static_cast<std::uint32_t>(t);
        keys.of[reference].store(round + 1, std::memory_order_release);
        // A few buckets only, so that strangers meet too.
        if (insert(index, keys, (std::uint64_t{round % 512} << 55) + round, reference) ==
            Insert::done) {
          ++winners[round];
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& count : winners) REQUIRE(count == 1);
}
