// Slots that are to be looked at come in their order, each once.
#include <random>
#include <set>

#include <catch2/catch.hpp>

#include "ledger/slot_marks.hpp"

using janji::ledger::SlotMarks;

TEST_CASE("marks are taken in their order, from anywhere, each once") {
  constexpr std::uint64_t kSlots = 20'000;  // more than 64 times 64
  std::mt19937_64 random{7};
  SlotMarks marks{kSlots};
  std::set<std::uint64_t> wanted;
  for (int i = 0; i < 20'000; ++i) {
    if (random() % 3 != 0) {
      // Some close together, at the ends of words too, some far apart.
      const std::uint64_t slot = random() % 2 == 0 ? random() % kSlots : random() % 3 * 4096 + 63;
      marks.set(slot);
      wanted.insert(slot);
    } else {
      const std::uint64_t from = random() % (kSlots + 100);
      const auto next = wanted.lower_bound(from);
      REQUIRE(marks.take(from) == (next == wanted.end() ? SlotMarks::kNone : *next));
      if (next != wanted.end()) wanted.erase(next);
    }
    REQUIRE(marks.many() == wanted.size());
  }
  for (std::uint64_t from = 0; !wanted.empty(); wanted.erase(wanted.begin())) {
    REQUIRE(marks.take(from) == *wanted.begin());
    from = *wanted.begin() + 1;
  }
  REQUIRE(marks.take(0) == SlotMarks::kNone);
}

TEST_CASE("no slots, no marks") {
  SlotMarks marks{0};
  REQUIRE(marks.take(0) == SlotMarks::kNone);
  REQUIRE(marks.many() == 0);
}
