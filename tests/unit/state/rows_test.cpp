// The rows of the smaller tables.
#include <catch2/catch.hpp>

#include "record/apply.hpp"
#include "state/day_row.hpp"
#include "state/epochs.hpp"
#include "state/lane_row.hpp"
#include "state/meta.hpp"
#include "unit/chunk/chunks.hpp"
#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using samples::Bytes;
using state::DayRow;
using state::StateMeta;
using state::StateTable;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

DayRow three_slots() {
  const record::DaySlot slots[] = {{540, 20, 2, 0}, {560, 20, 3, 0}, {600, 30, 16383, 0}};
  return DayRow(slots);
}

SlotKey at(std::uint16_t minute) {
  return SlotKey(LaneId{1}, Day{20000}, Minute{minute});
}

template <class Decode>
void every_flip_is_found(const Bytes& row, Decode&& decode) {
  REQUIRE(decode(row).ok());
  for (std::size_t bit = 0; bit < row.size() * 8; ++bit) {
    Bytes bad = row;
    bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    REQUIRE(decode(bad).code() == Code::damaged);
  }
}

TEST_CASE("a day keeps its slots and what is taken of them") {
  DayRow day = three_slots();
  REQUIRE(day.take(at(560), 2).ok());
  REQUIRE(day.take(at(560), 1).ok());
  REQUIRE(day.take(at(600), 16383).ok());
  REQUIRE(day.take(at(600), -3).ok());
  const Bytes row = day.encode(9);
  const auto back = DayRow::decode(9, row);
  REQUIRE(back.ok());
  REQUIRE(back->slots().size() == 3);
  CHECK(back->slots()[0].taken == 0);
  CHECK(back->slots()[1].taken == 3);
  CHECK(back->slots()[1].capacity == 3);
  CHECK(back->slots()[2].taken == 16380);
  CHECK(back->slots()[2].minute == 600);
  CHECK(back->slots()[2].length_minutes() == 30);
  every_flip_is_found(row, [](const Bytes& bytes) { return DayRow::decode(9, bytes); });
  CHECK(DayRow::decode(8, row).code() == Code::damaged);
  const DayRow closed_all_day{std::span<const record::DaySlot>()};
  CHECK(DayRow::decode(9, closed_all_day.encode(9))->slots().empty());
}

TEST_CASE("a slot is never taken above its capacity or below nothing, nor is one that isn't") {
  DayRow day = three_slots();
  CHECK(says(day.take(at(540), 3).error().detail, "would have 3 of 2 seats taken"));
  REQUIRE(day.take(at(540), 2).ok());
  CHECK(says(day.take(at(540), 1).error().detail, "would have 3 of 2"));
  CHECK(says(day.take(at(560), -1).error().detail, "would have -1 of 3"));
  CHECK(says(day.take(at(541), 1).error().detail, "minute 541): its day has no such slot"));
  CHECK(says(day.take(at(601), 1).error().detail, "no such slot"));
  CHECK(day.slots()[0].taken == 2);
}

TEST_CASE("a slot has the seats that came and went, and loses none that are taken") {
  DayRow day = three_slots();
  REQUIRE(day.take(at(560), 1).ok());
  CHECK(
      says(day.resize(at(560), -3, 0).error().detail, "-3 seats come to 3, of which 1 are taken"));
  CHECK(says(day.resize(at(560), -2, 2).error().detail, "-2 seats come to 3"));
  CHECK(says(day.resize(at(561), 1, 1).error().detail, "no such slot"));
  REQUIRE(day.resize(at(560), -2, 1).ok());
  REQUIRE(day.resize(at(540), -2, 0).ok());
  REQUIRE(day.resize(at(560), 3, 4).ok());
  const auto back = DayRow::decode(9, day.encode(9));
  REQUIRE(back.ok());
  CHECK(back->slots()[0].capacity == 0);
  CHECK(back->slots()[1].capacity == 4);
  CHECK(back->slots()[1].taken == 1);
}

