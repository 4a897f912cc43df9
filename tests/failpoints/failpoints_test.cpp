// kill -9 at every named step of the protocol: a process with callers, writer and checkpointer
// kills itself there; what it had acknowledged must be on the disk, and what is there must be
// whole.
//
// JANJI_FAILPOINTS_RUNS: how often at each step; JANJI_FAILPOINTS_SEED: another run.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "failpoints/load.hpp"
#include "model/clocks.hpp"
#include "model/compare.hpp"
#include "model/journal_replay.hpp"
#include "model/random.hpp"
#include "model/watched_store.hpp"
#include "support/counted.hpp"
#include "support/scratch_directory.hpp"

namespace {

using namespace janji;
using namespace janji::failpoints;

// The wall clock of whoever opens it again: an hour after the load began.
constexpr std::int64_t kLater = 20514LL * 86'400'000 + 3'600'000;

constexpr std::uint64_t kLoadsPerRun = 128;  // at most, for a step to which hardly anybody comes

// As the sources name them: whoever adds a step adds its kills.
std::set<std::string> all_steps() {
  std::set<std::string> steps;
  const std::regex call("JANJI_STEP\\(\"([a-z_]+)\"\\)");
  for (const auto& file : std::filesystem::recursive_directory_iterator(JANJI_ENGINE_SOURCES)) {
    if (!file.is_regular_file()) continue;
    std::ostringstream text;
    text << std::ifstream(file.path()).rdbuf();
    const std::string words = text.str();
    for (std::sregex_iterator at(words.begin(), words.end(), call), end; at != end; ++at) {
      steps.insert((*at)[1]);
    }
  }
  return steps;
}

struct Killed {
  bool there{false};  // or it ended before anybody came to the step
  std::vector<Acknowledged> told;
};

Killed run(const std::filesystem::path& directory, std::uint64_t seed, const Moment& moment) {
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    close(ends[0]);
    // What would make it end in order, with words, has no place here.
    for (const int number : {SIGTERM, SIGSEGV, SIGABRT}) signal(number, SIG_DFL);
    run_until_killed(directory, seed, moment, ends[1]);
    _exit(0);
  }
  close(ends[1]);
  Killed killed;
  Acknowledged told{};
  while (read(ends[0], &told, sizeof told) == sizeof told) killed.told.push_back(told);
  close(ends[0]);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  killed.there = WIFSIGNALED(status);
  if (killed.there) REQUIRE(WTERMSIG(status) == SIGKILL);
  if (!killed.there) REQUIRE(WEXITSTATUS(status) == 0);
  return killed;
}

bool did(const Acknowledged& told, const model::Parsed& record) {
  using Kind = Acknowledged::Kind;
  if (told.kind == Kind::block) return std::holds_alternative<record::Block>(record);
  if (told.kind == Kind::grant) return std::holds_alternative<record::Entitlement>(record);
  if (told.kind == Kind::list) return std::holds_alternative<model::EligibleRecord>(record);
  if (const auto* erase = std::get_if<record::Erase>(&record)) {
    return told.kind == Kind::erase && erase->booking == told.booking;
  }
  if (const auto* group = std::get_if<model::GroupClaimRecord>(&record)) {
    return told.kind == Kind::claim_group && group->head.booking == told.booking;
  }
  if (const auto* group = std::get_if<model::GroupMoveRecord>(&record)) {
    return told.kind == Kind::move_group && group->head.booking == told.booking;
  }
  if (const auto* group = std::get_if<model::GroupChangeRecord>(&record)) {
    const record::Type step = group->head.step;
    const bool same = (told.kind == Kind::confirm && step == record::Type::confirm) ||
                      (told.kind == Kind::cancel && step == record::Type::cancel) ||
                      (told.kind == Kind::act && step == record::Type::extend);
    return same && group->head.booking == told.booking;
  }
  if (const auto* claim = std::get_if<record::Claim>(&record)) {
    return told.kind == Kind::claim && claim->booking == told.booking;
  }
  if (const auto* walk_in = std::get_if<record::WalkIn>(&record)) {
    return told.kind == Kind::walk_in && walk_in->booking == told.booking;
  }
  if (const auto* join = std::get_if<record::Join>(&record)) {
    return told.kind == Kind::join && join->booking == told.booking;
  }
  if (const auto* join = std::get_if<model::GroupJoinRecord>(&record)) {
    return told.kind == Kind::join_group && join->head.booking == told.booking;
  }
  if (const auto* confirm = std::get_if<record::Confirm>(&record)) {
    return told.kind == Kind::confirm && confirm->booking == told.booking;
  }
  if (const auto* move = std::get_if<record::Reschedule>(&record)) {
    return told.kind == Kind::reschedule && move->booking == told.booking;
  }
  if (told.kind == Kind::act) {
    const auto* extend = std::get_if<record::Extend>(&record);
    const auto* check_in = std::get_if<record::CheckIn>(&record);
    const auto* serve = std::get_if<record::Serve>(&record);
    return (extend != nullptr && extend->booking == told.booking) ||
           (check_in != nullptr && check_in->booking == told.booking) ||
           (serve != nullptr && serve->booking == told.booking);
  }
  const auto* cancel = std::get_if<record::Cancel>(&record);
  return cancel != nullptr && told.kind == Kind::cancel && cancel->booking == told.booking;
}

