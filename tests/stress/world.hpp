// The engine under stress: 1,000 seats in three hot and many cooler slots, a fast clock, short
// holds, short retention, small tables.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <janji/engine.hpp>

#include "model/clocks.hpp"
#include "model/commit_points.hpp"
#include "model/watched_store.hpp"
#include "store/memory_store.hpp"
#include "support/scratch_directory.hpp"

namespace janji::stress {

inline constexpr int kLanes = 2;
inline constexpr int kDays = 5;
inline constexpr int kSlotsPerDay = 10;
inline constexpr int kCapacity = 10;
static_assert(kLanes * kDays * kSlotsPerDay * kCapacity == 1000);
// Besides, one office more with a pool, of which what nobody has falls back each minute.
inline constexpr int kPoolLanes = 2;
// And one where people walk in.
inline constexpr std::size_t kKiosk = kLanes + kPoolLanes;
inline constexpr int kKioskCapacity = 100;
inline constexpr std::int64_t kFallBackMs = 3 * 86'400'000;

inline constexpr std::int64_t kHoldMs = 2000;
inline constexpr std::int64_t kRetentionMs = 2000;
inline constexpr int kClockFactor = 60;

// With checkpoints the state is written beside the race, and opening again begins from its rows.
// The journal is kept whole all the same, for the judge.
enum class Checkpoints : std::uint8_t { off, on };

// Of the service's progress.
inline constexpr std::string_view kStages[] = {"received", "in_process", "ready"};

class World {
 public:
  World(Durability durability, std::uint64_t seed, Checkpoints checkpoints = Checkpoints::off);
  ~World();

  Engine& engine() { return *engine_; }
  model::CommitPoints& commits() { return commits_; }
  Day first_day() const { return first_day_; }
  LaneId lane(std::size_t index) const { return lanes_[index]; }
  std::span<const LaneId> lanes() const { return lanes_; }
  // As it is opened with, and as its files were edited.
  std::span<const std::shared_ptr<const Catalogue>> catalogues() const { return catalogues_; }

  // The clock stops, and everything that is due by it and everything decided becomes durable.
  // Nobody else may be calling. Words when that fails.
  std::string come_to_rest();

  void stop_clock() { clock_.stop(); }

  // Closes the engine and opens the same data again; the clock stands where it stood.
  void reopen();

  const store::JournalStore& journal() const { return watched_.journal(); }
  model::WatchedFactory& disk() { return watched_; }

 private:
  Options options();
  void open();
  void close();

  Durability durability_;
  std::uint64_t seed_;
  Checkpoints checkpoints_;
  std::vector<std::shared_ptr<const Catalogue>> catalogues_;
  test::TemporaryDirectory directory_;
  store::MemoryFactory memory_;
  model::WatchedFactory watched_;
  model::FastClock clock_;
  model::CommitPoints commits_;
  std::unique_ptr<Engine> engine_;
  Day first_day_;
  std::vector<LaneId> lanes_;
};

}  // namespace janji::stress
