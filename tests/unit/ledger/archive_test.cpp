// When a day may go, and what becomes of its words. The test is the writer: it commits nothing, and
// gives back when it says so.
#include <catch2/catch.hpp>

#include <functional>

#include "ledger/slot_word.hpp"
#include "unit/ledger/restored.hpp"

namespace {

using namespace janji;
using ledger::Gate;
using ledger::SlotWord;
using samples::kDay;
using samples::kLane;
using samples::Restored;
using Archiving = ledger::Ledger::Archiving;

const BookingId kOne = samples::booking_id(1);

struct Served : Restored {
  explicit Served(const std::function<void(Served&)>& before = [](Served&) {}) {
    before(*this);
    REQUIRE(finish().ok());
    ledger.set_gate(Gate::open);
  }
  std::atomic<std::uint64_t>& word(int slot) {
    ledger::DayView view;
    REQUIRE(ledger.day_table().find(kLane, kDay, view));
    return ledger.day_table().word(view.first_slot + static_cast<std::uint64_t>(slot));
  }
  bool all_open() {
    for (int slot = 0; slot < 3; ++slot) {
      if (SlotWord{word(slot).load()}.gone()) return false;
    }
    return true;
  }
  bool is_open() { return ledger.day_table().is_open(kLane, kDay); }
  Decision claim(std::uint32_t slot) {
    ClaimRequest request;
    request.slot = samples::slot_key(slot);
    request.applicant = {1, 2};
    Patience patience;
    return ledger.try_claim(request, patience);
  }
  // What was published is committed.
  void give_back() {
    const auto taken = list.take();
    std::vector<std::uint32_t> in_order;
    for (std::uint32_t i = taken.newest; i != journal::kNoIndex;
         i = blocks[i].next.load(std::memory_order_relaxed)) {
      in_order.insert(in_order.begin(), i);
    }
    for (const std::uint32_t block : in_order) ledger.give_back(Lsn{++lsn}, block);
    ledger.end_round();
    rounds.end_round(Lsn{lsn}, Lsn{lsn});
  }
};

TEST_CASE("archive: an empty day goes when its record is committed, not before") {
  Served served;
  const auto& table = served.ledger.day_table();
  const std::size_t blocks = served.blocks.small_left();
  REQUIRE(served.ledger.try_archive(kLane, kDay) == Archiving::published);
  CHECK(served.is_open());
  CHECK(table.slots_used() == 3);
  SlotAvailability all[3];
  CHECK(served.ledger.slots(kLane, kDay, all) == 3);
  CHECK(all[2].capacity == 2);
  // Nobody gets a seat any more, nor a final answer.
  for (std::uint32_t slot = 0; slot < 3; ++slot) CHECK(served.claim(slot).verdict == Verdict::wait);
  served.give_back();
  CHECK_FALSE(served.is_open());
  CHECK(table.slots_used() == 0);
  CHECK(table.newest_forgotten(kLane) == kDay);
  CHECK(served.ledger.slots(kLane, kDay, all) == 0);
  CHECK(served.claim(0).verdict == Verdict::refused);
  CHECK(served.blocks.small_left() == blocks);
}

TEST_CASE("archive: the record names the day") {
  Served served;
  REQUIRE(served.ledger.try_archive(kLane, kDay) == Archiving::published);
  const auto taken = served.list.take();
  const auto& block = served.blocks[taken.newest];
  REQUIRE(block.header().type == record::Type::archive);
  const auto& made = record::as<record::Archive>(block.bytes);
  CHECK(made.lane == kLane.value);
  CHECK(made.day == kDay.value);
}

TEST_CASE("archive: a booking keeps its day until its place is free") {
  Served served(
      [](Served& s) { s.take(samples::claim(kOne, samples::slot_key(), 1000, 600'000)); });
  const std::size_t blocks = served.blocks.small_left();
  const auto unfinished = [&] {
    CHECK(served.ledger.try_archive(kLane, kDay) == Archiving::unfinished);
    CHECK(served.all_open());
    CHECK(served.blocks.small_left() == blocks);
    CHECK(served.list.empty());
  };
  unfinished();
  Patience patience;
  REQUIRE(served.ledger.try_cancel({kOne, {}, 0}, patience).verdict == Verdict::granted);
  served.give_back();
  unfinished();  // its answer is kept for the retention
  const LedgerTime later{10 * 86'400'000};
  served.ledger.sweep(LedgerTime{601'000}, 100);
  served.ledger.sweep(later, 100);
  REQUIRE_FALSE(served.list.empty());  // that its place is free is on its way
  CHECK(served.ledger.try_archive(kLane, kDay) == Archiving::unfinished);
  served.give_back();
  CHECK(served.ledger.day_table().bookings(kLane, kDay) == 0);
  CHECK(served.ledger.try_archive(kLane, kDay) == Archiving::published);
}

TEST_CASE("archive: a seat that is pending keeps its day") {
  Served served;
  // Taken in the last slot, and its record not committed: the first two words are closed by then.
  REQUIRE(served.claim(2).verdict == Verdict::granted);
  CHECK(served.ledger.day_table().bookings(kLane, kDay) == 0);
  CHECK(served.ledger.try_archive(kLane, kDay) == Archiving::unfinished);
  CHECK(served.all_open());
  served.give_back();
  CHECK(served.ledger.day_table().bookings(kLane, kDay) == 1);
  CHECK(served.ledger.try_archive(kLane, kDay) == Archiving::unfinished);
}

TEST_CASE("archive: a word that staff are busy with keeps its day") {
  Served served;
  served.word(1).fetch_or(SlotWord::kStaffBusy);
  CHECK(served.ledger.try_archive(kLane, kDay) == Archiving::unfinished);
  CHECK(served.all_open());
  served.word(1).fetch_and(~SlotWord::kStaffBusy);
  served.word(1).fetch_or(SlotWord::kClosed);
  CHECK(served.ledger.try_archive(kLane, kDay) == Archiving::published);
}

TEST_CASE("archive: a booking that moved keeps the day where it is, and no other") {
  Day next;
  Served served([&](Served& s) {
    next = s.day;
    s.open_day({0, 0, 0});
    s.take(samples::claim(kOne, samples::slot_key(), 1000, 600'000));
  });
  const SlotKey there = samples::slot_key(1, kLane, next);
  Patience patience;
  REQUIRE(served.ledger.try_reschedule({kOne, there, {}, 0}, patience).verdict == Verdict::granted);
  CHECK(served.ledger.try_archive(kLane, kDay) == Archiving::unfinished);
  CHECK(served.ledger.try_archive(kLane, next) == Archiving::unfinished);
  served.give_back();
  CHECK(served.ledger.try_archive(kLane, next) == Archiving::unfinished);
  CHECK(served.ledger.try_archive(kLane, kDay) == Archiving::published);
  served.give_back();
  CHECK(served.ledger.day_table().is_open(kLane, next));
}

TEST_CASE("archive: without a block for the record nothing is touched") {
  Served served;
  while (served.blocks.small_left() != 0) (void)served.blocks.take_small();
  CHECK(served.ledger.try_archive(kLane, kDay) == Archiving::no_room);
  CHECK(served.all_open());
}

TEST_CASE("archive: a claim that read its word before finds it gone, or another day's") {
  Served served;
  std::atomic<std::uint64_t>& word = served.word(0);
  std::uint64_t read = word.load();
  REQUIRE(served.ledger.try_archive(kLane, kDay) == Archiving::published);
  CHECK_FALSE(word.compare_exchange_strong(read, SlotWord{read}.with_taken(1).bits));
  served.give_back();
  const std::uint64_t before = SlotWord::make(kDay, 2).bits;
  read = before;
  CHECK_FALSE(word.compare_exchange_strong(read, SlotWord{read}.with_taken(1).bits));
  served.open_day({0, 0, 0});
  ledger::DayView view;
  REQUIRE(served.ledger.day_table().find(kLane, Day{kDay.value + 1}, view));
  REQUIRE(&served.ledger.day_table().word(view.first_slot) == &word);
  read = before;
  CHECK_FALSE(word.compare_exchange_strong(read, SlotWord{read}.with_taken(1).bits));
}

TEST_CASE("archive: how often seats came back is counted on when the row serves another day") {
  Served served;
  auto& table = served.ledger.day_table();
  table.row(kLane, kDay).give_backs.store(5);
  REQUIRE(served.ledger.try_archive(kLane, kDay) == Archiving::published);
  served.give_back();
  const record::DaySlot slots[] = {{0, 60, 1, 0}};
  table.open_day(kLane, Day{kDay.value + static_cast<int>(table.ring_days())}, 0, slots);
  CHECK(table.row(kLane, kDay).give_backs.load() == 5);
}

TEST_CASE("restore: an archived day leaves its words, and what comes after finds them") {
  Restored restored;
  restored.take(samples::claim(kOne, samples::slot_key()));
  restored.take(samples::cancel(kOne));
  const auto refused = [&](const char* what) {
    const Status status = restored.record(samples::archive(kLane, kDay));
    REQUIRE(status.code() == Code::damaged);
    CAPTURE(status.error().detail);
    CHECK(status.error().detail.find(what) != std::string::npos);
  };
  refused("where 1 bookings still are");
  restored.take(samples::free_place(kOne));
  restored.take(samples::archive(kLane, kDay));
  refused("isn't open");
  restored.open_day({0, 0, 0});
  REQUIRE(restored.finish().ok());
  CHECK(restored.ledger.day_table().slots_used() == 3);
  CHECK(restored.ledger.day_table().slots_end() == 3);
  // Of an earlier life: a day that is due after all may be opened.
  CHECK(restored.ledger.day_table().newest_forgotten(kLane) < kDay);
}

TEST_CASE("restore: a start counts every booking of a day") {
  Restored restored;
  const BookingId two = samples::booking_id(2);
  restored.take(samples::claim(kOne, samples::slot_key()));
  restored.take(samples::claim(two, samples::slot_key(1)));
  restored.take(samples::cancel(kOne));
  REQUIRE(restored.finish().ok());
  CHECK(restored.ledger.day_table().bookings(kLane, kDay) == 2);
}

TEST_CASE("restore: a booking of the state whose day comes behind it trips nothing") {
  Restored restored;
  record::BookingImage ended{};
  ended.booking = kOne.value;
  ended.generation = record::generation_of(kOne);
  ended.slot = samples::slot_key(0, kLane, restored.day).value;
  ended.seats = 1;
  ended.version = 2;
  ended.state = static_cast<std::uint8_t>(BookingState::cancelled);
  REQUIRE(restored.ledger.restore_booking(1, ended).ok());
  restored.open_day({0, 0, 0});
  restored.take(samples::free_place(kOne));
  CHECK(restored.finish().ok());
}

}  // namespace
