#include "io_faults/short_run.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>

#include "io_faults/client.hpp"
#include "model/journal_replay.hpp"
#include "support/chronicle.hpp"
#include "support/engine_check.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_office.hpp"

namespace janji::io_faults {
namespace {

namespace office = test::office;

constexpr auto kPatience = std::chrono::seconds(20);  // far longer than anything here takes

class Run {
 public:
  Run(std::uint64_t seed, Durability durability, const Fault& fault)
      : seed_(seed),
        durability_(durability),
        for_good_(fault.for_good),
        faults_(fault, [this] { note_strike(); }),
        factory_(chronicle_),
        client_(clock_, seed) {}

  Outcome go() {
    {
      const disk::Watch watch(directory_.path(), faults_);
      for (int life = 0; life < 2 && outcome_.wrong.empty(); ++life) live(life == 0 ? 26 : 6);
      faults_.mend();
    }
    outcome_.kinds = faults_.kinds();
    outcome_.fault = faults_.words();
    if (outcome_.wrong.empty()) outcome_.wrong = recover();
    return std::move(outcome_);
  }

 private:
  // On the thread whose call is about to fail. What it knows then must not grow by it.
  void note_strike() {
    // Acquire: pairs with live().
    const Engine* engine = engine_.load(std::memory_order_acquire);
    if (engine == nullptr) {
      struck_opening_ =
          opening_.load(std::memory_order_acquire) && std::this_thread::get_id() == opener_;
      return;
    }
    struck_durable_ = engine->durable_lsn();
    struck_applied_ = engine->counters().applied;
  }

  Result<std::unique_ptr<Engine>> open() {
    Options options = office::options(clock_);
    options.directory = directory_.path() / "data";
    options.store = &factory_;
    options.durability = durability_;
    options.seed = ++seed_;
    return Engine::open(std::move(options));
  }

  void live(int steps) {
    struck_durable_.reset();
    struck_opening_ = false;
    opening_.store(true, std::memory_order_release);  // pairs with note_strike()
    auto opened = open();
    opening_.store(false, std::memory_order_release);
    if (!factory_.wrong().empty()) {
      outcome_.wrong = "found: " + factory_.wrong();
      return;
    }
    if (!opened.ok()) {
      outcome_.open_failed = true;
      outcome_.wrong = judge_refusal(opened.error());
      return;
    }
    if (struck_opening_ && must_stop_an_opening()) {
      outcome_.wrong = "it opens all the same";
      return;
    }
    std::unique_ptr<Engine> engine = std::move(*opened);
    client_.begin();
    engine_.store(engine.get(), std::memory_order_release);  // pairs with note_strike()
    for (int step = 0; step < steps && outcome_.wrong.empty(); ++step) {
      outcome_.wrong = client_.step(*engine);
      outcome_.read_only = outcome_.read_only || engine->health() == Health::read_only;
      if (outcome_.wrong.empty()) outcome_.wrong = let_the_checkpointer_go_on(*engine);
    }
    if (outcome_.wrong.empty()) outcome_.wrong = judge_strike(*engine);
    acknowledged_ = std::max(acknowledged_, engine->durable_lsn());
    outcome_.checkpointed = outcome_.checkpointed || engine->counters().applied.value > 0;
    outcome_.trimmed = outcome_.trimmed || factory_.oldest() > Lsn{1};
    engine_.store(nullptr, std::memory_order_release);
    engine.reset();
  }

  // Whoever goes on after one of these doesn't know what is on the disk. A write that was only cut
  // short may be ended by another.
  bool must_stop_an_opening() const {
    switch (faults_.kind()) {
      case disk::Kind::sync:
      case disk::Kind::rename:
      case disk::Kind::make_directory: return true;
      case disk::Kind::write: return !faults_.cuts_short();
      default: return false;
    }
  }

  // An engine that can't be opened says which file it is about.
  std::string judge_refusal(const Error& error) const {
    const std::string said = std::string(to_string(error.code)) + ", " + error.detail;
    if (!faults_.has_struck()) return "opening without a fault: " + said;
    if (error.code != Code::io_error && error.code != Code::outcome_unknown) {
      return "opening says: " + said;
    }
    if (error.detail.find(directory_.path().string()) == std::string::npos) {
      return "opening names no file: " + said;
    }
    return {};
  }

