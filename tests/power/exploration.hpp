// Losses of power, one after another: lives, and what became of each at some of their moments.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "power/life.hpp"

namespace janji::power {

struct Tally {
  std::uint64_t lives{0};           // first ones, each from an empty directory
  std::uint64_t images{0};          // opened and held to what was known
  std::uint64_t of_images{0};       // those taken while an image was opened, or lived on
  std::uint64_t empty{0};           // in which there was no journal yet
  std::uint64_t unacknowledged{0};  // in which there was more than what was acknowledged
  std::uint64_t trimmed{0};         // lives whose journal was trimmed, those from images included
  std::uint64_t checkpointed{0};    // and that had written something to the state
  std::uint64_t walk_ins{0};        // in all of their work, as the next
  std::uint64_t offers{0};          // of seats, to who waited
  std::uint64_t to_kill{0};         // lives whose first process was to be killed
  std::uint64_t killed{0};          // and was
  std::uint64_t first_killed{0};    // of the first ones
  std::string wrong;  // the first thing that wasn't right: which life, which call, what
};

struct Plan {
  std::uint64_t seed{0};  // of the first life; the next have the numbers behind it
  std::uint64_t images{0};
  bool early{false};
  Lies lies;
  bool keep{true};  // a wrong image is kept, and named in `wrong`
};

// Until so many images were opened, or one of them wasn't right.
Tally explore(const Plan& plan);

// Processes that are killed at each of these calls, their successors, and losses of power then.
// `in`: of the writes through to this file, else of all calls.
Tally explore_kills(const Plan& plan, std::uint64_t first_call, std::uint64_t last_call,
                    const std::string& in = {});

// How a first life with this seed goes.
Conduct conduct_of(std::uint64_t seed, const Plan& plan);

}  // namespace janji::power
