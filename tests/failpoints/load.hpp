// What goes on in the process that is going to be killed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include <janji/engine.hpp>

namespace janji::failpoints {

// Written to the pipe once it is durable and would be told to somebody.
struct Acknowledged {
  enum class Kind : std::uint8_t {
    claim,
    confirm,
    cancel,
    reschedule,
    act,
    claim_group,
    move_group,
    block,
    grant,
    list,
    join,
    join_group,
    erase,
    walk_in
  };
  Kind kind;
  std::uint64_t booking;
  std::uint64_t lsn;
};
static_assert(sizeof(Acknowledged) == 24);  // one write to a pipe is whole or not at all

struct Moment {
  std::string step;     // the name of a step
  std::uint64_t count;  // at which arrival there, from 1
};

// The options of all openings of this test. `clock` and `threads` are left out.
Options options(const std::filesystem::path& directory);

// Opens the directory, lets callers loose on it, acknowledges to the pipe, and closes; kills its
// own process on the way, at the moment. Returns when nobody came there so often. On one thread, in
// an order drawn from the seed.
void run_until_killed(const std::filesystem::path& directory, std::uint64_t seed, Moment moment,
                      int pipe);

}  // namespace janji::failpoints
