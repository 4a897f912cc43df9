// Verify and the files: it finds each bit that counts, writes nothing, and shares.
#include <sys/stat.h>

#include <fstream>
#include <map>
#include <random>

#include <janji/backup.hpp>

#include "engine_fixture.hpp"
#include "store/directory_lock.hpp"
#include "store/files.hpp"
#include "store/format_file.hpp"
#include "store/read_only.hpp"
#include "unit/store/stores.hpp"

using namespace janji;
using namespace janji::test;

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::Contains;

// The directory of an engine that was ended in order, with all kinds of bookings, some in the
// state and some in the journal only.
class Office {
 public:
  Office() {
    options.durability = Durability::strict;
    options.directory = path();
    options.backlog_max = 200;
    options.journal_retain_lsn = 60;
    auto engine = open_engine(options);
    for (std::uint64_t i = 1; i <= 60; ++i) {
      const auto id = engine->claim(claim_of(i, slot_at(static_cast<int>(1 + i % 6), 9), i))->id;
      const std::vector<std::byte> details(10 + 50 * i, std::byte{7});
      if (i % 3 != 0) REQUIRE(engine->confirm({id, {2, i}, 0, details}).ok());
      if (i % 5 == 0) REQUIRE(engine->reschedule({id, slot_at(2, 12), {3, i}, 0}).ok());
      if (i % 4 == 0) REQUIRE(engine->cancel({id, {4, i}, 0}).ok());
    }
  }
  fs::path path() const { return directory.path() / "data"; }

  ScratchDirectory directory;
  ManualClock clock;
  Options options = small_options(clock, 20);
};

std::string read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

// What is in the directory, and when it was written.
std::map<std::string, std::pair<std::string, std::int64_t>> contents(const fs::path& directory) {
  std::map<std::string, std::pair<std::string, std::int64_t>> all;
  for (const auto& entry : fs::directory_iterator(directory)) {
    struct stat status {};
    REQUIRE(::stat(entry.path().c_str(), &status) == 0);
    all[entry.path().filename()] = {read(entry.path()),
                                    status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec};
  }
  return all;
}

bool same(const VerifyTotals& a, const VerifyTotals& b) {
  return a.journal_first == b.journal_first && a.journal_last == b.journal_last &&
         a.state_has == b.state_has && a.records == b.records && a.replayed == b.replayed &&
         a.openings == b.openings && a.lanes == b.lanes && a.days == b.days && a.slots == b.slots &&
         a.capacity == b.capacity && a.taken == b.taken && a.details == b.details &&
         a.bookings == b.bookings;
}

// Flips bits of both files, `number` of each: each is found, or nothing that is read is another.
void flip(int number, std::uint64_t seed) {
  const Office office;
  const auto sound = verify(office.path());
  REQUIRE(sound.ok());
  REQUIRE(sound->sound());
  std::mt19937_64 random(seed);
  int found = 0;
  for (const std::string name : {"journal.mdb", "state.mdb"}) {
    const auto size = fs::file_size(office.path() / name);
    std::fstream file(office.path() / name, std::ios::in | std::ios::out | std::ios::binary);
    for (int i = 0; i < number; ++i) {
      const std::size_t at = random() % size;
      const auto mask = static_cast<char>(1 << random() % 8);
      CAPTURE(name, at, int{mask});
      const auto put = [&](char byte) {
        file.seekp(static_cast<std::streamoff>(at));
        file.put(byte).flush();
      };
      file.seekg(static_cast<std::streamoff>(at));
      const auto was = static_cast<char>(file.get());
      put(static_cast<char>(was ^ mask));
      const auto report = verify(office.path());
      put(was);
      INFO((report.ok() ? "" : report.error().detail));
      REQUIRE(report.ok());
      if (report->sound()) {
        CHECK(same(report->totals, sound->totals));
      } else {
        ++found;
        CHECK_THAT(report->broken()->words, Contains(name));
      }
    }
  }
  CHECK(found > number / 4);  // the rest lies in pages that nobody uses
  CHECK(verify(office.path())->sound());
}

}  // namespace

TEST_CASE("verify: a flipped bit is found and its file named, or nothing is read of it") {
  flip(150, 1);
}

TEST_CASE("verify: many more bits", "[slow]") {
  for (std::uint64_t seed = 2; seed < 8; ++seed) flip(1000, seed);
}

