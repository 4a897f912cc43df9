// What callers keep for themselves, and where it comes from.
#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "base/index_stack.hpp"
#include "base/magazines.hpp"
#include "ledger/caller_slots.hpp"
#include "ledger/details_buffers.hpp"

using namespace janji;

TEST_CASE("a stack of places loses none and gives none twice, under threads") {
  constexpr std::uint32_t kPlaces = 64;
  std::vector<std::atomic<std::uint32_t>> links(kPlaces);
  std::vector<std::atomic<int>> owners(kPlaces);
  const auto link = [&](std::uint32_t i) -> std::atomic<std::uint32_t>& { return links[i]; };
  base::IndexStack stack;
  for (std::uint32_t i = 0; i < kPlaces; ++i) stack.push(i, link);
  std::atomic<bool> twice{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20'000; ++i) {
        const std::uint32_t place = stack.pop(link);
        if (place == base::IndexStack::kNone) continue;
        if (owners[place].fetch_add(1) != 0) twice = true;
        owners[place].fetch_sub(1);
        stack.push(place, link);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK_FALSE(twice);
  std::set<std::uint32_t> left;
  for (std::uint32_t p = stack.pop(link); p != base::IndexStack::kNone; p = stack.pop(link)) {
    left.insert(p);
  }
  CHECK(left.size() == kPlaces);
}

namespace {

// Links in tables, as base::Magazines wants them.
struct Links {
  explicit Links(std::size_t places) : inner(places), outer(places) {}
  std::uint32_t next(std::uint32_t place) const { return inner[place]; }
  void set_next(std::uint32_t place, std::uint32_t next) { inner[place] = next; }
  std::atomic<std::uint32_t>& chain(std::uint32_t place) { return outer[place]; }
  std::vector<std::uint32_t> inner;
  std::vector<std::atomic<std::uint32_t>> outer;
};

}  // namespace

TEST_CASE("magazines hand out what was given back, in chains of their size") {
  Links links(10);
  base::Magazines magazines(4);
  for (std::uint32_t i = 0; i < 10; ++i) magazines.give_back(i, links);
  std::multiset<std::size_t> sizes;
  std::set<std::uint32_t> seen;
  const auto drain = [&] {
    for (base::Stock stock; magazines.refill(stock, links);) {
      std::size_t size = 0;
      for (; !stock.empty(); ++size) CHECK(seen.insert(stock.take()).second);
      sizes.insert(size);
    }
  };
  drain();
  CHECK(sizes == std::multiset<std::size_t>{4, 4});
  magazines.end_round(links);
  drain();
  CHECK(sizes == std::multiset<std::size_t>{2, 4, 4});
  CHECK(seen.size() == 10);
}

TEST_CASE("magazines lose no place and give none twice, while the writer gives back") {
  constexpr std::uint32_t kPlaces = 96;
  Links links(kPlaces);
  base::Magazines magazines(8);
  for (std::uint32_t i = 0; i < kPlaces; ++i) magazines.give_back(i, links);
  std::vector<std::atomic<int>> owners(kPlaces);
  std::vector<std::atomic<bool>> used(kPlaces);  // for the writer
  std::atomic<bool> twice{false}, done{false};
  std::vector<std::thread> callers;
  for (int t = 0; t < 3; ++t) {
    callers.emplace_back([&] {
      base::Stock stock;
      for (int i = 0; i < 30'000; ++i) {
        if (stock.empty() && !magazines.refill(stock, links)) continue;
        const std::uint32_t place = stock.take();
        if (owners[place].fetch_add(1) != 0) twice = true;
        owners[place].fetch_sub(1);
        used[place].store(true);
      }
      for (; !stock.empty();) used[stock.take()].store(true);
    });
  }
  std::thread writer([&] {
    for (bool last = false; !last;) {
      last = done;
      for (std::uint32_t i = 0; i < kPlaces; ++i) {
        if (used[i].exchange(false)) magazines.give_back(i, links);
      }
      magazines.end_round(links);
    }
  });
  for (std::thread& caller : callers) caller.join();
  done = true;
  writer.join();
  CHECK_FALSE(twice);
  std::set<std::uint32_t> left;
  for (base::Stock stock; magazines.refill(stock, links);) {
    for (; !stock.empty();) CHECK(left.insert(stock.take()).second);
  }
  CHECK(left.size() == kPlaces);
}

TEST_CASE("a stock gives the chain's places in its order, says what comes, and takes back") {
  base::Stock stock;
  CHECK(stock.empty());
  CHECK(stock.ahead(0) == base::Stock::kNone);
  stock.fill(5, [](std::uint32_t at) { return at == 9 ? base::Stock::kNone : at + 1; });
  CHECK(stock.ahead(0) == 5);
  CHECK(stock.ahead(4) == 9);
  CHECK(stock.ahead(5) == base::Stock::kNone);
  CHECK(stock.take() == 5);
  CHECK(stock.take() == 6);
  stock.put(6);
  for (const std::uint32_t expected : {6U, 7U, 8U, 9U}) CHECK(stock.take() == expected);
  CHECK(stock.empty());
}

TEST_CASE("as many callers at once as there are slots, and no more") {
  ledger::CallerSlots slots(2);
  ledger::CallerSlot* first = slots.acquire();
  ledger::CallerSlot* second = slots.acquire();
  REQUIRE(first != nullptr);
  REQUIRE(second != nullptr);
  CHECK(first != second);
  CHECK(slots.acquire() == nullptr);
  slots.release(*first);
  CHECK(slots.acquire() == first);
}

TEST_CASE("details get a salt of their own each time") {
  ledger::DetailsBuffers buffers(2, 99, false);
  const std::byte text[3] = {std::byte{1}, std::byte{2}, std::byte{3}};
  const std::uint32_t a = buffers.take();
  const std::uint32_t b = buffers.take();
  REQUIRE(buffers.take() == ledger::DetailsBuffers::kNone);
  const std::uint64_t hash_a = buffers.fill(a, text);
  const std::uint64_t hash_b = buffers.fill(b, text);
  CHECK(hash_a != hash_b);
  CHECK(buffers[a].size == ledger::kDetailsSalt + 3);
  CHECK(std::memcmp(buffers[a].bytes + ledger::kDetailsSalt, text, 3) == 0);
  CHECK(ledger::details_hash({buffers[a].bytes, buffers[a].size}) == hash_a);
  buffers.give_back(b);
  CHECK(buffers.take() == b);
}
