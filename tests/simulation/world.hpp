// What the callers of one life share: the engine, what it must be, and what they know.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <janji/engine.hpp>

#include "model/call.hpp"
#include "model/commit_points.hpp"
#include "model/journal_replay.hpp"
#include "model/operation_model.hpp"
#include "simulation/clock.hpp"
#include "simulation/disk.hpp"
#include "simulation/scheduler.hpp"

namespace janji::simulation {

inline constexpr std::size_t kLanes = 2;  // each of an office of its own
// And an office more with two, of which one is a pool that falls back to the other.
inline constexpr std::size_t kPoolLanes = 2;
inline constexpr std::int64_t kDayMs = 86'400'000;
inline constexpr std::int64_t kZoneMs = 8 * 3'600'000;  // how far the offices are ahead of UTC
inline constexpr int kHorizonDays = 3;
// Where people walk in, all day: a lane, and an office of its own.
inline constexpr std::size_t kKiosk = kLanes + kPoolLanes;
inline constexpr std::uint32_t kKioskBranch = 3;
inline constexpr int kSlotsPerDay = 3;
inline constexpr int kSlotMinutes = 60;
inline constexpr std::int64_t kHoldMs = 2000;
inline constexpr std::int64_t kRetentionMs = 4000;
inline constexpr std::uint32_t kBookingsMax = 96;

// A call as its caller saw it. What was refused, or granted but not yet durable, when the power
// went was never told.
struct Told {
  model::Call call;
  bool refusal_told{false};
  bool grant_told{false};
};

using Request = std::variant<ClaimRequest, ConfirmRequest, CancelRequest, RescheduleRequest,
                             ActRequest, NextRequest, model::GroupClaimCall, model::GroupMoveCall,
                             BlockRequest, JoinRequest, WalkInRequest, model::GroupJoinCall>;

// Of its service's progress.
inline constexpr std::string_view kStages[] = {"received", "in_process", "ready"};

// One thread, like all of the simulation.
struct World {
  // ---- over all lives ----
  std::uint64_t seed{};
  SimulatedClock* clock{};
  Scheduler* scheduler{};
  SimulatedDisk* disk{};
  std::uint64_t front{16};  // requests are numbered; callers work near the front
  std::vector<std::shared_ptr<const Catalogue>> catalogues;  // that it may be changed to
  std::uint64_t applicants{};                                // how many people there are
  std::size_t board_size{};
  std::uint64_t backlog_max{};
  bool few_operations{};          // they may run out
  bool one_day{};                 // all want the same few slots
  std::vector<BookingId> board;   // bookings with which something can be done
  std::set<BookingId> lost;       // bookings that a crash took back before anybody was told
  std::vector<Request> granted;   // in the order in which they were
  std::deque<Told> diary;         // of this life, and grants of the lives before
  std::uint64_t slot_changes{0};  // under operation ids
  std::uint64_t moments{0};       // the clock of diaries
  std::uint64_t foretold{0};      // how many answers could be foretold exactly
  std::uint64_t wall_moves{0};    // how often the wall clock was corrected
  std::map<std::string, std::uint64_t> answers;
  std::string wrong;  // the first thing that was

  // ---- of this life ----
  std::unique_ptr<Engine> engine;
  Durability durability{};
  std::unique_ptr<model::JournalReplay> replay;
  std::unique_ptr<model::OperationModel> operations;
  std::unique_ptr<model::CommitPoints> commits;
  std::vector<LaneId> lanes;  // kLanes, then kPoolLanes, then kKiosk
  Lsn last_given;             // the greatest that any call was answered with
  int calls_running{0};
  bool over{false};    // callers go home
  bool paused{false};  // callers wait

  void put_on_board(BookingId booking, std::uint64_t dice) {
    if (board.size() < board_size) {
      board.push_back(booking);
    } else {
      board[dice % board.size()] = booking;
    }
  }
  const model::LedgerModel& model() const { return replay->model(); }
  LaneId some_lane(model::Random& random) const {
    const bool with_pool = random.percent(25);
    return lanes[with_pool ? kLanes + random.below(kPoolLanes) : random.below(kLanes)];
  }
  void say_wrong(const std::string& words) {
    if (wrong.empty()) wrong = words;
  }
  // Somebody could still be told something.
  bool telling() const { return !disk->dead() && !disk->journal_failed(); }
};

}  // namespace janji::simulation
