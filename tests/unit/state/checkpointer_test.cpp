#include "state/checkpointer.hpp"

#include <catch2/catch.hpp>

#include "state/checkpoint_thread.hpp"
#include "state/recovery.hpp"
#include "unit/state/failing_state.hpp"
#include "unit/state/stream.hpp"
#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using samples::Kind;
using samples::Picture;
using samples::Place;
using samples::Stream;
using state::Checkpointer;
using state::CheckpointLimits;
using store::StateTable;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

struct Rig {
  explicit Rig(Kind kind = Kind::memory) : place(kind), stores(place.open()) {
    stream.open(stores->journal());
  }
  void write(int rounds, std::size_t records) {
    for (int i = 0; i < rounds; ++i) stream.write(stores->journal(), records);
  }
  Checkpointer opened(CheckpointLimits limits = {}) {
    return Checkpointer(stores->journal(), stores->state(), limits);
  }
  void require_recovers() {
    Picture recovered;
    const auto summary = state::recover(stores->journal(), stores->state(), recovered);
    if (!summary) FAIL(summary.error().detail);
    REQUIRE(recovered.difference(stream.picture()) == "");
  }

  Place place;
  std::unique_ptr<store::Stores> stores;
  Stream stream{42};
};

TEST_CASE("a step applies whole chunks up to the durable LSN, and no further") {
  Rig rig;
  rig.write(1, 50);
  const Lsn durable = rig.stream.point().last;
  rig.write(1, 50);
  Checkpointer checkpointer = rig.opened();
  REQUIRE(checkpointer.open().ok());
  CHECK(checkpointer.applied() == Lsn{0});
  CHECK(*checkpointer.step(durable));
  CHECK(checkpointer.applied() == durable);
  CHECK_FALSE(*checkpointer.step(durable));
  CHECK(*checkpointer.step(rig.stream.point().last));
  CHECK(checkpointer.applied() == rig.stream.point().last);
  rig.require_recovers();
}

TEST_CASE("a step is bounded, and grows with the backlog") {
  Rig rig;
  rig.write(100, 40);
  const Lsn durable = rig.stream.point().last;
  const auto steps = [&](CheckpointLimits limits) {
    Place other(Kind::memory);
    const auto stores = other.open();
    Checkpointer checkpointer(rig.stores->journal(), stores->state(), limits);
    REQUIRE(checkpointer.open().ok());
    int count = 0;
    while (*checkpointer.step(durable)) ++count;
    REQUIRE(checkpointer.applied() == durable);
    return count;
  };
  CHECK(steps({}) == 1);
  const int small = steps({1, 1, 1 << 20, 1U << 18, 16});
  CHECK(small > 90);
  CHECK(steps({1, 1000, 4096, 1U << 18, 16}) > 20);
  CHECK(steps({1, 1000, 4096, 500, 8}) < steps({1, 1000, 4096, 500, 1}));
}

TEST_CASE("details end a step, however much of a hurry it is in") {
  Rig rig;
  rig.write(100, 40);
  std::size_t details = 0;
  for (const auto& [lsn, bytes] : rig.stream.details()) details += bytes.size();
  const Lsn durable = rig.stream.point().last;
  CheckpointLimits limits;
  limits.hurry_backlog = 1;
  limits.step_details_bytes = details / 10;
  Checkpointer checkpointer = rig.opened(limits);
  REQUIRE(checkpointer.open().ok());
  int steps = 0;
  while (*checkpointer.step(durable)) ++steps;
  CHECK(steps >= 8);
  CHECK(checkpointer.applied() == durable);
  rig.require_recovers();
}

TEST_CASE("a step is cut to the room that there is") {
  const CheckpointLimits usual;
  const auto plenty = CheckpointLimits::for_room(std::size_t{64} << 20);
  CHECK(plenty.step_blocks == usual.step_blocks);
  CHECK(plenty.step_bytes == usual.step_bytes);
  CHECK(plenty.hurry_factor == usual.hurry_factor);
  CHECK(plenty.step_details_bytes == usual.step_details_bytes);
  const auto some = CheckpointLimits::for_room(std::size_t{16} << 20);
  CHECK(some.step_blocks == usual.step_blocks / 2);
  CHECK(some.step_bytes == usual.step_bytes / 2);
  CHECK(some.hurry_factor == 1);
  CHECK(some.step_details_bytes == std::size_t{2} << 20);
  const auto none = CheckpointLimits::for_room(0);
  CHECK(none.step_blocks == 256);
  CHECK(none.step_details_bytes > 0);  // or no step would apply anything
  CHECK(none.hurry_factor == 1);
}

