// Parts of the ledger that its decision files share and nobody else sees.
#pragma once

#include <algorithm>
#include <array>

#include "base/mix.hpp"
#include "ledger/ledger.hpp"
#include "record/transitions.hpp"

namespace janji::ledger {

inline constexpr int kLooksMax = 3;
// How often more than others a booking that was displaced may move.
inline constexpr std::uint32_t kDisplacedMoves = 2;
inline constexpr std::int64_t kPatienceMs = 50;

// What claims are told while the gate isn't open.
constexpr Code why_shut(Gate gate) noexcept {
  switch (gate) {
    case Gate::open: break;
    case Gate::backlog: return Code::overloaded;
    case Gate::read_only: return Code::read_only;
    case Gate::failed: return Code::outcome_unknown;
    case Gate::closed: return Code::stopped;
  }
  return Code::ok;
}

inline std::uint64_t Ledger::operation_hash(OperationId id) const noexcept {
  return base::mix(seed_, id.hi, id.lo);
}
inline std::uint64_t Ledger::applicant_hash(ApplicantKey key, ScopeId scope) const noexcept {
  return base::mix(seed_ + scope.value, key.hi, key.lo);
}
inline std::uint64_t Ledger::waiter_hash(ApplicantKey key, SlotKey waits_for) const noexcept {
  return base::mix(seed_ + waits_for.value, key.hi, key.lo);
}
inline std::uint64_t Ledger::eligible_hash(std::uint32_t cell, ApplicantKey key) const noexcept {
  return base::mix(seed_ + cell, key.hi, key.lo);
}

inline bool Ledger::has_block(CallerSlot& caller, bool may_use_reserve) noexcept {
  return block_stock(caller, may_use_reserve) != nullptr;
}
inline void Ledger::give_up(SlotKey slot, std::uint64_t slot_index, std::uint32_t seats,
                            bool later) noexcept {
  later ? leave_slot_later(slot, slot_index, seats) : leave_slot(slot, slot_index, seats);
}

// A caller's slot for the length of one decision.
class Ledger::Caller {
 public:
  explicit Caller(CallerSlots& slots) noexcept : slots_(slots), slot_(slots.acquire()) {}
  ~Caller() {
    if (slot_ != nullptr) slots_.release(*slot_);
  }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;
  explicit operator bool() const noexcept { return slot_ != nullptr; }
  CallerSlot& operator*() const noexcept { return *slot_; }

 private:
  CallerSlots& slots_;
  CallerSlot* slot_;
};

struct Ledger::FreePlaces {
  Ledger& ledger;
  std::uint32_t next(std::uint32_t place) const noexcept { return ledger.timers_.free_next(place); }
  void set_next(std::uint32_t place, std::uint32_t next) const noexcept {
    ledger.timers_.set_free_next(place, next);
  }
  std::atomic<std::uint32_t>& chain(std::uint32_t place) const noexcept {
    return ledger.bookings_[place].slot_index;
  }
};

// What one try of a claim knows.
struct Ledger::ClaimPlan {
  const ClaimRequest& request;
  Patience& patience;
  CallerSlot& caller;
  const LaneRules& rules;
  LaneId lane;
  bool scoped;  // the applicant index counts
  bool named;   // the operation index counts
  CivilTime civil;
  Decision& decision;     // once an attempt was decided
  Visit* visit{nullptr};  // of a walk-in: what it takes besides

