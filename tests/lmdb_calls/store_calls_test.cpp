// Each call to LMDB of a run of the stores fails, one run a call.
#include <cerrno>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "lmdb_calls/calls.hpp"
#include "lmdb_calls/store_run.hpp"

namespace {

using namespace janji;
using lmdb_calls::Failure;
using lmdb_calls::Outcome;
using lmdb_calls::Part;
using samples::Place;

struct Way {
  const char* name;
  long first, each;  // which calls fail so: for the second to the last way, some are enough
  int error;
  bool made;  // a commit is made all the same
  Code code;
  std::string words;
};

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// What was acknowledged is there, what wasn't is whole or not there, and the store takes writes.
void require_mended(Place& place, const lmdb_calls::Known& known) {
  const auto stores = place.open();
  lmdb_calls::require_kept(*stores, known);
  const auto bounds = stores->journal().bounds();
  REQUIRE(stores->journal().begin().ok());
  REQUIRE(stores->journal().append(Lsn{bounds->last.value + 1}, 100).ok());
  stores->journal().abandon();
}

void require_told(const Outcome& outcome, const Way& way, const Place& place) {
  REQUIRE_FALSE(outcome.status.ok());
  const Error& error = outcome.status.error();
  INFO(error.detail);
  CHECK(error.code == way.code);
  CHECK(says(error.detail, way.words));
  CHECK((error.detail.starts_with((place.directory() / "journal.mdb").string()) ||
         error.detail.starts_with((place.directory() / "state.mdb").string())));
}

// A store whose write failed takes nothing more, and goes on reading; one whose read failed is none
// the worse for it.
void require_used_as_it_may_be(store::Stores& stores, Part part) {
  const bool journal_failed = part == Part::journal_write;
  const bool state_failed = part == Part::state_write;
  if (part == Part::state_get) stores.state().abort();
  for (int i = 0; i < 2; ++i) {
    const Status journal = stores.journal().begin();
    CHECK(journal.code() == (journal_failed ? Code::outcome_unknown : Code::ok));
    if (journal.ok()) REQUIRE(stores.journal().commit(true).ok());
    const Status state = stores.state().begin();
    CHECK(state.code() == (state_failed ? Code::outcome_unknown : Code::ok));
    if (state.ok()) stores.state().abort();
  }
  CHECK(stores.state().free_bytes().ok() == !state_failed);
  if (!state_failed) CHECK(lmdb_calls::read_everything(stores).ok());
  CHECK(stores.journal().bounds().ok());
}

TEST_CASE("lmdb calls: each one that fails is told, and nothing acknowledged is lost") {
  const Way way = GENERATE(Way{"EIO", 0, 1, EIO, false, Code::io_error, "Input/output error"},
                           Way{"EIO, made", 0, 1, EIO, true, Code::io_error, "Input/output error"},
                           Way{"corrupted", 0, 3, lmdb_calls::kCorrupted, false, Code::damaged,
                               "; restore it from a backup"},
                           Way{"given up", 1, 3, lmdb_calls::kPanic, false, Code::outcome_unknown,
                               "an earlier write failed: close and open again"},
                           Way{"full", 2, 3, lmdb_calls::kMapFull, false, Code::io_error,
                               "its map of 67108864 bytes is full: raise Options::"});
  bool failed = true;
  for (long at = way.first; failed; at += way.each) {
    Place place(samples::Kind::lmdb);
    std::unique_ptr<store::Stores> stores;
    Outcome outcome;
    std::string function;
    {
      const Failure failure(at, way.error, way.made);
      outcome = lmdb_calls::run(place, stores);
      function = failure.function();
    }
    CAPTURE(at, way.name, function);
    failed = !function.empty();
    if (!failed) {
      REQUIRE(outcome.status.ok());
      CHECK(at > 80);  // or the run no longer does what it is there for
    } else if (!way.made || function == "mdb_txn_commit") {
      require_told(outcome, way, place);
      if (stores) require_used_as_it_may_be(*stores, outcome.part);
      stores.reset();
      require_mended(place, outcome.known);
    }
  }
}

TEST_CASE("lmdb calls: what LMDB finds damaged is told as damage, whichever it is") {
  Place place(samples::Kind::lmdb);
  const auto stores = place.open();
  for (const int number : lmdb_calls::kDamages) {
    const Failure failure(0, number);
    const auto bounds = stores->journal().bounds();
    CAPTURE(number);
    REQUIRE(bounds.code() == Code::damaged);
    CHECK(bounds.error().detail.starts_with((place.directory() / "journal.mdb").string() +
                                            ": beginning to read: "));
    CHECK(bounds.error().detail.ends_with("; restore it from a backup"));
  }
  CHECK(stores->journal().bounds().ok());
}

}  // namespace
