// The order of client histories, and the questions to a timeline: each answer is seen both ways.
#include "model/history.hpp"

#include <array>
#include <catch2/catch.hpp>

#include "model/stream.hpp"
#include "model/timeline.hpp"

namespace {

using namespace janji;
using namespace janji::model;

constexpr std::array kLanes{sample::kLane};

TEST_CASE("calls that overlap may stand either way, others only one way") {
  REQUIRE_FALSE(check_order({{10, 20, Lsn{1}}, {30, 40, Lsn{2}}}));
  REQUIRE_FALSE(check_order({{10, 40, Lsn{2}}, {20, 30, Lsn{1}}, {35, 50, Lsn{3}}}));
  REQUIRE_FALSE(check_order({{10, 20, Lsn{2}}, {20, 30, Lsn{1}}}));  // the same tick: overlap

  const Finding late = check_order({{10, 20, Lsn{2}}, {21, 30, Lsn{1}}});
  REQUIRE(late);
  REQUIRE(to_string(*late) == "LSN 1 breaks promise 7: it was called after LSN 2 had returned");
  // The greatest of all that returned counts, not the last.
  REQUIRE(check_order({{0, 5, Lsn{9}}, {1, 8, Lsn{3}}, {10, 20, Lsn{4}}}));
  REQUIRE(check_order({{10, 40, Lsn{1}}, {20, 30, Lsn{1}}}));  // given twice
}

bool none_left_out(SlotKey) {
  return false;
}

// LSNs 1 to 3 are the opening; two claims fill nine o'clock at 5, the first is cancelled at 6.
Timeline history() {
  std::vector<Bytes> records = sample::opening();
  records.push_back(to_bytes(sample::claim(1)));
  records.push_back(to_bytes(sample::claim(2)));
  records.push_back(to_bytes(sample::cancel(1, 100)));
  records.push_back(to_bytes(sample::free_place(1)));
  LedgerModel model;
  Timeline timeline;
  std::uint64_t lsn = 0;
  for (const Bytes& record : records) {
    REQUIRE_FALSE(model.apply(Lsn{++lsn}, record));
    timeline.note(Lsn{lsn}, record, model);
  }
  return timeline;
}

TEST_CASE("a timeline knows when a slot lacked room") {
  const Timeline timeline = history();
  const auto lacked = [&](std::uint32_t seats, std::uint64_t low, std::uint64_t high) {
    return timeline.slot_lacked(sample::kNine, seats, Lsn{low}, Lsn{high});
  };
  REQUIRE_FALSE(lacked(1, 0, 4));
  REQUIRE(lacked(1, 0, 5));
  REQUIRE(lacked(1, 5, 5));
  REQUIRE(lacked(1, 5, 9));
  REQUIRE_FALSE(lacked(1, 6, 9));
  REQUIRE(lacked(2, 4, 4));
  REQUIRE(lacked(2, 9, 9));
  REQUIRE_FALSE(lacked(2, 0, 3));
  REQUIRE_FALSE(
      timeline.slot_lacked(SlotKey(sample::kLane, sample::kDay, Minute{5}), 1, Lsn{0}, Lsn{9}));
}

TEST_CASE("a timeline knows when a whole day lacked room at one moment") {
  const Timeline timeline = history();
  const auto lacked = [&](std::uint32_t seats, std::uint64_t low, std::uint64_t high) {
    return timeline.days_lacked(kLanes, sample::kDay, sample::kDay, seats, Lsn{low}, Lsn{high},
                                none_left_out);
  };
  REQUIRE_FALSE(lacked(1, 0, 9));
  REQUIRE_FALSE(lacked(2, 0, 9));  // ten and eleven always have two
  REQUIRE(lacked(3, 3, 3));
  REQUIRE_FALSE(lacked(3, 0, 2));  // not open yet: nothing that could be full
  REQUIRE_FALSE(timeline.days_lacked(kLanes, Day{1}, Day{2}, 3, Lsn{0}, Lsn{9}, none_left_out));
  const auto but_nine = [](SlotKey slot) { return slot != sample::kNine; };
  REQUIRE(timeline.days_lacked(kLanes, sample::kDay, sample::kDay, 2, Lsn{9}, Lsn{9}, but_nine));
  REQUIRE_FALSE(timeline.days_lacked(kLanes, sample::kDay, sample::kDay, 3, Lsn{9}, Lsn{9},
                                     [](SlotKey) { return true; }));
}

TEST_CASE("a timeline sees full only where all slots were full together") {
  LedgerModel model;
  Timeline timeline;
  std::uint64_t lsn = 0;
  const auto add = [&](const Bytes& record) {
    REQUIRE_FALSE(model.apply(Lsn{++lsn}, record));
    timeline.note(Lsn{lsn}, record, model);
  };
  add(to_bytes(sample::epoch()));
  add(sample::lane());
  add(day_record(0, sample::kDay.value, {{540, 60, 1, 0}, {600, 60, 1, 0}}));
  add(to_bytes(sample::claim(1)));        // 4: nine is full
  add(to_bytes(sample::cancel(1, 100)));  // 5: it isn't
  record::Claim ten = sample::claim(2);
  ten.slot = sample::kTen.value;
  add(to_bytes(ten));               // 6: ten is full
  add(to_bytes(sample::claim(3)));  // 7: both are
  const auto lacked = [&](std::uint64_t low, std::uint64_t high) {
    return timeline.days_lacked(kLanes, sample::kDay, sample::kDay, 1, Lsn{low}, Lsn{high},
                                none_left_out);
  };
  REQUIRE_FALSE(lacked(3, 6));
  REQUIRE(lacked(3, 7));
}

TEST_CASE("a timeline knows applicants and bookings") {
  const Timeline timeline = history();
  const auto had_one = [&](std::uint64_t who, std::uint64_t low, std::uint64_t high) {
    return timeline.applicant_had_one(ApplicantKey{0, who}, ScopeId{1}, Lsn{low}, Lsn{high});
  };
  REQUIRE_FALSE(had_one(2, 0, 3));
  REQUIRE(had_one(2, 0, 4));
  REQUIRE_FALSE(had_one(2, 6, 9));
  REQUIRE_FALSE(had_one(77, 0, 9));

  const auto was = [&](BookingState state, std::uint64_t low, std::uint64_t high) {
    return timeline.booking_was(
        sample::id(1), [=](BookingState s) { return s == state; }, Lsn{low}, Lsn{high});
  };
  REQUIRE(was(BookingState::none, 0, 3));
  REQUIRE(was(BookingState::held, 4, 4));
  REQUIRE_FALSE(was(BookingState::none, 4, 6));
  REQUIRE(was(BookingState::cancelled, 5, 6));
  REQUIRE_FALSE(was(BookingState::cancelled, 0, 5));
  REQUIRE(was(BookingState::none, 7, 7));
}

}  // namespace
