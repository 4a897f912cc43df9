// LMDB's last write of a commit, that of the meta page, made to fail. It is followed by another,
// which shall take it back, but leaves the new trees under the old transaction's number.
#include <cerrno>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "store/seal.hpp"
#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using journal::ChainPoint;
using samples::Kind;
using samples::Place;
using samples::write_ticks;
using store::StateTable;

enum class Fault {
  none,
  meta_not_written,  // the meta page isn't written, what takes it back is
  nothing_written,   // neither is
  meta_written,      // it is written, though an error says otherwise; nothing takes it back
};
Fault fault = Fault::none;

// While it lives, writes of meta pages fail.
class Failing {
 public:
  explicit Failing(Fault wanted) { fault = wanted; }
  ~Failing() { fault = Fault::none; }
  Failing(const Failing&) = delete;
  Failing& operator=(const Failing&) = delete;
};

constexpr off_t kMetaPagesEnd = 2 * 4096;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

// LMDB's library finds this one before the C library's. Meta pages are written through a descriptor
// of their own, which flushes as it writes; what takes them back goes through the other.
extern "C" ssize_t pwrite(int descriptor, const void* bytes, size_t size, off_t offset) {
  const bool in_meta = offset > 0 && offset < kMetaPagesEnd;
  const bool flushes = (::fcntl(descriptor, F_GETFL) & O_DSYNC) != 0;
  const auto write = [&] { return ::syscall(SYS_pwrite64, descriptor, bytes, size, offset); };
  if (fault == Fault::none || !in_meta) return write();
  if (fault == Fault::meta_not_written && !flushes) return write();
  if (fault == Fault::meta_written && flushes) write();
  errno = EIO;
  return -1;
}

namespace {

// A round of 2,000 ticks, and details, whose commit fails. Returns where the chain would stand.
ChainPoint fail_round(store::JournalStore& journal, const ChainPoint& before, Fault wanted) {
  const Failing failing(wanted);
  const auto lost = samples::tick_chunk(before, 2000);
  REQUIRE(journal.begin().ok());
  REQUIRE(samples::append(journal, lost).ok());
  REQUIRE(journal.put_details(lost.point.last, samples::some_bytes(3000, 1)).ok());
  REQUIRE_FALSE(journal.commit(true).ok());
  return lost.point;
}

Lsn last_of(const store::JournalStore& journal) {
  const auto bounds = journal.bounds();
  REQUIRE(bounds.ok());
  return bounds->last;
}

TEST_CASE("a meta page that couldn't be written keeps no opening from what is whole") {
  Place place(Kind::lmdb);
  auto stores = place.open();
  // From the first commit of a new file on; then with pages that are used again.
  const int rounds = GENERATE(0, 1, 2, 30, 31);
  ChainPoint kept;
  for (int i = 0; i < rounds; ++i) {
    const auto chunk = samples::tick_chunk(kept, 1000);
    REQUIRE(stores->journal().begin().ok());
    REQUIRE(samples::append(stores->journal(), chunk).ok());
    if (i > 4) REQUIRE(stores->journal().trim(kept.last, 2).ok());
    REQUIRE(stores->journal().commit(true).ok());
    kept = chunk.point;
  }
  const Fault wanted =
      GENERATE(Fault::meta_not_written, Fault::nothing_written, Fault::meta_written);
  const ChainPoint lost = fail_round(stores->journal(), kept, wanted);
  CHECK(stores->journal().begin().code() == Code::outcome_unknown);

  stores.reset();
  stores = place.open();
  const bool gone = wanted == Fault::nothing_written;
  ChainPoint point = gone ? kept : lost;
  CHECK(last_of(stores->journal()) == point.last);
  CHECK(stores->journal().details(lost.last)->size() == (gone ? 0 : 3000));

  // It goes on from there as from any other, in use and over openings.
  for (int i = 0; i < 10; ++i) {
    point = write_ticks(stores->journal(), point, 700);
    if (i % 4 == 0) {
      stores.reset();
      stores = place.open();
    }
  }
  CHECK(last_of(stores->journal()) == point.last);
}

TEST_CASE("an opening that can't put a meta page right is an error, and the next one tries again") {
  Place place(Kind::lmdb);
  auto stores = place.open();
  const ChainPoint kept = write_ticks(stores->journal(), {}, 100);
  const ChainPoint lost = fail_round(stores->journal(), kept, Fault::meta_not_written);
  stores.reset();
  for (int i = 0; i < 2; ++i) {
    const Failing failing(Fault::nothing_written);
    const auto refused = place.try_open();
    REQUIRE(refused.code() == Code::io_error);
    CHECK(says(refused.error().detail, "journal.mdb: "));
  }
  CHECK(last_of(place.open()->journal()) == lost.last);
  CHECK(last_of(place.open()->journal()) == lost.last);
}

TEST_CASE("an environment that LMDB has given up isn't called damaged") {
  Place place(Kind::lmdb);
  auto stores = place.open();
  store::StateStore& state = stores->state();
  REQUIRE(state.begin().ok());
  REQUIRE(state.put(StateTable::lanes, 1, samples::some_bytes(10, 1)).ok());
  {
    const Failing failing(Fault::meta_not_written);
    REQUIRE(state.commit().code() == Code::io_error);
  }
  const auto row = state.read(StateTable::lanes, 1);
  REQUIRE(row.code() == Code::outcome_unknown);
  CHECK(says(row.error().detail, "close and open again"));
  CHECK(state.free_bytes().code() == Code::outcome_unknown);

  stores.reset();
  stores = place.open();
  CHECK((*stores->state().read(StateTable::lanes, 1))->size() == 10);
}

TEST_CASE("a state that takes no more writes doesn't say how much room it has") {
  Place place(Kind::lmdb);
  place.location().state_map_bytes = std::size_t{1} << 20;
  const auto stores = place.open();
  store::StateStore& state = stores->state();
  REQUIRE(state.free_bytes().ok());
  REQUIRE(state.begin().ok());
  Status status = success();
  for (std::uint64_t key = 0; key < 1000 && status.ok(); ++key) {
    status = state.put(StateTable::bookings, key, samples::some_bytes(4000, 1));
  }
  REQUIRE_FALSE(status.ok());
  CHECK(state.free_bytes().code() == Code::outcome_unknown);
}

}  // namespace
