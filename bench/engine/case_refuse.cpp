// What a refusal costs: in a surge refusals outnumber grants a hundred to one.
#include "audit.hpp"
#include "cases.hpp"
#include "house.hpp"
#include "null_store.hpp"
#include "run.hpp"

namespace janji::bench {

namespace {

void sell_out(Engine& engine, const World& world, Script script) {
  script.one_slot = true;
  script.seed += 100;
  ClaimRequest request;
  for (std::uint64_t k = 0; k < world.capacity + 1U; ++k) {
    script.make(1, k, request);
    const Result<Booking> booking = engine.claim(request);
    if (booking.ok()) continue;
    if (booking.code() != Code::slot_full) fail_run("refuse", to_string(booking.code()));
    return;
  }
  fail_run("refuse", "the slot was never full");
}

struct Cost {
  double ns, cpu_ns;
};

Cost refuse(Engine& engine, Script script, std::uint64_t count, bool is_new) {
  script.one_slot = true;
  script.seed += 200;
  script.is_new = is_new;
  std::uint64_t full = 0;
  ClaimRequest request;
  const double begin = seconds_now(), cpu_begin = thread_cpu_now();
  for (std::uint64_t k = 0; k < count; ++k) {
    script.make(2, k, request);
    Patience patience;
    const Decision decision = engine.try_claim(request, patience);
    full += decision.verdict == Verdict::refused && decision.code == Code::slot_full;
  }
  const double took = seconds_now() - begin, cpu = thread_cpu_now() - cpu_begin;
  if (full != count) fail_run("refuse", "a sold-out slot answered otherwise");
  const double many = static_cast<double>(count);
  return {took * 1e9 / many, cpu * 1e9 / many};
}

}  // namespace

void run_refuse(const Settings& settings, Report& report) {
  const std::uint64_t bookings = settings.scaled(4'000'000);
  const std::uint64_t slots = settings.scaled(100'000);
  const World world = make_world({.slots = slots, .capacity = capacity_for(bookings, slots)});
  NullFactory null;
  Options options = options_for(world, bookings + world.capacity + 1, settings.record_blocks,
                                settings.huge_pages);
  options.store = &null;
  const std::unique_ptr<Engine> engine = open_or_exit(options);
  const Script script{&world, 1};
  fill(*engine, script, bookings);
  sell_out(*engine, world, script);
  const std::uint64_t before = engine->counters().bookings_in_use;
  for (int round = 0; round < settings.rounds; ++round) {
    Script own = script;
    own.seed += static_cast<std::uint64_t>(round);
    for (const bool is_new : {true, false}) {
      const Cost cost = refuse(*engine, own, bookings, is_new);
      report.add({"refusal of a sold-out slot",
                  is_new ? "id known to be fresh" : "id looked up at 4 million ids",
                  round,
                  cost.ns,
                  "ns/refusal",
                  {{"caller's cpu ns", cost.cpu_ns}}});
    }
  }
  if (engine->counters().bookings_in_use != before) fail_run("refuse", "a refusal left something");
}

}  // namespace janji::bench
