#include <catch2/catch.hpp>

#include "ledger/slot_word.hpp"

using namespace janji;
using ledger::SlotWord;

TEST_CASE("a slot word keeps its fields apart") {
  const SlotWord word = SlotWord::make(Day{20781}, SlotWord::kCapacityMax, 17);
  CHECK(word.capacity() == SlotWord::kCapacityMax);
  CHECK(word.taken() == 17);
  CHECK(word.pending() == 0);
  CHECK(word.tag() == 20781);
  CHECK_FALSE(word.closed());
  CHECK_FALSE(word.staff_busy());
  const SlotWord flagged{word.bits | SlotWord::kClosed | SlotWord::kStaffBusy};
  CHECK(flagged.closed());
  CHECK(flagged.staff_busy());
  CHECK(flagged.tag() == 20781);
  CHECK(flagged.capacity() == SlotWord::kCapacityMax);
}

TEST_CASE("the day tag wraps only after its whole range") {
  const std::uint32_t tag = SlotWord::tag_of(Day{100});
  for (int d = 101; d < 100 + (1 << SlotWord::kTagBits); ++d) {
    if (SlotWord::tag_of(Day{d}) == tag) FAIL("tag of day " << d << " repeats");
  }
  CHECK(SlotWord::tag_of(Day{100 + (1 << SlotWord::kTagBits)}) == tag);
}

TEST_CASE("a claim's whole life leaves the word as it was") {
  for (const std::uint32_t capacity : {1U, 2U, SlotWord::kCapacityMax}) {
    const SlotWord empty = SlotWord::make(Day{7}, capacity);
    const SlotWord taken = empty.with_taken(capacity);
    CHECK(taken.taken() == capacity);
    CHECK(taken.pending() == capacity);
    CHECK_FALSE(taken.has_room(1));
    const SlotWord durable{taken.bits - SlotWord::made_durable(capacity)};
    CHECK(durable.pending() == 0);
    CHECK(durable.taken() == capacity);
    CHECK(SlotWord{durable.bits - SlotWord::given_back(capacity)}.bits == empty.bits);
    CHECK(SlotWord{taken.bits - SlotWord::undone(capacity)}.bits == empty.bits);
  }
}

TEST_CASE("seats that come to a word or leave it are nobody's until that is durable") {
  const SlotWord two = SlotWord::make(Day{7}, 2, 1);
  const SlotWord coming = two.with_more(3);
  CHECK(coming.capacity() == 5);
  CHECK(coming.free() == two.free());
  CHECK(coming.pending() == 3);
  CHECK(SlotWord{coming.bits - SlotWord::added(3)}.bits == SlotWord::make(Day{7}, 5, 1).bits);
  const SlotWord going = two.with_taken(1);
  CHECK(going.free() == 0);
  CHECK(SlotWord{going.bits - SlotWord::gone_from_it(1)}.bits == SlotWord::make(Day{7}, 1, 1).bits);
  // Of one that was lowered below what is taken, too.
  const SlotWord lowered = SlotWord::make(Day{7}, 1, 3).with_more(1);
  CHECK(SlotWord{lowered.bits - SlotWord::added(1)}.bits == SlotWord::make(Day{7}, 2, 3).bits);
}

TEST_CASE("who may give seats, and who may receive them") {
  const Day day{7};
  const SlotWord word = SlotWord::make(day, 2);
  CHECK(word.may_give(day));
  CHECK(word.may_receive(day));
  for (const std::uint64_t flag : {SlotWord::kClosed, SlotWord::kStaffBusy, SlotWord::kGone}) {
    CHECK_FALSE(SlotWord{word.bits | flag}.may_give(day));
    CHECK_FALSE(SlotWord{word.bits | flag}.may_receive(day));
  }
  CHECK_FALSE(SlotWord{word.bits | SlotWord::kWaiters}.may_give(day));
  CHECK(SlotWord{word.bits | SlotWord::kWaiters}.may_receive(day));
  CHECK(word.with_joined().may_give(day));
  CHECK_FALSE(word.may_give(Day{8}));
  CHECK_FALSE(word.may_receive(Day{8}));
}

TEST_CASE("room is what capacity leaves, never below zero") {
  CHECK(SlotWord::make(Day{7}, 3, 1).free() == 2);
  CHECK(SlotWord::make(Day{7}, 3, 1).has_room(2));
  CHECK_FALSE(SlotWord::make(Day{7}, 3, 1).has_room(3));
  CHECK(SlotWord::make(Day{7}, 3, 3).free() == 0);
  CHECK(SlotWord::make(Day{7}, 3, 5).free() == 0);
  CHECK_FALSE(SlotWord::make(Day{7}, 3, 5).has_room(1));
}

TEST_CASE("a word serves its day until it is gone, whatever else it says") {
  const Day day{20'000};
  SlotWord word = SlotWord::make(day, 4, 3);
  CHECK(word.serves(day));
  CHECK_FALSE(word.serves(Day{day.value + 1}));
  CHECK_FALSE(word.at_rest());
  word.bits |= SlotWord::kWaiters | SlotWord::kClosed | SlotWord::kStaffBusy;
  CHECK(word.serves(day));
  const SlotWord empty = SlotWord::make(day, 4);
  CHECK(empty.at_rest());
  CHECK(empty.with_gone().gone());
  CHECK_FALSE(empty.with_gone().serves(day));
  CHECK_FALSE(empty.with_gone().at_rest());
  CHECK(empty.with_gone().capacity() == 4);
}
