#include <cstdio>
#include <string>

#include "cases.hpp"
#include "machine.hpp"

namespace janji::bench {

namespace {

constexpr Case kCases[] = {
    {"decide", "a claim decided in memory, one caller: cache-resident, 4 million bookings, ahead",
     run_decide},
    {"refuse", "refusing a sold-out slot: id known to be fresh, id looked up at 4 million ids",
     run_refuse},
    {"durable", "durable claims by callers and slots, beside a bare program of the same bytes",
     run_durable},
    {"hot", "one hot slot, seats given back as they go, beside the spread case", run_hot},
    {"peers", "the same semantics behind one mutex and on one owner thread, 1 to 4 callers",
     run_peers},
    {"latency", "one durable claim on an idle engine, beside one bare LMDB commit", run_latency},
    {"calendar", "the month calendar of one lane: 90 days of 52 slots", run_calendar},
    {"recovery", "opening a data directory: from the journal, from the state", run_recovery},
    {"memory", "bytes a booking and a slot", run_memory},
    {"sustained", "claims and cancels with the checkpointer running, for minutes", run_sustained},
    {"scaling", "cost of a claim from 10^4 to 10^7 slots and bookings", run_scaling},
};

}  // namespace

std::span<const Case> all_cases() {
  return kCases;
}

const Case* find_case(std::string_view name) {
  for (const Case& one : kCases) {
    if (name == one.name) return &one;
  }
  return nullptr;
}

}  // namespace janji::bench

int main(int argc, char** argv) {
  using namespace janji::bench;
  const Settings settings = parse_settings(argc, argv);
  std::string command = "janji_bench_engine";
  for (int i = 1; i < argc; ++i) command += std::string(" ") + argv[i];
  Report report(settings.json);
  report.machine(look_at_machine(settings.directory), command);
  for (const Case& one : all_cases()) {
    bool wanted = settings.cases.empty();
    for (const std::string& name : settings.cases) wanted = wanted || name == one.name;
    if (!wanted) continue;
    std::printf("\n== %s: %s\n", one.name, one.about);
    std::fflush(stdout);
    one.run(settings, report);
    report.finish_case();
  }
  return 0;
}
