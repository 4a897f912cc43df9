// Small files and the lock: what a caller hears when the system says no.
#include "store/files.hpp"

#include <fstream>
#include <string>

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/directory_lock.hpp"
#include "unit/store/stores.hpp"

namespace {

using namespace janji;
using samples::Kind;
using samples::Place;
namespace files = store::files;

TEST_CASE("files: a part of a file that can't be written over") {
  const test::TemporaryDirectory directory;
  const auto path = directory.path() / "there";
  const std::string text = "new";
  const auto bytes = std::as_bytes(std::span(text));
  CHECK(files::overwrite(path, 0, bytes).error().detail ==
        path.string() + ": opening: No such file or directory");
  CHECK_FALSE(*files::exists(path));  // nor made
  std::ofstream(path) << "old and kept";
  REQUIRE(files::overwrite(path, 0, bytes).ok());
  CHECK(**files::read(path) == "new and kept");
  // A device takes the bytes and can't be synced: that is no success.
  CHECK(files::overwrite("/dev/null", 0, bytes).error().detail ==
        "/dev/null: syncing: Invalid argument");
  CHECK(files::drop_from_cache("/dev/null").error().detail ==
        "/dev/null: syncing: Invalid argument");
}

TEST_CASE("files: a directory named from where the program stands") {
  const test::TemporaryDirectory directory;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(directory.path());
  const Status made = files::make_directory("data");
  const Status again = files::make_directory("data");
  std::filesystem::current_path(before);
  REQUIRE(made.ok());
  CHECK(again.ok());
  CHECK(std::filesystem::is_directory(directory.path() / "data"));
}

// The words with which a directory is refused whose lock somebody has, with this text in it.
std::string refusal(const std::string& text) {
  const test::TemporaryDirectory directory;
  const auto path = directory.path() / "lock";
  std::ofstream(path) << text;
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(::flock(descriptor, LOCK_EX) == 0);
  const auto lock = store::DirectoryLock::take(directory.path());
  ::close(descriptor);
  REQUIRE(lock.code() == Code::locked);
  std::ifstream left(path);
  CHECK(std::string(std::istreambuf_iterator<char>(left), {}) == text);
  return lock.error().detail.substr(directory.path().string().size());
}

TEST_CASE("files: who has the directory, as far as the lock says") {
  const std::string here = "process " + std::to_string(::getpid());
  CHECK(refusal(here + "\n") == ": in use by " + here);
  CHECK(refusal(here) == ": in use by " + here);
  CHECK(refusal("") == ": in use by another process");
  CHECK(refusal("left in order\n") == ": in use by another process");
  CHECK(refusal("process x\n") == ": in use by process x");
  CHECK(refusal("process 2147483647\n") ==
        ": in use by process 2147483647, which isn't running here: a child of it may still have "
        "the file open");
}

}  // namespace
