#include "power/life.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "ledger/decision_parts.hpp"
#include "model/clocks.hpp"
#include "model/journal_replay.hpp"
#include "model/names.hpp"
#include "power/load.hpp"
#include "support/engine_check.hpp"

namespace janji::power {
namespace {

constexpr int kThreads = 3;     // of a crowd
constexpr int kStepsMax = 400;  // of a process that is to be killed

// What has been acknowledged; by any thread.
class Promised {
 public:
  Promised(Lsn before, const test::Chronicle& chronicle, bool early)
      : before_(before), chronicle_(chronicle), early_(early) {}

  void open(const Engine& engine) { engine_.store(&engine, std::memory_order_release); }
  void close() {
    before_ = now();
    engine_.store(nullptr, std::memory_order_release);
  }
  Lsn now() const {
    if (early_) return chronicle_.last();
    // Acquire: pairs with open().
    const Engine* engine = engine_.load(std::memory_order_acquire);
    return engine == nullptr ? before_ : std::max(before_, engine->durable_lsn());
  }

 private:
  Lsn before_;  // changed only while no other thread is there
  const test::Chronicle& chronicle_;
  const bool early_;
  std::atomic<const Engine*> engine_{nullptr};
};

class Living {
 public:
  Living(const std::filesystem::path& root, const Past& past, const Conduct& conduct, Life& life)
      : root_(root),
        past_(past),
        conduct_(conduct),
        life_(life),
        random_(conduct.seed),
        clock_(past.civil_ms + random_.between(0, 2000)),
        factory_(life.chronicle),
        promised_(past.acknowledged, life.chronicle, conduct.early) {}

  std::string run() {
    PowerWatch power(root_, conduct_.lies, model::Random(random_.next()), conduct_.permille,
                     [this] {
                       return Outside{promised_.now(), clock_.civil_ms()};
                     });
    std::string wrong;
    {
      const disk::Watch watch(root_, power);
      if (conduct_.kill_at != 0) wrong = be_killed(power);
      if (wrong.empty()) wrong = open();
      if (wrong.empty()) wrong = hold_to_past();
      if (wrong.empty()) wrong = work();
      if (engine_) promised_.close();
      engine_.reset();
    }
    life_.moments = std::move(power.moments());
    life_.found = factory_.found();
    life_.calls = power.calls();
    life_.trace = power.trace();
    return wrong;
  }

 private:
  // A process that doesn't come to its end. Its successor finds what the kernel kept.
  std::string be_killed(PowerWatch& power) {
    power.kill_at(conduct_.kill_at, conduct_.kill_in);
    std::string wrong = open();
    if (wrong.empty()) {
      Load load(*engine_, clock_, model::Random(random_.next()), manner(), {});
      for (int step = 0; step < kStepsMax && !power.killed(); ++step) {
        load.hurried_step();
        if (!conduct_.kill_in.empty()) let_checkpoint(power);
      }
    }
    if (engine_) promised_.close();
    engine_.reset();
    life_.killed = power.killed();
    if (power.killed() && factory_.wrong().empty()) wrong.clear();  // it may say what it likes
    power.begin_anew();
    return wrong;
  }

  // So that the steps of the state aren't fewer because this machine has other work. It may be
  // killed in one of them.
  void let_checkpoint(const PowerWatch& power) {
    (void)engine_->settle();
    const auto is_due = [this] {
      const Counters counters = engine_->counters();
      return counters.durable.value - counters.applied.value >= office::kCheckpointFrom;
    };
    while (is_due() && !power.killed() && engine_->health() != Health::failed) {
      std::this_thread::yield();
    }
  }

  Load::Manner manner() const {
    return {conduct_.durability == Durability::relaxed, conduct_.calm};
  }