TEST_CASE("a slot has the seats that were kept back, once they came, and no others") {
  const std::vector<record::DaySlot> slots{{540, 20, 2, 2}, {560, 20, 2, 2}};
  DayRow day{slots};
  const auto tranche = [](int minute, std::uint16_t seats) {
    return samples::tranche(at(static_cast<std::uint16_t>(minute)), seats);
  };
  CHECK(says(day.bring(tranche(541, 1)).error().detail, "no such slot"));
  auto wrong = tranche(540, 1);
  wrong.capacity = 4;
  CHECK(says(day.bring(wrong).error().detail, "1 seats come to 2 of 2 that are kept back"));
  wrong = tranche(540, 1);
  wrong.kept = 0;
  CHECK(says(day.bring(wrong).error().detail, "1 seats come to 2 of 2 that are kept back"));
  REQUIRE(day.bring(tranche(540, 1)).ok());
  CHECK(says(day.bring(tranche(540, 1)).error().detail, "1 seats come to 3 of 1"));
  // A lowering takes what is kept back with it, a raising leaves it.
  record::Slot change = samples::slot_change(at(560), 3, false);
  REQUIRE(day.change(Lsn{5}, change).ok());
  CHECK(day.slots()[1].kept == 2);
  change.capacity = 2;
  REQUIRE(day.change(Lsn{5}, change).ok());
  const auto back = DayRow::decode(9, day.encode(9));
  REQUIRE(back.ok());
  CHECK(back->slots()[0].capacity == 3);
  CHECK(back->slots()[0].kept == 1);
  CHECK(back->slots()[1].kept == 0);
}

TEST_CASE("a day keeps the ids of its slots' changes, so many and in their order") {
  const std::vector<record::DaySlot> slots{{540, 20, 2, 0}, {560, 20, 2, 0}};
  DayRow day{slots};
  REQUIRE(day.change(Lsn{3}, samples::slot_change(at(540), 3, false)).ok());
  CHECK(day.grants().empty());
  for (std::uint64_t i = 0; i < record::kSlotGrantsPerDay; ++i) {
    REQUIRE(day.change(Lsn{4 + i}, samples::slot_change(at(560), 3, {7, i + 1})).ok());
  }
  const Bytes full = day.encode(9);
  const auto back = DayRow::decode(9, full);
  REQUIRE(back.ok());
  CHECK(back->grants().size() == record::kSlotGrantsPerDay);
  CHECK(back->grants()[1] == record::SlotGrant{7, 2, 5, 5});
  CHECK(back->slots().size() == 2);
  const auto more = day.change(Lsn{9000}, samples::slot_change(at(560), 3, {8, 1}));
  CHECK(says(more.error().detail, "more was granted on its day than there can be"));
  CHECK(day.change(Lsn{9001}, samples::slot_change(at(560), 4, false)).ok());

  DayRow twice{slots};
  REQUIRE(twice.change(Lsn{6}, samples::slot_change(at(540), 3, {7, 1})).ok());
  REQUIRE(twice.change(Lsn{6}, samples::slot_change(at(540), 3, {7, 2})).ok());
  CHECK(says(DayRow::decode(9, twice.encode(9)).error().detail, "its changes aren't in order"));
  DayRow one{slots};
  REQUIRE(one.change(Lsn{6}, samples::slot_change(at(540), 3, {7, 1})).ok());
  every_flip_is_found(one.encode(9), [](const Bytes& b) { return DayRow::decode(9, b); });
}

TEST_CASE("a lane keeps its key") {
  const Bytes row = state::encode_lane_row(LaneId{7}, "kl/passport/general");
  CHECK(*state::decode_lane_row(LaneId{7}, row) == "kl/passport/general");
  CHECK(state::decode_lane_row(LaneId{8}, row).code() == Code::damaged);
  every_flip_is_found(row, [](const Bytes& b) { return state::decode_lane_row(LaneId{7}, b); });
}

