#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

#include "ledger/word_runs.hpp"

using janji::ledger::WordRuns;

TEST_CASE("runs are taken one behind another, and the shortest that fits is used again") {
  WordRuns runs(100);
  CHECK(runs.take(10) == 0);
  CHECK(runs.take(4) == 10);
  CHECK(runs.take(10) == 14);
  CHECK(runs.take(5) == 24);
  CHECK(runs.take(1) == 29);
  CHECK(runs.used() == 30);
  runs.give_back(14, 10);
  runs.give_back(24, 5);  // joined: 15 from 14 on
  runs.give_back(0, 10);
  CHECK(runs.used() == 5);
  CHECK(runs.end() == 30);
  CHECK(runs.take(10) == 0);
  CHECK(runs.take(3) == 14);
  CHECK(runs.take(12) == 17);
  CHECK(runs.take(1) == 30);
  CHECK(runs.end() == 31);
}

TEST_CASE("what comes back at the end can be taken with what was never used") {
  WordRuns runs(20);
  CHECK(runs.take(8) == 0);
  CHECK(runs.take(8) == 8);
  CHECK_FALSE(runs.fits(5));
  CHECK(runs.fits(4));
  runs.give_back(8, 8);
  CHECK(runs.end() == 8);
  CHECK(runs.fits(12));
  CHECK_FALSE(runs.fits(13));
  CHECK(runs.take(12) == 8);
  runs.give_back(0, 8);
  runs.give_back(8, 12);
  CHECK(runs.used() == 0);
  CHECK(runs.end() == 0);
}

TEST_CASE("pieces that are too short don't fit, however many they are") {
  WordRuns runs(6);
  for (int i = 0; i < 6; ++i) (void)runs.take(1);
  runs.give_back(1, 1);
  runs.give_back(3, 1);
  CHECK(runs.fits(1));
  CHECK_FALSE(runs.fits(2));
  runs.give_back(2, 1);
  CHECK(runs.take(3) == 1);
}

TEST_CASE("a day without slots takes nothing") {
  WordRuns runs(1);
  CHECK(runs.take(1) == 0);
  CHECK(runs.fits(0));
  CHECK(runs.take(0) == 0);
  runs.give_back(0, 0);
  CHECK(runs.used() == 1);
}

TEST_CASE("no two runs have a word in common, and none is lost") {
  constexpr std::uint32_t kSize = 600;
  std::mt19937 random(7);
  WordRuns runs(kSize);
  std::map<std::uint64_t, std::uint32_t> taken;
  std::vector<bool> in_use(kSize, false);
  for (int step = 0; step < 50'000; ++step) {
    const auto length = static_cast<std::uint32_t>(random() % 40);
    if (random() % 2 == 0 && length != 0) {
      std::uint32_t longest = 0, now = 0;
      for (const bool used : in_use) {
        now = used ? 0 : now + 1;
        longest = std::max(longest, now);
      }
      REQUIRE(runs.fits(length) == (length <= longest));
      if (!runs.fits(length)) continue;
      const std::uint64_t first = runs.take(length);
      for (std::uint64_t i = first; i < first + length; ++i) {
        REQUIRE_FALSE(in_use[i]);
        in_use[i] = true;
      }
      REQUIRE(first + length <= runs.end());
      taken.emplace(first, length);
    } else if (!taken.empty()) {
      auto one = taken.begin();
      std::advance(one, static_cast<int>(random() % taken.size()));
      for (std::uint64_t i = 0; i < one->second; ++i) in_use[one->first + i] = false;
      runs.give_back(one->first, one->second);
      taken.erase(one);
    }
    REQUIRE(runs.used() ==
            static_cast<std::uint64_t>(std::count(in_use.begin(), in_use.end(), true)));
  }
}

TEST_CASE("days of one length roll on in as many words as are open at a time") {
  WordRuns runs(30 * 52);
  std::vector<std::uint64_t> open;
  for (int day = 0; day < 30; ++day) open.push_back(runs.take(52));
  for (int day = 0; day < 1000; ++day) {
    const auto oldest = static_cast<std::size_t>(day % 30);
    REQUIRE_FALSE(runs.fits(52));
    runs.give_back(open[oldest], 52);
    open[oldest] = runs.take(52);
  }
  CHECK(runs.used() == 30 * 52);
}
