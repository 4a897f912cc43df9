// Rows of the state whose checksums are right and that make no sense all the same, and a journal
// that reads otherwise than it says: found at the start, in exact words.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "record/check_image.hpp"
#include "state/booking_block.hpp"
#include "state/checkpointer.hpp"
#include "state/day_row.hpp"
#include "state/epochs.hpp"
#include "state/recovery.hpp"
#include "support/forwarding_journal.hpp"
#include "unit/state/stream.hpp"
#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using samples::Kind;
using samples::Picture;
using samples::Place;
using samples::Stream;
using store::StateTable;

const std::string kAdvice = ". Nothing was changed. Restore the directory from a backup";

// A disk whose state has the whole journal.
struct Disk {
  Disk() {
    const auto stores = place.open();
    stream.open(stores->journal());
    for (int i = 0; i < 3; ++i) stream.write(stores->journal(), 40);
    state::Checkpointer checkpointer(stores->journal(), stores->state());
    REQUIRE(checkpointer.open().ok());
    REQUIRE(*checkpointer.step(stream.point().last));
  }
  // Puts a row with a right checksum.
  void put(StateTable table, std::uint64_t key, std::size_t payload) {
    std::vector<std::byte> row(state::kChecksumBytes + payload);
    state::seal_row(table, key, row);
    place.disk().state[static_cast<std::size_t>(table)][key] = row;
  }
  std::string refusal() {
    const auto stores = place.open();
    return refusal(stores->journal(), stores->state());
  }
  static std::string refusal(const store::JournalStore& journal, const store::StateStore& state) {
    Picture picture;
    const auto summary = state::recover(journal, state, picture);
    REQUIRE(summary.code() == Code::damaged);
    return summary.error().detail;
  }

  Place place{Kind::memory};
  Stream stream{3};
};

TEST_CASE("rows under keys that nothing can have") {
  Disk disk;
  SECTION("a lane") {
    disk.put(StateTable::lanes, kMaxLanes, 8);
    CHECK(disk.refusal() ==
          "state in memory: table lanes, row 16777216: there is no such lane" + kAdvice);
  }
  SECTION("a day") {
    disk.put(StateTable::days, 0, 8);
    CHECK(disk.refusal() == "state in memory: table days, row 0: there is no such day" + kAdvice);
  }
  SECTION("places") {
    const std::uint64_t key = state::block_of(record::kPlacesMax) + 1;
    disk.put(StateTable::bookings, key, 8);
    CHECK(disk.refusal() == "state in memory: table bookings, row " + std::to_string(key) +
                                ": there are no such places" + kAdvice);
  }
}

TEST_CASE("rows of a size that none has") {
  Disk disk;
  const std::uint64_t day = disk.place.disk().state[3].begin()->first;
  struct Row {
    StateTable table;
    const char* name;
    std::uint64_t key;
  };
  for (const Row row : {Row{StateTable::meta, "meta", 0}, Row{StateTable::epochs, "epochs", 1},
                        Row{StateTable::days, "days", day}}) {
    const auto before = disk.place.disk().state[static_cast<std::size_t>(row.table)];
    disk.put(row.table, row.key, 9);
    CHECK(disk.refusal() == std::string("state in memory: table ") + row.name + ", row " +
                                std::to_string(row.key) + ": its size is wrong" + kAdvice);
    disk.place.disk().state[static_cast<std::size_t>(row.table)] = before;
  }
}

TEST_CASE("an epoch under another's number, or not behind the one before") {
  Disk disk;
  auto& rows = disk.place.disk().state[static_cast<std::size_t>(StateTable::epochs)];
  REQUIRE(rows.size() == 1);
  const auto row = state::decode_row<state::EpochRow>(StateTable::epochs, 1, rows.at(1));
  REQUIRE(row.ok());
  state::EpochRow odd = *row;
  SECTION("another's number") {
    odd.number = 2;
  }
  SECTION("no place in the journal") {
    odd.lsn = 0;
  }
  rows[1] = state::encode_row(StateTable::epochs, 1, odd);
  CHECK(disk.refusal() ==
        "state in memory: table epochs, row 1: it isn't in the order of the epochs" + kAdvice);
}

