// Seats that were given up come back later where the service says so (hazard 20): the record that
// gives them up says so, and until another says that they are back they stay taken, though nobody
// has them.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "base/words.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

// What a record says that gives up seats of the slot: kLater, and then there is room to remember
// them, so many times; or 0. Any thread, when nothing can fail any more.
std::uint8_t Ledger::later_flag(SlotKey slot, CivilTime civil, std::uint32_t entries) noexcept {
  if (days_.rules(slot.lane()).freed_seats.at_once()) [[likely]]
    return 0;
  DayView view;
  const std::uint32_t i = live_slot(slot, view);
  // Nobody claims it any more, so there is nothing to keep from anybody.
  if (slot_start(view, i) <= civil) return 0;
  return later_.reserve(entries) ? record::Header::kLater : 0;
}

// Of a booking that is ours and at its end, or about to move. Who waits has none to give up.
std::uint8_t Ledger::later_flag(const BookingCell& cell, CivilTime civil) noexcept {
  // relaxed: the busy mark is ours.
  const BookingState state = BookingWord{cell.word.load(std::memory_order_relaxed)}.state();
  const SlotKey slot{cell.slot.load(std::memory_order_relaxed)};
  return is_active(state) ? later_flag(slot, civil, 1) : std::uint8_t{0};
}

// Until then the seats are nobody's. Unpredictable: of a seed that isn't told.
std::int64_t Ledger::draw_delay(SlotKey slot) noexcept {
  const FreedSeats& rule = days_.rules(slot.lane()).freed_seats;
  const auto span = static_cast<std::uint64_t>(rule.most_ms - rule.least_ms) + 1;
  return rule.least_ms + static_cast<std::int64_t>(
                             base::mix(seed_ ^ 0x6C61746572ULL, ++delays_, slot.value) % span);
}

// ---- the writer's thread ----

// The record that gave them up is committed. Whoever waits has them at once.
void Ledger::leave_slot_later(SlotKey slot, std::uint64_t slot_index,
                              std::uint32_t seats) noexcept {
  // relaxed: the writer reads its own, and what callers add makes it no less.
  const SlotWord word{days_.word(slot_index).load(std::memory_order_relaxed)};
  JANJI_CHECK(word.taken() >= word.pending() + later_.of(slot_index) + seats);
  JANJI_CHECK(word.tag() == SlotWord::tag_of(slot.day()));
  const std::int64_t delay = waitlist_.anyone(slot_index) ? 0 : draw_delay(slot);
  later_.enter({time_.ledger_now().value + delay, slot_index, slot, seats});
}

void Ledger::sweep_later(LedgerTime now, std::size_t& budget) noexcept {
  LaterSeats::Entry entry;
  while (budget > 0 && journal_.blocks.small_left() > 0 && later_.pop_due(now, entry)) {
    --budget;
    const std::uint32_t index = journal_.blocks.take_small();
    JANJI_CHECK(index != kNothing);
    journal::RecordBlock& block = journal_.blocks[index];
    auto& made = block.begin<record::GiveBack>();
    made.slot = entry.slot.value;
    made.decided_ms = std::max(now, time_.ledger_now()).value;
    made.returned_ms = time_.civil_now().value;
    made.seats = entry.seats;
    block.slot = static_cast<std::uint32_t>(entry.slot_index);
    block.place = block.operation = block.details = kNothing;
    publish(index);
  }
}

// The record is committed: they can be claimed, or go to whoever waits.
void Ledger::came_back(std::uint64_t slot_index, const record::GiveBack& made) noexcept {
  later_.come(slot_index, made.seats);
  later_.release(1);
  leave_slot(SlotKey{made.slot}, slot_index, made.seats);
}

// ---- before serving ----

Status Ledger::restore_give_back(const record::GiveBack& made) {
  const auto at = restored_.later.find(made.slot);
  if (at == restored_.later.end() || at->second < made.seats) {
    return Error{Code::damaged,
                 base::words(made.seats, " seats come back that nobody gave up for later")};
  }
  at->second -= made.seats;
  if (at->second == 0) restored_.later.erase(at);
  return restore_seats(SlotKey{made.slot}, -static_cast<int>(made.seats));
}

// When each of them was due isn't kept: it is drawn anew, which can only put it off.
Status Ledger::relink_later(LedgerTime now, std::vector<std::uint16_t>& recount) {
  for (const auto& [key, seats] : restored_.later) {
    const SlotKey slot{key};
    DayView view;
    const bool open = slot.valid() && days_.find(slot.lane(), slot.day(), view);
    const std::uint16_t i =
        open ? view.shape->index_of_minute[slot.minute().value] : DayShape::kNoSlot;
    if (i == DayShape::kNoSlot) {
      return Error{Code::damaged,
                   base::words("seats come later in slot ", base::Hex{key}, ", which isn't there")};
    }
    if (!later_.reserve(1)) {
      return Error{Code::limit_reached,
                   base::words("later_seats_max: seats of ", restored_.later.size(),
                               " slots come later; raise it")};
    }
    const std::uint64_t index = view.first_slot + i;
    recount[index] = static_cast<std::uint16_t>(recount[index] + seats);
    const std::int64_t delay = waitlist_.anyone(index) ? 0 : draw_delay(slot);
    later_.enter({now.value + delay, index, slot, seats});
  }
  restored_.later.clear();
  return success();
}

}  // namespace janji::ledger
