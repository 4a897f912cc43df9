#include "identity/key_file.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <catch2/catch.hpp>

#include "support/scratch_directory.hpp"
#include "unit/identity/fixed_ring.hpp"

namespace {

namespace fs = std::filesystem;
using janji::CivilTime;
using janji::Code;
using janji::test::TemporaryDirectory;
using janjid::KeyId;
using janjid::KeyRing;
using janjid::load_key_file;
using janjid::load_or_make_key_file;
using janjid::make_key_file;
using janjid::replace_key_file;
using janjid::test::fixed_ring;

bool same(const KeyRing& one, const KeyRing& two) {
  return std::ranges::equal(one.entries(), two.entries(), [](const auto& a, const auto& b) {
    return a.id == b.id && a.created_at == b.created_at &&
           std::ranges::equal(a.secret.bytes(), b.secret.bytes());
  });
}

std::string contents(const fs::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

void overwrite(const fs::path& path, const std::string& bytes) {
  std::ofstream{path, std::ios::binary | std::ios::trunc} << bytes;
}

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

bool mentions(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("the first start makes a key file, the next ones read it") {
  const TemporaryDirectory scratch;
  const fs::path path = scratch.path() / "keys";
  const mode_t before = ::umask(0777);  // whatever it is, the file must be readable by us
  const auto made = load_or_make_key_file(path, CivilTime{1234});
  ::umask(before);
  REQUIRE(made.ok());
  REQUIRE(made->entries()[0].created_at == CivilTime{1234});
  REQUIRE(mode_of(path) == 0600);
  REQUIRE(scratch.entries() == 1);  // nothing is left beside it

  const std::string bytes = contents(path);
  const auto again = load_or_make_key_file(path, CivilTime{9999});
  REQUIRE(again.ok());
  REQUIRE(same(*made, *again));
  REQUIRE(same(*made, *load_key_file(path)));
  REQUIRE(contents(path) == bytes);
}

TEST_CASE("making a key file never replaces what is there") {
  const TemporaryDirectory scratch;
  const fs::path path = scratch.path() / "keys";
  overwrite(path, "precious");
  const auto made = make_key_file(path, CivilTime{});
  REQUIRE(made.code() == Code::io_error);
  REQUIRE(mentions(made.error().detail, path.string()));
  REQUIRE(contents(path) == "precious");
  REQUIRE(scratch.entries() == 1);

  fs::remove(path);
  fs::create_symlink(scratch.path() / "nowhere", path);
  REQUIRE(make_key_file(path, CivilTime{}).code() == Code::io_error);
  REQUIRE(load_or_make_key_file(path, CivilTime{}).code() == Code::io_error);
  REQUIRE(fs::is_symlink(path));
}

TEST_CASE("many who make the key file at once end with the same keys") {
  const TemporaryDirectory scratch;
  for (int round = 0; round < 20; ++round) {
    const fs::path path = scratch.path() / ("keys-" + std::to_string(round));
    std::array<std::vector<KeyRing>, 8> made;
    std::atomic<int> ready{0};
    std::vector<std::thread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&] {
        ready.fetch_add(1);
        while (ready.load() != static_cast<int>(made.size())) std::this_thread::yield();
        auto ring = load_or_make_key_file(path, CivilTime{round});
        if (ring) mine.push_back(std::move(ring).value());
      });
    }
    for (std::thread& thread : threads) thread.join();
    const auto kept = load_key_file(path);
    REQUIRE(kept.ok());
    for (const auto& mine : made) {
      REQUIRE(mine.size() == 1);
      REQUIRE(same(mine[0], *kept));
    }
  }
  REQUIRE(scratch.entries() == 20);
}

TEST_CASE("a key file that others can reach is refused with the command that mends it") {
  const TemporaryDirectory scratch;
  const fs::path path = scratch.path() / "the key's file";
  REQUIRE(make_key_file(path, CivilTime{}).ok());
  for (const mode_t bit : {0001U, 0002U, 0004U, 0010U, 0020U, 0040U}) {
    REQUIRE(::chmod(path.c_str(), 0600 | bit) == 0);
    const auto ring = load_or_make_key_file(path, CivilTime{});
    REQUIRE(ring.code() == Code::io_error);
    REQUIRE(mentions(ring.error().detail, path.string() + " has mode 06"));
    REQUIRE(mentions(ring.error().detail,
                     "chmod 600 '" + scratch.path().string() + "/the key'\\''s file'"));
  }
  REQUIRE(::chmod(path.c_str(), 0400) == 0);
  REQUIRE(load_key_file(path).ok());
}

