// Parts of the ledger that its decision files share and nobody else sees.
#pragma once

#include "base/mix.hpp"
#include "ledger/ledger.hpp"

namespace janji::ledger {

inline constexpr int kLooksMax = 3;
inline constexpr std::int64_t kPatienceMs = 50;

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
  Decision decision{};  // once an attempt was decided
};

// What became of an attempt on one slot.
enum class Ledger::Attempt : std::uint8_t { decided, full, pending, closed, late };

// Seats that a claim has taken, and what it is about to enter.
struct Ledger::Seating {
  std::uint64_t slot_index;
  SlotKey key;
  std::uint64_t operation_hash, applicant_hash;
  KeyIndex::Walk operation, applicant;
};

// What one try of a confirm, cancel or reschedule knows.
struct Ledger::Change {
  record::Type type;
  BookingId booking;
  SlotKey to;  // of a reschedule
  OperationId operation;
  std::uint64_t payload;
  std::span<const std::byte> details;
  Patience& patience;
  CallerSlot& caller;
  Place place;
  std::uint64_t operation_hash;
};

// What became of the search for a reschedule's new seats.
struct Ledger::NewSeat {
  Attempt attempt;  // decided: they were taken, or `code` says why not
  Code code{Code::ok};
  std::uint64_t index{0};  // of the slot, when taken
  std::uint32_t seats{0};  // likewise

  bool taken() const noexcept { return attempt == Attempt::decided && code == Code::ok; }
};

// What a slot's word says to whoever wants seats on that day; decided: they can be had.
inline Ledger::Attempt Ledger::judge(SlotWord word, Day day, std::uint32_t seats) noexcept {
  if (word.tag() != SlotWord::tag_of(day)) return Attempt::pending;  // the row was just reused
  if (word.staff_busy()) return Attempt::pending;
  if (word.closed()) return Attempt::closed;
  if (word.has_room(seats)) return Attempt::decided;
  // Seats that are taken but not durable may come back without a trace (hazard 3).
  return word.pending() != 0 ? Attempt::pending : Attempt::full;
}

inline CivilTime slot_start(const DayView& view, std::uint32_t i) noexcept {
  return CivilTime{view.midnight_ms + std::int64_t{view.shape->start[i]} * 60'000};
}

inline std::uint64_t word_of(std::int64_t value) noexcept {
  return static_cast<std::uint64_t>(value);
}

// The caller's hash of a claim, by which a replay is told from another request under the same id.
std::uint64_t payload_of(const ClaimRequest& request) noexcept;

}  // namespace janji::ledger
