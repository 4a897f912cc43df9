// An engine whose journal the model follows while it runs, by a clock that the test owns.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <janji/engine.hpp>

#include "model/clocks.hpp"
#include "model/journal_replay.hpp"
#include "model/operation_model.hpp"
#include "model/watched_store.hpp"
#include "store/memory_store.hpp"

namespace janji::model {

class WatchedEngine {
 public:
  // In memory, without a checkpointer. `options` need a catalogue; clock and store are set here.
  WatchedEngine(Options options, std::int64_t civil_ms);

  Engine& engine() { return *engine_; }
  ManualClock& clock() { return clock_; }
  WatchedFactory& disk() { return watched_; }
  const LedgerModel& model() const { return replay_.model(); }
  OperationModel& operations() { return *operations_; }

  // Everything decided so far is durable and in the model. The words of what is wrong, or none.
  std::string catch_up();

  // Moves the clock and lets everything happen that falls due by it. Words when something that
  // was due for more than a second didn't happen.
  std::string advance(std::int64_t ms);

  // There is a hold at or past its deadline that isn't expired yet: for at most a second either
  // answer about its seats is right.
  bool undecided_now() const;

  // Compares every booking and every slot of the engine with the model's.
  std::string compare() const;

 private:
  std::string follow();
  std::string still_kept(const std::map<SlotKey, std::uint32_t>& falls,
                         const std::map<SlotKey, std::uint32_t>& tranches) const;
  std::vector<LaneId> lane_ids() const;

  Options options_;
  ManualClock clock_;
  store::MemoryFactory memory_;
  WatchedFactory watched_;
  std::unique_ptr<Engine> engine_;
  JournalReplay replay_;
  std::unique_ptr<OperationModel> operations_;
};

}  // namespace janji::model
