#include "run.hpp"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>

#include "audit.hpp"
#include "null_store.hpp"

namespace janji::bench {

namespace {

// Threads meet here before a timed stretch: they spin, since sleeping would be measured too.
class StartLine {
 public:
  explicit StartLine(std::uint32_t threads) : missing_(threads) {}
  void arrive() {
    missing_.fetch_sub(1, std::memory_order_acq_rel);
    while (missing_.load(std::memory_order_acquire) != 0) std::this_thread::yield();
  }

 private:
  std::atomic<std::uint32_t> missing_;
};

// All callers at once, each its share of `claims`; returns the seconds from the first one's start
// to the last one's end.
double claim_with(Contestant& contestant, const RunSpec& spec, std::uint64_t from,
                  std::uint64_t claims, RunResult& result) {
  const auto stretch_of = [&](std::uint32_t thread) {
    return Stretch{&spec.script, thread, from, claims / spec.callers, spec.ahead, spec.cancelled};
  };
  if (spec.callers == 1) {
    const double cpu_begin = thread_cpu_now();
    const double begin = seconds_now();
    contestant.claim(stretch_of(0), result.tally);
    const double took = seconds_now() - begin;
    result.cpu_s += thread_cpu_now() - cpu_begin;
    return took;
  }
  StartLine line(spec.callers);
  std::vector<Tally> tallies(spec.callers);
  std::vector<double> begins(spec.callers), ends(spec.callers);
  std::vector<std::thread> threads;
  for (std::uint32_t t = 0; t < spec.callers; ++t) {
    threads.emplace_back([&, t] {
      line.arrive();
      begins[t] = seconds_now();
      contestant.claim(stretch_of(t), tallies[t]);
      ends[t] = seconds_now();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Tally& one : tallies) result.tally.add(one);
  return *std::max_element(ends.begin(), ends.end()) -
         *std::min_element(begins.begin(), begins.end());
}

// Bursts that fit the undurable room, with the writer standing still; what it does between them
// isn't counted.
void run_gated(Contestant& contestant, CommitGate& gate, const Settings& settings,
               const RunSpec& spec, RunResult& result) {
  const std::uint64_t burst =
      std::max<std::uint64_t>(1, settings.record_blocks / 2 / spec.callers) * spec.callers;
  for (std::uint64_t from = 0; from < spec.claims; from += burst) {
    const std::uint64_t many = std::min(burst, spec.claims - from);
    gate.shut();
    result.decided_s += claim_with(contestant, spec, from / spec.callers, many, result);
    gate.open();
    contestant.settle();
  }
}

void run_flat_out(Contestant& contestant, const RunSpec& spec, RunResult& result) {
  const double begin = seconds_now();
  result.decided_s += claim_with(contestant, spec, 0, spec.claims, result);
  contestant.settle();
  result.settled_s += seconds_now() - begin;
}

Expected expected_of(const RunSpec& spec, const Tally& tally, const std::string& name) {
  Expected made;
  made.run = name;
  made.granted = spec.cancelled != 0 ? 0 : tally.granted;
  if (spec.cancelled != 0) {
    made.seats.assign(spec.world->slots(), 0);
  } else if (spec.all_granted) {
    made.seats.assign(spec.world->slots(), 0);
    for (std::uint32_t t = 0; t < spec.callers; ++t) {
      for (std::uint64_t k = 0; k < spec.claims / spec.callers; ++k) {
        ++made.seats[spec.script.slot_index(t, k)];
      }
    }
  }
  return made;
}

void check_tally(const RunSpec& spec, const Tally& tally, const std::string& name) {
  if (tally.other != 0) {
    fail_run(name, std::to_string(tally.other) +
                       " answers that nobody expected, the last: " + to_string(tally.last_other));
  }
  if (spec.all_granted && (tally.full != 0 || tally.granted != spec.claims)) {
    fail_run(name, std::to_string(tally.granted) + " granted of " + std::to_string(spec.claims));
  }
}

RunResult run_in_new_house(const Settings& settings, const Rival& rival, const RunSpec& spec) {
  const ScratchDirectory scratch(settings);
  const std::string name =
      rival.name + ", " + to_string(spec.medium) + ", " + std::to_string(spec.callers) + " callers";
  NullFactory null;
  Setup setup;
  setup.world = spec.world;
  setup.options =
      options_for(*spec.world, spec.claims, settings.record_blocks, settings.huge_pages);
  setup.options.directory = scratch.path();
  // Nobody is blocked or waits: a house that fits the cache isn't driven out of it by what is laid
  // out at its opening for them.
  setup.options.blocks_max = 64;
  setup.options.entitlements_max = 64;
  setup.options.eligible_max = 256;
  setup.options.waiters_max = 64;
  setup.options.later_seats_max = 64;
  if (spec.operations != 0) {
    setup.options.operations_max = static_cast<std::uint32_t>(spec.operations + 4096);
  }
  setup.store = spec.medium == Medium::disk ? nullptr : &null;
  setup.medium = spec.medium;
  setup.callers = spec.callers;

  RunResult result;
  result.claims = spec.claims;
  Expected expected;
  {
    const std::unique_ptr<Contestant> contestant = rival.make(setup);
    if (spec.medium == Medium::gated) {
      run_gated(*contestant, null.gate(), settings, spec, result);
    } else {
      run_flat_out(*contestant, spec, result);
    }
    result.commits = contestant->commits();
    check_tally(spec, result.tally, name);
    expected = expected_of(spec, result.tally, name);
    audit_memory(*spec.world, *contestant, expected);
  }
  if (spec.medium == Medium::disk) audit_disk(*spec.world, scratch.path(), expected);
  return result;
}

}  // namespace

Facts RunResult::facts() const {
  Facts made;
  if (settled_s > 0) {
    made.emplace_back("commits", static_cast<double>(commits));
    made.emplace_back("claims/commit",
                      static_cast<double>(tally.granted) /
                          static_cast<double>(std::max<std::uint64_t>(1, commits)));
  }
  if (cpu_s > 0) made.emplace_back("caller's cpu ns", cpu_s * 1e9 / static_cast<double>(claims));
  made.emplace_back("no room", static_cast<double>(tally.overloads));
  made.emplace_back("waits", static_cast<double>(tally.waits));
  return made;
}

RunResult run_once(const Settings& settings, const Rival& rival, const RunSpec& given) {
  RunSpec spec = given;
  spec.claims -= spec.claims % spec.callers;
  RunResult sum;
  for (int i = 0; i < spec.repetitions; ++i) {
    spec.script.seed = given.script.seed + static_cast<std::uint64_t>(i);
    const RunResult one = run_in_new_house(settings, rival, spec);
    sum.decided_s += one.decided_s;
    sum.settled_s += one.settled_s;
    sum.cpu_s += one.cpu_s;
    sum.claims += one.claims;
    sum.commits += one.commits;
    sum.tally.add(one.tally);
  }
  return sum;
}

ScratchDirectory::ScratchDirectory(const Settings& settings) {
  std::string name = (settings.directory / "bench-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) {
    std::perror(name.c_str());
    std::exit(2);
  }
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

double thread_cpu_now() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace janji::bench
