// Backups of an engine that goes on.
#include <sys/stat.h>

#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include <janji/backup.hpp>

#include "engine_fixture.hpp"
#include "record/booking_id.hpp"
#include "store/store_factory.hpp"
#include "support/forwarding_journal.hpp"
#include "support/forwarding_state.hpp"

using namespace janji;
using namespace janji::test;

namespace {

namespace fs = std::filesystem;

Options stored_options(const ManualClock& clock, const fs::path& directory) {
  Options options = small_options(clock, 200);
  options.durability = Durability::strict;
  options.directory = directory;
  options.operations_max = 0;
  options.backlog_max = 200;  // a checkpoint at each hundred records
  return options;
}

SlotKey slot_of(std::uint64_t number) {
  return slot_at(static_cast<int>(1 + number % 5), static_cast<int>(9 + number % 7));
}

std::vector<std::byte> details_of(BookingId id) {
  std::vector<std::byte> bytes(20 + id.value % 3000);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::byte>(id.value + i);
  return bytes;
}

// Asked again while the state lags behind, as it may for a moment with so small a bound.
template <class Request>
Result<Booking> ask(Engine& engine, const Request& request) {
  for (;;) {
    Result<Booking> booking = request();
    const bool lags = booking.code() == Code::overloaded || booking.code() == Code::read_only;
    if (!lags || !engine.settle().ok() || !engine.last_problem().empty()) return booking;
  }
}

// LMDB's stores, whose state calls `in_the_middle` once while it is copied, and which tell how the
// journal begins and what room there is said to be.
class WatchedFactory final : public StoreFactory {
 public:
  Result<std::unique_ptr<store::Stores>> open(const store::Location& location) override {
    auto inner = store::lmdb_factory().open(location);
    if (!inner.ok()) return inner.error();
    journal = &(*inner)->journal();
    return std::unique_ptr<store::Stores>(std::make_unique<Stores>(std::move(*inner), *this));
  }

  std::function<void()> in_the_middle;
  std::atomic<std::size_t> journal_room{SIZE_MAX}, state_room{SIZE_MAX};
  const store::JournalStore* journal{nullptr};

 private:
  class State final : public ForwardingState {
   public:
    State(store::StateStore& inner, WatchedFactory& owner)
        : ForwardingState(inner), owner_(owner) {}
    Status scan_all(const TableVisitor& visit) const override {
      return ForwardingState::scan_all([&](store::StateTable table, std::uint64_t key, Bytes row) {
        if (owner_.in_the_middle) std::exchange(owner_.in_the_middle, nullptr)();
        return visit(table, key, row);
      });
    }
    Result<std::size_t> free_bytes() const override {
      return std::min(owner_.state_room.load(), *inner_.free_bytes());
    }

   private:
    WatchedFactory& owner_;
  };
  class Journal final : public ForwardingJournal {
   public:
    Journal(store::JournalStore& inner, const WatchedFactory& owner)
        : ForwardingJournal(inner), owner_(owner) {}
    Result<std::size_t> free_bytes() const override {
      return std::min(owner_.journal_room.load(), *inner_.free_bytes());
    }

   private:
    const WatchedFactory& owner_;
  };
  class Stores final : public store::Stores {
   public:
    Stores(std::unique_ptr<store::Stores> inner, WatchedFactory& owner)
        : inner_(std::move(inner)),
          state_(inner_->state(), owner),
          journal_(inner_->journal(), owner) {}
    store::JournalStore& journal() noexcept override { return journal_; }
    store::StateStore& state() noexcept override { return state_; }

