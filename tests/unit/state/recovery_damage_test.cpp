// Every kind of damage to what lies on the disk: found at the start, named, and nothing served.
#include <catch2/catch.hpp>

#include "record/chunk_header.hpp"
#include "state/checkpointer.hpp"
#include "state/recovery.hpp"
#include "unit/state/stream.hpp"
#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using samples::Kind;
using samples::Picture;
using samples::Place;
using samples::Stream;
using store::StateTable;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A disk with a state, and a journal that goes before and beyond it; closed, to be damaged.
struct Disk {
  Disk() {
    const auto stores = place.open();
    stream.open(stores->journal());
    for (int i = 0; i < 6; ++i) stream.write(stores->journal(), 80);
    state::Checkpointer checkpointer(stores->journal(), stores->state());
    REQUIRE(checkpointer.open().ok());
    REQUIRE(*checkpointer.step(stream.point().last));
    applied = checkpointer.applied();
    for (int i = 0; i < 4; ++i) stream.write(stores->journal(), 80);
  }
  store::Rows& chunks() { return place.disk().chunks; }
  store::Rows& rows(StateTable table) {
    return place.disk().state[static_cast<std::size_t>(table)];
  }
  // Chunks that a recovery reads: those behind the state.
  store::Rows::iterator behind(int number) {
    return std::next(chunks().find(applied.value + 1), number);
  }

  Error refusal() {
    const auto stores = place.open();
    Picture picture;
    const auto summary = state::recover(stores->journal(), stores->state(), picture);
    REQUIRE_FALSE(summary.ok());
    INFO(summary.error().detail);
    CHECK(says(summary.error().detail, "Nothing was changed. Restore the directory"));
    CHECK(summary.code() == Code::damaged);
    return summary.error();
  }
  void require_refused(const std::string& words) {
    const Error error = refusal();
    INFO(error.detail);
    CHECK(says(error.detail, words));
  }

  Place place{Kind::memory};
  Stream stream{11};
  Lsn applied;
};

std::string lsn_of(const store::Rows::iterator& chunk) {
  return std::to_string(chunk->first);
}

std::uint32_t count_of(const samples::Bytes& chunk) {
  return record::as<record::ChunkHeader>(chunk.data()).count;
}

TEST_CASE("an undamaged disk is recovered, and its summary says how far") {
  Disk disk;
  const auto stores = disk.place.open();
  Picture picture;
  const auto summary = state::recover(stores->journal(), stores->state(), picture);
  REQUIRE(summary.ok());
  CHECK(summary->applied == disk.applied);
  CHECK(summary->end == disk.stream.point());
  CHECK(summary->records == disk.stream.point().last.value - disk.applied.value);
  CHECK(summary->places > 100);
  CHECK(summary->days >= 6);
  CHECK(summary->ledger_time.value > 0);
  CHECK(summary->chunk_ledger == summary->ledger_time);
  CHECK(picture.difference(disk.stream.picture()) == "");
}

TEST_CASE("a new disk is recovered as nothing") {
  Place place(GENERATE(Kind::lmdb, Kind::memory));
  const auto stores = place.open();
  Picture picture;
  const auto summary = state::recover(stores->journal(), stores->state(), picture);
  REQUIRE(summary.ok());
  CHECK(summary->end == journal::ChainPoint{});
  CHECK(summary->epoch == 0);
}

TEST_CASE("a flipped bit in any chunk behind the state is found") {
  Disk disk;
  for (auto chunk = disk.behind(0); chunk != disk.chunks().end(); ++chunk) {
    for (std::size_t at = 0; at < chunk->second.size(); at += 1 + chunk->second.size() / 7) {
      chunk->second[at] ^= std::byte{16};
      disk.require_refused("journal in memory: the row at LSN " + lsn_of(chunk) + ": ");
      chunk->second[at] ^= std::byte{16};
    }
  }
}

TEST_CASE("a hole between chunks is found") {
  Disk disk;
  const auto gone = disk.behind(2);
  const std::uint64_t records = count_of(gone->second);
  const auto next = std::next(gone);
  const std::string words = "chunk at LSN " + lsn_of(next) + ": LSN " + lsn_of(gone) +
                            " should come next: " + std::to_string(records) +
                            " records are missing";
  disk.chunks().erase(gone);
  disk.require_refused(words);
}

TEST_CASE("a journal that was trimmed past the state is found") {
  Disk disk;
  disk.chunks().erase(disk.chunks().begin(), disk.behind(1));
  disk.require_refused("it begins at LSN " + lsn_of(disk.chunks().begin()) +
                       ", but the state has records up to LSN " +
                       std::to_string(disk.applied.value) + " only");
}

TEST_CASE("a journal without its beginning and no state at all is found") {
  Disk disk;
  for (auto& rows : disk.place.disk().state) rows.clear();
  disk.chunks().erase(disk.chunks().begin());
  disk.require_refused("but the state has records up to LSN 0 only");
}

TEST_CASE("a state that was lost is built anew from a whole journal") {
  Disk disk;
  for (auto& rows : disk.place.disk().state) rows.clear();
  const auto stores = disk.place.open();
  Picture picture;
  REQUIRE(state::recover(stores->journal(), stores->state(), picture).ok());
  CHECK(picture.difference(disk.stream.picture()) == "");
}

