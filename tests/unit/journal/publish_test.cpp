#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "journal/publish_list.hpp"
#include "journal/record_blocks.hpp"

using namespace janji;
using journal::kNoIndex;
using journal::PublishList;
using journal::RecordBlocks;

constexpr std::uint32_t kMagazine = 32;

TEST_CASE("the list keeps the order of the LSNs and goes on where it was") {
  RecordBlocks blocks(64, kMagazine, false);
  PublishList list;
  list.start_after(Lsn{41});
  CHECK(list.empty());
  CHECK(list.publish(blocks, 5) == Lsn{42});
  CHECK(list.publish(blocks, 0) == Lsn{43});
  CHECK_FALSE(list.empty());
  const PublishList::Taken taken = list.take();
  CHECK(taken.last == Lsn{43});
  CHECK(taken.newest == 0);
  CHECK(blocks[0].next.load() == 5);
  CHECK(blocks[5].next.load() == kNoIndex);
  CHECK(list.take().newest == kNoIndex);
  CHECK(list.publish(blocks, 7) == Lsn{44});
}

TEST_CASE("what many publish is taken whole: every LSN once, in order") {
  constexpr std::uint32_t kThreads = 4, kEach = 5000;
  RecordBlocks blocks(kThreads * kEach, kMagazine, false);
  PublishList list;
  std::vector<Lsn> lsn_of(kThreads * kEach);
  std::atomic<std::uint32_t> running{kThreads};
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t i = 0; i < kEach; ++i) {
        const std::uint32_t block = t * kEach + i;
        blocks[block].slot = block * 3;  // plain: handed over by the list
        lsn_of[block] = list.publish(blocks, block);
      }
      --running;
    });
  }
  std::vector<std::uint32_t> order(kThreads * kEach, kNoIndex);
  std::uint64_t taken_until = 0;
  for (bool last = false; !last;) {
    last = running == 0;
    const PublishList::Taken taken = list.take();
    std::uint64_t lsn = taken.last.value;
    for (std::uint32_t i = taken.newest; i != kNoIndex; i = blocks[i].next.load(), --lsn) {
      REQUIRE(blocks[i].slot == i * 3);
      REQUIRE(order[lsn - 1] == kNoIndex);
      order[lsn - 1] = i;
    }
    REQUIRE(lsn == taken_until);
    taken_until = taken.last.value;
  }
  for (std::thread& thread : threads) thread.join();
  REQUIRE(taken_until == kThreads * kEach);
  for (std::uint64_t i = 0; i < order.size(); ++i) REQUIRE(lsn_of[order[i]].value == i + 1);
}

TEST_CASE("a share of the blocks is kept for confirm and cancel") {
  RecordBlocks blocks(1024, kMagazine, false);
  std::uint32_t claims = 0, changes = 0;
  for (base::Stock stock; blocks.refill(stock); stock = {}) ++claims;
  for (base::Stock stock; blocks.refill_reserve(stock); stock = {}) ++changes;
  CHECK(claims + changes == 1024 / kMagazine);
  CHECK(changes == 1024 / kMagazine / 8 + 1);
  SECTION("and filled up first when blocks come back") {
    for (std::uint32_t i = 0; i < kMagazine; ++i) blocks.give_back(i);
    base::Stock claimers, changers;
    CHECK_FALSE(blocks.refill(claimers));
    REQUIRE(blocks.refill_reserve(changers));
    for (std::uint32_t i = kMagazine; i-- > 0;) CHECK(changers.take() == i);
  }
}

TEST_CASE("the writer's own blocks are apart and come back to it") {
  RecordBlocks blocks(64, kMagazine, false);
  const std::uint32_t small = blocks.take_small();
  const std::uint32_t large = blocks.take_large();
  CHECK(small >= 64);
  CHECK(large >= 64 + RecordBlocks::kWriterSmall);
  CHECK(blocks[large].bytes != blocks[large].small);
  CHECK(blocks.small_left() == RecordBlocks::kWriterSmall - 1);
  blocks.give_back(small);
  blocks.give_back(large);
  CHECK(blocks.small_left() == RecordBlocks::kWriterSmall);
  CHECK(blocks.large_left() == RecordBlocks::kWriterLarge);
}