TEST_CASE("a key file of another user is refused") {
  if (::geteuid() != 0) return;  // only root can give a file away
  const TemporaryDirectory scratch;
  const fs::path path = scratch.path() / "keys";
  REQUIRE(make_key_file(path, CivilTime{}).ok());
  REQUIRE(::chown(path.c_str(), 65534, 65534) == 0);
  const auto ring = load_key_file(path);
  REQUIRE(ring.code() == Code::io_error);
  REQUIRE(mentions(ring.error().detail, "belongs to user 65534"));
  REQUIRE(mentions(ring.error().detail, "chown 0 '"));
}

TEST_CASE("a damaged key file is named and left as it is") {
  const TemporaryDirectory scratch;
  const fs::path path = scratch.path() / "keys";
  REQUIRE(make_key_file(path, CivilTime{}).ok());
  const std::string good = contents(path);
  std::string flipped = good;
  flipped[50] = static_cast<char>(flipped[50] ^ 4);
  for (const std::string& bad : {std::string{}, good.substr(0, 40), good + good, flipped,
                                 std::string(100'000, 'k'), std::string(96, '\0')}) {
    overwrite(path, bad);
    const auto ring = load_or_make_key_file(path, CivilTime{});
    REQUIRE(ring.code() == Code::damaged);
    REQUIRE(mentions(ring.error().detail, path.string()));
    REQUIRE(mentions(ring.error().detail, "restore"));
    REQUIRE(contents(path) == bad);
  }
  std::string newer = good;
  newer[8] = 2;
  overwrite(path, newer);
  const auto ring = load_key_file(path);
  REQUIRE(ring.code() == Code::invalid_argument);
  REQUIRE(mentions(ring.error().detail, "format is 2"));
}

TEST_CASE("what is no file is refused without waiting for it") {
  const TemporaryDirectory scratch;
  const fs::path fifo = scratch.path() / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  for (const fs::path& path : {fifo, scratch.path()}) {
    const auto ring = load_or_make_key_file(path, CivilTime{});
    REQUIRE(ring.code() == Code::io_error);
    REQUIRE(mentions(ring.error().detail, path.string() + " is not a regular file"));
  }
  const auto missing = load_key_file(scratch.path() / "none");
  REQUIRE(missing.code() == Code::io_error);
  REQUIRE(mentions(missing.error().detail, "No such file"));
  const auto nowhere = load_or_make_key_file(scratch.path() / "no" / "where", CivilTime{});
  REQUIRE(nowhere.code() == Code::io_error);
  REQUIRE(mentions(nowhere.error().detail, "no/where"));
}

TEST_CASE("a write that fails halfway leaves nothing behind and the old file whole") {
  const TemporaryDirectory scratch;
  const fs::path path = scratch.path() / "keys";
  const fs::path other = scratch.path() / "other";
  REQUIRE(make_key_file(path, CivilTime{}).ok());
  const std::string before = contents(path);

  rlimit limit{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &limit) == 0);
  const rlimit small{60, limit.rlim_max};  // bytes; the file needs 96
  const auto old_action = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const auto replaced = replace_key_file(path, fixed_ring());
  const auto made = load_or_make_key_file(other, CivilTime{});
  ::setrlimit(RLIMIT_FSIZE, &limit);
  std::signal(SIGXFSZ, old_action);

  REQUIRE(replaced.code() == Code::io_error);
  REQUIRE(mentions(replaced.error().detail, "can't be replaced"));
  REQUIRE(made.code() == Code::io_error);
  REQUIRE(contents(path) == before);
  REQUIRE(scratch.entries() == 1);
}

TEST_CASE("a rotated ring takes the file's place, through a link too") {
  const TemporaryDirectory scratch;
  const fs::path path = scratch.path() / "keys";
  const fs::path link = scratch.path() / "link";
  auto ring = make_key_file(path, CivilTime{1});
  REQUIRE(ring.ok());
  fs::create_symlink("keys", link);
  REQUIRE(ring->rotate(CivilTime{2}).ok());
  REQUIRE(replace_key_file(link, *ring).ok());
  REQUIRE(fs::is_symlink(link));
  REQUIRE(same(*load_key_file(path), *ring));
  REQUIRE(mode_of(path) == 0600);
  REQUIRE(scratch.entries() == 2);

  const auto missing = replace_key_file(scratch.path() / "none", *ring);
  REQUIRE(missing.code() == Code::io_error);
  REQUIRE(scratch.entries() == 2);
}

}  // namespace
