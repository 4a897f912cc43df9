// Data directories: their making, their lock, their format, and what is refused.
#include <algorithm>
#include <csignal>
#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/store/file_size_limit.hpp"
#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using samples::Kind;
using samples::Place;
using samples::write_ticks;
namespace fs = std::filesystem;

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

void write_text(const fs::path& path, const std::string& text) {
  std::ofstream(path, std::ios::trunc) << text;
}

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

Error refusal(Place& place) {
  auto stores = place.try_open();
  REQUIRE_FALSE(stores.ok());
  return stores.error();
}

TEST_CASE("a new data directory is its owner's alone, whatever is missing on the way to it") {
  Place place(Kind::lmdb);
  place.location().directory /= "deeper/still";
  const auto stores = place.open();
  struct stat status {};
  for (fs::path path = place.directory(); path.filename() != "data"; path = path.parent_path()) {
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777) == 0700);
  }
  for (const char* name : {"journal.mdb", "state.mdb", "lock", "FORMAT"}) {
    REQUIRE(::stat((place.directory() / name).c_str(), &status) == 0);
    CHECK((status.st_mode & 0077) == 0);
  }
}

TEST_CASE("a directory that can't be made or written is an error with path and reason") {
  Place place(Kind::lmdb);
  write_text(place.directory(), "a file");
  const Error error = refusal(place);
  CHECK(error.code == Code::io_error);
  CHECK(says(error.detail, place.directory().string()));
  CHECK(says(error.detail, "Not a directory"));
}