TEST_CASE("details move over with their confirm, and go with their booking") {
  Rig rig(GENERATE(Kind::lmdb, Kind::memory));
  rig.write(20, 100);
  Checkpointer checkpointer = rig.opened();
  REQUIRE(checkpointer.open().ok());
  while (*checkpointer.step(rig.stream.point().last)) {
    rig.write(1, 20);
    if (rig.stream.point().last.value > 5000) break;
  }
  while (*checkpointer.step(rig.stream.point().last)) {
  }
  std::size_t rows = 0;
  REQUIRE(rig.stores->state()
              .scan(StateTable::details, 0,
                    [&](std::uint64_t lsn, auto row) -> Status {
                      ++rows;
                      REQUIRE(rig.stream.details().contains(lsn));
                      REQUIRE(row.size() == 8 + rig.stream.details().at(lsn).size());
                      return success();
                    })
              .ok());
  REQUIRE(rows == rig.stream.details().size());
  REQUIRE(rows > 5);
}

TEST_CASE("whichever write of a step fails, the state stays exact and the next start goes on") {
  for (std::size_t fail_at = 0;; fail_at += 1 + fail_at / 8) {
    for (const bool torn : {false, true}) {
      Rig rig;
      rig.write(3, 120);
      {
        Checkpointer first = rig.opened();
        REQUIRE(first.open().ok());
        REQUIRE(*first.step(rig.stream.point().last));
      }
      rig.write(3, 120);
      samples::FailingState failing(rig.stores->state(), fail_at, torn);
      Checkpointer checkpointer(rig.stores->journal(), failing);
      REQUIRE(checkpointer.open().ok());
      const Lsn before = checkpointer.applied();
      const auto stepped = checkpointer.step(rig.stream.point().last);
      if (!failing.failed()) {
        REQUIRE(stepped.ok());
        REQUIRE(fail_at > 20);
        return;  // every call was made to fail once
      }
      REQUIRE(stepped.code() == Code::io_error);
      REQUIRE(checkpointer.applied() == before);
      REQUIRE(checkpointer.step(rig.stream.point().last).code() == Code::io_error);  // for good
      rig.require_recovers();
      Checkpointer next = rig.opened();
      REQUIRE(next.open().ok());
      while (*next.step(rig.stream.point().last)) {
      }
      rig.require_recovers();
    }
  }
}

TEST_CASE("a checkpointer stops at what it can't believe, and says where") {
  Rig rig;
  rig.write(2, 50);
  auto& chunks = rig.place.disk().chunks;
  auto& rows = rig.place.disk().state[static_cast<std::size_t>(StateTable::bookings)];
  Checkpointer checkpointer = rig.opened({1, 1, 1, 1U << 18, 1});
  REQUIRE(checkpointer.open().ok());
  while (checkpointer.applied().value + 60 < rig.stream.point().last.value) {
    REQUIRE(*checkpointer.step(rig.stream.point().last));
  }
  const Lsn applied = checkpointer.applied();
  std::string words;
  SECTION("a damaged chunk") {
    chunks.rbegin()->second.back() ^= std::byte{1};
    words = "journal in memory: chunk at LSN " + std::to_string(chunks.rbegin()->first) +
            ": its hash is wrong";
  }
  SECTION("a missing chunk") {
    const auto next = chunks.find(applied.value + 1);
    chunks.erase(next);
    words = "LSN " + std::to_string(applied.value + 1) + " should come next";
  }
  SECTION("a damaged block") {
    for (auto& [key, row] : rows) row[20] ^= std::byte{4};
    words = "state in memory: table bookings, row";
  }
  for (;;) {
    const auto stepped = checkpointer.step(rig.stream.point().last);
    if (stepped.ok()) {
      REQUIRE(*stepped);
      continue;
    }
    CHECK(stepped.code() == Code::damaged);
    CHECK(says(stepped.error().detail, words));
    break;
  }
}

