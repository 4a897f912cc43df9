// Claims and cancels for minutes: can the checkpointer follow, and what does it cost those who
// wait? Each claim is cancelled a fixed number of claims later; holds are short and retention is
// nothing, so that places come free again ("claim", "cancel" and "free" are a record each).
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "audit.hpp"
#include "cases.hpp"
#include "house.hpp"
#include "run.hpp"

namespace janji::bench {

namespace {

constexpr std::uint64_t kPacedRecords = 700'000;  // a second
constexpr std::int64_t kHoldMs = 4000;
constexpr std::uint64_t kSampleEvery = 16;
// The paced generator wakes so often and does what is due since: that much later than due at most,
// which counts as latency, and a core that isn't spun away from the writer and the checkpointer.
constexpr std::chrono::microseconds kNap{200};
constexpr double kLateMax = 10;  // seconds behind at which a paced run is given up

// When each round became durable: written by the writer, read when it has stopped.
class RoundLog final : public ProgressListener {
 public:
  explicit RoundLog(double seconds) { rounds_.reserve(static_cast<std::size_t>(seconds * 20'000)); }
  void on_progress(const Progress& progress) noexcept override {
    if (rounds_.size() < rounds_.capacity() &&
        (rounds_.empty() || rounds_.back().lsn != progress.durable)) {
      rounds_.push_back({progress.durable, seconds_now()});
    }
  }
  struct Round {
    Lsn lsn;
    double at;
  };
  const std::vector<Round>& rounds() const { return rounds_; }

 private:
  std::vector<Round> rounds_;
};

struct Sampled {
  Lsn lsn;
  double due;  // when the operation was to begin: a generator that is late can't hide it
};

std::vector<double> latencies_ms(const std::vector<Sampled>& samples, const RoundLog& log) {
  std::vector<double> made;
  auto round = log.rounds().begin();
  for (const Sampled& sample : samples) {
    while (round != log.rounds().end() && round->lsn < sample.lsn) ++round;
    if (round == log.rounds().end()) break;
    made.push_back((round->at - sample.due) * 1e3);
  }
  std::sort(made.begin(), made.end());
  return made;
}

// Looks every tenth of a second how far the state is behind.
class BacklogWatch {
 public:
  explicit BacklogWatch(const Engine& engine)
      : thread_([this, &engine] {
          while (!stop_.load(std::memory_order_acquire)) {
            const Counters counters = engine.counters();
            const std::uint64_t behind = counters.durable.value > counters.applied.value
                                             ? counters.durable.value - counters.applied.value
                                             : 0;
            most_ = std::max(most_, behind);
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
          }
        }) {}
  std::uint64_t stop() {
    stop_.store(true, std::memory_order_release);
    thread_.join();
    return most_;
  }

 private:
  std::uint64_t most_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

struct Outcome {
  double records_per_s{0};
  double p50_ms{0}, p99_ms{0}, worst_ms{0};
  std::uint64_t backlog{0}, no_room{0};
  double gigabytes{0};
  double late_s{0};  // how far the generator was behind at most
};

class Load {
 public:
  Load(Engine& engine, const World& world, std::uint64_t live)
      : engine_(engine), script_{&world, 7}, live_(live) {}

  // One claim, and the cancel of the one made `live` claims ago. The LSN of the claim.
  Lsn next() {
    BookingId& oldest = live_[k_ % live_.size()];
    if (oldest.value != 0) {
      CancelRequest request;
      request.booking = oldest;
      request.operation = {oldest.value, 1};
      decide([&](Patience& patience) { return engine_.try_cancel(request, patience); });
    }
    ClaimRequest request;
    script_.make(0, k_, request);
    const Decision decision =
        decide([&](Patience& patience) { return engine_.try_claim(request, patience); });
    oldest = decision.booking;
    ++k_;
    return decision.lsn;
  }
  void finish() {
    for (BookingId& booking : live_) {
      if (booking.value == 0) continue;
      CancelRequest request;
      request.booking = booking;
      request.operation = {booking.value, 1};
      decide([&](Patience& patience) { return engine_.try_cancel(request, patience); });
      booking = BookingId{};
    }
  }
  std::uint64_t no_room() const { return no_room_; }

 private:
  template <class Attempt>
  Decision decide(Attempt&& attempt) {
    Patience patience;
    for (;;) {
      const Decision decision = attempt(patience);
      if (decision.verdict == Verdict::granted) return decision;
      if (decision.verdict == Verdict::wait) {
        (void)engine_.wait_round(decision.round);
        continue;
      }
      switch (decision.code) {
        case Code::hold_expired: return decision;  // a slow cancel: the sweep was first
        case Code::illegal_transition: return decision;
        case Code::booking_not_found: return decision;
        case Code::overloaded:
        case Code::limit_reached:
        case Code::slot_full:
        case Code::retry:
          ++no_room_;
          patience = Patience{};
          (void)engine_.settle();
          break;
        default: fail_run("sustained", to_string(decision.code));
      }
    }
  }

  Engine& engine_;
  Script script_;
  std::vector<BookingId> live_;
  std::uint64_t k_{0}, no_room_{0};
};

double size_of(const std::filesystem::path& directory) {
  double bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    bytes += static_cast<double>(entry.file_size());
  }
  return bytes;
}

Outcome run_load(const Settings& settings, bool checkpoint, std::uint64_t pace) {
  const ScratchDirectory scratch(settings);
  const std::uint64_t bookings = settings.scaled(4'000'000, 20'000);
  const std::uint64_t slots = settings.scaled(100'000);
  const World world =
      make_world({.slots = slots, .capacity = capacity_for(bookings, slots), .hold_ms = kHoldMs});
  Options options = options_for(world, bookings, settings.record_blocks, settings.huge_pages);
  options.directory = scratch.path();
  options.operations_max = static_cast<std::uint32_t>(bookings + 4096);
  options.retention_ms = 0;
  options.grace_ms = 0;
  options.checkpoint = checkpoint;
  std::unique_ptr<Engine> engine = open_or_exit(options);
  RoundLog log(settings.seconds);
  engine->add_listener(log);
  BacklogWatch watch(*engine);
  Load load(*engine, world, settings.scaled(400'000, 2000));

  Outcome made;
  std::vector<Sampled> samples;
  samples.reserve(static_cast<std::size_t>(settings.seconds * 100'000));
  const Counters before = engine->counters();
  const double begin = seconds_now();
  // Three records a turn, the free record of an earlier one included.
  const double step = pace == 0 ? 0 : 3.0 / static_cast<double>(pace);
  double due = begin;
  for (std::uint64_t turn = 0; due < begin + settings.seconds; ++turn) {
    double now = seconds_now();
    if (pace == 0) due = now;
    while (now < due) {
      std::this_thread::sleep_for(kNap);
      now = seconds_now();
    }
    made.late_s = std::max(made.late_s, now - due);
    if (made.late_s > kLateMax) break;
    const Lsn lsn = load.next();
    if (turn % kSampleEvery == 0 && samples.size() < samples.capacity()) {
      samples.push_back({lsn, due});
    }
    due += step;
  }
  const double took = seconds_now() - begin;
  const Counters after = engine->counters();
  if (!engine->settle().ok()) fail_run("sustained", engine->last_problem());

  made.records_per_s = static_cast<double>(after.records - before.records) / took;
  made.no_room = load.no_room();
  load.finish();
  if (!engine->settle().ok()) fail_run("sustained", engine->last_problem());
  made.backlog = watch.stop();
  engine->remove_listener(log);
  std::uint64_t taken = 0;
  std::vector<DayAvailability> days(World::kDays);
  for (std::uint32_t lane = 0; lane < world.lanes; ++lane) {
    engine->days(LaneId{lane}, world.first, Day{world.first.value + 87}, days);
    for (const DayAvailability& day : days) taken += day.capacity - day.free;
  }
  if (taken != 0) fail_run("sustained", "all was cancelled, and seats are still taken");
  made.gigabytes = size_of(scratch.path()) / 1e9;
  engine.reset();
  // What was acknowledged is there after a restart, and nothing else.
  engine = open_or_exit(options);
  const std::vector<double> latencies = latencies_ms(samples, log);
  if (latencies.empty()) fail_run("sustained", "no latency was measured");
  made.p50_ms = latencies[latencies.size() / 2];
  made.p99_ms = latencies[latencies.size() * 99 / 100];
  made.worst_ms = latencies.back();
  return made;
}

}  // namespace

void run_sustained(const Settings& settings, Report& report) {
  // Minutes each: one round says enough, and the two are paced by turns.
  for (const bool checkpoint : {true, false}) {
    const Outcome flat = run_load(settings, checkpoint, 0);
    const char* name = checkpoint ? "with the checkpointer" : "without";
    report.add({"sustained, flat out",
                name,
                0,
                flat.records_per_s / 1e6,
                "million records/s",
                {{"most behind", static_cast<double>(flat.backlog)},
                 {"no room", static_cast<double>(flat.no_room)},
                 {"GB on disk", flat.gigabytes}}});
  }
  for (const bool checkpoint : {true, false}) {
    const Outcome paced = run_load(settings, checkpoint, kPacedRecords);
    const char* name = checkpoint ? "with the checkpointer" : "without";
    // Given up when it is too far behind: then `late s` says so, and the latency is that of a queue
    // that grew until then.
    report.add({"sustained, 0.7 million records/s, acknowledged p99",
                name,
                0,
                paced.p99_ms,
                "ms",
                {{"late s", paced.late_s},
                 {"p50 ms", paced.p50_ms},
                 {"worst ms", paced.worst_ms},
                 {"records/s", paced.records_per_s},
                 {"most behind", static_cast<double>(paced.backlog)},
                 {"GB on disk", paced.gigabytes}}});
  }
}

}  // namespace janji::bench