  std::uint64_t payload() const noexcept;
};

// What became of an attempt on one slot.
enum class Ledger::Attempt : std::uint8_t { decided, full, pending, closed, late, early };

// Seats that a claim has taken, and what it is about to enter.
struct Ledger::Seating {
  std::uint64_t slot_index;
  SlotKey key;
  std::uint64_t operation_hash, applicant_hash;
  KeyIndex::Walk operation, applicant;
};

// What is asked of a booking behind its claim.
struct Ledger::Asked {
  record::Type type;  // confirm: a submit, where the service waits for something
  BookingId booking;
  OperationId operation;
  std::uint64_t payload;
  ActorId actor;
  std::uint8_t issue{kAnyIssue};                 // of the token that its holder has
  SlotKey to{};                                  // of a reschedule
  std::span<const std::byte> details{};          // of a confirm
  std::uint32_t argument{0};                     // of an act
  std::uint32_t branch{ActRequest::kAnyBranch};  // likewise
  LaneId lane{};                                 // of a group's move
  std::span<const GroupPart> parts{};            // likewise; empty: no group is meant
  bool next{false};  // of a serve: whoever comes next, not yet called; its booking was just chosen
};

// What one try of it knows.
struct Ledger::Change : Asked {
  Patience& patience;
  CallerSlot& caller;
  Place place;
  std::uint64_t operation_hash;
};

// Those that take seats or time from others: they stop where claims do, and leave the room that is
// kept for all the others alone.
constexpr bool is_like_a_claim(record::Type type) noexcept {
  return type == record::Type::reschedule || type == record::Type::extend;
}

// What a change leaves in its booking's time_ms, and says in its record.
struct Ledger::Moment {
  LedgerTime now;
  CivilTime civil;
  std::int64_t deadline_ms{0};  // of an extend or a submit
};

// Confirms, and whatever ends a booking: a booking has at most one of each, and room for both.
constexpr bool has_own_entry(record::Type type) noexcept {
  switch (type) {
    case record::Type::confirm:
    case record::Type::submit:
    case record::Type::cancel:
    case record::Type::refuse:
    case record::Type::complete:
    case record::Type::no_show: return true;
    default: return false;
  }
}

// One of the entries that all other changes share, until it is kept or the scope is left.
class Ledger::SharedEntry {
 public:
  // `part`: there is none when one in so many is in use.
  SharedEntry(Ledger& ledger, record::Type type, std::uint32_t part = 1) noexcept
      : ledger_(ledger), mine_(!has_own_entry(type)) {
    if (!mine_) return;
    // relaxed: a count that guards no other memory; the order of its own changes keeps it exact.
    found_ = ledger_.shared_operations_.fetch_add(1, std::memory_order_relaxed) <
             ledger_.shared_operations_max_ / part;
  }
  ~SharedEntry() {
    if (mine_) ledger_.shared_operations_.fetch_sub(1, std::memory_order_relaxed);
  }
  SharedEntry(const SharedEntry&) = delete;
  SharedEntry& operator=(const SharedEntry&) = delete;
  explicit operator bool() const noexcept { return found_; }
  void keep() noexcept { mine_ = false; }

 private:
  Ledger& ledger_;
  bool mine_;
  bool found_{true};
};

// Free places for a group, which go back if the scope is left before keep(). Concurrency: its
// caller's.
class Ledger::GroupPlaces {
 public:
  GroupPlaces(Ledger& ledger, CallerSlot& caller) noexcept : ledger_(ledger), caller_(caller) {}
  ~GroupPlaces() { ledger_.free_places_.put_back(at_.data(), count_, FreePlaces{ledger_}); }
  GroupPlaces(const GroupPlaces&) = delete;
  GroupPlaces& operator=(const GroupPlaces&) = delete;

  bool take(std::size_t many) noexcept {
    while (count_ < many) {
      const std::uint32_t place = ledger_.take_place(caller_);
      if (place == kNothing) return false;
      at_[count_++] = place;
    }
    return true;
  }
  // Nobody's again: whoever meets one through a stale reference sees nothing there (release).
  void empty_all() noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
      std::atomic<std::uint64_t>& word = ledger_.bookings_[at_[i]].word;
      const BookingId id = BookingWord{word.load(std::memory_order_relaxed)}.id(at_[i]);
      word.store(BookingWord::make(id, BookingState::none, 0, 0).bits, std::memory_order_release);
    }
  }
  void keep() noexcept { count_ = 0; }
  Place operator[](std::size_t i) const noexcept { return at_[i]; }

 private:
  Ledger& ledger_;
  CallerSlot& caller_;
  std::array<std::uint32_t, kGroupMembersMax + 1> at_;
  std::size_t count_{0};
};