   private:
    std::unique_ptr<store::Stores> inner_;
    State state_;
    Journal journal_;
  };
};

// Claims, and cancels every second one, until the state has `records` more than it had, and then a
// few times more, in which the writer may trim.
void work(Engine& engine, std::uint64_t records, std::uint64_t first_applicant) {
  const std::uint64_t until = engine.counters().applied.value + records;
  std::uint64_t applicant = first_applicant;
  const auto round = [&] {
    const auto made = ask(
        engine, [&] { return engine.claim(claim_of(applicant, slot_of(applicant), applicant)); });
    REQUIRE(made.ok());
    const auto cancel = [&] { return engine.cancel({made->id, {1, applicant}, 0}); };
    if (applicant % 2 == 0) REQUIRE(ask(engine, cancel).ok());
    ++applicant;
  };
  while (engine.counters().applied.value < until) round();
  for (int i = 0; i < 30; ++i) round();
}

void require_sound(const fs::path& directory) {
  const auto report = verify(directory);
  INFO((report.ok() ? std::string() : report.error().detail));
  REQUIRE(report.ok());
  INFO((report->sound() ? std::string() : report->broken()->words));
  REQUIRE(report->sound());
}

// What `backup`, opened, says of a booking is what `live` says, if that is in the backup.
void require_same(const Engine& backup, const Engine& live, BookingId id, Lsn covers) {
  const auto now = live.find(id);
  const auto then = backup.find(id);
  REQUIRE(now.ok());
  CAPTURE(id.value, now->lsn.value, covers.value);
  if (then.ok()) CHECK(then->lsn <= covers);
  if (now->lsn > covers) return;
  REQUIRE(then.ok());
  CHECK(then->lsn == now->lsn);
  CHECK(then->state == now->state);
  CHECK(then->version == now->version);
  CHECK(then->slot == now->slot);
  CHECK(then->details_size == now->details_size);
  if (then->details_size != 0) CHECK(*backup.details(id) == details_of(id));
}

}  // namespace

TEST_CASE("a backup beside claims, confirms and cancels has all that came before it") {
  const Durability durability = GENERATE(Durability::strict, Durability::relaxed);
  ManualClock clock;
  ScratchDirectory directory;
  Options options = stored_options(clock, directory.path() / "data");
  options.durability = durability;
  auto engine = open_engine(options);
  std::atomic<bool> ended{false};
  std::atomic<const char*> wrong{""};
  std::mutex mutex;
  std::map<BookingId, Lsn> told;      // the record of what was acknowledged last
  std::vector<std::jthread> clients;  // which end before what they use, whatever fails
  for (std::uint64_t client = 0; client < 3; ++client) {
    clients.emplace_back([&, client] {
      for (std::uint64_t i = client; i < 900 && !ended; i += 3) {
        const auto tell = [&](const auto& request) {
          const Result<Booking> booking = ask(*engine, request);
          if (!booking.ok()) {
            wrong = to_string(booking.code());
            ended = true;
            return BookingId{};
          }
          const std::lock_guard guard(mutex);
          told[booking->id] = booking->lsn;
          return booking->id;
        };
        const auto id = tell([&] { return engine->claim(claim_of(i + 1, slot_of(i), i + 1)); });
        const auto details = details_of(id);
        if (i % 3 != 0) tell([&] { return engine->confirm({id, {2, i + 1}, 0, details}); });
        if (i % 4 == 0) tell([&] { return engine->cancel({id, {3, i + 1}, 0}); });
      }
    });
  }
  std::map<Lsn, std::map<BookingId, Lsn>> backups;  // what was told before each, by what it covers
  for (int number = 0; number < 4; ++number) {
    std::map<BookingId, Lsn> before;
    while (before.size() < 100U * static_cast<unsigned>(number) && !ended) {
      const std::lock_guard guard(mutex);
      before = told;
    }
    const auto made = engine->backup(directory.path() / std::to_string(number));
    INFO((made.ok() ? std::string() : made.error().detail));
    REQUIRE(made.ok());
    require_sound(directory.path() / std::to_string(number));
    for (const auto& [id, lsn] : before) CHECK(lsn <= made->covers);
    CHECK(made->state_has <= made->covers);
    CHECK(made->journal_from <= Lsn{made->state_has.value + 1});
    CHECK(made->ms >= 0);
    backups[made->covers] = before;
    Options there = options;
    there.directory = directory.path() / std::to_string(number);
    there.durability = Durability::strict;
    const auto opened = open_engine(there);
    for (const auto& [id, lsn] : before) {
      REQUIRE(opened->find(id).ok());
      CHECK(opened->find(id)->lsn >= lsn);
    }
  }
  INFO(wrong.load());
  CHECK(backups.rbegin()->second.size() >= 300);
  for (std::jthread& client : clients) client.join();
  REQUIRE_FALSE(ended);
  REQUIRE(engine->settle().ok());
  // Once more, and everything is held against the engine itself.
  const auto last = engine->backup(directory.path() / "last");
  REQUIRE(last.ok());
  CHECK(last->covers == engine->durable_lsn());
  Options there = options;
  there.directory = directory.path() / "last";
  const auto opened = open_engine(there);
  for (const auto& [id, lsn] : told) require_same(*opened, *engine, id, last->covers);
  for (int day = 1; day < 6; ++day) {
    CHECK(availability(*opened, slot_at(day)).free == availability(*engine, slot_at(day)).free);
  }
}

