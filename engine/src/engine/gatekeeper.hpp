// When the engine stops taking claims, and when it stops altogether.
#pragma once

#include <cstdint>

#include <janji/options.hpp>
#include <janji/types.hpp>

#include "ledger/ledger.hpp"
#include "store/journal_store.hpp"
#include "store/state_store.hpp"

namespace janji {

// Problem: what runs full must be foreseen while it can still be said (hazards 13 and 16).
// Operation: after a round, at most ten times a second, looks at the room left in both maps and on
// the disk, and at how far the state lags behind the journal:
//   backlog > backlog_max       claims are refused (overloaded), confirm and cancel go on
//   backlog > 2 * backlog_max   read_only
//   room < disk_low_water_bytes read_only, until there is half as much again
//   a commit failed             failed, for good
// Concurrency: the writer's thread.
class Gatekeeper {
 public:
  Gatekeeper(const Options& options, ledger::Ledger& ledger, const store::JournalStore& journal,
             const store::StateStore& state)
      : options_(options), ledger_(ledger), journal_(journal), state_(state) {}

  void look(LedgerTime now, Lsn durable, Lsn applied);
  // As of the last look.
  bool room_is_low() const noexcept { return low_; }
  void fail() noexcept { ledger_.set_gate(ledger::Gate::failed); }

 private:
  bool look_at_room();

  const Options& options_;
  ledger::Ledger& ledger_;
  const store::JournalStore& journal_;
  const store::StateStore& state_;
  std::int64_t looked_at_ms_{-1000};
  bool low_{false};
};

}  // namespace janji