// What became of the search for a reschedule's new seats, or of an act's rules.
struct Ledger::NewSeat {
  Attempt attempt;  // decided: nothing is against it, or `code` says what
  Code code{Code::ok};
  std::uint64_t index{0};               // of the slot, when taken
  std::uint32_t seats{0};               // likewise
  std::uint32_t entitlement{kNothing};  // whose dates the move rests on

  bool taken() const noexcept { return attempt == Attempt::decided && code == Code::ok; }
};

// What a slot's word says to whoever wants seats on that day; decided: they can be had.
inline Ledger::Attempt Ledger::judge(SlotWord word, Day day, std::uint32_t seats) noexcept {
  // The day is being archived, or was, and the word serves another one: the next look says which.
  if (!word.serves(day)) return Attempt::pending;
  if (!word.unhindered()) [[unlikely]] {
    if (word.is_staffs()) return Attempt::pending;
    if (word.closed()) return Attempt::closed;
    // What is free is on its way to those who wait (hazard 10): as if nothing were.
  } else if (word.has_room(seats)) {
    return Attempt::decided;
  }
  // Seats that are taken but not durable may come back without a trace (hazard 3).
  return word.pending() != 0 ? Attempt::pending : Attempt::full;
}

// Whether there is a queue number behind the last one that a hall can tell apart: callers on their
// way may draw one each.
constexpr bool may_draw(std::uint32_t last, std::uint32_t callers) noexcept {
  return last < Halls::kNumberMax - callers;
}

inline CivilTime slot_start(const DayView& view, std::uint32_t i) noexcept {
  return CivilTime{view.midnight_ms + std::int64_t{view.shape->start[i]} * 60'000};
}

inline std::uint64_t word_of(std::int64_t value) noexcept {
  return static_cast<std::uint64_t>(value);
}

// The caller's hash of a claim, by which a replay is told from another request under the same id.
std::uint64_t payload_of(const ClaimRequest& request) noexcept;

// Publishes what no caller asked for, and lets the booking go. It was marked busy; the clock is
// read once more, since somebody may have changed it between `now`, when the writer's round began,
// and the mark.
template <class R>
Lsn Ledger::publish_by_rule(Place place, BookingWord before, std::uint32_t block_index,
                            LedgerTime now) noexcept {
  BookingCell& cell = bookings_[place];
  const CivilTime civil = time_.civil_now();
  journal::RecordBlock& block = journal_.blocks[block_index];
  auto& made = block.begin<R>();
  made.booking = before.id(place).value;
  made.decided_ms = std::max(now, time_.ledger_now()).value;
  if constexpr (R::kType == record::Type::expire) made.header.flags = later_flag(cell, civil);
  if constexpr (requires { made.ended_ms; }) {
    made.ended_ms = civil.value;
  } else {
    made.turned_ms = civil.value;
  }
  block.slot = cell.slot_index.load(std::memory_order_relaxed);
  block.place = place;
  block.operation = kNothing;
  block.details = kNothing;
  const BookingState to = record::target_of(R::kType, before.state());
  JANJI_CHECK(to != BookingState::none);
  if (has_ended(to)) cell.time_ms.store(word_of(civil.value), std::memory_order_release);
  const Lsn lsn = publish(block_index);
  JANJI_CHECK(lsn.value > cell.lsn.load(std::memory_order_relaxed));  // as in change_busy()
  cell.lsn.store(lsn.value, std::memory_order_release);
  cell.word.store(before.moved_to(to).bits, std::memory_order_release);
  return lsn;
}

}  // namespace janji::ledger
