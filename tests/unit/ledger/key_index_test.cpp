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

TEST_CASE("overflow lines come back: no churn uses them up") {
  // Two hundred buckets' worth of keys, each replaced hundreds of times.
  constexpr std::uint32_t kKeys = 800;
  KeyIndex index(kKeys, false);
  Keys keys(kKeys);
  std::mt19937_64 random(5);
  std::uint64_t next_key = 1;
  const auto hash_of = [](std::uint64_t key) { return janji::base::mix(8, key, 0); };
  for (std::uint32_t i = 0; i < kKeys; ++i) {
    keys.of[i].store(next_key++);
    REQUIRE(insert(index, keys, hash_of(keys.of[i]), i) == Insert::done);
  }
  for (int step = 0; step < 300'000; ++step) {
    const auto i = static_cast<std::uint32_t>(random() % kKeys);
    REQUIRE(index.remove(hash_of(keys.of[i]), i));
    keys.of[i].store(next_key++);
    REQUIRE(insert(index, keys, hash_of(keys.of[i]), i) == Insert::done);
  }
  for (std::uint32_t i = 0; i < kKeys; ++i) {
    REQUIRE(index.walk(hash_of(keys.of[i]), keys.matches(keys.of[i])).found == i);
  }
}

TEST_CASE("callers insert while the writer removes, moves home and detaches") {
  // Three buckets, so that all of it happens all the time. Each thread owns some references.
  constexpr std::uint32_t kThreads = 3, kEach = 12, kRounds = 3000;
  KeyIndex index(8, false);
  Keys keys(kThreads * kEach);
  std::vector<std::atomic<int>> state(kThreads * kEach);  // 0 free, 1 inserted, for the writer
  std::atomic<bool> lost{false};
  std::atomic<std::uint32_t> running{kThreads};
  const auto hash_of = [](std::uint64_t key) { return (key % 3 << 61) + key; };
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      std::uint64_t key = t + 1;
      for (std::uint32_t n = 0; n < kRounds * kEach; ++n) {
        const std::uint32_t i = t * kEach + n % kEach;
        if (state[i].load(std::memory_order_acquire) != 0) {
          if (index.walk(hash_of(keys.of[i]), keys.matches(keys.of[i])).contended) continue;
          continue;
        }
        key += kThreads;
        keys.of[i].store(key, std::memory_order_release);
        const Insert outcome = insert(index, keys, hash_of(key), i);
        if (outcome == Insert::exists) lost = true;
        if (outcome != Insert::done) continue;
        // Nobody removes it before the next line, so it must be found.
        const auto walk = index.walk(hash_of(key), keys.matches(key));
        if (!walk.contended && walk.found != i) lost = true;
        state[i].store(1, std::memory_order_release);
      }
      --running;
    });
  }
  while (running != 0) {
    for (std::uint32_t i = 0; i < kThreads * kEach; ++i) {
      if (state[i].load(std::memory_order_acquire) != 1) continue;
      if (!index.remove(hash_of(keys.of[i]), i)) lost = true;
      state[i].store(0, std::memory_order_release);
    }
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(lost);
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
