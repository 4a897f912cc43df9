// Each call to LMDB of a recovery, and of a step of the state, fails.
#include <cerrno>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

#include "lmdb_calls/calls.hpp"
#include "state/checkpointer.hpp"
#include "state/recovery.hpp"
#include "unit/state/stream.hpp"
#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using lmdb_calls::Failure;
using samples::Kind;
using samples::Picture;
using samples::Place;
using samples::Stream;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A directory with a journal and a state behind it.
struct Directory {
  Directory() {
    const auto stores = place.open();
    stream.open(stores->journal());
    for (int i = 0; i < 3; ++i) stream.write(stores->journal(), 80);
    state::Checkpointer checkpointer(stores->journal(), stores->state());
    REQUIRE(checkpointer.open().ok());
    REQUIRE(*checkpointer.step(stream.point().last));
    for (int i = 0; i < 2; ++i) stream.write(stores->journal(), 80);
  }
  void require_whole(store::Stores& stores) const {
    Picture picture;
    const auto summary = state::recover(stores.journal(), stores.state(), picture);
    INFO((summary.ok() ? std::string() : summary.error().detail));
    REQUIRE(summary.ok());
    CHECK(summary->end == stream.point());
    CHECK(picture.difference(stream.picture()).empty());
  }

  Place place{Kind::lmdb};
  Stream stream{5};
};

TEST_CASE("lmdb calls: a recovery that can't read something is refused, and changes nothing") {
  Directory directory;
  const auto stores = directory.place.open();
  const bool corrupted = GENERATE(false, true);
  bool failed = true;
  long at = 0;
  for (; failed; ++at) {
    const Failure failure(at, corrupted ? lmdb_calls::kCorrupted : EIO);
    Picture picture;
    const auto summary = state::recover(stores->journal(), stores->state(), picture);
    CAPTURE(at, failure.function());
    failed = !failure.function().empty();
    REQUIRE(summary.ok() != failed);
    if (!failed) break;
    const std::string& words = summary.error().detail;
    CAPTURE(words);
    CHECK(summary.code() == (corrupted ? Code::damaged : Code::io_error));
    CHECK(
        (words.starts_with(stores->state().name()) || words.starts_with(stores->journal().name())));
    // Only what is damaged needs a backup.
    CHECK(says(words, "Restore the directory from a backup") == corrupted);
  }
  CHECK(at > 30);
  directory.require_whole(*stores);
}

TEST_CASE("lmdb calls: a step of the state that fails leaves the one before, or is done") {
  bool failed = true;
  long at = 0;
  const bool made = GENERATE(false, true);
  // A commit whose answer is lost comes once in a step.
  for (; failed; ++at) {
    Directory directory;
    auto stores = directory.place.open();
    Lsn before;
    std::string function;
    {
      state::Checkpointer checkpointer(stores->journal(), stores->state());
      REQUIRE(checkpointer.open().ok());
      before = checkpointer.applied();
      const Failure failure(at, EIO, made);
      const auto stepped = checkpointer.step(directory.stream.point().last);
      function = failure.function();
      CAPTURE(at, function);
      failed = !function.empty();
      REQUIRE(stepped.ok() != failed);
      CHECK(checkpointer.applied() == (failed ? before : directory.stream.point().last));
    }
    if (made && function != "mdb_txn_commit") continue;
    stores.reset();
    stores = directory.place.open();
    directory.require_whole(*stores);
    state::Checkpointer again(stores->journal(), stores->state());
    REQUIRE(again.open().ok());
    CHECK(again.applied() == (failed && !made ? before : directory.stream.point().last));
  }
  CHECK(at > 30);
}

TEST_CASE("lmdb calls: a checkpointer that can't read how far the state is doesn't begin") {
  Directory directory;
  const auto stores = directory.place.open();
  bool failed = true;
  for (long at = 0; failed; ++at) {
    state::Checkpointer checkpointer(stores->journal(), stores->state());
    const Failure failure(at, EIO);
    const Status opened = checkpointer.open();
    CAPTURE(at, failure.function());
    failed = !failure.function().empty();
    REQUIRE(opened.ok() != failed);
    if (failed) CHECK(opened.error().detail.starts_with(stores->state().name()));
  }
  directory.require_whole(*stores);
}

}  // namespace