TEST_CASE("the journal isn't trimmed while it is being backed up, and is afterwards") {
  ManualClock clock;
  ScratchDirectory directory;
  WatchedFactory disk;
  Options options = stored_options(clock, directory.path() / "data");
  options.bookings_max = 8192;
  options.store = &disk;
  auto engine = open_engine(options);
  work(*engine, 300, 1000);
  const Lsn applied = engine->counters().applied;
  const Lsn first = disk.journal->bounds()->first;
  REQUIRE(first > Lsn{1});
  bool called = false;
  disk.in_the_middle = [&] {
    called = true;
    // The state that is being copied stays as it was, and the one on the disk leaves it behind.
    work(*engine, 400, 2000);
    CHECK(disk.journal->bounds()->first <= Lsn{applied.value + 1});
    CHECK(engine->backup(directory.path() / "other").code() == Code::retry);
    CHECK_FALSE(fs::exists(directory.path() / "other"));
  };
  const auto made = engine->backup(directory.path() / "backup");
  INFO((made.ok() ? std::string() : made.error().detail));
  REQUIRE(made.ok());
  REQUIRE(called);
  CHECK(made->state_has < Lsn{engine->counters().applied.value - 300});
  CHECK(made->covers == engine->durable_lsn());
  require_sound(directory.path() / "backup");
  work(*engine, 100, 4000);
  CHECK(disk.journal->bounds()->first > Lsn{made->state_has.value + 100});
}

TEST_CASE("a backup keeps as much of the journal as the engine is to retain") {
  ManualClock clock;
  ScratchDirectory directory;
  Options options = stored_options(clock, directory.path() / "data");
  options.journal_retain_lsn = 150;
  auto engine = open_engine(options);
  work(*engine, 400, 1000);
  const auto made = engine->backup(directory.path() / "backup");
  REQUIRE(made.ok());
  CHECK(made->journal_from.value <= made->state_has.value + 1 - 150);
  CHECK(made->journal_from.value > made->state_has.value + 1 - 250);
  require_sound(directory.path() / "backup");
  const auto copy = restore(directory.path() / "backup", directory.path() / "copy");
  REQUIRE(copy.ok());
  CHECK(copy->copied.journal_from == made->journal_from);
  CHECK(copy->copied.covers == made->covers);
}

TEST_CASE("a backup goes into an empty or a missing directory, and says so") {
  ManualClock clock;
  ScratchDirectory directory;
  Options options = stored_options(clock, directory.path() / "data");
  auto engine = open_engine(options);
  const auto id = engine->claim(claim_of(1))->id;
  const fs::path to = directory.path() / "a" / "b";
  REQUIRE(engine->backup(to).ok());
  struct stat made {};
  REQUIRE(::stat(to.c_str(), &made) == 0);
  CHECK((made.st_mode & 0777) == 0700);
  std::set<std::string> names;
  for (const auto& entry : fs::directory_iterator(to)) names.insert(entry.path().filename());
  CHECK(names == std::set<std::string>{"FORMAT", "journal.mdb", "lock", "state.mdb"});

  const auto again = engine->backup(to);
  REQUIRE(again.code() == Code::invalid_argument);
  CHECK(again.error().detail.find(to.string() + ": isn't empty, it has ") == 0);
  require_sound(to);
  const auto here = engine->backup(options.directory);
  CHECK(here.code() == Code::invalid_argument);
  std::ofstream(directory.path() / "file") << "x";
  CHECK(engine->backup(directory.path() / "file").code() == Code::io_error);
  fs::create_directory(directory.path() / "full");
  std::ofstream(directory.path() / "full" / "notes") << "x";
  const auto full = engine->backup(directory.path() / "full");
  REQUIRE(full.code() == Code::invalid_argument);
  CHECK(full.error().detail.find("notes") != std::string::npos);
  CHECK(fs::exists(directory.path() / "full" / "notes"));
  CHECK_FALSE(fs::exists(directory.path() / "full" / "lock"));
  fs::create_directory(directory.path() / "empty");
  CHECK(engine->backup(directory.path() / "empty").ok());
  CHECK(engine->find(id).ok());
}

TEST_CASE("a backup that is given up says so and leaves nothing") {
  ManualClock clock;
  ScratchDirectory directory;
  auto engine = open_engine(stored_options(clock, directory.path() / "data"));
  REQUIRE(engine->claim(claim_of(1)).ok());
  std::atomic<bool> give_up{true};
  const auto made = engine->backup(directory.path() / "backup", &give_up);
  REQUIRE(made.code() == Code::stopped);
  CHECK_FALSE(fs::exists(directory.path() / "backup"));
  give_up.store(false, std::memory_order_relaxed);
  REQUIRE(engine->backup(directory.path() / "backup", &give_up).ok());
  require_sound(directory.path() / "backup");
}

