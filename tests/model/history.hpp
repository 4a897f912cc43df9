// What clients saw of granted decisions, and whether the journal's order agrees with it.
#pragma once

#include <cstdint>
#include <vector>

#include <janji/types.hpp>

#include "model/violation.hpp"

namespace janji::model {

// One call that was granted under `lsn` (not a replay). The times are of one clock that all
// threads share and that never runs backwards.
struct GrantedCall {
  std::int64_t called_ns{};    // read before the call
  std::int64_t returned_ns{};  // read after it
  Lsn lsn;
};

// Promise 7: what returned before another was called stands before it; no LSN was given twice.
Finding check_order(std::vector<GrantedCall> calls);

}  // namespace janji::model
