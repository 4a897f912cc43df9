// The first half of a recovery: the state's tables.
#pragma once

#include <cstdint>

#include <janji/result.hpp>

#include "state/recovery_sink.hpp"
#include "store/state_store.hpp"

namespace janji::state {

struct LoadedState {
  StateMeta meta;
  std::uint64_t days{0};
  std::uint64_t places{0};
};

// Hands every row to `sink`, in the order that RecoverySink says, on_state_loaded() included.
// Errors: damaged, with table and row; the sink's; the store's.
Result<LoadedState> load_state(const store::StateStore& state, RecoverySink& sink);

}  // namespace janji::state
