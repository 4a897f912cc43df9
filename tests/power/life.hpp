// An engine from one loss of power to the next.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <janji/options.hpp>

#include "model/random.hpp"
#include "power/power_watch.hpp"
#include "support/chronicle.hpp"

namespace janji::power {

// How a life goes.
struct Conduct {
  Durability durability{Durability::strict};
  bool trims{false};         // the journal is trimmed behind the state, else kept whole
  bool crowded{false};       // several threads at once: what they do can't be repeated exactly
  bool calm{false};          // as Load::Manner has it
  bool early{false};         // what was only published counts as acknowledged: a wrong engine
  Lies lies;                 // a wrong disk
  int steps{0};              // of load
  std::uint64_t kill_at{0};  // the first process is killed in this call; 0: there is only one
  std::string kill_in;       // counted are writes through to this file; empty: all calls
  int permille{0};           // chance of an image before and after each call
  std::uint64_t seed{0};
};

// What the life before leaves to this one.
struct Past {
  test::Chronicle chronicle;  // with what may have been lost
  Lsn acknowledged;
  std::int64_t civil_ms{0};
};

struct Life {
  explicit Life(const test::Chronicle& past) : chronicle(past) {}

  std::string wrong;            // empty: all was as it must be
  std::vector<Moment> moments;  // at which it may have ended
  test::Chronicle chronicle;    // up to its end
  Lsn found;                    // where the journal ended that it found
  std::uint64_t calls{0};       // to the disk
  std::uint64_t trace{0};       // of them all
  bool trimmed{false};          // the journal no longer began at LSN 1
  bool checkpointed{false};
  std::uint64_t walk_ins{0};
  std::uint64_t offers{0};  // of seats, to who waited
  bool killed{false};       // the first process, as it was meant to be
};

// Opens what is in `root`/data, holds it to the past, lives on, and ends in order.
Life live(const std::filesystem::path& root, const Past& past, const Conduct& conduct);

}  // namespace janji::power