TEST_CASE("a state that is ahead of the journal is found") {
  Disk disk;
  disk.chunks().erase(std::prev(disk.behind(0)), disk.chunks().end());
  disk.require_refused("but the state has records up to LSN " + std::to_string(disk.applied.value) +
                       ": it is older than its state");
  disk.chunks().clear();
  disk.require_refused("it ends at LSN 0");
}

TEST_CASE("a journal and a state of two directories are found, even when the LSNs fit") {
  Disk disk;
  Disk other;
  SECTION("with chunks behind the state") {
    // The same history, but for one bit of one record long ago.
    auto& first = disk.chunks().begin()->second;
    first[sizeof(record::ChunkHeader) + offsetof(record::Epoch, civil_ms)] ^= std::byte{1};
    journal::ChainPoint point;
    for (auto& [lsn, bytes] : disk.chunks()) {
      std::memcpy(&bytes[offsetof(record::ChunkHeader, previous)], &point.hash, 16);
      samples::rehash(bytes);
      point = journal::ChunkView::open(bytes)->point();
    }
    disk.require_refused("it doesn't follow the chunk that ends at LSN " +
                         std::to_string(disk.applied.value));
  }
  SECTION("with none") {
    disk.chunks().erase(disk.behind(0), disk.chunks().end());
    auto& last = disk.chunks().rbegin()->second;
    last[offsetof(record::ChunkHeader, ledger_ms)] ^= std::byte{1};
    samples::rehash(last);
    disk.require_refused("isn't the one that the state ends with");
  }
}

TEST_CASE("chunks in each other's place are found") {
  Disk disk;
  std::swap(disk.behind(1)->second, disk.behind(2)->second);
  disk.require_refused("the row at LSN " + lsn_of(disk.behind(1)) + ": holds the chunk at LSN " +
                       lsn_of(disk.behind(2)));
}

TEST_CASE("a chunk whose count and records don't match is found, right hash or not") {
  Disk disk;
  auto& bytes = disk.behind(1)->second;
  const std::uint32_t count = count_of(bytes) + (GENERATE(0U, 1U) == 0 ? 1U : -1U);
  std::memcpy(&bytes[offsetof(record::ChunkHeader, count)], &count, sizeof count);
  samples::rehash(bytes);
  disk.require_refused("the row at LSN " + lsn_of(disk.behind(1)) + ": ");
}

TEST_CASE("a record that doesn't apply is found, with its LSN") {
  Disk disk;
  // Appends an orderly chunk with a record that makes no sense.
  const Lsn lsn{disk.stream.point().last.value + 2};
  const auto chunk =
      samples::make_chunk({samples::bytes_of(samples::tick(1)),
                           samples::bytes_of(samples::confirm(samples::booking_id(250'000)))},
                          disk.stream.point(), disk.stream.picture().epoch(), 1'000'000);
  disk.chunks()[lsn.value - 1] = chunk.bytes;
  disk.require_refused("record at LSN " + std::to_string(lsn.value) + ": confirm of booking");
}

TEST_CASE("a chunk from behind the end of ledger time is found") {
  Disk disk;
  const Lsn lsn{disk.stream.point().last.value + 1};
  const auto chunk = samples::make_chunk({samples::bytes_of(samples::tick(1))}, disk.stream.point(),
                                         disk.stream.picture().epoch(),
                                         GENERATE(record::kLedgerMsMax + 1, INT64_MAX));
  disk.chunks()[lsn.value] = chunk.bytes;
  disk.require_refused("the row at LSN " + std::to_string(lsn.value) + ": ");
}

TEST_CASE("a flipped bit in any row of the state is found, with its table and key") {
  Disk disk;
  using Named = std::pair<StateTable, std::string>;
  const Named named = GENERATE(Named{StateTable::meta, "meta"}, Named{StateTable::epochs, "epochs"},
                               Named{StateTable::lanes, "lanes"}, Named{StateTable::days, "days"},
                               Named{StateTable::bookings, "bookings"});
  const StateTable table = named.first;
  REQUIRE_FALSE(disk.rows(table).empty());
  for (auto& [key, row] : disk.rows(table)) {
    const std::size_t at = (key * 7 + 5) % row.size();
    row[at] ^= std::byte{2};
    disk.require_refused("state in memory: table " + named.second + ", row " + std::to_string(key) +
                         ": its checksum is wrong");
    row[at] ^= std::byte{2};
  }
}

TEST_CASE("rows of the state in each other's place are found") {
  Disk disk;
  const StateTable table =
      GENERATE(StateTable::epochs, StateTable::lanes, StateTable::days, StateTable::bookings);
  auto& rows = disk.rows(table);
  if (rows.size() < 2) return;
  std::swap(rows.begin()->second, rows.rbegin()->second);
  disk.require_refused("its checksum is wrong");
}

TEST_CASE("rows that the state lacks are missed") {
  Disk disk;
  SECTION("a block of bookings, by the recount") {
    disk.rows(StateTable::bookings).erase(disk.rows(StateTable::bookings).begin());
    disk.require_refused("slot ");
  }
  SECTION("an epoch") {
    disk.rows(StateTable::epochs).clear();
    disk.require_refused("the table doesn't have every epoch");
  }
}

}  // namespace
