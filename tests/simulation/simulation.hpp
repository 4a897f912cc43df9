// One simulated world, from a seed: several lives of one data directory.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "model/feed_mirror.hpp"
#include "simulation/world.hpp"

namespace janji::simulation {

struct Figures {
  std::uint64_t lives{0}, power_losses{0}, failed_commits{0}, failed_openings{0};
  std::uint64_t flips_found{0}, flips_unread{0};
  std::uint64_t records{0}, cut_off{0}, calls{0}, foretold{0}, comparisons{0}, turns{0};
  std::uint64_t archived{0}, reopened{0};  // days
  std::uint64_t fallen{0};                 // times that seats of a pool fell back
  std::uint64_t tranches{0};               // and that some came that were kept back
  std::uint64_t mirrored{0}, gaps{0};      // comparisons with the feed's mirror, gaps that it met
  std::map<std::string, std::uint64_t> answers;

  void add(const Figures& other);
};

// Problem: everything at once: callers, time, a bad disk, crashes and recoveries, in an order that
// can be repeated.
// Operation: each life opens the engine on what the disk kept, lets callers loose on it, moves time
// and the wall clock, wears the disk, and ends with an orderly closing, a commit that failed, or a
// loss of power at any turn. Each record is put to the sequential model as it is committed; whoever
// calls alone is told exactly what the model foretells; at rest the whole engine is compared with
// it; and at the end of each life a judge hears what everybody was told.
class Simulation {
 public:
  explicit Simulation(std::uint64_t seed);

  // Words of what went wrong, or none; once.
  std::string run();

  const Figures& figures() const { return figures_; }
  std::uint64_t digest() const { return scheduler_.digest(); }

 private:
  Options options();
  void begin_life();
  void live();
  bool open();
  void happen();
  void correct_wall_clock();
  void see_days(std::span<const std::byte> record);
  void compare();
  std::string serves_again();
  std::string compare_mirror();
  void end_life();
  void judge();
  void forget_what_was_lost();

  model::Random random_;
  SimulatedClock clock_;
  Scheduler scheduler_;
  SimulatedDisk disk_;
  World world_;
  model::FeedMirror mirror_;  // over all lives: what the feed told is never undone
  Figures figures_;
  std::uint64_t backlog_max_{};
  std::uint32_t operations_max_{};
  std::int64_t archive_after_ms_{};
  std::int64_t wall_off_ms_{0};
  std::int64_t latest_wall_ms_{0};         // that the wall clock showed in this life
  std::set<std::pair<LaneId, Day>> gone_;  // archived, ever
  bool closed_in_order_{false};
};

}  // namespace janji::simulation