TEST_CASE("the meta row is read back, and nothing but what was written") {
  samples::Place place(samples::Kind::memory);
  const auto stores = place.open();
  auto& store = stores->state();
  CHECK(state::read_meta(store)->applied == 0);  // a new one
  StateMeta meta;
  meta.applied = 17;
  meta.anchor = {1, 2};
  meta.epoch = 3;
  meta.chunk_ledger_ms = 4;
  meta.ledger_ms = 5;
  const auto put = [&](const Bytes& row) {
    REQUIRE(store.begin().ok());
    REQUIRE(store.put(StateTable::meta, state::kMetaKey, row).ok());
    REQUIRE(store.commit().ok());
  };
  put(state::encode_meta(meta));
  const auto back = state::read_meta(store);
  CHECK(back->point() == journal::ChainPoint{Lsn{17}, {1, 2}});
  CHECK(back->epoch == 3);
  CHECK(back->ledger_ms == 5);
  every_flip_is_found(state::encode_meta(meta), [&](const Bytes& row) {
    put(row);
    return state::read_meta(store);
  });
  meta.format = state::StateMeta::kFormat + 1;
  put(state::encode_meta(meta));
  const auto other = state::read_meta(store);
  CHECK(other.code() == Code::invalid_argument);
  CHECK(says(other.error().detail, "written in format 5, this version reads format 4"));
}

TEST_CASE("meta advances with each chunk") {
  StateMeta meta;
  const auto opening = samples::make_chunk(
      {samples::bytes_of(samples::epoch(1, 50)), samples::bytes_of(samples::tick(70))}, {}, 1, 60);
  state::advance(meta, *journal::ChunkView::open(opening.bytes));
  CHECK(meta.point() == opening.point);
  CHECK(meta.epoch == 1);
  CHECK(meta.epoch_random == samples::kRandom);
  CHECK(meta.chunk_ledger_ms == 60);
  CHECK(meta.ledger_ms == 70);
  CHECK(meta.civil_ms == 1'700'000'000'050);
  const auto next = samples::make_chunk(
      {samples::bytes_of(samples::claim(samples::booking_id(0), samples::slot_key(), 90, 100))},
      opening.point, 1, 80);
  state::advance(meta, *journal::ChunkView::open(next.bytes));
  CHECK(meta.applied == 3);
  CHECK(meta.epoch == 1);
  CHECK(meta.chunk_ledger_ms == 80);
  CHECK(meta.ledger_ms == 90);
}

TEST_CASE("an opening moves the deadlines of the holds before it, and of no others") {
  samples::Place place(samples::Kind::memory);
  const auto stores = place.open();
  auto& store = stores->state();
  const auto put = [&](std::uint64_t number, std::uint64_t lsn, std::int64_t ledger_ms,
                       std::int64_t grace_ms) {
    const auto row = state::make_epoch_row(Lsn{lsn}, samples::epoch(number, ledger_ms, grace_ms));
    REQUIRE(store.begin().ok());
    REQUIRE(
        store.put(StateTable::epochs, number, state::encode_row(StateTable::epochs, number, row))
            .ok());
    REQUIRE(store.commit().ok());
  };
  put(1, 1, 0, 0);
  put(2, 100, 500'000, 300'000);  // floor 800,000
  put(3, 200, 600'000, 50'000);   // floor 650,000
  const auto epochs = state::EpochTable::load(store);
  REQUIRE(epochs.ok());
  const auto settled = [&](std::uint64_t lsn, std::uint64_t until) {
    record::BookingImage image{};
    const BookingId id = samples::booking_id(7);
    REQUIRE(record::apply(image, Lsn{lsn}, samples::claim(id, samples::slot_key())).ok());
    if (until == 0) {
      epochs->settle(image);
    } else {
      epochs->settle(image, Lsn{until});
    }
    return image.ledger_ms;  // 601,000 as claimed
  };
  CHECK(settled(50, 0) == 800'000);
  CHECK(settled(150, 0) == 650'000);
  CHECK(settled(250, 0) == 601'000);
  CHECK(settled(50, 60) == 601'000);
  CHECK(settled(50, 100) == 601'000);
  CHECK(settled(50, 101) == 800'000);
  CHECK(settled(150, 201) == 650'000);
  CHECK(settled(150, 200) == 601'000);

  record::BookingImage done{};
  const BookingId id = samples::booking_id(7);
  REQUIRE(record::apply(done, Lsn{50}, samples::claim(id, samples::slot_key())).ok());
  REQUIRE(record::apply(done, Lsn{51}, samples::confirm(id)).ok());
  epochs->settle(done);
  CHECK(done.ledger_ms == 601'000);

  put(4, 150, 0, 0);  // out of order
  CHECK(state::EpochTable::load(store).code() == Code::damaged);
}

}  // namespace
