#include "engine/gatekeeper.hpp"

#include <algorithm>

namespace janji {

namespace {

constexpr std::int64_t kEveryMs = 100;

}  // namespace

void Gatekeeper::look(LedgerTime now, Lsn durable, Lsn applied) {
  using ledger::Gate;
  const Gate gate = ledger_.gate();
  if (gate == Gate::failed || gate == Gate::closed) return;
  const std::uint64_t backlog = durable.value > applied.value ? durable.value - applied.value : 0;
  if (now.value - looked_at_ms_ >= kEveryMs) {
    looked_at_ms_ = now.value;
    low_ = options_.durability != Durability::memory && look_at_room();
  }
  const bool checkpointing = options_.checkpoint;
  Gate wanted = Gate::open;
  if (low_ || (checkpointing && backlog > 2 * options_.backlog_max)) {
    wanted = Gate::read_only;
  } else if (checkpointing && backlog > options_.backlog_max) {
    wanted = Gate::backlog;
  }
  if (wanted != gate) ledger_.set_gate(wanted);
}

bool Gatekeeper::look_at_room() {
  const Result<std::size_t> journal = journal_.free_bytes();
  const Result<std::size_t> state = state_.free_bytes();
  // A state that failed is written no more, so it needs no room; how far it lags behind decides.
  const bool state_failed = state.code() == Code::outcome_unknown;
  if (!journal.ok() || (!state.ok() && !state_failed)) return true;
  const std::size_t room = state_failed ? *journal : std::min(*journal, *state);
  const std::size_t mark = options_.disk_low_water_bytes;
  return room < (low_ ? mark + mark / 2 : mark);
}

}  // namespace janji
