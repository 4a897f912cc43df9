// Each promise, broken in files that are otherwise sound, is named.
#include <numeric>

#include "crafted_directory.hpp"

#include "state/booking_block.hpp"
#include "state/day_row.hpp"
#include "store/details_row.hpp"

using namespace janji;
using namespace janji::test;
using samples::booking_id;
using samples::claim;
using samples::slot_key;
using store::StateTable;

namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

const BookingId kOne = booking_id(0);
const BookingId kTwo = booking_id(1);
const BookingId kThree = booking_id(2);

// One confirmed with details, one held, in two slots.
void add_two_bookings(CraftedDirectory& directory) {
  directory.add(claim(kOne, slot_key(0)));
  directory.add_details(kOne, "a salt of 16 byteand what it is for");
  directory.add(claim(kTwo, slot_key(1)));
  directory.cut();
}

}  // namespace

TEST_CASE("verify: a directory that keeps its promises is sound, in the journal or in the state") {
  CraftedDirectory directory;
  add_two_bookings(directory);
  const bool in_state = GENERATE(false, true);
  if (in_state) directory.checkpoint();
  const Lsn applied = in_state ? directory.last() : Lsn{};
  directory.add(samples::reschedule(kTwo, slot_key(1), slot_key(0)));
  directory.add(samples::cancel(kOne));
  directory.add(samples::free_place(kOne));
  directory.add(claim(booking_id(0, 1), slot_key(0)));  // the same place, its next generation
  directory.add(samples::expire(kTwo));
  directory.cut();
  directory.add(samples::epoch(2, 700'000, 5));
  directory.cut();
  REQUIRE(directory.verdict() == "sound");
  const auto report = verify(directory.path());
  const VerifyTotals& totals = report->totals;
  for (const VerifyCheck& check : report->checks) {
    CHECK(check.outcome == VerifyCheck::Outcome::sound);
    CHECK(check.words.empty());
  }
  CHECK(totals.journal_first == Lsn{1});
  CHECK(totals.journal_last == directory.last());
  CHECK(totals.state_has == applied);
  CHECK(totals.records == directory.last().value);
  CHECK(totals.replayed == directory.last().value - applied.value);
  CHECK(totals.openings == 2);
  CHECK(totals.lanes == 1);
  CHECK(totals.days == 1);
  CHECK(totals.slots == 3);
  CHECK(totals.capacity == 6);
  CHECK(totals.taken == 1);
  CHECK(totals.bookings[static_cast<std::size_t>(BookingState::held)] == 1);
  CHECK(totals.bookings[static_cast<std::size_t>(BookingState::expired)] == 1);
  CHECK(totals.bookings[static_cast<std::size_t>(BookingState::cancelled)] == 0);
  if (!in_state) return;
  // The same, when the journal has nothing left of what the state has.
  directory.trim(applied);
  CHECK(directory.verdict() == "sound");
}

TEST_CASE("verify: a group is told of by its members, not as a booking") {
  CraftedDirectory directory;
  const BookingId head = booking_id(5);
  directory.add(samples::group_claim(head));
  directory.cut();
  if (GENERATE(false, true)) directory.checkpoint();
  REQUIRE(directory.verdict() == "sound");
  const auto report = verify(directory.path());
  const auto& bookings = report->totals.bookings;
  CHECK(bookings[static_cast<std::size_t>(BookingState::held)] == samples::member_ids(head).size());
  CHECK(std::accumulate(bookings.begin(), bookings.end(), std::uint64_t{0}) ==
        samples::member_ids(head).size());
}

TEST_CASE("verify: a slot above its capacity, at any moment, is named") {
  CraftedDirectory directory;
  add_two_bookings(directory);
  directory.add(claim(kThree, slot_key(0)));
  if (GENERATE(true, false)) directory.cut(), directory.checkpoint();
  directory.add(claim(booking_id(3), slot_key(0)));  // and goes away at once
  directory.add(samples::cancel(booking_id(3)));
  directory.cut();
  CHECK_THAT(directory.verdict(), StartsWith("capacity: "));
  CHECK_THAT(directory.verdict(), Contains("record at LSN 8: it would leave 3 of 2 seats taken"));
  CHECK_THAT(directory.verdict(), Contains("journal.mdb: "));
  const auto report = verify(directory.path());
  CHECK_FALSE(report->sound());
  CHECK(report->checks.front().outcome == VerifyCheck::Outcome::sound);
  CHECK(report->checks.back().outcome == VerifyCheck::Outcome::unfinished);
}

TEST_CASE("verify: seats in a slot that there is not are named") {
  CraftedDirectory directory;
  directory.add(claim(kOne, slot_key(7)));
  directory.cut();
  CHECK_THAT(directory.verdict(), StartsWith("records: ") && Contains("record at LSN 4: slot"));
}

TEST_CASE("verify: an applicant with two active bookings in a scope is named") {
  const bool in_state = GENERATE(true, false);
  CraftedDirectory directory;
  add_two_bookings(directory);
  auto second = claim(kThree, slot_key(2));
  second.applicant_hi = claim(kOne, slot_key(0)).applicant_hi;
  auto elsewhere = second;
  elsewhere.scope = 10;
  auto unscoped = second;
  unscoped.booking = booking_id(3).value;
  unscoped.operation_lo = 99;
  unscoped.scope = 0;
  const auto more = GENERATE(0, 1, 2);
  CAPTURE(in_state, more);
  directory.add(more == 0 ? second : elsewhere);
  directory.add(unscoped);
  directory.cut();
  if (in_state) directory.checkpoint();
  if (more == 2) {
    // In the same scope once the first is no longer active: no second one.
    directory.add(samples::cancel(kOne));
    directory.add(claim(booking_id(4), slot_key(0)));
    directory.cut();
  }
  if (more != 0) {
    CHECK(directory.verdict() == "sound");
  } else {
    CHECK_THAT(directory.verdict(),
               StartsWith("applicants: ") && Contains("has another active one in scope 9"));
  }
}

TEST_CASE("verify: a claim of an applicant who is blocked is named") {
  const bool in_state = GENERATE(true, false);
  const bool is_in_force = GENERATE(true, false);
  CAPTURE(in_state, is_in_force);
  CraftedDirectory directory;
  auto second = claim(kTwo, slot_key(1));
  auto block = samples::block(second.applicant_lo, second.created_ms + (is_in_force ? 1 : 0));
  block.applicant_hi = second.applicant_hi;
  block.acted_ms = second.created_ms - 5;
  directory.add(block);
  directory.cut();
  if (in_state) directory.checkpoint();
  directory.add(second);
  directory.cut();
  if (is_in_force) {
    CHECK_THAT(directory.verdict(), StartsWith("applicants: ") && Contains("is blocked in cell 0"));
  } else {
    CHECK(directory.verdict() == "sound");
  }
}

TEST_CASE("verify: an offer to somebody who hasn't waited longest is named") {
  const bool in_state = GENERATE(true, false);
  const bool is_in_order = GENERATE(true, false);
  CAPTURE(in_state, is_in_order);
  CraftedDirectory directory;
  directory.add(samples::join(kOne, slot_key(1)));
  directory.add(samples::join(kTwo, slot_key(1)));
  directory.cut();
  if (in_state) directory.checkpoint();
  directory.add(samples::promote(is_in_order ? kOne : kTwo, slot_key(1)));
  directory.cut();
  if (is_in_order) {
    CHECK(directory.verdict() == "sound");
  } else {
    CHECK_THAT(directory.verdict(), StartsWith("records: ") && Contains("has waited longer"));
  }
}

TEST_CASE(
    "verify: an offer past somebody who waits for the day is named, unless he gave up a seat") {
  const bool in_state = GENERATE(true, false);
  enum class Other { waits_for_less, waits, gave_up };
  const Other other = GENERATE(Other::waits_for_less, Other::waits, Other::gave_up);
  CAPTURE(in_state, static_cast<int>(other));
  CraftedDirectory directory;
  auto day = samples::join(kOne, slot_key(0));
  day.scope = 0;
  day.last = slot_key(other == Other::waits_for_less ? 1 : 2).minute().value;
  const auto add_ended = [&] {
    auto had = claim(kThree, slot_key(2));
    had.applicant_hi = day.applicant_hi;
    had.applicant_lo = day.applicant_lo;
    had.scope = 0;
    directory.add(had);
    directory.add(samples::cancel(kThree));
  };
  // Before he joined, it says nothing.
  if (other == Other::waits) add_ended();
  directory.add(day);
  directory.add(samples::join(kTwo, slot_key(2)));
  if (other == Other::gave_up) add_ended();
  directory.cut();
  if (in_state) directory.checkpoint();
  directory.add(samples::promote(kTwo, slot_key(2), 3000));
  directory.cut();
  if (other == Other::waits) {
    CHECK_THAT(directory.verdict(), StartsWith("records: ") && Contains("has waited longer"));
  } else {
    CHECK(directory.verdict() == "sound");
  }
}

// Groups of two, at the places behind their heads.
TEST_CASE("verify: an offer past a group that has waited longer is named, and one to some of it") {
  const bool in_state = GENERATE(true, false);
  enum class Offer { first, second, some, to_one };
  const Offer offer = GENERATE(Offer::first, Offer::second, Offer::some, Offer::to_one);
  CAPTURE(in_state, static_cast<int>(offer));
  const BookingId first = samples::booking_id(10), second = samples::booking_id(20);
  const std::uint16_t last = slot_key(2).minute().value;
  CraftedDirectory directory;
  directory.add(samples::group_join(first, last));
  directory.add(samples::group_join(second, last));
  auto pair = samples::join(kOne, slot_key(1));
  pair.seats = 2;
  directory.add(pair);
  directory.cut();
  if (in_state) directory.checkpoint();
  if (offer == Offer::some) {
    const std::vector<record::PromotedMember> one{{first.value + 1, slot_key(1).value}};
    directory.add(samples::with_members(samples::group_promote_head(first), one));
  } else if (offer == Offer::to_one) {
    directory.add(samples::promote(kOne, slot_key(1)));
  } else {
    directory.add(
        samples::group_promote(offer == Offer::first ? first : second, slot_key(1), slot_key(2)));
  }
  directory.cut();
  if (offer == Offer::first) {
    CHECK(directory.verdict() == "sound");
  } else {
    CHECK_THAT(directory.verdict(),
               StartsWith("records: ") &&
                   Contains(offer == Offer::some ? "are offered a seat" : "has waited longer"));
  }
}

TEST_CASE("verify: who waits twice for a slot, or for none, is named") {
  CraftedDirectory directory;
  directory.add(samples::join(kOne, slot_key(1)));
  auto again = samples::join(kTwo, slot_key(1));
  SECTION("twice") {
    again.applicant_hi = samples::join(kOne, slot_key(1)).applicant_hi;
    directory.add(again);
    directory.cut();
    CHECK_THAT(directory.verdict(), StartsWith("applicants: ") && Contains("waits twice"));
  }
  SECTION("where no slot is") {
    const bool is_last = GENERATE(true, false);
    CAPTURE(is_last);
    if (is_last) {
      again.last = static_cast<std::uint16_t>(slot_key(2).minute().value + 1);
    } else {
      again.slot = slot_key(77).value;
    }
    directory.add(again);
    directory.cut();
    CHECK_THAT(directory.verdict(), StartsWith("records: ") && Contains("isn't open"));
  }
}

TEST_CASE("verify: an operation id that was granted twice is named") {
  CraftedDirectory directory;
  add_two_bookings(directory);
  const bool in_state = GENERATE(true, false);
  const bool by_claim = GENERATE(true, false);
  CAPTURE(in_state, by_claim);
  const auto first = samples::confirm(kOne);
  if (by_claim) {
    auto again = claim(kThree, slot_key(2));
    again.operation_hi = first.operation_hi;
    again.operation_lo = first.operation_lo;
    directory.add(again);
  } else {
    auto again = samples::confirm(kTwo);
    again.operation_hi = first.operation_hi;
    again.operation_lo = first.operation_lo;
    directory.add(again);
  }
  directory.cut();
  if (in_state) directory.checkpoint();
  CHECK_THAT(directory.verdict(), StartsWith("operations: ") && Contains("was granted before"));
}

TEST_CASE("verify: operation ids may be used again once their booking is gone, and none is none") {
  CraftedDirectory directory;
  auto first = claim(kOne, slot_key(0));
  directory.add(first);
  auto nameless = claim(kTwo, slot_key(0));
  nameless.operation_hi = nameless.operation_lo = 0;
  directory.add(nameless);
  nameless.booking = kThree.value;
  nameless.applicant_lo = 18;
  nameless.slot = slot_key(1).value;
  directory.add(nameless);
  directory.add(samples::cancel(kOne));
  directory.add(samples::free_place(kOne));
  first.booking = booking_id(0, 1).value;
  directory.add(first);
  directory.cut();
  CHECK(directory.verdict() == "sound");
}

TEST_CASE("verify: a record that doesn't apply is named") {
  CraftedDirectory directory;
  add_two_bookings(directory);
  const int kind = GENERATE(range(0, 7));
  CAPTURE(kind);
  switch (kind) {
    case 0: directory.add(samples::confirm(kOne)); break;                // it is confirmed
    case 1: directory.add(samples::confirm(kThree)); break;              // nobody claimed it
    case 2: directory.add(samples::confirm(kTwo, 601'000)); break;       // its hold is over
    case 3: directory.add(samples::expire(kTwo, 600'999)); break;        // its hold still lasts
    case 4: directory.add(samples::free_place(kOne)); break;             // it is active
    case 5: directory.add(claim(booking_id(2, 1), slot_key(2))); break;  // nobody freed the place
    default: directory.add(samples::day(samples::kLane, samples::kDay, 1, 1));
  }
  directory.cut();
  CHECK_THAT(directory.verdict(), StartsWith("records: ") && Contains("record at LSN 7: "));
}

TEST_CASE("verify: a hold keeps the grace that an opening gave it") {
  CraftedDirectory directory;
  add_two_bookings(directory);
  if (GENERATE(true, false)) directory.checkpoint();
  directory.ledger_ms = 600'000;
  directory.add(samples::epoch(2, 600'000, 120'000));
  const bool early = GENERATE(true, false);
  directory.add(samples::expire(kTwo, early ? 719'999 : 720'000));
  directory.cut();
  if (early) {
    CHECK_THAT(directory.verdict(), StartsWith("records: ") && Contains("its hold still lasted"));
  } else {
    CHECK(directory.verdict() == "sound");
  }
}

TEST_CASE("verify: ids and openings that are used twice are named") {
  CraftedDirectory directory;
  add_two_bookings(directory);
  const int kind = GENERATE(range(0, 4));
  CAPTURE(kind);
  if (kind == 0) {
    // Of an opening that there never was.
    directory.add(claim(booking_id(2, 0, samples::kRandom + 5), slot_key(2)));
  } else if (kind == 1) {
    auto second = samples::epoch(2, 0);
    second.random = samples::kRandom;
    directory.add(second);
  } else if (kind == 2) {
    // Of the opening before.
    directory.add(samples::epoch(2, 0));
    directory.add(claim(kThree, slot_key(2)));
  } else {
    directory.add(samples::lane(LaneId{4}, "one"));
  }
  directory.cut();
  CHECK_THAT(directory.verdict(), StartsWith("ids: ") && Contains("record at LSN "));
}

TEST_CASE("verify: details that are missing, others, or left over are named") {
  CraftedDirectory directory;
  directory.add(claim(kOne, slot_key(0)));
  const int kind = GENERATE(range(0, 6));
  CAPTURE(kind);
  const std::string text = "a salt of 16 byteand what it is for";
  directory.add_details(kOne, text, kind == 0, kind == 1);
  directory.cut();
  const Lsn lsn = directory.last();
  const auto row = [&](const std::string& words) {
    return store::encode_details_row(lsn, std::as_bytes(std::span(words)));
  };
  if (kind >= 2) {
    directory.checkpoint([&](store::StateStore& state) {
      if (kind == 2) REQUIRE(state.erase(StateTable::details, lsn.value).ok());
      if (kind == 3) REQUIRE(state.put(StateTable::details, lsn.value, row(text + ".")).ok());
      if (kind == 4) REQUIRE(state.put(StateTable::details, lsn.value + 1, row(text)).ok());
      if (kind == 5) {
        const auto other =
            store::encode_details_row(Lsn{lsn.value - 1}, std::as_bytes(std::span(text)));
        REQUIRE(state.put(StateTable::details, lsn.value - 1, other).ok());
      }
    });
  }
  const char* const words[] = {
      "journal.mdb: the details of LSN 5 are missing",
      "journal.mdb: the details of LSN 5 don't match the hash",
      "state.mdb: the details of LSN 5 are missing",
      "state.mdb: the details of LSN 5 don't match the hash",
      "state.mdb: the details of LSN 6 aren't what was written",
      "state.mdb: there are details of LSN 4, which belong to no booking any more"};
  CHECK_THAT(directory.verdict(), StartsWith("details: ") && Contains(words[kind]));
}

TEST_CASE("verify: what was erased is gone by a record, from both files") {
  CraftedDirectory directory;
  directory.add(claim(kOne, slot_key(0)));
  directory.add_details(kOne, "a salt of 16 byteand what it is for");
  const Lsn details = directory.last();
  directory.add(samples::cancel(kOne));
  const bool in_state = GENERATE(false, true);
  const int kind = GENERATE(range(0, 5));
  CAPTURE(in_state, kind);
  if (in_state && kind != 3) {
    directory.cut();
    directory.checkpoint();
  }
  if (kind == 0) {
    directory.add_erase(kOne, details);
    directory.cut();
    CHECK(directory.verdict() == "sound");
    if (!in_state) directory.checkpoint();
    CHECK(directory.verdict() == "sound");
  } else if (kind == 1) {  // the row is still there
    directory.add_erase(kOne, details, true);
    directory.cut();
    CHECK_THAT(directory.verdict(),
               StartsWith("details: ") && Contains("LSN 5 were erased, and are still there"));
  } else if (kind == 2) {  // it is gone, and no record says why
    directory.erase_without_record(details);
    CHECK_THAT(directory.verdict(),
               StartsWith("details: ") && Contains("LSN 5 are gone, and no record took them"));
  } else if (kind == 3) {  // likewise, in the state only
    directory.cut();
    directory.checkpoint([&](store::StateStore& state) {
      const auto row = store::encode_erased_row(details);
      REQUIRE(state.put(StateTable::details, details.value, row).ok());
    });
    CHECK_THAT(directory.verdict(), StartsWith("details: ") && Contains("state.mdb") &&
                                        Contains("LSN 5 are gone, and no record took them"));
  } else {  // of another record, and of a booking that hasn't ended
    const bool active = in_state;
    if (active) directory.add(claim(kTwo, slot_key(1)));
    directory.add_erase(active ? kTwo : kOne, Lsn{details.value - 1}, true);
    directory.cut();
    CHECK_THAT(directory.verdict(), StartsWith("details: ") || StartsWith("records: "));
  }
}

TEST_CASE("verify: a group's details aren't erased before the last of its members has ended") {
  CraftedDirectory directory;
  const BookingId head = booking_id(0);
  directory.add(samples::group_claim(head));
  directory.add_group_details(head, "a salt of 16 byteand what it is for");
  const Lsn details = directory.last();
  const bool ended = GENERATE(false, true);
  if (ended) directory.add(samples::group_change(head, record::Type::cancel));
  directory.add_erase(head, details, false, true);
  directory.cut();
  if (ended) {
    CHECK(directory.verdict() == "sound");
  } else {
    CHECK_THAT(directory.verdict(),
               StartsWith("records: ") && Contains("its group's details are erased"));
  }
}

TEST_CASE("verify: counts of seats that don't fit the bookings are named") {
  CraftedDirectory directory;
  add_two_bookings(directory);
  const int kind = GENERATE(range(0, 3));
  CAPTURE(kind);
  directory.checkpoint([&](store::StateStore& state) {
    const std::uint64_t key = state::day_key(samples::kLane, samples::kDay);
    if (kind == 0) {
      const auto row = *state.get(StateTable::days, key);
      auto day = *state::DayRow::decode(key, *row);
      REQUIRE(day.take(slot_key(2), 1).ok());
      REQUIRE(state.put(StateTable::days, key, day.encode(key)).ok());
    } else if (kind == 1) {
      REQUIRE(state.erase(StateTable::bookings, 0).ok());
      REQUIRE(state.erase(StateTable::details, 5).ok());
    } else {
      REQUIRE(state.erase(StateTable::days, key).ok());
    }
  });
  CHECK_THAT(directory.verdict(), StartsWith("recount: "));
}

TEST_CASE("verify: a journal with a hole, a stranger or a lost end is named") {
  CraftedDirectory directory;
  const auto cut_tick = [&](bool lost = false, bool another = false) {
    directory.add(samples::tick(0));
    directory.cut(lost, another);
  };
  const int kind = GENERATE(range(0, 6));
  CAPTURE(kind);
  if (kind == 0) {
    cut_tick(true);
    cut_tick();
    CHECK_THAT(directory.verdict(),
               StartsWith("lsns: ") && Contains("LSN 4 should come next, and LSN 5 does"));
  } else if (kind == 1) {
    cut_tick(false, true);
    CHECK_THAT(directory.verdict(),
               StartsWith("chain: ") && Contains("one of the two is from another journal"));
  } else if (kind == 2) {
    directory.ledger_ms = 10;
    cut_tick();
    directory.ledger_ms = 9;
    cut_tick();
    CHECK_THAT(directory.verdict(),
               StartsWith("chain: ") && Contains("ledger time 9 ms is before"));
  } else if (kind == 3) {
    directory.ledger_ms = record::kLedgerMsMax + 1;
    cut_tick();
    CHECK_THAT(directory.verdict(), StartsWith("chain: ") && Contains("past the end of all times"));
  } else {
    // The state knows more than the journal, or of another one.
    CraftedDirectory other;
    add_two_bookings(other);
    if (kind == 4) cut_tick();
    other.checkpoint();
    std::filesystem::copy_file(other.path() / "state.mdb", directory.path() / "state.mdb",
                               std::filesystem::copy_options::overwrite_existing);
    if (kind == 5) {
      for (int i = 0; i < 4; ++i) cut_tick();
    }
    CHECK_THAT(directory.verdict(), StartsWith("meet: "));
  }
}

TEST_CASE("verify: a journal that was trimmed past its state is named") {
  CraftedDirectory directory;
  add_two_bookings(directory);
  directory.add(samples::tick(0));
  directory.cut();
  directory.trim(directory.last());
  CHECK_THAT(directory.verdict(), StartsWith("meet: ") && Contains("what lies between is missing"));
}

TEST_CASE("verify: a row of the state that isn't what was written is named") {
  CraftedDirectory directory;
  add_two_bookings(directory);
  const auto table = GENERATE(StateTable::meta, StateTable::epochs, StateTable::lanes,
                              StateTable::days, StateTable::bookings);
  directory.checkpoint([&](store::StateStore& state) {
    std::uint64_t key = 0;
    REQUIRE(state
                .scan(table, 0,
                      [&](std::uint64_t at, auto) {
                        key = at;
                        return success();
                      })
                .ok());
    const auto there = *state.get(table, key);
    std::vector<std::byte> row(there->begin(), there->end());
    row.back() ^= std::byte{4};
    REQUIRE(state.put(table, key, row).ok());
  });
  CHECK_THAT(directory.verdict(), StartsWith("rows: ") && Contains("state.mdb"));
}
