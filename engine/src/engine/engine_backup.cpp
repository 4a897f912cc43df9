// A backup: the state first, then the journal behind it, which isn't trimmed meanwhile (hazard 16).
#include <algorithm>
#include <chrono>

#include "base/words.hpp"
#include "engine/engine_impl.hpp"
#include "state/copy.hpp"
#include "store/copy_target.hpp"

namespace janji {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::int64_t kAppliedTimeoutMs = 60'000;

// Ends a backup before what can't be trimmed or reused for it makes the engine read-only: at one
// and a half of the low-water mark, or, where room was short before, when a quarter of it is gone.
class RoomWatch {
 public:
  RoomWatch(const Options& options, store::Stores& stores) : options_(options), stores_(stores) {}

  Status begin() {
    auto journal = stores_.journal().free_bytes();
    if (!journal) return journal.error();
    auto state = stores_.state().free_bytes();
    if (!state) return state.error();
    journal_least_ = least(*journal);
    state_least_ = least(*state);
    return success();
  }

  Status look() const {
    const auto journal = stores_.journal().free_bytes();
    if (!journal) return journal.error();
    if (*journal < journal_least_) return too_short(stores_.journal().name(), *journal);
    const auto state = stores_.state().free_bytes();
    if (!state) return state.error();
    if (*state < state_least_) return too_short(stores_.state().name(), *state);
    return success();
  }

 private:
  std::size_t least(std::size_t room) const {
    return std::min(options_.disk_low_water_bytes + options_.disk_low_water_bytes / 2,
                    room - room / 4);
  }
  static Error too_short(const std::string& file, std::size_t room) {
    return Error{Code::io_error,
                 base::words(file, ": only ", room,
                             " bytes are left in its map or on its disk while the backup runs, and "
                             "the engine needs them: make room, or back up when less is decided")};
  }

  const Options& options_;
  store::Stores& stores_;
  std::size_t journal_least_{0};
  std::size_t state_least_{0};
};

// Keeps the journal from being trimmed from `first` on.
class TrimPin {
 public:
  TrimPin(std::atomic<std::uint64_t>& pin, Lsn first) : pin_(pin) {
    // Release: pairs with keep_from(). No round that begins from here on trims it.
    pin_.store(first.value, std::memory_order_release);
  }
  ~TrimPin() { pin_.store(Engine::Impl::kNotPinned, std::memory_order_release); }
  TrimPin(const TrimPin&) = delete;
  TrimPin& operator=(const TrimPin&) = delete;

 private:
  std::atomic<std::uint64_t>& pin_;
};

// The first LSN to be copied: what `retain` says, and always the chunk at which the state ends.
Lsn first_wanted(Lsn applied, std::uint64_t retain) {
  const std::uint64_t behind = applied.value + 1;
  return Lsn{std::min(applied.value, behind > retain ? behind - retain : 0)};
}

}  // namespace

Result<BackupReport> Engine::Impl::backup(const std::filesystem::path& to,
                                          const std::atomic<bool>* give_up) {
  const auto begin = Steady::now();
  if (options.durability == Durability::memory) {
    return Error{Code::invalid_argument,
                 "durability memory: nothing is on a disk, so there is nothing to back up"};
  }
  const std::unique_lock one_at_a_time(backup_mutex, std::try_to_lock);
  if (!one_at_a_time) return Error{Code::retry, "another backup runs"};
  auto target = store::CopyTarget::make({to, options.journal_map_bytes, options.state_map_bytes});
  if (!target) return target.error();
  RoomWatch room(options, *stores);
  if (Status status = room.begin(); !status.ok()) return status.error();

  const TrimPin pin(trim_pin, first_wanted(applied(), options.journal_retain_lsn));
  // A round that began before the pin may trim behind an applied LSN that is newer than the one
  // pinned. When this returns, none such runs, and the state that is read next has all that they
  // took to be applied (rule 5). It also makes durable what was granted before.
  if (Status status = settle(); !status.ok()) return status.error();

  // What was erased before the call is in no row that is copied.
  const Lsn erased = ledger->newest_erasure();
  if (erased > applied()) {
    if (!checkpoint_thread) {
      return Error{Code::invalid_argument,
                   "checkpoint is off, so the state has details that were erased"};
    }
    if (!checkpoint_thread->wait_applied(erased, kAppliedTimeoutMs)) {
      return Error{Code::io_error, base::words(stores->state().name(), ": the erasure at LSN ",
                                               erased.value, " isn't applied to it: ", problem())};
    }
  }
  const auto may_go_on = [&]() -> Status {
    if (rounds.failed()) return Error{Code::outcome_unknown, problem()};
    // Relaxed: whoever set it wants nothing but that it be seen soon.
    if (give_up != nullptr && give_up->load(std::memory_order_relaxed)) {
      return Error{Code::stopped, "the backup was given up before it was complete"};
    }
    return room.look();
  };
  const auto state = state::copy_state(stores->state(), (*target)->state(), may_go_on);
  if (!state) return state.error();
  const Lsn applied_there{state->applied};
  // What the state lacks was taken by a record that is in the journal by now, told of or not.
  const auto bounds = stores->journal().bounds();
  if (!bounds) return bounds.error();
  const auto copied = state::copy_journal(stores->journal(), (*target)->journal(), *state,
                                          first_wanted(applied_there, options.journal_retain_lsn),
                                          std::max(rounds.durable(), bounds->last), may_go_on);
  if (!copied) return copied.error();
  // What is small is copied without a question in between.
  if (Status status = may_go_on(); !status.ok()) return status.error();
  if (Status status = (*target)->finish(); !status.ok()) return status.error();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begin);
  return BackupReport{copied->last, applied_there, copied->first, ms.count()};
}

}  // namespace janji
