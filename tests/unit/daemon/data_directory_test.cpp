#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include "janjid/data_directory.hpp"
#include "support/scratch_directory.hpp"

namespace fs = std::filesystem;
using janji::Code;
using janji::test::TemporaryDirectory;
using janjid::open_data_directory;

namespace {

void put(const fs::path& path) {
  std::ofstream{path} << "something";
}

}  // namespace

TEST_CASE("a data directory is made with all that leads to it, for its owner alone") {
  const TemporaryDirectory scratch;
  const fs::path directory = scratch.path() / "var" / "lib" / "janji";
  const mode_t before = ::umask(0);
  const bool made = open_data_directory(directory / "").ok();
  ::umask(before);
  REQUIRE(made);
  for (fs::path each = directory; each != scratch.path(); each = each.parent_path()) {
    CAPTURE(each);
    REQUIRE(fs::status(each).permissions() == fs::perms::owner_all);
  }
  REQUIRE(open_data_directory(directory).ok());

  put(scratch.path() / "file");
  const auto refused = open_data_directory(scratch.path() / "file" / "data");
  REQUIRE(refused.code() == Code::io_error);
  REQUIRE(refused.error().detail.find("file") != std::string::npos);
}

TEST_CASE("data without its key is refused, and no key is made for it") {
  for (const char* name : {"FORMAT", "journal.mdb", "state.mdb", "lock"}) {
    const TemporaryDirectory scratch;
    put(scratch.path() / name);
    const auto opened = open_data_directory(scratch.path());
    REQUIRE(opened.code() == Code::io_error);
    REQUIRE(opened.error().detail.find("janjid.key is missing") != std::string::npos);
    REQUIRE(opened.error().detail.find(name) != std::string::npos);
    REQUIRE(scratch.entries() == 1);
  }
}

TEST_CASE("a fresh volume needn't be empty") {
  const TemporaryDirectory scratch;
  fs::create_directory(scratch.path() / "lost+found");
  REQUIRE(open_data_directory(scratch.path()).ok());
}

TEST_CASE("a start that was killed while it made the key doesn't stop the next") {
  const TemporaryDirectory scratch;
  const fs::path left = scratch.path() / "janjid.key.new-12345-67890";
  const fs::path other = scratch.path() / "janjid.key.newer";
  put(left);
  put(other);
  REQUIRE(open_data_directory(scratch.path()).ok());
  REQUIRE_FALSE(fs::exists(left));  // it may hold keys
  REQUIRE(fs::exists(other));
  REQUIRE(fs::exists(scratch.path() / "janjid.key"));

  put(left);  // killed between a hard link and the removal of the first name
  REQUIRE(open_data_directory(scratch.path()).ok());
  REQUIRE_FALSE(fs::exists(left));
}
