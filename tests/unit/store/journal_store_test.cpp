// What both journals promise.
#include "store/journal_store.hpp"

#include <thread>

#include <catch2/catch.hpp>

#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using journal::ChainPoint;
using samples::Bytes;
using samples::Kind;
using samples::Place;
using samples::write_ticks;

Kind either() {
  return GENERATE(Kind::lmdb, Kind::memory);
}

std::vector<std::uint64_t> firsts(const store::JournalStore& journal, std::uint64_t from,
                                  std::size_t max = 100) {
  const auto chunks = journal.read(Lsn{from}, max);
  REQUIRE(chunks.ok());
  std::vector<std::uint64_t> found;
  for (const store::StoredChunk& chunk : *chunks) {
    const auto view = journal::ChunkView::open(chunk.bytes);
    REQUIRE(view.ok());
    REQUIRE(view->first() == chunk.first);
    found.push_back(chunk.first.value);
  }
  return found;
}

using List = std::vector<std::uint64_t>;

TEST_CASE("a new journal is empty") {
  Place place(either());
  const auto stores = place.open();
  REQUIRE(firsts(stores->journal(), 0).empty());
  REQUIRE(stores->journal().bounds()->last == Lsn{});
  REQUIRE(stores->journal().details(Lsn{1})->empty());
  REQUIRE(*stores->journal().free_bytes() > 1 << 20);
}

TEST_CASE("chunks are read from the one that holds the LSN on") {
  Place place(either());
  const auto stores = place.open();
  store::JournalStore& journal = stores->journal();
  ChainPoint point;
  for (const std::size_t count : {3U, 2U, 600U, 1U}) point = write_ticks(journal, point, count);
  REQUIRE(point.last == Lsn{606});
  CHECK(firsts(journal, 0) == List{1, 4, 6, 606});
  CHECK(firsts(journal, 1) == List{1, 4, 6, 606});
  CHECK(firsts(journal, 3) == List{1, 4, 6, 606});
  CHECK(firsts(journal, 4) == List{4, 6, 606});
  CHECK(firsts(journal, 605) == List{6, 606});
  CHECK(firsts(journal, 606) == List{606});
  CHECK(firsts(journal, 607).empty());
  CHECK(firsts(journal, 1, 2) == List{1, 4});
  CHECK(firsts(journal, 1, 0).empty());
  CHECK(journal.bounds()->first == Lsn{1});
  CHECK(journal.bounds()->last == Lsn{606});
}

TEST_CASE("a round of several chunks and details is one step") {
  Place place(either());
  const auto stores = place.open();
  store::JournalStore& journal = stores->journal();
  const auto first = samples::tick_chunk({}, 2);
  const auto second = samples::tick_chunk(first.point, 2);
  REQUIRE(journal.begin().ok());
  REQUIRE(samples::append(journal, first).ok());
  REQUIRE(journal.put_details(Lsn{2}, samples::some_bytes(4096, 1)).ok());
  REQUIRE(samples::append(journal, second).ok());
  REQUIRE(journal.put_details(Lsn{4}, samples::some_bytes(1, 2)).ok());
  CHECK(firsts(journal, 0).empty());
  CHECK(journal.details(Lsn{2})->empty());
  REQUIRE(journal.commit(true).ok());
  CHECK(firsts(journal, 0) == List{1, 3});
  CHECK(*journal.details(Lsn{2}) == samples::some_bytes(4096, 1));
  CHECK(*journal.details(Lsn{4}) == samples::some_bytes(1, 2));
  CHECK(journal.details(Lsn{3})->empty());
}

TEST_CASE("rounds that aren't synced are seen when a synced one carries them") {
  Place place(either());
  const auto stores = place.open();
  store::JournalStore& journal = stores->journal();
  ChainPoint point = write_ticks(journal, {}, 3);
  point = write_ticks(journal, point, 3, false);
  point = write_ticks(journal, point, 3, false);
  CHECK(firsts(journal, 0) == List{1});
  CHECK(journal.bounds()->last == Lsn{3});
  write_ticks(journal, point, 3, true);
  CHECK(firsts(journal, 0) == List{1, 4, 7, 10});
}

TEST_CASE("closing loses the rounds that weren't synced, and those only") {
  Place place(either());
  auto stores = place.open();
  const ChainPoint kept = write_ticks(stores->journal(), {}, 3);
  write_ticks(stores->journal(), write_ticks(stores->journal(), kept, 3, false), 3, false);
  stores.reset();
  stores = place.open();
  CHECK(firsts(stores->journal(), 0) == List{1});
  write_ticks(stores->journal(), kept, 5);
  stores.reset();
  stores = place.open();
  CHECK(firsts(stores->journal(), 0) == List{1, 4});
}

