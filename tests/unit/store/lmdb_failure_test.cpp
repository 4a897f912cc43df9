// Writes that fail, processes that are killed, and what is left of them.
#include <csignal>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include "journal/chunk_chain.hpp"
#include "unit/store/file_size_limit.hpp"
#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using journal::ChainPoint;
using samples::FileSizeLimit;
using samples::Kind;
using samples::Place;
using samples::write_ticks;
using store::StateTable;
namespace fs = std::filesystem;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The whole journal, held to its chain from the beginning. Returns where it ends.
ChainPoint verify(const store::JournalStore& journal) {
  journal::ChunkChain chain;
  for (;;) {
    const auto chunks = journal.read(Lsn{chain.point().last.value + 1}, 32);
    REQUIRE(chunks.ok());
    if (chunks->empty()) return chain.point();
    for (const store::StoredChunk& chunk : *chunks) {
      const auto view = journal::ChunkView::open(chunk.bytes);
      REQUIRE(view.ok());
      REQUIRE(chain.accept(*view).ok());
    }
  }
}

TEST_CASE("a journal whose commit failed says so, and takes nothing more") {
  Place place(Kind::lmdb);
  auto stores = place.open();
  store::JournalStore& journal = stores->journal();
  const ChainPoint kept = write_ticks(journal, {}, 100);
  const auto lost = samples::tick_chunk(kept, 2000);
  {
    const FileSizeLimit limit(fs::file_size(place.directory() / "journal.mdb"));
    REQUIRE(journal.begin().ok());
    REQUIRE(samples::append(journal, lost).ok());
    const Status status = journal.commit(true);
    REQUIRE(status.code() == Code::io_error);
    CHECK(says(status.error().detail, "journal.mdb: committing"));
  }
  // There is room again, and yet: never a second try.
  for (int i = 0; i < 2; ++i) CHECK(journal.begin().code() == Code::outcome_unknown);
  CHECK(journal.append(Lsn{101}, 100).code() == Code::outcome_unknown);
  CHECK(journal.put_details(Lsn{101}, samples::some_bytes(5, 1)).code() == Code::outcome_unknown);
  CHECK(journal.trim(Lsn{50}, 1).code() == Code::outcome_unknown);
  CHECK(journal.commit(true).code() == Code::outcome_unknown);
  CHECK(verify(journal) == kept);  // reading goes on

  stores.reset();
  std::ifstream lock(place.directory() / "lock");
  std::string said;
  std::getline(lock, said);
  CHECK(said == "process " + std::to_string(::getpid()));  // the next start trusts no cache

  stores = place.open();
  CHECK(verify(stores->journal()) == kept);
  const ChainPoint after = write_ticks(stores->journal(), kept, 2000);
  CHECK(verify(stores->journal()) == after);
}

TEST_CASE("a state whose commit failed says so, and takes nothing more") {
  Place place(Kind::lmdb);
  auto stores = place.open();
  store::StateStore& state = stores->state();
  REQUIRE(state.begin().ok());
  REQUIRE(state.put(StateTable::lanes, 1, samples::some_bytes(10, 1)).ok());
  REQUIRE(state.commit().ok());
  {
    const FileSizeLimit limit(fs::file_size(place.directory() / "state.mdb"));
    REQUIRE(state.begin().ok());
    for (std::uint64_t key = 0; key < 100; ++key) {
      REQUIRE(state.put(StateTable::bookings, key, samples::some_bytes(4000, 1)).ok());
    }
    const Status status = state.commit();
    REQUIRE(status.code() == Code::io_error);
    CHECK(says(status.error().detail, "state.mdb: committing"));
  }
  CHECK(state.begin().code() == Code::outcome_unknown);
  stores.reset();
  stores = place.open();
  CHECK((*stores->state().read(StateTable::lanes, 1))->size() == 10);
  CHECK_FALSE((*stores->state().read(StateTable::bookings, 5)).has_value());
}