TEST_CASE("an epoch of another time, or behind all that the state has") {
  Disk disk;
  auto& rows = disk.place.disk().state[static_cast<std::size_t>(StateTable::epochs)];
  state::EpochRow odd = *state::decode_row<state::EpochRow>(StateTable::epochs, 1, rows.at(1));
  std::string why = "it is out of bounds";
  SECTION("its random part") {
    odd.random = 1U << record::kEpochBits;
  }
  SECTION("ledger time") {
    odd.ledger_ms = -1;
  }
  SECTION("grace") {
    odd.floor_ms = odd.ledger_ms - 1;
  }
  SECTION("civil time") {
    odd.civil_ms = record::kCivilMsMax + 1;
  }
  SECTION("its place") {
    odd.lsn = 1'000'000;
    why = "it lies behind what the state has";
  }
  rows[1] = state::encode_row(StateTable::epochs, 1, odd);
  CHECK(disk.refusal() == "state in memory: table epochs, row 1: " + why + kAdvice);
}

TEST_CASE("a meta row of another time") {
  Disk disk;
  auto& rows = disk.place.disk().state[static_cast<std::size_t>(StateTable::meta)];
  state::StateMeta odd = *state::decode_row<state::StateMeta>(StateTable::meta, 0, rows.at(0));
  SECTION("before the beginning") {
    odd.ledger_ms = odd.chunk_ledger_ms = -1;
  }
  SECTION("beyond the end") {
    odd.ledger_ms = record::kLedgerMsMax + 1;
  }
  SECTION("before its chunk") {
    odd.chunk_ledger_ms = odd.ledger_ms + 1;
  }
  SECTION("civil time") {
    odd.civil_ms = -record::kCivilMsMax - 1;
  }
  SECTION("its epoch") {
    odd.epoch_random = 1U << record::kEpochBits;
  }
  SECTION("an erasure that is to come") {
    odd.erased = odd.applied + 1;
  }
  SECTION("an erasure before the beginning") {
    odd.erased = odd.applied;
    odd.erased_ms = -1;
  }
  SECTION("none, and when it was") {
    odd.erased = 0;
    odd.erased_ms = 1;
  }
  rows[0] = state::encode_row(StateTable::meta, 0, odd);
  CHECK(disk.refusal() ==
        "state in memory: table meta, row 0: its times, its epoch or its erasures are out of "
        "bounds" +
            kAdvice);
}

TEST_CASE("a day whose slots make no sense") {
  Disk disk;
  auto& rows = disk.place.disk().state[static_cast<std::size_t>(StateTable::days)];
  const std::uint64_t key = rows.begin()->first;
  std::vector<record::DaySlot> slots{{60, 30, 2, 0}, {90, 30, 2, 0}};
  std::string why;
  SECTION("out of order") {
    slots[1].minute = 60;
    why = "its slots aren't in order";
  }
  SECTION("beyond the day") {
    slots[1].minute = 2048;
    why = "its slots aren't in order";
  }
  SECTION("no length") {
    slots[0].length_minutes = 0;
    why = "a slot has no length";
  }
  SECTION("more seats than can be counted") {
    slots[0].capacity = record::kSeatsMax + 1;
    why = "a capacity is wrong";
  }
  SECTION("more kept back than can be counted") {
    slots[0].kept = record::kSeatsMax + 1;
    why = "more is kept back than there can be";
  }
  SECTION("too many") {
    slots.assign(record::Day::kSlotsMax + 1, {1, 1, 1, 0});
    why = "it has more slots than a day can have";
  }
  rows[key] = state::DayRow(slots).encode(key);
  CHECK(disk.refusal() ==
        "state in memory: table days, row " + std::to_string(key) + ": " + why + kAdvice);
}

