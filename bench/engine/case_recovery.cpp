// How long opening a directory takes, by what it holds. The time to open an empty one with tables
// of the same size is measured beside it and taken off.
#include <fcntl.h>
#include <unistd.h>

#include "audit.hpp"
#include "cases.hpp"
#include "house.hpp"
#include "run.hpp"

namespace janji::bench {

namespace {

// Its bytes leave the page cache; what is on the disk is read again.
void drop_from_cache(const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const int file = open(entry.path().c_str(), O_RDONLY);
    if (file < 0) continue;
    fdatasync(file);
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    close(file);
  }
}

double open_and_check(const Options& options, std::uint64_t bookings, bool from_state) {
  const double begin = seconds_now();
  const std::unique_ptr<Engine> engine = open_or_exit(options);
  const double took = seconds_now() - begin;
  if (engine->counters().bookings_in_use != bookings) {
    fail_run("recovery", "bookings went astray over a restart");
  }
  if (from_state && engine->counters().applied.value < bookings) {
    fail_run("recovery", "the state was behind the journal");
  }
  return took;
}

void run_source(const Settings& settings, Report& report, const World& world,
                std::uint64_t bookings, bool from_state) {
  const char* source = from_state ? "recovery from the state" : "recovery from the journal";
  const ScratchDirectory scratch(settings), empty(settings);
  Options options = options_for(world, bookings, settings.record_blocks, settings.huge_pages);
  options.checkpoint = from_state;
  options.directory = scratch.path();
  {
    const std::unique_ptr<Engine> engine = open_or_exit(options);
    fill(*engine, Script{&world, 1}, bookings);
  }  // closing it carries everything into the state, where there is a checkpointer
  for (int round = 0; round < settings.rounds; ++round) {
    Options fresh = options;
    fresh.directory = empty.path() / std::to_string(round);
    const double base = open_and_check(fresh, 0, false);
    std::filesystem::remove_all(fresh.directory);
    for (const bool cold : {false, true}) {
      if (cold) drop_from_cache(scratch.path());
      const double took = open_and_check(options, bookings, from_state);
      report.add({source,
                  cold ? "files cold" : "files cached",
                  round,
                  static_cast<double>(bookings) / std::max(took - base, 1e-9) / 1e6,
                  from_state ? "million bookings/s" : "million records/s",
                  {{"opening s", took}, {"empty s", base}}});
    }
  }
}

}  // namespace

void run_recovery(const Settings& settings, Report& report) {
  const std::uint64_t bookings = settings.scaled(4'000'000);
  const std::uint64_t slots = settings.scaled(100'000);
  const World world = make_world({.slots = slots, .capacity = capacity_for(bookings, slots)});
  run_source(settings, report, world, bookings, false);
  run_source(settings, report, world, bookings, true);
}

}  // namespace janji::bench