TEST_CASE("in memory there is nothing to back up") {
  ManualClock clock;
  ScratchDirectory directory;
  auto engine = open_engine(small_options(clock));
  const auto made = engine->backup(directory.path() / "backup");
  REQUIRE(made.code() == Code::invalid_argument);
  CHECK(made.error().detail.find("memory") != std::string::npos);
  CHECK(directory.entries() == 0);
}

TEST_CASE("a backup ends before it takes the room that the engine needs, and leaves nothing") {
  ManualClock clock;
  ScratchDirectory directory;
  WatchedFactory disk;
  Options options = stored_options(clock, directory.path() / "data");
  options.store = &disk;
  auto engine = open_engine(options);
  // More than a megabyte, so that it is asked on the way.
  for (std::uint64_t i = 1; i <= 400; ++i) {
    const auto id = ask(*engine, [&] { return engine->claim(claim_of(i, slot_of(i))); })->id;
    const std::vector<std::byte> details(4000);
    const auto confirm = [&] { return engine->confirm({id, {2, i}, 0, details}); };
    REQUIRE(ask(*engine, confirm).ok());
  }
  REQUIRE(engine->settle().ok());
  auto& room = GENERATE(true, false) ? disk.journal_room : disk.state_room;
  const auto enough = options.disk_low_water_bytes + options.disk_low_water_bytes / 2;
  disk.in_the_middle = [&] { room = enough - 1; };
  const fs::path to = directory.path() / "backup";
  const auto made = engine->backup(to);
  REQUIRE(made.code() == Code::io_error);
  CHECK(made.error().detail.find(".mdb: only ") != std::string::npos);
  CHECK(made.error().detail.find("make room") != std::string::npos);
  CHECK_FALSE(fs::exists(to));
  // Where it was short before, the backup that is to mend that is let do.
  REQUIRE(engine->backup(to).ok());
  require_sound(to);
}

TEST_CASE("an engine that failed is opened again before it is backed up") {
  ManualClock clock;
  ScratchDirectory directory;
  struct FailingFactory final : StoreFactory {
    struct Journal final : ForwardingJournal {
      Journal(store::JournalStore& inner, const std::atomic<bool>& fails)
          : ForwardingJournal(inner), fails_(fails) {}
      Status commit(bool sync) override {
        if (fails_) return Error{Code::io_error, "a planted failure"};
        return ForwardingJournal::commit(sync);
      }
      const std::atomic<bool>& fails_;
    };
    Result<std::unique_ptr<store::Stores>> open(const store::Location& location) override {
      auto inner = store::lmdb_factory().open(location);
      if (!inner.ok()) return inner.error();
      return std::unique_ptr<store::Stores>(
          std::make_unique<StoresWithJournal<Journal>>(std::move(*inner), fails));
    }
    std::atomic<bool> fails{false};
  } disk;
  Options options = stored_options(clock, directory.path() / "data");
  options.store = &disk;
  auto engine = open_engine(options);
  disk.fails = true;
  CHECK(engine->claim(claim_of(1)).code() == Code::outcome_unknown);
  const auto made = engine->backup(directory.path() / "backup");
  CHECK(made.code() == Code::outcome_unknown);
  CHECK_FALSE(fs::exists(directory.path() / "backup"));
}

TEST_CASE("two engines opened on one backup never give the same id") {
  ManualClock clock;
  ScratchDirectory directory;
  Options options = stored_options(clock, directory.path() / "data");
  options.seed = 0;
  auto engine = open_engine(options);
  REQUIRE(engine->claim(claim_of(1)).ok());
  REQUIRE(engine->backup(directory.path() / "backup").ok());
  // Whoever goes on with the original, and whoever begins at the backup, stand at the same place.
  const auto lost = engine->claim(claim_of(2));
  REQUIRE(lost.ok());
  Options there = options;
  there.directory = directory.path() / "backup";
  auto restored = open_engine(there);
  CHECK(restored->find(lost->id).code() == Code::booking_not_found);
  const auto stranger = restored->claim(claim_of(3));
  REQUIRE(stranger.ok());
  CHECK(record::place_of(stranger->id) == record::place_of(lost->id));
  CHECK(stranger->id != lost->id);
  CHECK(restored->find(lost->id).code() == Code::booking_not_found);
}
