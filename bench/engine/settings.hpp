// What a run of the benches was asked for.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace janji::bench {

struct Settings {
  std::vector<std::string> cases;         // empty: all
  std::filesystem::path directory;        // for everything on the disk; a folder of our own in it
  std::string json;                       // file for JSON lines; empty: none
  int rounds{5};                          // of the interleaved contestants
  double scale{1.0};                      // of all counts of claims, bookings and slots
  std::uint32_t record_blocks{1U << 15};  // decisions undurable at a time, of every contestant
  int ahead{4};                           // claims prepared ahead, where a case says so
  double seconds{180};                    // of the sustained case
  bool huge_pages{true};
  bool smoke{false};

  std::uint64_t scaled(std::uint64_t count, std::uint64_t least = 1000) const {
    const auto made = static_cast<std::uint64_t>(static_cast<double>(count) * scale);
    return made < least ? least : made;
  }
};

// Ends the program, with words, when the arguments are wrong or help was asked for.
Settings parse_settings(int argc, char** argv);

}  // namespace janji::bench