TEST_CASE("a full map names the option that makes it larger") {
  Place place(Kind::lmdb);
  place.location().journal_map_bytes = std::size_t{1} << 20;
  place.location().state_map_bytes = std::size_t{1} << 20;
  auto stores = place.open();
  store::JournalStore& journal = stores->journal();
  ChainPoint point;
  std::size_t free_before = *journal.free_bytes();
  CHECK(free_before < 1 << 20);
  for (;;) {
    const auto chunk = samples::tick_chunk(point, 2000);
    REQUIRE(journal.begin().ok());
    const Status status = samples::append(journal, chunk);
    if (!status.ok()) {
      CHECK(status.code() == Code::io_error);
      CHECK(says(status.error().detail, "raise Options::journal_map_bytes"));
      break;
    }
    REQUIRE(journal.commit(true).ok());
    point = chunk.point;
    CHECK(*journal.free_bytes() < free_before);
    free_before = *journal.free_bytes();
  }
  CHECK(journal.begin().code() == Code::outcome_unknown);

  store::StateStore& state = stores->state();
  REQUIRE(state.begin().ok());
  Status status = success();
  for (std::uint64_t key = 0; key < 1000 && status.ok(); ++key) {
    status = state.put(StateTable::bookings, key, samples::some_bytes(4000, 1));
  }
  REQUIRE_FALSE(status.ok());
  CHECK(says(status.error().detail, "raise Options::state_map_bytes"));

  stores.reset();
  place.location().journal_map_bytes = std::size_t{4} << 20;
  stores = place.open();
  CHECK(verify(stores->journal()) == point);
  point = write_ticks(stores->journal(), point, 2000);
  CHECK(verify(stores->journal()) == point);
}

TEST_CASE("trimming makes room in the map") {
  Place place(Kind::lmdb);
  place.location().journal_map_bytes = std::size_t{1} << 20;
  const auto stores = place.open();
  store::JournalStore& journal = stores->journal();
  ChainPoint point;
  // 200 chunks of 32 KiB through a map of 1 MiB.
  for (int i = 0; i < 200; ++i) {
    const auto chunk = samples::tick_chunk(point, 2000);
    REQUIRE(journal.begin().ok());
    REQUIRE(samples::append(journal, chunk).ok());
    if (i > 4) REQUIRE(*journal.trim(point.last, 1) == 1);
    REQUIRE(journal.commit(true).ok());
    point = chunk.point;
  }
  CHECK(*journal.free_bytes() > std::size_t{1} << 19);
}

TEST_CASE("details that were changed on the disk are never served") {
  Place place(Kind::lmdb);
  auto stores = place.open();
  const auto chunk = samples::tick_chunk({}, 2);
  REQUIRE(stores->journal().begin().ok());
  REQUIRE(samples::append(stores->journal(), chunk).ok());
  const std::string text = "the applicant's telephone number is 012-3456789";
  const auto bytes = std::as_bytes(std::span(text));
  REQUIRE(stores->journal().put_details(Lsn{2}, bytes).ok());
  REQUIRE(stores->journal().commit(true).ok());
  stores.reset();

  const fs::path path = place.directory() / "journal.mdb";
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string all{std::istreambuf_iterator<char>(file), {}};
  const std::size_t at = all.find(text);
  REQUIRE(at != std::string::npos);
  file.clear();
  file.seekp(static_cast<std::streamoff>(at + 40));
  file.put('7');
  file.close();

  stores = place.open();
  const auto details = stores->journal().details(Lsn{2});
  REQUIRE(details.code() == Code::damaged);
  CHECK(says(details.error().detail, "journal.mdb: the details of LSN 2"));
}

// Writes rounds for ever, some of them synced, and tells of each synced one through `out`.
[[noreturn]] void write_rounds(Place& place, int out) {
  const auto stores = place.open();
  ChainPoint point = verify(stores->journal());
  for (unsigned round = 0;; ++round) {
    const bool sync = round % 3 == 0;
    point = write_ticks(stores->journal(), point, 1 + round % 700, sync);
    if (sync && ::write(out, &point.last, sizeof point.last) != sizeof point.last) ::_exit(1);
  }
}

TEST_CASE("a killed process leaves a prefix, and all that it acknowledged") {
  Place place(Kind::lmdb);
  Lsn least;
  for (unsigned cycle = 0; cycle < 8; ++cycle) {
    int told[2];
    REQUIRE(::pipe(told) == 0);
    const pid_t child = ::fork();
    if (child == 0) write_rounds(place, told[1]);
    ::close(told[1]);
    Lsn acknowledged;
    for (unsigned i = 0; i < 1 + cycle * 5; ++i) {
      REQUIRE(::read(told[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged);
    }
    REQUIRE(::kill(child, SIGKILL) == 0);
    REQUIRE(::waitpid(child, nullptr, 0) == child);
    while (::read(told[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
    }
    ::close(told[0]);
    REQUIRE(acknowledged > least);
    least = acknowledged;
    const auto stores = place.open();
    CHECK(verify(stores->journal()).last >= acknowledged);
  }
}

}  // namespace
