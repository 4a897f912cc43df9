// What a ledger that is being restored takes, and with which words it refuses the rest. The
// journal's records have passed check_record(), the state's rows their checksums; what is left is
// whether they make sense together.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/words.hpp"
#include "record/apply.hpp"
#include "unit/ledger/restored.hpp"

namespace {

using namespace janji;
using record::BookingImage;

using samples::Restored;

std::string damage(const Status& status) {
  REQUIRE(status.code() == Code::damaged);
  return status.error().detail;
}
std::string limit(const Status& status) {
  REQUIRE(status.code() == Code::limit_reached);
  return status.error().detail;
}

// The image that the records so far would give.
BookingImage held(BookingId id, SlotKey slot = samples::slot_key()) {
  BookingImage image{};
  REQUIRE(record::apply(image, Lsn{1}, samples::claim(id, slot)).ok());
  return image;
}

const BookingId kOne = samples::booking_id(1);
const BookingId kTwo = samples::booking_id(2);

TEST_CASE("restore: records that make sense are all there afterwards") {
  Restored restored;
  restored.take(samples::epoch(1, 0));
  restored.take(samples::claim(kOne, samples::slot_key()));
  restored.take(samples::confirm(kOne));
  restored.take(samples::claim(kTwo, samples::slot_key(1)));
  restored.take(samples::cancel(kTwo));
  restored.take(samples::claim(samples::booking_id(3), samples::slot_key(1)));
  restored.take(samples::tick(4000));
  REQUIRE(restored.finish().ok());
  CHECK(restored.ledger.find(kOne)->state == BookingState::confirmed);
  CHECK(restored.ledger.find(kTwo)->state == BookingState::cancelled);
  CHECK(restored.ledger.counters().bookings_in_use == 3);
  SlotAvailability slots[3];
  REQUIRE(restored.ledger.slots(samples::kLane, samples::kDay, slots) == 3);
  CHECK(slots[0].free == 1);
  CHECK(slots[1].free == 1);
  CHECK(slots[2].free == 2);
}

TEST_CASE("restore: an opening gives holds its grace, and later only") {
  Restored restored;
  restored.take(samples::claim(kOne, samples::slot_key(), 1000, 2000));
  restored.take(samples::claim(kTwo, samples::slot_key(), 1000, 90'000));
  restored.take(samples::epoch(2, 7000, 1000));
  REQUIRE(restored.finish().ok());
  CHECK(restored.ledger.find(kOne)->deadline == LedgerTime{8000});
  CHECK(restored.ledger.find(kTwo)->deadline == LedgerTime{90'000});
}

TEST_CASE("restore: a seat on a day that isn't there") {
  const std::string words = "it takes a seat on a day that was never opened";
  Restored restored;
  const Day next{samples::kDay.value + 1};
  CHECK(damage(restored.record(samples::claim(kOne, samples::slot_key(0, samples::kLane, next)))) ==
        "record 1: " + words);
  CHECK(damage(restored.record(samples::claim(
            kOne, samples::slot_key(0, LaneId{7}, samples::kDay)))) == "record 2: " + words);
  CHECK(damage(restored.record(samples::claim(kOne, SlotKey{0}))) == "record 3: " + words);
  CHECK(damage(restored.record(
            samples::claim(kOne, SlotKey{samples::kLane, samples::kDay, Minute{541}}))) ==
        "record 4: it takes a seat in a slot that doesn't exist");
  REQUIRE(restored.finish().ok());  // nothing was half done
  CHECK(restored.ledger.counters().bookings_in_use == 0);
}

TEST_CASE("restore: more seats than a slot has, or fewer than none") {
  Restored restored;
  restored.take(samples::claim(kOne, samples::slot_key()));
  auto two = samples::claim(kTwo, samples::slot_key());
  two.seats = 2;
  const std::string slot = base::words(base::Hex{samples::slot_key().value});
  CHECK(damage(restored.record(two)) ==
        "record 2: it would leave 3 of 2 seats taken in slot " + slot);
  two.seats = 1;
  restored.take(two);
  REQUIRE(restored.ledger.restore_booking(3, held(samples::booking_id(3))).ok());
  restored.take(samples::cancel(kOne));
  restored.take(samples::cancel(kTwo));
  CHECK(damage(restored.record(samples::cancel(samples::booking_id(3)))) ==
        "record 6: it would leave -1 of 2 seats taken in slot " + slot);
}

TEST_CASE("restore: seats that fall back are where they fell, and no others do") {
  Restored restored;
  const LaneId general{0};
  const samples::Bytes day = samples::day(general, samples::kDay, 3, 2);
  restored.ledger.restore_day(general, samples::kDay, samples::kMidnightMs,
                              record::slots_of(record::as<record::Day>(day.data())),
                              std::vector<std::uint32_t>(3, 0));
  const SlotKey to = samples::slot_key(0, general);
  restored.take(samples::claim(kOne, samples::slot_key()));
  CHECK(damage(restored.record(samples::fall_back(samples::slot_key(), general, 2))) ==
        "record 2: it moves 2 seats of 1 that are free of 2 to a slot of 2");
  auto wrong = samples::fall_back(samples::slot_key(), general);
  wrong.from_capacity = 0;
  CHECK(damage(restored.record(wrong)).find("record 3: it moves 1 seats") == 0);
  wrong = samples::fall_back(samples::slot_key(), general);
  wrong.capacity = 4;
  CHECK(damage(restored.record(wrong)).find("record 4: it moves 1 seats") == 0);
  const std::string missing = "it moves seats between slots of which one doesn't exist";
  CHECK(damage(restored.record(samples::fall_back(samples::slot_key(), LaneId{1}))) ==
        "record 5: " + missing);
  CHECK(damage(restored.record(samples::fall_back(samples::slot_key(7), general))) ==
        "record 6: " + missing);
  restored.take(samples::fall_back(samples::slot_key(), general));
  CHECK(damage(restored.record(samples::fall_back(samples::slot_key(), general)))
            .find("0 that are") != std::string::npos);
  for (std::uint32_t place = 4; place <= 6; ++place) {
    auto claim = samples::claim(samples::booking_id(place), to);
    claim.applicant_lo = claim.operation_lo = 100 + place;
    restored.take(claim);
  }
  CHECK(damage(restored.record(samples::claim(samples::booking_id(7), to)))
            .find("it would leave 4 of 3 seats taken") != std::string::npos);
  REQUIRE(restored.finish().ok());
}

TEST_CASE("restore: of the seats that are kept back no more come than there are") {
  Restored restored;
  const LaneId lane{0};
  const samples::Bytes day = samples::day(lane, samples::kDay, 3, 2, 2);
  restored.ledger.restore_day(lane, samples::kDay, samples::kMidnightMs,
                              record::slots_of(record::as<record::Day>(day.data())),
                              std::vector<std::uint32_t>(3, 0));
  const SlotKey first = samples::slot_key(0, lane), second = samples::slot_key(1, lane);
  auto wrong = samples::tranche(first);
  wrong.kept = 0;
  CHECK(damage(restored.record(wrong)) ==
        "record 1: it brings 1 seats of 2 that are kept back to a slot of 2");
  wrong = samples::tranche(first);
  wrong.capacity = 4;
  CHECK(damage(restored.record(wrong)).find("record 2: it brings 1 seats") == 0);
  CHECK(damage(restored.record(samples::tranche(samples::slot_key(7, lane)))) ==
        "record 3: it brings seats to a slot that doesn't exist");
  restored.take(samples::tranche(first));
  CHECK(damage(restored.record(samples::tranche(first))) ==
        "record 5: it brings 1 seats of 1 that are kept back to a slot of 3");
  restored.take(samples::slot_change(second, 3, false));
  restored.take(samples::slot_change(second, 2, false));  // and what was kept back is lost
  CHECK(damage(restored.record(samples::tranche(second))) ==
        "record 8: it brings 1 seats of 0 that are kept back to a slot of 2");
  REQUIRE(restored.finish().ok());
}

TEST_CASE("restore: a record that doesn't apply leaves everything as it was") {
  Restored restored;
  restored.take(samples::claim(kOne, samples::slot_key()));
  const std::string said = damage(restored.record(samples::free_place(kOne)));
  CHECK(said.find("free of booking") == 0);
  CHECK(said.find("it hasn't ended") != std::string::npos);
  REQUIRE(restored.finish().ok());
  CHECK(restored.ledger.find(kOne)->state == BookingState::held);
}

TEST_CASE("restore: tables that are too small name their option") {
  Restored restored(4, 1);
  CHECK(limit(restored.record(samples::claim(samples::booking_id(4), samples::slot_key()))) ==
        "bookings_max: the journal names a place beyond it; raise it");
  CHECK(limit(restored.ledger.restore_booking(4, held(samples::booking_id(4)))) ==
        "bookings_max: the data has a booking at place 4, but only 4 fit; raise it");
  CHECK(limit(restored.ledger.restore_booking(9, BookingImage{})) ==
        "bookings_max: the data has had a booking at place 9, but only 4 fit; raise it");
  restored.take(samples::claim(kOne, samples::slot_key()));
  restored.take(samples::confirm(kOne));
  CHECK(limit(restored.record(samples::cancel(kOne))) ==
        "operations_max: the data holds more; raise it");
}

TEST_CASE("restore: a freed place gives its operations back") {
  Restored restored(4, 2);
  for (std::uint32_t generation = 0; generation < 3; ++generation) {
    const BookingId id = samples::booking_id(1, generation);
    restored.take(samples::claim(id, samples::slot_key()));
    restored.take(samples::confirm(id));
    restored.take(samples::cancel(id));
    restored.take(samples::free_place(id));
  }
  REQUIRE(restored.finish().ok());
  CHECK(restored.ledger.counters().bookings_in_use == 0);
}

TEST_CASE("restore: an operation id that was granted twice") {
  Restored restored;
  restored.take(samples::claim(kOne, samples::slot_key()));
  SECTION("to two claims") {
    auto again = samples::claim(kTwo, samples::slot_key(1));
    again.operation_hi = kOne.value * 5;
    restored.take(again);
  }
  SECTION("to a claim and a confirm") {
    restored.take(samples::claim(kTwo, samples::slot_key(1)));
    auto again = samples::confirm(kTwo);
    again.operation_hi = kOne.value * 5;
    again.operation_lo = 1;
    restored.take(again);
  }
  SECTION("to two confirms") {
    restored.take(samples::confirm(kOne));
    restored.take(samples::claim(kTwo, samples::slot_key(1)));
    auto again = samples::confirm(kTwo);
    again.operation_hi = kOne.value * 5;
    restored.take(again);
  }
  // From the highest place down: the lower one is the one that finds the other.
  CHECK(damage(restored.finish()) ==
        base::words("an operation id of booking ", base::Hex{kOne.value}, " was granted twice"));
}

TEST_CASE("restore: bookings without an operation id don't meet") {
  Restored restored;
  for (const BookingId id : {kOne, kTwo}) {
    auto claim = samples::claim(id, samples::slot_key());
    claim.operation_hi = claim.operation_lo = 0;
    restored.take(claim);
  }
  CHECK(restored.finish().ok());
}

TEST_CASE("restore: an applicant with two active bookings in a scope") {
  Restored restored;
  auto first = samples::claim(kOne, samples::slot_key());
  auto again = samples::claim(kTwo, samples::slot_key(1));
  again.applicant_hi = first.applicant_hi;
  SECTION("in the same one") {
    restored.take(first);
    restored.take(again);
    CHECK(damage(restored.finish()) == base::words("the applicant of booking ",
                                                   base::Hex{kOne.value},
                                                   " has another active one in its scope"));
  }
  SECTION("in another scope, in none, or ended") {
    const int kind = GENERATE(0, 1, 2);
    if (kind == 0) again.scope = 10;
    if (kind == 1) first.scope = again.scope = 0;
    restored.take(first);
    restored.take(again);
    if (kind == 2) restored.take(samples::cancel(kTwo));
    CHECK(restored.finish().ok());
  }
}

TEST_CASE("restore: a booking of the state in a slot that isn't there") {
  const auto refused = [](SlotKey slot) {
    Restored restored;
    REQUIRE(restored.ledger.restore_booking(1, held(kOne, slot)).ok());
    const std::string words = damage(restored.finish());
    CHECK(words == base::words("booking ", base::Hex{kOne.value}, " lies in slot ",
                               base::Hex{slot.value}, ", which doesn't exist"));
  };
  refused(SlotKey{0});
  refused(samples::slot_key(0, samples::kLane, Day{samples::kDay.value + 1}));
  refused(SlotKey{samples::kLane, samples::kDay, Minute{541}});
}

TEST_CASE("restore: seats that don't match the bookings") {
  Restored restored;
  SECTION("a seat that nobody has") {
    restored.open_day({0, 0, 1});
    CHECK(damage(restored.finish()) ==
          "recount: slot 5 has 1 seats taken, but its bookings hold 0");
  }
  SECTION("more than the slot has, for staff lowered it: they stay, and nobody comes beside them") {
    const SlotKey slot = samples::slot_key(0, samples::kLane, restored.day);
    restored.open_day({3, 0, 0});
    for (record::Place place = 1; place <= 3; ++place) {
      const BookingImage image = held(samples::booking_id(place), slot);
      REQUIRE(restored.ledger.restore_booking(place, image).ok());
    }
    REQUIRE(restored.finish().ok());
  }
  SECTION("a booking that has no seat") {
    REQUIRE(restored.ledger.restore_booking(1, held(kOne)).ok());
    CHECK(damage(restored.finish()) ==
          "recount: slot 0 has 0 seats taken, but its bookings hold 1");
  }
}

TEST_CASE("restore: a member of a group that isn't there, held or ended, anywhere") {
  const BookingState state = GENERATE(BookingState::held, BookingState::cancelled);
  // A free place, another booking, and no place at all.
  const std::uint64_t group =
      GENERATE(samples::booking_id(5).value, kTwo.value, samples::booking_id(4000).value);
  CAPTURE(group);
  Restored restored;
  REQUIRE(restored.ledger.restore_booking(2, held(kTwo)).ok());
  BookingImage member = held(kOne, samples::slot_key(1));
  member.group = group;
  member.state = static_cast<std::uint8_t>(state);
  REQUIRE(restored.ledger.restore_booking(1, member).ok());
  CHECK(damage(restored.finish()).find("is of a group that isn't there") != std::string::npos);
  // Nor does a record about it reach beyond the table.
  CHECK_FALSE(restored.record(samples::free_place(kOne)).code() == Code::limit_reached);
}

TEST_CASE("restore: a group whose list isn't that of its members") {
  Restored restored;
  BookingImage head = held(kOne);
  head.group = kOne.value;
  head.state = static_cast<std::uint8_t>(BookingState::group);
  head.seats = 2;
  BookingImage member = held(kTwo);
  member.group = kOne.value;
  member.payload = record::kNoPlace;
  SECTION("one is missing") {
    head.ledger_ms = 2;
  }
  SECTION("it begins at another booking") {
    head.ledger_ms = 3;
  }
  SECTION("it begins beyond the table") {
    head.ledger_ms = 5000;
  }
  SECTION("it runs in a circle") {
    head.ledger_ms = 2;
    member.payload = 2;
  }
  REQUIRE(restored.ledger.restore_booking(1, head).ok());
  REQUIRE(restored.ledger.restore_booking(2, member).ok());
  REQUIRE(
      restored.ledger.restore_booking(3, held(samples::booking_id(3), samples::slot_key(1))).ok());
  CHECK(damage(restored.finish()).find("has other members than") != std::string::npos);
}

}  // namespace
