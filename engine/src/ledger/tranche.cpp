// Seats that were kept back when a day was opened can be claimed: the writer's thread only. They
// come to the slot's word taken, as those that fall back to a general slot do (fall_back.cpp), and
// are free there behind the commit.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

Ledger::Falling Ledger::try_tranche(SlotKey slot, std::uint32_t keep, CivilTime civil,
                                    LedgerTime now) noexcept {
  std::uint64_t at = 0;
  if (!find_open_slot(slot, at)) return Falling::nothing;
  // relaxed: what is kept back and capacities are this thread's to change.
  const std::uint32_t kept = days_.kept(at).load(std::memory_order_relaxed);
  const SlotWord word{days_.word(at).load(std::memory_order_relaxed)};
  // Staff may have raised it meanwhile to what a slot can have.
  const std::uint32_t room =
      kMaxSlotCapacity - std::min<std::uint32_t>(word.capacity(), kMaxSlotCapacity);
  const std::uint32_t seats = std::min(kept - std::min(keep, kept), room);
  if (seats == 0 || !word.may_receive(slot.day())) return Falling::nothing;
  // Rule 3: room for the record before any word is touched.
  const std::uint32_t index = journal_.blocks.take_small();
  if (index == kNothing) return Falling::no_room;
  JANJI_STEP("tranche_due");
  if (!add_seats(at, slot.day(), seats)) {
    journal_.blocks.give_back(index);
    return Falling::nothing;
  }
  // Now, or the next look would find them once more. release: as in DayTable::open_day().
  days_.kept(at).store(static_cast<std::uint16_t>(kept - seats), std::memory_order_release);
  JANJI_STEP("tranche_added");
  journal::RecordBlock& block = journal_.blocks[index];
  auto& made = block.begin<record::Tranche>();
  made.slot = slot.value;
  made.decided_ms = std::max(now, time_.ledger_now()).value;
  made.came_ms = civil.value;
  made.seats = static_cast<std::uint16_t>(seats);
  made.capacity = static_cast<std::uint16_t>(word.capacity() + seats);
  made.kept = static_cast<std::uint16_t>(kept - seats);
  block.slot = static_cast<std::uint32_t>(at);
  block.place = kNothing;
  block.operation = kNothing;
  block.details = kNothing;
  publish(index);
  counts_.released.store(counts_.released.load(std::memory_order_relaxed) + seats,
                         std::memory_order_relaxed);
  return Falling::published;
}

}  // namespace janji::ledger