TEST_CASE("an abandoned round leaves what was synced, takes no writes, and holds up nobody") {
  Place place(either());
  auto stores = place.open();
  const bool waits = GENERATE(false, true);
  const ChainPoint kept = write_ticks(stores->journal(), {}, 3);
  // The transaction and its lock belong to this thread, which ends.
  std::thread([&] {
    store::JournalStore& journal = stores->journal();
    ChainPoint point = kept;
    if (waits) point = write_ticks(journal, point, 3, false);
    REQUIRE(journal.begin().ok());
    REQUIRE(samples::append(journal, samples::tick_chunk(point, 3)).ok());
    journal.abandon();
    journal.abandon();
  }).join();
  CHECK(stores->journal().begin().code() == Code::outcome_unknown);
  CHECK(firsts(stores->journal(), 0) == List{1});
  stores.reset();
  stores = place.open();
  CHECK(firsts(stores->journal(), 0) == List{1});
  write_ticks(stores->journal(), kept, 5);
  CHECK(firsts(stores->journal(), 0) == List{1, 4});
}

TEST_CASE("rounds may be made on one thread and synced on another") {
  Place place(either());
  const auto stores = place.open();
  ChainPoint point;
  for (const bool sync : {false, true, false, true}) {
    std::thread([&] { point = write_ticks(stores->journal(), point, 3, sync); }).join();
    point = write_ticks(stores->journal(), point, 3, false);
  }
  write_ticks(stores->journal(), point, 1, true);
  CHECK(firsts(stores->journal(), 0) == List{1, 4, 7, 10, 13, 16, 19, 22, 25});
}

TEST_CASE("details of rounds that aren't synced come with them") {
  Place place(either());
  const auto stores = place.open();
  store::JournalStore& journal = stores->journal();
  ChainPoint point;
  for (const bool sync : {false, false, true}) {
    const auto chunk = samples::tick_chunk(point, 2);
    REQUIRE(journal.begin().ok());
    REQUIRE(samples::append(journal, chunk).ok());
    REQUIRE(journal.put_details(chunk.point.last, samples::some_bytes(100, 1)).ok());
    REQUIRE(journal.commit(sync).ok());
    CHECK(journal.details(Lsn{2})->empty() != sync);
    point = chunk.point;
  }
  for (const std::uint64_t lsn : {2U, 4U, 6U}) CHECK(journal.details(Lsn{lsn})->size() == 100);
}

TEST_CASE("an empty round is a round, and writes nothing") {
  Place place(either());
  const auto stores = place.open();
  for (const bool sync : {true, false, true}) {
    REQUIRE(stores->journal().begin().ok());
    REQUIRE(stores->journal().commit(sync).ok());
  }
  CHECK(firsts(stores->journal(), 0).empty());
}

std::size_t trim(store::JournalStore& journal, std::uint64_t before, std::size_t max) {
  REQUIRE(journal.begin().ok());
  const auto trimmed = journal.trim(Lsn{before}, max);
  REQUIRE(trimmed.ok());
  REQUIRE(journal.commit(true).ok());
  return *trimmed;
}

TEST_CASE("trimming takes whole chunks, the oldest first, as many as told") {
  Place place(either());
  const auto stores = place.open();
  store::JournalStore& journal = stores->journal();
  ChainPoint point;
  for (int i = 0; i < 10; ++i) point = write_ticks(journal, point, 10);
  CHECK(trim(journal, 1, 100) == 0);
  CHECK(trim(journal, 10, 100) == 0);  // LSN 10 stays, and with it its chunk
  CHECK(trim(journal, 11, 100) == 1);
  CHECK(firsts(journal, 0).front() == 11);
  CHECK(firsts(journal, 5).front() == 11);  // the first after it
  CHECK(trim(journal, 60, 2) == 2);
  CHECK(firsts(journal, 0).front() == 31);
  CHECK(trim(journal, 60, 100) == 2);
  CHECK(firsts(journal, 0) == List{51, 61, 71, 81, 91});
  CHECK(journal.bounds()->first == Lsn{51});
}

TEST_CASE("trimming never takes the newest chunk") {
  Place place(either());
  const auto stores = place.open();
  store::JournalStore& journal = stores->journal();
  CHECK(trim(journal, 1000, 100) == 0);
  const ChainPoint point = write_ticks(journal, write_ticks(journal, {}, 10), 10);
  CHECK(trim(journal, 1000, 100) == 1);
  CHECK(trim(journal, 1000, 100) == 0);
  CHECK(firsts(journal, 0) == List{11});
  write_ticks(journal, point, 10);
  CHECK(firsts(journal, 0) == List{11, 21});
}

