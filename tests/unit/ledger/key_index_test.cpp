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

TEST_CASE("a bucket overflows into its path, and when nothing fits it says so") {
  KeyIndex index(8, false);  // eight buckets of seven cells
  constexpr std::uint32_t kRoom = 56;
  Keys keys(64);
  std::uint32_t in = 0;
  Insert last = Insert::done;
  // One hash for all: they meet in one bucket, told apart by their keys only.
  for (; in < 64 && last == Insert::done; ++in) {
    keys.of[in].store(in + 1);
    last = insert(index, keys, 77, in);
  }
  CHECK(last == Insert::full);
  CHECK(in == kRoom + 1);
  for (std::uint32_t i = 0; i < kRoom; ++i) CHECK(index.walk(77, keys.matches(i + 1)).found == i);
  CHECK(index.remove(77, 20));
  CHECK(index.walk(77, keys.matches(21)).found == KeyIndex::kNone);
  CHECK(insert(index, keys, 77, kRoom) == Insert::done);
  CHECK(index.walk(77, keys.matches(kRoom + 1)).found == kRoom);
}

TEST_CASE("counts of keys beyond a bucket fall back to nothing, so that walks stay short") {
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
    REQUIRE(index.remove(hash_of(keys.of[i]), i));
  }
  CHECK(index.keys_beyond() == 0);
}

TEST_CASE("an insert is retracted by whoever made it") {
  KeyIndex index(8, false);
  Keys keys(20);
  const auto add = [&](std::uint32_t reference) {
    keys.of[reference].store(reference + 1);
    const auto matches = keys.matches(reference + 1);
    return index.insert(77, reference, index.walk(77, matches), matches);
  };
  std::vector<KeyIndex::Inserted> made;
  for (std::uint32_t i = 0; i < 16; ++i) made.push_back(add(i));
  for (const std::uint32_t i : {3U, 15U}) {
    index.retract(77, made[i].spot);
    CHECK(index.walk(77, keys.matches(i + 1)).found == KeyIndex::kNone);
    CHECK_FALSE(index.remove(77, i));
  }
  CHECK(index.walk(77, keys.matches(15)).found == 14);
  for (std::uint32_t i = 0; i < 16; ++i) CHECK(index.remove(77, i) == (i != 3 && i != 15));
  CHECK(index.keys_beyond() == 0);
}

TEST_CASE("callers insert while the writer removes") {
  // Three home buckets, so that their keys meet and go beyond them all the time. Each thread owns
  // some references.
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
          continue;
        }
        key += kThreads;
        keys.of[i].store(key, std::memory_order_release);
        const Insert outcome = insert(index, keys, hash_of(key), i);
        if (outcome == Insert::exists) lost = true;
        if (outcome != Insert::done) continue;
        // Nobody removes it before the next line, so it must be found.
        const auto walk = index.walk(hash_of(key), keys.matches(key));
        if (walk.found != i) lost = true;
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
  for (std::uint32_t i = 0; i < kThreads * kEach; ++i) {
    if (state[i] == 1) CHECK(index.remove(hash_of(keys.of[i]), i));
  }
  CHECK(index.keys_beyond() == 0);
}

TEST_CASE("an insert whose walk is out of date looks again") {
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

TEST_CASE("of many inserts of one key, at most one succeeds, and each that fails saw another") {
  constexpr int kThreads = 4;
  constexpr std::uint32_t kRounds = 4000;
  KeyIndex index(kThreads * kRounds, false);
  Keys keys(kThreads * kRounds);
  std::vector<std::atomic<int>> winners(kRounds);
  std::atomic<bool> wrong{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t round = 0; round < kRounds; ++round) {
        const std::uint32_t reference = round * kThreads + static_cast<std::uint32_t>(t);
        const std::uint64_t key = round + 1;
        // A few buckets only, so that strangers meet too.
        const std::uint64_t hash = (std::uint64_t{round % 64} << 58) + round;
        keys.of[reference].store(key, std::memory_order_release);
        const auto matches = keys.matches(key);
        // Not looked for before: all of it rests on the second look.
        const auto made = index.insert(hash, reference, KeyIndex::Walk{}, matches);
        if (made.outcome == Insert::done) ++winners[round];
        const bool saw = made.outcome == Insert::exists && made.found != reference &&
                         keys.of[made.found].load() == key;
        if (made.outcome != Insert::done && !saw) wrong = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(wrong);
  int nobody = 0;
  for (const auto& count : winners) {
    REQUIRE(count <= 1);
    nobody += count == 0;
  }
  CHECK(nobody < static_cast<int>(kRounds) / 2);  // two that came at the very same time both yield
}

TEST_CASE("while others take and leave cells of its path, a key that stays is always found") {
  KeyIndex index(8, false);
  Keys keys(60);
  for (std::uint32_t i = 0; i < 20; ++i) {
    keys.of[i].store(i + 1);
    REQUIRE(insert(index, keys, 77, i) == Insert::done);
  }
  std::atomic<bool> done{false}, lost{false};
  std::thread reader([&] {
    while (!done) {
      for (std::uint32_t i = 10; i < 20; ++i) {
        if (index.walk(77, keys.matches(i + 1)).found != i) lost = true;
      }
    }
  });
  std::thread inserter([&] {
    for (int n = 0; n < 20'000; ++n) {
      for (std::uint32_t i = 30; i < 34; ++i) {
        keys.of[i].store(i + 1);
        const auto matches = keys.matches(i + 1);
        const auto made = index.insert(77, i, index.walk(77, matches), matches);
        if (made.outcome == Insert::done) index.retract(77, made.spot);
      }
    }
    done = true;
  });
  // The writer's part: keys before those that stay come and go.
  for (int n = 0; !done; ++n) {
    const auto i = static_cast<std::uint32_t>(n % 10);
    if (!index.remove(77, i)) lost = true;
    if (insert(index, keys, 77, i) != Insert::done) lost = true;
  }
  reader.join();
  inserter.join();
  CHECK_FALSE(lost);
}
