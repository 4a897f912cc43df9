#include <atomic>
#include <thread>

#include <catch2/catch.hpp>

#include "net/commit_bell.hpp"

using janji::Lsn;
using janji::Progress;
using janjid::CommitBell;

namespace {

struct CountingEar : CommitBell::Ear {
  std::atomic<int> rings{0};
  void ring() noexcept override { rings.fetch_add(1); }
};

}  // namespace

TEST_CASE("an ear is rung once for each wish, and only then") {
  CommitBell bell;
  CountingEar ear;
  bell.add(ear);
  bell.on_progress({Lsn{1}, 1, false});
  REQUIRE(ear.rings == 0);
  bell.wish(ear);
  bell.on_progress({Lsn{2}, 2, false});
  bell.on_progress({Lsn{3}, 3, false});
  REQUIRE(ear.rings == 1);
  REQUIRE(bell.latest().durable == Lsn{3});
  REQUIRE(bell.latest().rounds == 3);
  REQUIRE_FALSE(bell.latest().failed);
  bell.on_progress({Lsn{3}, 4, true});
  REQUIRE(bell.latest().failed);
}

TEST_CASE("what was durable before never hides what comes later, nor the other way") {
  CommitBell bell;
  bell.on_progress({Lsn{7}, 1, false});
  bell.begin(Lsn{5});
  REQUIRE(bell.latest().durable == Lsn{7});
  bell.begin(Lsn{9});
  bell.on_progress({Lsn{8}, 2, false});
  REQUIRE(bell.latest().durable == Lsn{9});
}

TEST_CASE("no wake-up is lost between a wish and the progress that it waits for") {
  constexpr std::uint64_t kRounds = 20000;
  CommitBell bell;
  CountingEar ear;
  bell.add(ear);
  std::atomic<std::uint64_t> wanted{0};
  std::thread writer([&] {
    // Makes a round whenever someone waits for one that isn't there yet.
    for (std::uint64_t round = 1; round <= kRounds; ++round) {
      while (wanted.load() < round) std::this_thread::yield();
      bell.on_progress({Lsn{round}, round, false});
    }
  });
  for (std::uint64_t round = 1; round <= kRounds; ++round) {
    const int before = ear.rings.load();
    wanted.store(round);
    bell.wish(ear);
    if (bell.latest().rounds >= round) continue;
    // Not seen after the wish: then the ring must come, or this never ends.
    while (ear.rings.load() == before) std::this_thread::yield();
  }
  writer.join();
  REQUIRE(bell.latest().rounds == kRounds);
}
