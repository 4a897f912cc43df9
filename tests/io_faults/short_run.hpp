// A directory's life in short, of which any one call to the disk may fail: it is made, worked on,
// checkpointed, trimmed, closed and opened again; and then the disk is mended.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <janji/engine.hpp>

#include "io_faults/fault.hpp"

namespace janji::io_faults {

struct Outcome {
  std::string wrong;              // empty: all was as it must be
  std::string fault;              // its words; empty: it never struck
  std::vector<disk::Kind> kinds;  // of all calls until the disk was mended

  // What came of it.
  bool open_failed{false};
  bool writer_failed{false};
  bool checkpointer_failed{false};
  bool read_only{false};
  bool checkpointed{false};
  bool trimmed{false};
};

// `seed` chooses the operations. The same seed gives, but for some questions that are asked by the
// clock, the same calls; relaxed, about the same.
Outcome short_run(std::uint64_t seed, Durability durability, const Fault& fault);

}  // namespace janji::io_faults
