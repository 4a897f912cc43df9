// Rows of the state whose checksums are right and that make no sense all the same, and a journal
// that reads otherwise than it says: found at the start, in exact words.
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "state/booking_block.hpp"
#include "state/checkpointer.hpp"
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