// The journal holds all that was acknowledged and breaks no promise; the engine makes of it and of
// the state what the model makes of it.
void audit(const std::filesystem::path& directory, const std::vector<Acknowledged>& told) {
  std::map<std::uint64_t, Acknowledged> left;
  for (const Acknowledged& one : told) REQUIRE(left.emplace(one.lsn, one).second);
  model::JournalReplay replay({options(directory).retention_ms});
  const auto finding = model::replay_directory(
      directory, replay, [&](Lsn lsn, std::span<const std::byte> record, const auto&) {
        const auto found = left.find(lsn.value);
        if (found == left.end()) return;
        const auto parsed = model::parse(record);
        REQUIRE(did(found->second, std::get<model::Parsed>(parsed)));
        left.erase(found);
      });
  REQUIRE((finding.ok() ? "" : finding.error().detail) == "");
  REQUIRE((*finding ? model::to_string(**finding) : "") == "");
  REQUIRE(left.empty());
  const auto wrong = replay.model().audit();
  REQUIRE((wrong ? model::to_string(*wrong) : "") == "");

  model::ManualClock clock(kLater);
  model::WatchedFactory watched(store::lmdb_factory());
  Options opening = options(directory);
  opening.clock = &clock;
  opening.store = &watched;
  const Result<std::unique_ptr<Engine>> opened = Engine::open(opening);
  REQUIRE((opened.ok() ? "" : opened.error().detail) == "");
  Engine& engine = **opened;
  REQUIRE(engine.settle().ok());
  const auto later = replay.follow(watched.journal());
  REQUIRE((later ? model::to_string(*later) : "") == "");
  REQUIRE(model::compare_bookings(engine, replay.model()) == "");
  REQUIRE(model::compare_entitlements(engine, replay.model()) == "");
  const model::OperationModel operations(replay.model(), *opening.catalogue, {engine.lane(0)});
  REQUIRE(model::compare_calendar(engine, operations, replay.model()) == "");
}

TEST_CASE("a process that is killed at any step keeps what it acknowledged") {
  const std::uint64_t seed = model::number_from("JANJI_FAILPOINTS_SEED", 1);
  const std::uint64_t runs = model::number_from("JANJI_FAILPOINTS_RUNS", 4);
  std::uint64_t kills = 0, acknowledged = 0;
  const std::set<std::string> steps = all_steps();
  REQUIRE(steps.size() >= 25);
  for (const std::string& step : steps) {
    std::uint64_t there = 0;
    model::Random random(seed * 1'000'003 + std::hash<std::string>{}(step));
    for (std::uint64_t i = 0; there < runs && i < runs * kLoadsPerRun; ++i) {
      const test::ScratchDirectory directory;
      const std::uint64_t load = random.next() >> 1;
      // The first arrivals are those of the opening; to some steps hardly anybody comes.
      const Moment moment{step, i >= runs ? 1 : 1 + random.below(i % 2 == 0 ? 4 : 60)};
      INFO("seed " << seed << ", run " << i << ", load " << load << ", " << step << " at arrival "
                   << moment.count);
      const Killed killed = run(directory.path() / "data", load, moment);
      audit(directory.path() / "data", killed.told);
      there += killed.there;
      acknowledged += killed.told.size();
    }
    INFO("hardly anybody came to " << step);
    REQUIRE(there == runs);
    kills += there;
  }
  std::printf("%zu steps, %llu acknowledged\n", steps.size(),
              static_cast<unsigned long long>(acknowledged));
  test::counted(kills, "kills");
  REQUIRE(acknowledged > kills);
}

}  // namespace