TEST_CASE("details that are erased are said to be, and are gone with what is trimmed") {
  const Kind kind = GENERATE(Kind::memory, Kind::lmdb);
  const bool sync = GENERATE(true, false);
  Place place(kind);
  {
    auto stores = place.open();
    store::JournalStore& journal = stores->journal();
    const auto chunk = samples::make_chunk({samples::bytes_of(samples::tick(1))}, {}, 0, 1);
    REQUIRE(journal.begin().ok());
    REQUIRE(samples::append(journal, chunk).ok());
    for (const std::uint64_t lsn : {1U, 2U, 3U}) {
      REQUIRE(journal.put_details(Lsn{lsn}, samples::some_bytes(50, 1)).ok());
    }
    REQUIRE(journal.erase_details(Lsn{2}).ok());  // of the same round
    REQUIRE(journal.commit(sync).ok());
    REQUIRE(journal.begin().ok());
    REQUIRE(journal.erase_details(Lsn{1}).ok());
    REQUIRE(journal.erase_details(Lsn{1}).ok());  // twice is as once
    REQUIRE(journal.commit(sync).ok());
    if (!sync) {
      CHECK(journal.details(Lsn{1})->empty());
      REQUIRE(journal.begin().ok());
      REQUIRE(journal.commit(true).ok());
    }
    CHECK(journal.details(Lsn{1}).code() == Code::details_erased);
    CHECK(journal.details(Lsn{2}).code() == Code::details_erased);
    CHECK(journal.details(Lsn{2}).error().detail.find("LSN 2") != std::string::npos);
    CHECK(*journal.details(Lsn{3}) == samples::some_bytes(50, 1));
    CHECK(journal.details(Lsn{4})->empty());
  }
  auto stores = place.open();
  CHECK(stores->journal().details(Lsn{1}).code() == Code::details_erased);
  CHECK(*stores->journal().details(Lsn{3}) == samples::some_bytes(50, 1));
}

TEST_CASE("trimming takes the details of what it takes") {
  Place place(either());
  const auto stores = place.open();
  store::JournalStore& journal = stores->journal();
  ChainPoint point;
  for (int i = 0; i < 4; ++i) {
    const auto chunk = samples::tick_chunk(point, 10);
    REQUIRE(journal.begin().ok());
    REQUIRE(samples::append(journal, chunk).ok());
    for (std::uint64_t lsn = point.last.value + 1; lsn <= chunk.point.last.value; lsn += 3) {
      REQUIRE(journal.put_details(Lsn{lsn}, samples::some_bytes(50, 1)).ok());
    }
    REQUIRE(journal.commit(true).ok());
    point = chunk.point;
  }
  REQUIRE(trim(journal, 25, 100) == 2);
  CHECK(journal.details(Lsn{1})->empty());
  CHECK(journal.details(Lsn{20})->empty());
  CHECK(journal.details(Lsn{21})->size() == 50);
  CHECK(journal.details(Lsn{31})->size() == 50);
}

TEST_CASE("a round may trim and append, synced later") {
  Place place(either());
  const auto stores = place.open();
  store::JournalStore& journal = stores->journal();
  ChainPoint point;
  for (int i = 0; i < 6; ++i) point = write_ticks(journal, point, 10);
  for (int round = 0; round < 3; ++round) {
    const auto chunk = samples::tick_chunk(point, 10);
    REQUIRE(journal.begin().ok());
    REQUIRE(samples::append(journal, chunk).ok());
    REQUIRE(journal.trim(Lsn{1000}, 1).ok());
    REQUIRE(journal.commit(round == 2).ok());
    point = chunk.point;
  }
  CHECK(firsts(journal, 0) == List{31, 41, 51, 61, 71, 81});
}

TEST_CASE("a chunk that is too short to be one is told with its place") {
  Place place(Kind::lmdb);
  const auto stores = place.open();
  store::JournalStore& journal = stores->journal();
  REQUIRE(journal.begin().ok());
  REQUIRE(journal.append(Lsn{7}, 8).ok());
  REQUIRE(journal.commit(true).ok());
  const auto bounds = journal.bounds();
  REQUIRE(bounds.code() == Code::damaged);
  CHECK(bounds.error().detail ==
        (place.directory() / "journal.mdb").string() + ": chunk at LSN 7: too short to be one");
  // Whoever reads on gets it, and finds the damage.
  for (const std::uint64_t from : {1U, 7U, 8U, 900U}) {
    const auto chunks = journal.read(Lsn{from}, 5);
    REQUIRE(chunks.ok());
    REQUIRE(chunks->size() == 1);
    CHECK(chunks->front().bytes.size() == 8);
  }
}

}  // namespace