TEST_CASE("a record that doesn't apply is never written into the state") {
  using samples::bytes_of;
  Place place(Kind::memory);
  const auto stores = place.open();
  const BookingId id = samples::booking_id(0);
  const auto opening =
      samples::make_chunk({bytes_of(samples::epoch(1, 0)), samples::lane(samples::kLane, "a/b/c"),
                           samples::day(samples::kLane, samples::kDay, 2, 1),
                           bytes_of(samples::claim(id, samples::slot_key()))},
                          {});
  struct Bad {
    samples::Bytes record;
    const char* words;
  };
  const BookingId other = samples::booking_id(1);
  const Bad bad = GENERATE_COPY(
      Bad{bytes_of(samples::claim(other, samples::slot_key())), "2 of 1 seats taken"},
      Bad{bytes_of(samples::claim(other, samples::slot_key(5))), "its day has no such slot"},
      Bad{bytes_of(samples::claim(other, samples::slot_key(0, samples::kLane, Day{7}))),
          "day 7 of lane 3 isn't open"},
      Bad{bytes_of(samples::claim(id, samples::slot_key(1))), "its place is taken"},
      Bad{bytes_of(samples::confirm(other)), "the place is free"},
      Bad{bytes_of(samples::confirm(id, 700'000)), "its hold had expired"},
      Bad{bytes_of(samples::expire(id, 2000)), "its hold still lasted"},
      Bad{bytes_of(samples::free_place(id)), "it hasn't ended"},
      Bad{bytes_of(samples::confirm(id, 2000, 100)), "its details are missing from the journal"},
      Bad{samples::lane(samples::kLane, "a/b/d"), "lane 3 has a key already"},
      Bad{samples::day(samples::kLane, samples::kDay, 2, 1), "is open already"},
      Bad{bytes_of(samples::archive(samples::kLane, samples::kDay)), "still has active bookings"},
      Bad{bytes_of(samples::archive(samples::kLane, Day{7})), "isn't open"});
  const auto next = samples::make_chunk({bytes_of(samples::tick(5)), bad.record}, opening.point);
  REQUIRE(stores->journal().begin().ok());
  REQUIRE(samples::append(stores->journal(), opening).ok());
  REQUIRE(samples::append(stores->journal(), next).ok());
  REQUIRE(stores->journal().commit(true).ok());
  Checkpointer checkpointer(stores->journal(), stores->state());
  REQUIRE(checkpointer.open().ok());
  REQUIRE(*checkpointer.step(Lsn{4}));
  const auto stepped = checkpointer.step(Lsn{6});
  REQUIRE(stepped.code() == Code::damaged);
  INFO(stepped.error().detail);
  CHECK(says(stepped.error().detail, "record at LSN 6: "));
  CHECK(says(stepped.error().detail, bad.words));
  CHECK(checkpointer.applied() == Lsn{4});
  CHECK(state::read_meta(stores->state())->applied == 4);
}

TEST_CASE("the thread applies what it is told of, and all of it when it is to finish") {
  Rig rig(GENERATE(Kind::lmdb, Kind::memory));
  Checkpointer checkpointer = rig.opened({4, 8, 8192, 1U << 18, 1});
  REQUIRE(checkpointer.open().ok());
  state::CheckpointThread thread(checkpointer, 100);
  for (int i = 0; i < 40; ++i) {
    rig.write(1, 60);
    thread.notify(rig.stream.point().last);
  }
  const bool finish = GENERATE(true, false);
  REQUIRE(thread.stop(finish).ok());
  CHECK_FALSE(thread.failed());
  if (finish) CHECK(checkpointer.applied() == rig.stream.point().last);
  rig.require_recovers();
}

TEST_CASE("the thread wakes up once there is enough to do, by itself") {
  Rig rig;
  Checkpointer checkpointer = rig.opened();
  REQUIRE(checkpointer.open().ok());
  state::CheckpointThread thread(checkpointer, 1000);
  for (int i = 0; i < 20; ++i) {
    rig.write(1, 100);
    thread.notify(rig.stream.point().last);
    const Lsn durable = rig.stream.point().last;
    // Ends by itself, or the test's time-out ends it: the thread was asleep for good.
    while (durable.value - checkpointer.applied().value >= 1000) std::this_thread::yield();
  }
  CHECK(checkpointer.applied().value > 1000);
}

TEST_CASE("the thread ends with its first error and tells of it") {
  Rig rig;
  rig.write(1, 200);
  rig.place.disk().chunks.rbegin()->second.back() ^= std::byte{1};
  Checkpointer checkpointer = rig.opened();
  REQUIRE(checkpointer.open().ok());
  state::CheckpointThread thread(checkpointer, 1);
  thread.notify(rig.stream.point().last);
  while (!thread.failed()) std::this_thread::yield();
  CHECK(thread.error().code == Code::damaged);
  CHECK(thread.stop(true).code() == Code::damaged);
}

}  // namespace
