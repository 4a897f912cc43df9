// A copy is nothing until it is finished.
#include "store/copy_target.hpp"

#include <fstream>
#include <set>

#include "store/files.hpp"
#include "store/format_file.hpp"
#include "unit/store/stores.hpp"

using namespace janji;
using store::CopyTarget;
using store::Location;

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

std::set<std::string> names_in(const fs::path& directory) {
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(directory)) names.insert(entry.path().filename());
  return names;
}

struct Room {
  test::TemporaryDirectory directory;
  Location location{directory.path() / "copy", std::size_t{64} << 20, std::size_t{64} << 20};
  Result<std::unique_ptr<store::Stores>> open() const {
    return store::lmdb_factory().open(location);
  }
};

}  // namespace

TEST_CASE("copy target: a finished one is opened, one that isn't is removed") {
  const Room room;
  {
    const auto target = CopyTarget::make(room.location).value();
    samples::write_ticks(target->journal(), {}, 3);
    CHECK(room.open().code() == Code::locked);
  }
  CHECK_FALSE(fs::exists(room.location.directory));
  {
    const auto target = CopyTarget::make(room.location).value();
    samples::write_ticks(target->journal(), {}, 3);
    REQUIRE(target->finish().ok());
  }
  CHECK(names_in(room.location.directory) ==
        std::set<std::string>{"FORMAT", "journal.mdb", "lock", "state.mdb"});
  CHECK(room.open().value()->journal().bounds()->last == Lsn{3});
}

TEST_CASE("copy target: an empty directory that was there stays when the copy doesn't") {
  const Room room;
  fs::create_directory(room.location.directory);
  { const auto target = CopyTarget::make(room.location).value(); }
  CHECK(names_in(room.location.directory).empty());
  CHECK(CopyTarget::make(room.location).value()->finish().ok());
}

// What a process that was killed leaves: the directory as it is in the middle.
TEST_CASE("copy target: nobody opens what was interrupted, and it says what to do") {
  const Room room;
  Room killed;
  killed.location.directory = killed.directory.path() / "killed";
  {
    const auto target = CopyTarget::make(room.location).value();
    samples::write_ticks(target->journal(), {}, 3);
    fs::copy(room.location.directory, killed.location.directory);
  }
  const auto opened = killed.open();
  REQUIRE(opened.code() == Code::damaged);
  CHECK_THAT(opened.error().detail,
             Contains("a copy that was never finished: remove the directory"));
  const auto again = CopyTarget::make(killed.location);
  REQUIRE(again.code() == Code::damaged);
  CHECK_THAT(again.error().detail,
             Contains("a copy that was never finished: remove the directory"));
  // Killed right after it took the lock: nothing is there yet.
  for (const auto& name : names_in(killed.location.directory)) {
    if (name != "lock") fs::remove(killed.location.directory / name);
  }
  CHECK(CopyTarget::make(killed.location).ok());
}

TEST_CASE("copy target: two at once are one") {
  const Room room;
  const auto target = CopyTarget::make(room.location).value();
  const auto other = CopyTarget::make(room.location);
  CHECK_FALSE(other.ok());
  CHECK(target->finish().ok());
  CHECK(room.open().code() == Code::locked);
}