TEST_CASE("a second engine is told who has the directory") {
  Place place(Kind::lmdb);
  const auto stores = place.open();
  const std::string owner = "in use by process " + std::to_string(::getpid());

  const Error here = refusal(place);  // in this process
  CHECK(here.code == Code::locked);
  CHECK(says(here.detail, owner));

  const pid_t child = ::fork();  // and in another
  if (child == 0) {
    const auto opened = place.try_open();
    const bool told =
        !opened.ok() && opened.code() == Code::locked && says(opened.error().detail, owner);
    ::_exit(told ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}

TEST_CASE("the directory is free again when its owner has closed it, or was killed") {
  Place place(Kind::lmdb);
  place.open().reset();
  CHECK(text_of(place.directory() / "lock") == "left in order\n");
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto stores = place.try_open();
    char byte = stores.ok() ? 'y' : 'n';
    if (::write(ready[1], &byte, 1) == 1) ::pause();
    ::_exit(1);
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  REQUIRE(byte == 'y');
  CHECK(refusal(place).code == Code::locked);
  REQUIRE(::kill(child, SIGKILL) == 0);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  CHECK(says(text_of(place.directory() / "lock"), std::to_string(child)));
  CHECK(place.try_open().ok());
}

TEST_CASE("who is kept out by the child of an owner that is gone is told so") {
  Place place(Kind::lmdb);
  place.open().reset();
  int ready[2];
  REQUIRE(::pipe(ready) == 0);
  const pid_t owner = ::fork();
  if (owner == 0) {
    const auto stores = place.try_open();
    const pid_t child = ::fork();  // has the lock as well, and outlives its parent
    if (child == 0) {
      ::pause();
      ::_exit(0);
    }
    const bool told = stores.ok() && ::write(ready[1], &child, sizeof child) == sizeof child;
    ::_exit(told ? 0 : 1);
  }
  pid_t child = 0;
  REQUIRE(::read(ready[0], &child, sizeof child) == sizeof child);
  REQUIRE(::waitpid(owner, nullptr, 0) == owner);
  const Error error = refusal(place);
  REQUIRE(::kill(child, SIGKILL) == 0);
  CHECK(error.code == Code::locked);
  CHECK(says(error.detail, "in use by process " + std::to_string(owner) + ", which isn't running"));
  CHECK(says(error.detail, "a child of it may still have the file open"));
}

TEST_CASE("another format is refused, with what to do") {
  Place place(Kind::lmdb);
  place.open().reset();
  const fs::path file = place.directory() / "FORMAT";
  write_text(file, "janji data directory, format 9\n");
  Error error = refusal(place);
  CHECK(error.code == Code::invalid_argument);
  CHECK(says(error.detail, "was made in format 9, this version reads format 8: use a newer"));
  write_text(file, "janji data directory, format 7\n");
  error = refusal(place);
  CHECK(error.code == Code::invalid_argument);
  CHECK(says(error.detail, "was made in format 7, this version reads format 8: use an older"));
  for (const char* nonsense :
       {"", "janji data directory, format \n", "something else\n",
        "janji data directory, format 8x\n", "janji data directory, format 8",
        "janji data directory, format 0\n"}) {
    write_text(file, nonsense);
    error = refusal(place);
    CHECK(error.code == Code::damaged);
    CHECK(says(error.detail, file.string()));
  }
  write_text(file, "janji data directory, format 8\n");
  CHECK(place.try_open().ok());
}

TEST_CASE("a file that is gone is missed") {
  Place place(Kind::lmdb);
  place.open().reset();
  const std::string name = GENERATE("journal.mdb", "state.mdb");
  fs::remove(place.directory() / name);
  const Error error = refusal(place);
  CHECK(error.code == Code::damaged);
  CHECK(says(error.detail, name));
  CHECK(says(error.detail, "is missing"));
}

TEST_CASE("data without its FORMAT file is refused") {
  Place place(Kind::lmdb);
  auto stores = place.open();
  write_ticks(stores->journal(), {}, 3);
  stores.reset();
  fs::remove(place.directory() / "FORMAT");
  const Error error = refusal(place);
  CHECK(error.code == Code::damaged);
  CHECK(says(error.detail, "FORMAT: is missing beside data"));
}

TEST_CASE("a making that was interrupted anywhere is taken up again") {
  Place place(Kind::lmdb);
  place.open().reset();
  fs::remove(place.directory() / "FORMAT");
  const int how_far = GENERATE(0, 1, 2);
  if (how_far < 2) fs::remove(place.directory() / "state.mdb");
  if (how_far < 1) fs::remove(place.directory() / "journal.mdb");
  write_text(place.directory() / "journal.mdb.new", "half a page");
  write_text(place.directory() / "FORMAT.new", "janji da");
  auto stores = place.open();
  write_ticks(stores->journal(), {}, 3);
  stores.reset();
  CHECK(place.open()->journal().bounds()->last == Lsn{3});
}

TEST_CASE("a file that isn't LMDB's is refused by name") {
  Place place(Kind::lmdb);
  place.open().reset();
  const std::string name = GENERATE("journal.mdb", "state.mdb");
  SECTION("empty") {
    write_text(place.directory() / name, "");
  }
  SECTION("short") {
    write_text(place.directory() / name, "short");
  }
  SECTION("zeros") {
    write_text(place.directory() / name, std::string(65536, '\0'));
  }
  const Error error = refusal(place);
  CHECK(error.code == Code::damaged);
  CHECK(says(error.detail, name));
}

// Bytes that this process has made the kernel fetch from storage.
std::uint64_t fetched_bytes() {
  std::ifstream file("/proc/self/io");
  std::string name;
  std::uint64_t value = 0;
  while (file >> name >> value) {
    if (name == "read_bytes:") return value;
  }
  FAIL("/proc/self/io doesn't tell");
  return 0;
}

bool has_a_disk(const fs::path& path) {
  struct statfs status {};
  REQUIRE(::statfs(path.c_str(), &status) == 0);
  return status.f_type != TMPFS_MAGIC;
}

TEST_CASE("after an owner that didn't leave in order, what is read comes from the disk") {
  Place place(Kind::lmdb);
  auto stores = place.open();
  if (!has_a_disk(place.directory())) return;
  journal::ChainPoint point;
  for (int i = 0; i < 64; ++i) point = write_ticks(stores->journal(), point, 2000);
  stores.reset();

  const auto fetched_by_opening = [&] {
    const std::uint64_t before = fetched_bytes();
    stores = place.open();
    CHECK(stores->journal().read(Lsn{1}, 100)->size() == 64);
    stores.reset();
    return fetched_bytes() - before;
  };
  const std::uint64_t written = 64 * 2000 * sizeof(record::Tick);
  CHECK(fetched_by_opening() < written / 4);  // in order: what the cache has will do
  // Empty, or half of another text: an opening was killed while it wrote its own.
  for (const char* text : {"process 1\n", "", "process 1\nder\n"}) {
    write_text(place.directory() / "lock", text);
    CHECK(fetched_by_opening() >= written);
    CHECK(fetched_by_opening() < written / 4);
  }
}

TEST_CASE("an owner that can't say that it is there doesn't come in") {
  Place place(Kind::lmdb);
  place.open().reset();
  {
    const samples::FileSizeLimit limit(0);
    CHECK(refusal(place).code == Code::io_error);
  }
  CHECK(text_of(place.directory() / "lock") == "left in order\n");
  CHECK(place.try_open().ok());
}

}  // namespace