TEST_CASE("what no records lead to") {
  record::BookingImage image{};
  CHECK(record::why_senseless(image) == nullptr);
  image.booking = 1;
  image.slot = SlotKey(LaneId{0}, Day{20000}, Minute{60}).value;
  image.applicant_lo = 1;
  image.lsn = 9;
  image.seats = image.version = 1;
  image.state = static_cast<std::uint8_t>(BookingState::confirmed);
  image.operations = 1;
  image.operation[0].type = static_cast<std::uint8_t>(record::Type::confirm);
  image.operation[0].lsn = 9;
  REQUIRE(record::why_senseless(image) == nullptr);
  const auto why = [&](auto change) {
    record::BookingImage odd = image;
    change(odd);
    const char* words = record::why_senseless(odd);
    return std::string(words == nullptr ? "" : words);
  };
  using Image = record::BookingImage;
  CHECK(why([](Image& i) { i.state = 0; }) == "there is no such state");
  CHECK(why([](Image& i) { i.state = 15; }) == "there is no such state");
  CHECK(why([](Image& i) { i.slot = 0; }) == "its slot is none");
  CHECK(why([](Image& i) { i.applicant_lo = 0; }) == "it has no applicant");
  CHECK(why([](Image& i) { i.seats = 0; }) == "its seats are wrong");
  CHECK(why([](Image& i) { i.seats = 1U << 14; }) == "its seats are wrong");
  CHECK(why([](Image& i) { i.category = 3; }) == "its category is none");
  CHECK(why([](Image& i) { i.lsn = 0; }) == "nothing made it");
  CHECK(why([](Image& i) { i.version = 0; }) == "nothing made it");
  CHECK(why([](Image& i) { i.ledger_ms = -1; }) == "its ledger time is out of bounds");
  CHECK(why([](Image& i) { i.created_ms = record::kCivilMsMax + 1; }) ==
        "its times are out of bounds");
  CHECK(why([](Image& i) { i.ended_ms = -record::kCivilMsMax - 1; }) ==
        "its times are out of bounds");
  const std::string operation = "an operation on it is none";
  CHECK(why([](Image& i) { i.operation[0].type = 4; }) == operation);
  CHECK(why([](Image& i) { i.operation[0].lsn = 10; }) == operation);
  CHECK(why([](Image& i) { i.operation[0].lsn = 0; }) == operation);
  CHECK(why([](Image& i) { i.operation[0].details_hash = 1; }) == operation);
  CHECK(why([](Image& i) { i.operation[0].details_size = 5000; }) == operation);
}

// A journal that keeps back what it has from some LSN on, but not that it has it.
class Withholding final : public test::ForwardingJournal {
 public:
  Withholding(store::JournalStore& real, Lsn from) : ForwardingJournal(real), from_(from) {}
  Result<std::vector<store::StoredChunk>> read(Lsn from, std::size_t many) const override {
    if (from.value >= from_.value) return std::vector<store::StoredChunk>{};
    return ForwardingJournal::read(from, many);
  }

 private:
  const Lsn from_;
};

TEST_CASE("a journal that reads otherwise than it says") {
  Disk disk;
  const auto stores = disk.place.open();
  const Lsn end = disk.stream.point().last;
  SECTION("its last chunk is gone") {
    const Withholding journal(stores->journal(), end);
    CHECK(disk.refusal(journal, stores->state()) ==
          "journal in memory: its last chunk can't be found again" + kAdvice);
  }
  SECTION("it ends early") {
    disk.stream.write(stores->journal(), 40);
    const Withholding journal(stores->journal(), Lsn{end.value + 1});
    CHECK(disk.refusal(journal, stores->state()) ==
          "journal in memory: it should end at LSN " +
              std::to_string(disk.stream.point().last.value) + ", but reading it ended at LSN " +
              std::to_string(end.value) + kAdvice);
  }
}

TEST_CASE("a last chunk that is damaged, with nothing behind the state") {
  Disk disk;
  auto& last = disk.place.disk().chunks.rbegin()->second;
  last.back() ^= std::byte{1};
  const std::string said = disk.refusal();
  INFO(said);
  CHECK(said.starts_with("journal in memory: "));
  CHECK(said.ends_with(kAdvice));
}

TEST_CASE("a row that a step has to change, and that is damaged, ends the step") {
  Disk disk;
  auto& tables = disk.place.disk().state;
  SECTION("a block of bookings that is cut short") {
    for (auto& [key, row] : tables[static_cast<std::size_t>(StateTable::bookings)]) {
      row.pop_back();
      state::seal_row(StateTable::bookings, key, row);
    }
    CHECK(disk.refusal().starts_with("state in memory: table bookings, row "));
  }
  SECTION("days") {
    for (auto& [key, row] : tables[static_cast<std::size_t>(StateTable::days)]) {
      row.back() ^= std::byte{1};
    }
    CHECK(disk.refusal().starts_with("state in memory: table days, row "));
  }
  const auto stores = disk.place.open();
  disk.stream.write(stores->journal(), 100);
  std::vector<store::Rows> before(std::begin(tables), std::end(tables));
  state::Checkpointer checkpointer(stores->journal(), stores->state());
  REQUIRE(checkpointer.open().ok());
  const auto stepped = checkpointer.step(disk.stream.point().last);
  CHECK(stepped.code() == Code::damaged);
  for (std::size_t i = 0; i < before.size(); ++i) CHECK(tables[i] == before[i]);
}

}  // namespace