  // The writer may be on its way to the call that fails.
  static bool fails_soon(const Engine& engine) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (engine.health() != Health::failed) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  // The writer tells of the checkpointer, after its next round.
  static bool names_file_soon(Engine& engine) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (engine.last_problem().find(".mdb") == std::string::npos) {
      if (std::chrono::steady_clock::now() > end) return false;
      (void)engine.settle();
    }
    return true;
  }

  // Nothing counts as durable, or as applied, whose write or sync failed.
  std::string judge_strike(Engine& engine) {
    if (!struck_durable_) return {};
    const disk::Kind kind = faults_.kind();
    const bool changes =
        kind == disk::Kind::write || kind == disk::Kind::sync || kind == disk::Kind::seek;
    const std::string file = std::filesystem::path(faults_.path()).filename().string();
    if (!changes) {
      return engine.health() == Health::failed ? "it failed: " + engine.last_problem() : "";
    }
    if (file == "journal.mdb") {
      if (engine.durable_lsn() != *struck_durable_) return "it acknowledges what failed";
      if (!fails_soon(engine)) return "its journal failed, and it goes on";
      if (engine.last_problem().find(file) == std::string::npos) return "it doesn't say which file";
      outcome_.writer_failed = true;
    }
    if (file == "state.mdb") {
      outcome_.checkpointer_failed = true;
      if (engine.counters().applied != struck_applied_) return "it counts as applied what failed";
      // For good, the journal's next call fails too, and has the last word.
      if (!for_good_ && engine.health() == Health::failed) return "a failed state stops decisions";
      if (!names_file_soon(engine)) return "it names no file";
    }
    return {};
  }

  // Steps follow one another, until the fault has struck: what failed isn't waited for.
  std::string let_the_checkpointer_go_on(Engine& engine) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!faults_.has_struck()) {
      const Counters counters = engine.counters();
      if (counters.durable.value - counters.applied.value < office::kCheckpointFrom) break;
      if (std::chrono::steady_clock::now() > end) return "the checkpointer doesn't come to rest";
      std::this_thread::yield();
    }
    return {};
  }

  // The disk is good again, and nothing that was said was false.
  std::string recover() {
    auto opened = open();
    if (!factory_.wrong().empty()) return "found afterwards: " + factory_.wrong();
    if (!opened.ok()) {
      return std::string("opening afterwards: ") + to_string(opened.code()) + ", " +
             opened.error().detail;
    }
    Engine& engine = **opened;
    if (factory_.found() < acknowledged_) {
      return "LSN " + std::to_string(acknowledged_.value) +
             " was acknowledged, and the journal ends at " + std::to_string(factory_.found().value);
    }
    if (std::string words = hold_to_journal(engine); !words.empty()) return words;
    if (std::string words = client_.ask_again(engine, replay_.model()); !words.empty())
      return words;
    return hold_to_journal(engine);
  }

  std::string hold_to_journal(Engine& engine) {
    std::string words = test::come_to_rest(engine, office::kCheckpointFrom);
    if (!words.empty()) return words;
    const store::MemoryJournal journal = chronicle_.journal();
    if (const model::Finding finding = replay_.follow(journal)) return model::to_string(*finding);
    return test::compare(engine, replay_.model(), journal);
  }

  std::uint64_t seed_;
  const Durability durability_;
  const bool for_good_;
  const test::ScratchDirectory directory_;
  model::ManualClock clock_{office::kMorning};
  test::Chronicle chronicle_;
  FaultWatch faults_;
  test::ChroniclingFactory factory_;
  Client client_;
  model::JournalReplay replay_{{office::kRetentionMs}};
  Outcome outcome_;
  Lsn acknowledged_;
  std::atomic<const Engine*> engine_{nullptr};
  // Of the thread that opens; another that is struck meanwhile is the engine's own.
  const std::thread::id opener_{std::this_thread::get_id()};
  std::atomic<bool> opening_{false};
  bool struck_opening_{false};
  std::optional<Lsn> struck_durable_;  // written by the thread that is struck, read when it is over
  Lsn struck_applied_;
};

}  // namespace

Outcome short_run(std::uint64_t seed, Durability durability, const Fault& fault) {
  return Run(seed, durability, fault).go();
}

}  // namespace janji::io_faults