  std::string open() {
    const Lsn owed = conduct_.early ? past_.acknowledged : promised_.now();
    Options options = office::options(clock_);
    options.directory = root_ / "data";
    options.durability = conduct_.durability;
    options.store = &factory_;
    options.journal_retain_lsn = conduct_.trims ? 0 : std::uint64_t{1} << 40;
    options.seed = random_.next() | 1;
    auto opened = Engine::open(options);
    if (!factory_.wrong().empty()) return "found: " + factory_.wrong();
    if (!opened.ok()) {
      return std::string("opening: ") + to_string(opened.code()) + ", " + opened.error().detail;
    }
    engine_ = std::move(*opened);
    if (factory_.found() < owed) {
      return "LSN " + std::to_string(owed.value) + " was acknowledged, and the journal ends at " +
             std::to_string(factory_.found().value);
    }
    promised_.open(*engine_);
    return {};
  }

  // The engine is what all of the journal makes of it, what was trimmed included.
  std::string hold_to_journal() {
    if (std::string words = test::come_to_rest(*engine_, office::kCheckpointFrom); !words.empty())
      return words;
    const store::MemoryJournal journal = life_.chronicle.journal();
    if (const model::Finding finding = replay_.follow(journal)) return model::to_string(*finding);
    return test::compare(*engine_, replay_.model(), journal);
  }

  std::string hold_to_past() {
    if (std::string words = hold_to_journal(); !words.empty()) return words;
    if (factory_.found() == Lsn{}) return {};
    return send_one_again();
  }

  // A client whose answer was lost asks again: it is given what it had.
  std::string send_one_again() {
    std::vector<const model::ModelBooking*> all;
    for (const auto& [id, booking] : replay_.model().bookings()) all.push_back(&booking);
    if (all.empty()) return {};
    const model::ModelBooking& booking = *all[random_.below(all.size())];
    if (booking.operations.empty()) return {};
    ClaimRequest request;
    request.slot = booking.slot;
    request.seats = booking.seats;
    request.applicant = booking.applicant;
    request.operation = booking.operations.front();
    const Result<Booking> again = engine_->claim(request);
    // Claims that named days and no slot are another request under the same id.
    const auto* granted = replay_.model().find_operation(request.operation);
    const bool is_the_same = granted != nullptr && granted->payload == ledger::payload_of(request);
    if (again.code() == Code::operation_mismatch && !is_the_same) return {};
    if (again.ok() && again->id == booking.id) return {};
    return model::name(booking.id) +
           " isn't given again under its operation id: " + to_string(again.code());
  }

  std::string work() {
    std::vector<BookingId> known;
    for (const auto& [id, booking] : replay_.model().bookings()) known.push_back(id);
    for (const auto& [id, group] : replay_.model().groups()) known.push_back(id);
    if (conduct_.crowded) {
      std::vector<std::thread> threads;
      for (int i = 0; i < kThreads; ++i) {
        threads.emplace_back([&, random = model::Random(random_.next())] {
          Load load(*engine_, clock_, random, manner(), known);
          for (int step = 0; step < conduct_.steps / kThreads; ++step) load.hurried_step();
        });
      }
      for (std::thread& thread : threads) thread.join();
    } else {
      Load load(*engine_, clock_, model::Random(random_.next()), manner(), known);
      for (int step = 0; step < conduct_.steps; ++step) {
        if (std::string words = load.step(); !words.empty()) return words;
      }
    }
    if (engine_->health() == Health::failed) return "it failed: " + engine_->last_problem();
    if (std::string words = hold_to_journal(); !words.empty()) return words;
    const Counters counters = engine_->counters();
    life_.checkpointed = counters.applied.value > 0;
    life_.walk_ins = counters.walk_ins;
    life_.offers = counters.promotions;
    life_.trimmed = factory_.oldest() > Lsn{1};
    return {};
  }

  const std::filesystem::path root_;
  const Past& past_;
  const Conduct& conduct_;
  Life& life_;
  model::Random random_;
  model::ManualClock clock_;
  test::ChroniclingFactory factory_;
  Promised promised_;
  model::JournalReplay replay_{{office::kRetentionMs, true, false}};
  std::unique_ptr<Engine> engine_;
};

}  // namespace

Life live(const std::filesystem::path& root, const Past& past, const Conduct& conduct) {
  Life life(past.chronicle);
  life.wrong = Living(root, past, conduct, life).run();
  return life;
}

}  // namespace janji::power