TEST_CASE("verify: nothing is written, wherever it ends") {
  const Office office;
  if (GENERATE(false, true)) {
    std::fstream file(office.path() / "state.mdb", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(100);
    file.put(1);
  }
  fs::remove(office.path() / "lock");
  const auto before = contents(office.path());
  (void)verify(office.path()).value();
  CHECK(contents(office.path()) == before);
}

TEST_CASE("verify: a directory in use is refused, and one that is verified can't be opened") {
  Office office;
  {
    auto engine = open_engine(office.options);
    const auto report = verify(office.path());
    REQUIRE(report.code() == Code::locked);
    CHECK_THAT(report.error().detail, Contains("in use by process " + std::to_string(::getpid())));
  }
  {
    const auto reader = store::open_to_read(office.path());
    REQUIRE(reader.ok());
    CHECK(verify(office.path())->sound());
    CHECK(Engine::open(office.options).code() == Code::locked);
    CHECK_FALSE((*reader)->journal().begin().ok());
    CHECK_FALSE((*reader)->state().begin().ok());
  }
  CHECK(Engine::open(office.options).ok());
}

TEST_CASE("verify: what is no data directory isn't verified, and what lacks a file is broken") {
  const Office office;
  CHECK(verify(office.directory.path() / "nothing").code() == Code::invalid_argument);
  CHECK(verify(office.directory.path()).code() == Code::invalid_argument);
  std::ofstream(office.path() / "FORMAT") << "janji data directory, format 9\n";
  CHECK(verify(office.path()).code() == Code::invalid_argument);
  std::ofstream(office.path() / "FORMAT") << "something else\n";
  CHECK(verify(office.path())->broken()->name == "files");
  std::ofstream(office.path() / "FORMAT") << "janji data directory, format 8\n";
  REQUIRE(verify(office.path())->sound());
  const std::string name = GENERATE("journal.mdb", "state.mdb");
  fs::remove(office.path() / name);
  const auto report = verify(office.path());
  REQUIRE_FALSE(report->sound());
  CHECK(report->broken()->name == "files");
  CHECK_THAT(report->broken()->words, Contains(name + ": is missing"));
}

TEST_CASE("verify: a newest meta page that couldn't be written is left to an opening") {
  Office office;
  // As LMDB leaves it: see meta_page_failure_test.cpp.
  const fs::path path = office.path() / "journal.mdb";
  std::string bytes = read(path);
  constexpr std::size_t kPage = 4096;
  constexpr std::size_t kNumber = 16 + 128;
  std::uint64_t numbers[2];
  for (std::size_t page = 0; page < 2; ++page) {
    std::memcpy(&numbers[page], &bytes[page * kPage + kNumber], 8);
  }
  const std::size_t newest = numbers[0] > numbers[1] ? 0 : 1;
  const std::uint64_t taken_back = numbers[newest] - 2;
  std::memcpy(&bytes[newest * kPage + kNumber], &taken_back, 8);
  std::ofstream(path, std::ios::binary) << bytes;
  const auto report = verify(office.path());
  REQUIRE_FALSE(report->sound());
  CHECK_THAT(report->broken()->words, Contains("an opening by the engine puts that right"));
  CHECK(read(path) == bytes);
  open_engine(office.options).reset();
  CHECK(verify(office.path())->sound());
}

TEST_CASE("restore: a copy is a data directory, and the backup is as it was") {
  Office office;
  const auto before = contents(office.path());
  const fs::path to = office.directory.path() / "new" / "data";
  const auto restored = restore(office.path(), to);
  INFO((restored.ok() ? std::string() : restored.error().detail));
  REQUIRE(restored.ok());
  CHECK(contents(office.path()) == before);
  CHECK(same(restored->verified.totals, verify(office.path())->totals));
  CHECK(restored->copied.covers == restored->verified.totals.journal_last);
  Options there = office.options;
  there.directory = to;
  const auto engine = open_engine(office.options);
  const auto copy = open_engine(there);
  Patience patience;
  for (std::uint64_t i = 1; i <= 60; ++i) {
    const auto id =
        engine->try_claim(claim_of(i, slot_at(static_cast<int>(1 + i % 6), 9), i), patience);
    REQUIRE(id.replayed);
    CHECK(copy->find(id.booking)->state == engine->find(id.booking)->state);
    CHECK(copy->find(id.booking)->slot == engine->find(id.booking)->slot);
    if (i % 3 != 0) CHECK(*copy->details(id.booking) == *engine->details(id.booking));
  }
}

TEST_CASE("restore: what isn't sound isn't restored, and nothing is left of it") {
  Office office;
  const fs::path to = office.directory.path() / "new";
  const std::string bytes = read(office.path() / "journal.mdb");
  std::fstream file(office.path() / "journal.mdb", std::ios::in | std::ios::out | std::ios::binary);
  // The kind of a page, of each until it is one that isn't free.
  for (std::streamoff at = 2 * 4096 + 10; verify(office.path())->sound(); at += 4096) {
    REQUIRE(static_cast<std::size_t>(at) < bytes.size());
    file.seekp(at);
    file.put(static_cast<char>(bytes[static_cast<std::size_t>(at)] ^ 0x40)).flush();
  }
  const auto restored = restore(office.path(), to);
  REQUIRE(restored.code() == Code::damaged);
  CHECK_THAT(restored.error().detail,
             Contains("the backup isn't sound: files: ") && Contains("journal.mdb"));
  CHECK_FALSE(fs::exists(to));
}

TEST_CASE("restore: only into what is empty or missing, and from what isn't in use") {
  Office office;
  const fs::path full = office.directory.path() / "full";
  fs::create_directory(full);
  std::ofstream(full / "notes") << "x";
  const auto restored = restore(office.path(), full);
  REQUIRE(restored.code() == Code::invalid_argument);
  CHECK_THAT(restored.error().detail, Contains("isn't empty, it has notes"));
  const auto engine = open_engine(office.options);
  CHECK(restore(office.path(), office.directory.path() / "new").code() == Code::locked);
  CHECK_FALSE(fs::exists(office.directory.path() / "new"));
}
