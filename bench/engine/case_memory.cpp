// Bytes a booking and a slot: what the tables are made of, and what the process really takes.
#include <cstdio>
#include <fstream>
#include <string>

#include "cases.hpp"
#include "house.hpp"
#include "ledger/booking_slab.hpp"
#include "ledger/day_table.hpp"
#include "ledger/expiry_wheel.hpp"
#include "ledger/key_index.hpp"
#include "null_store.hpp"
#include "run.hpp"

namespace janji::bench {

namespace {

double resident_bytes() {
  std::ifstream in("/proc/self/status");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::stod(line.substr(6)) * 1024;
  }
  return 0;
}

double resident_with(const Settings& settings, const World& world, std::uint64_t bookings,
                     std::uint64_t operations) {
  NullFactory null;
  Options options = options_for(world, bookings, 4096, settings.huge_pages);
  options.operations_max = static_cast<std::uint32_t>(operations);
  options.store = &null;
  const std::unique_ptr<Engine> engine = open_or_exit(options);
  return resident_bytes();
}

}  // namespace

void run_memory(const Settings& settings, Report& report) {
  constexpr std::uint64_t kStep = 2'000'000;
  const auto step = static_cast<double>(kStep);
  const World few = make_world({.slots = 50'000});
  const World more = make_world({.slots = 2'050'000});
  const double base = resident_with(settings, few, 1'000'000, 1'000'000);
  const double bookings = resident_with(settings, few, 1'000'000 + kStep, 1'000'000) - base;
  const double operations = resident_with(settings, few, 1'000'000, 1'000'000 + kStep) - base;
  const double slots = resident_with(settings, more, 1'000'000, 1'000'000) - base;

  // The engine's options leave a tenth of the horizon's slots to spare; open ones are counted here.
  const double index = static_cast<double>(ledger::KeyIndex(kStep, false).bytes()) / step;
  // One list at a time: of holds, of what ended, of free places.
  const double links = sizeof(std::uint32_t);
  report.add({"memory of a live booking",
              "resident",
              0,
              bookings / step,
              "bytes",
              {{"slab", sizeof(ledger::BookingCell)},
               {"applicant index", index},
               {"operation index", index},
               {"links", links}}});
  report.add({"memory of a live booking",
              "by the tables",
              0,
              sizeof(ledger::BookingCell) + 2 * index + links,
              "bytes",
              {}});
  report.add({"memory of a confirm or cancel", "resident", 0, operations / step, "bytes", {}});
  report.add({"memory of a confirm or cancel",
              "by the tables",
              0,
              sizeof(ledger::OperationCell) + index,
              "bytes",
              {}});
  report.add({"memory of a slot",
              "resident",
              0,
              slots / static_cast<double>(more.slots() - few.slots()),
              "bytes",
              {}});
}

}  // namespace janji::bench
