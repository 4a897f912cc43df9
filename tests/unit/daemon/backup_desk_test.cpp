#include <condition_variable>
#include <fstream>
#include <mutex>
#include <optional>
#include <thread>

#include <catch2/catch.hpp>

#include <janji/verify.hpp>

#include "../engine/engine_fixture.hpp"
#include "api/backup_desk.hpp"
#include "identity/access_keys.hpp"
#include "identity/key_file.hpp"

using namespace janji::test;
using janjid::BackupDesk;
using janjid::BackupOrder;
using janjid::BackupState;
using janjid::ProblemCode;
using Step = BackupState::Step;
namespace fs = std::filesystem;

namespace {

// Keeps the writer in a round, and with it every backup, until it is opened.
class Gate final : public janji::ProgressListener {
 public:
  void on_progress(const janji::Progress&) noexcept override {
    std::unique_lock lock(mutex_);
    arrived_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  // Closes it, and returns when the writer stands before it.
  void hold(janji::Engine& engine) {
    set(false);
    // Not waited for: the writer may come to the gate in a round before this claim's.
    janji::Patience patience;
    REQUIRE(engine.try_claim(claim_of(1), patience).verdict == janji::Verdict::granted);
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return arrived_; });
  }
  void set(bool open) {
    const std::lock_guard lock(mutex_);
    open_ = open;
    arrived_ = false;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_{true};
  bool arrived_{false};
};

struct World {
  ManualClock clock;
  ScratchDirectory scratch;
  fs::path data = scratch.path() / "data";
  fs::path root = scratch.path() / "backups";
  Gate gate;
  std::unique_ptr<janji::Engine> engine;
  std::optional<BackupDesk> desk;

  World() {
    janji::Options options = small_options(clock);
    options.durability = janji::Durability::strict;
    options.directory = data;
    engine = open_engine(options);
    engine->add_listener(gate);
    fs::create_directory(root);
    REQUIRE(janjid::make_key_file(data / janjid::kKeyFileName, janji::CivilTime{kMorning}).ok());
    desk.emplace(*engine, data, root);
  }
  ~World() {
    gate.set(true);
    desk.reset();
    engine->remove_listener(gate);
  }
  BackupOrder order(const std::string& name, const std::string& key, bool with_keys = true) const {
    return {1, key, root / name, with_keys};
  }
  // What comes of it.
  BackupState outcome(const BackupOrder& wanted) {
    for (;;) {
      const BackupState state = desk->ask(wanted);
      if (state.step != Step::running) return state;
      std::this_thread::yield();
    }
  }
};

}  // namespace

TEST_CASE("a backup is made once for its key, and has data and keys") {
  World world;
  const auto booking = world.engine->claim(claim_of(1));
  REQUIRE(booking.ok());
  const BackupOrder order = world.order("one", "a");
  const BackupState first = world.desk->ask(order);
  CHECK(first.step == Step::running);
  CHECK_FALSE(first.repeated);
  const BackupState done = world.outcome(order);
  INFO(done.detail);
  REQUIRE(done.step == Step::done);
  CHECK(done.repeated);
  CHECK(done.report.covers >= booking->lsn);
  CHECK(done.bytes > 4096);
  CHECK(janji::verify(order.directory)->sound());
  CHECK(janjid::load_key_file(order.directory / janjid::kKeyFileName).ok());
  CHECK_FALSE(fs::exists(order.directory / janjid::AccessKeys::kFileName));  // there are none
  // Again: the same one, and nothing is made.
  CHECK(world.desk->ask(order).report.covers == done.report.covers);
  // The key named that order, and another's key of the same name doesn't.
  CHECK(world.desk->ask(world.order("two", "a")).code == ProblemCode::idempotency_mismatch);
  CHECK(world.desk->ask(world.order("one", "a", false)).code == ProblemCode::idempotency_mismatch);
  BackupOrder other = world.order("two", "a", false);
  other.actor = 2;
  REQUIRE(world.outcome(other).step == Step::done);
  CHECK_FALSE(fs::exists(other.directory / janjid::kKeyFileName));
}

TEST_CASE("what went wrong is told, and tried anew when it is asked for again") {
  World world;
  fs::create_directory(world.root / "full");
  std::ofstream(world.root / "full" / "notes") << "x";
  const BackupState full = world.outcome(world.order("full", "a"));
  CHECK(full.code == ProblemCode::directory_not_empty);
  CHECK(full.detail.find("notes") != std::string::npos);
  CHECK(world.outcome(world.order("full", "a")).code == ProblemCode::directory_not_empty);
  fs::remove(world.root / "full" / "notes");
  CHECK(world.outcome(world.order("full", "a")).step == Step::done);
  fs::remove(world.data / janjid::kKeyFileName);
  const BackupState keyless = world.outcome(world.order("keyless", "b"));
  CHECK(keyless.code == ProblemCode::backup_failed);
  CHECK(keyless.detail.find(janjid::kKeyFileName) != std::string::npos);
  CHECK(world.outcome(world.order("keyless-2", "c", false)).step == Step::done);
}

TEST_CASE("there is one backup at a time, and the others are told so") {
  World world;
  world.gate.hold(*world.engine);
  const BackupOrder order = world.order("one", "a");
  CHECK(world.desk->ask(order).step == Step::running);
  CHECK(world.desk->ask(world.order("two", "b")).code == ProblemCode::backup_running);
  CHECK(world.desk->ask(order).step == Step::running);
  world.gate.set(true);
  CHECK(world.outcome(order).step == Step::done);
  CHECK(world.outcome(world.order("two", "b")).step == Step::done);  // its refusal isn't kept
}

TEST_CASE("a backup that runs when the daemon ends is given up, and leaves nothing") {
  World world;
  world.gate.hold(*world.engine);
  const BackupOrder order = world.order("one", "a");
  CHECK(world.desk->ask(order).step == Step::running);
  world.desk->give_up();
  world.gate.set(true);
  const BackupState state = world.outcome(order);
  CHECK(state.step == Step::refused);
  CHECK(state.code == ProblemCode::retry);
  CHECK_FALSE(fs::exists(order.directory));
  CHECK(world.outcome(world.order("two", "b")).code == ProblemCode::retry);
}

TEST_CASE("what came of the last orders is kept, and no more") {
  World world;
  const BackupOrder first = world.order("0", "0", false);
  REQUIRE(world.outcome(first).step == Step::done);
  for (std::size_t i = 1; i <= BackupDesk::kKept; ++i) {
    CHECK(world.desk->ask(first).step == Step::done);
    REQUIRE(world.outcome(world.order(std::to_string(i), std::to_string(i), false)).step ==
            Step::done);
  }
  CHECK(world.outcome(first).code == ProblemCode::directory_not_empty);  // forgotten: begun anew
}
