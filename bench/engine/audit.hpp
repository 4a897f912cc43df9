// What must be true after every run, whoever sold the seats. A run that fails ends the program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "contestant.hpp"
#include "world.hpp"

namespace janji::bench {

struct Expected {
  std::string run;                   // for the message
  std::vector<std::uint32_t> seats;  // of each slot, in the order of World::slot()
  std::uint64_t granted{0};
};

// Settled: sold what was granted, slot by slot, none above its capacity.
void audit_memory(const World& world, const Contestant& contestant, const Expected& expected);

// Closed: the journal in `directory` is whole (hashes, chain, no LSN missing), and its records, one
// after another, sell what was granted, slot by slot, never one above its capacity.
void audit_disk(const World& world, const std::filesystem::path& directory,
                const Expected& expected);

[[noreturn]] void fail_run(const std::string& run, const std::string& what);

}  // namespace janji::bench
