// Seats of a pool that nobody has become the general lane's: the writer's thread only. In the
// pool's word they are taken as by a claim, and in the general one they arrive taken: so until the
// record is durable nobody has them anywhere, and whoever finds either slot full waits, since they
// are pending in both. After the commit they are gone from the one and free in the other.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

bool Ledger::find_open_slot(SlotKey slot, std::uint64_t& slot_index) const noexcept {
  DayView view;
  if (!slot.valid() || !days_.find(slot.lane(), slot.day(), view)) return false;
  const std::uint16_t i = view.shape->index_of_minute[slot.minute().value];
  slot_index = view.first_slot + i;
  return i != DayShape::kNoSlot;
}

Ledger::Falling Ledger::try_fall_back(SlotKey from, CivilTime civil, LedgerTime now) noexcept {
  const std::uint32_t general = days_.rules(from.lane()).general;
  if (general == kNoLane) return Falling::nothing;
  const SlotKey to(LaneId{general}, from.day(), from.minute());
  std::uint64_t source = 0, target = 0;
  if (!find_open_slot(from, source) || !find_open_slot(to, target)) return Falling::nothing;
  std::atomic<std::uint64_t>& at = days_.word(source);
  // relaxed: capacities are this thread's to change.
  const SlotWord receives{days_.word(target).load(std::memory_order_relaxed)};
  // Staff may have put more there than a lane can have.
  const std::uint32_t room =
      kMaxSlotCapacity - std::min<std::uint32_t>(receives.capacity(), kMaxSlotCapacity);
  // acquire: as in take_at().
  SlotWord word{at.load(std::memory_order_acquire)};
  // Looked at first, so that nobody is kept waiting for seats that can't go anywhere.
  if (word.free() == 0 || room == 0 || !receives.may_receive(to.day())) return Falling::nothing;
  // Rule 3: room for the record before any word is touched.
  const std::uint32_t index = journal_.blocks.take_small();
  if (index == kNothing) return Falling::no_room;
  std::uint32_t seats = 0;
  do {
    seats = std::min(word.free(), room);
    if (!word.may_give(from.day()) || seats == 0) {
      journal_.blocks.give_back(index);
      return Falling::nothing;
    }
    // acq_rel: linearization point of leaving: as in take_at().
  } while (!at.compare_exchange_weak(word.bits, word.with_taken(seats).bits,
                                     std::memory_order_acq_rel, std::memory_order_acquire));
  JANJI_STEP("fall_back_taken");
  if (!add_seats(target, to.day(), seats)) {
    undo_seats(seats, source);
    journal_.blocks.give_back(index);
    return Falling::nothing;
  }
  JANJI_STEP("fall_back_added");
  journal::RecordBlock& block = journal_.blocks[index];
  auto& made = block.begin<record::FallBack>();
  made.from = from.value;
  made.slot = to.value;
  made.decided_ms = std::max(now, time_.ledger_now()).value;
  made.fell_ms = civil.value;
  made.seats = static_cast<std::uint16_t>(seats);
  made.from_capacity = static_cast<std::uint16_t>(word.capacity() - seats);
  made.capacity = static_cast<std::uint16_t>(receives.capacity() + seats);
  block.slot = static_cast<std::uint32_t>(target);
  block.place = kNothing;
  block.operation = kNothing;
  block.details = kNothing;
  publish(index);
  // relaxed: written by this thread alone.
  counts_.fallen.store(counts_.fallen.load(std::memory_order_relaxed) + seats,
                       std::memory_order_relaxed);
  return Falling::published;
}

// The seats are there, and taken until seats_added(). False: staff closed the slot or is about to
// change it, or it is being archived.
bool Ledger::add_seats(std::uint64_t slot_index, Day day, std::uint32_t seats) noexcept {
  std::atomic<std::uint64_t>& at = days_.word(slot_index);
  // acquire, acq_rel: as in take_at(). Staff marks the word only when nothing is pending in it, so
  // from here to the commit nobody changes the capacity that the record names (hazard 15).
  SlotWord word{at.load(std::memory_order_acquire)};
  do {
    if (!word.may_receive(day)) return false;
    JANJI_CHECK(word.capacity() + seats <= kMaxSlotCapacity);
  } while (!at.compare_exchange_weak(word.bits, word.with_more(seats).bits,
                                     std::memory_order_acq_rel, std::memory_order_acquire));
  return true;
}

// ---- behind the commit ----

// They are anybody's from here on.
void Ledger::seats_added(std::uint64_t slot_index, SlotKey slot, std::uint32_t seats) noexcept {
  // release: pairs with the claimers' acquire of the word.
  const SlotWord before{
      days_.word(slot_index).fetch_sub(SlotWord::added(seats), std::memory_order_acq_rel)};
  JANJI_CHECK(before.pending() >= seats && before.taken() >= before.pending());
  JANJI_CHECK(before.tag() == SlotWord::tag_of(slot.day()));
  // After the seats are free (hazard 9); release pairs with the scan's acquire.
  days_.row(slot.lane(), slot.day()).give_backs.fetch_add(1, std::memory_order_release);
  if (before.waiters()) waitlist_.note(slot_index);
}

void Ledger::fell_back(std::uint64_t slot_index, const record::FallBack& fall) noexcept {
  const SlotKey from{fall.from};
  std::uint64_t source = 0;
  JANJI_CHECK(find_open_slot(from, source));  // its day stays while seats are pending there
  // First what they left: no moment has them in both. release: as in seats_added().
  const SlotWord before{
      days_.word(source).fetch_sub(SlotWord::gone_from_it(fall.seats), std::memory_order_acq_rel)};
  JANJI_CHECK(before.pending() >= fall.seats && before.taken() >= before.pending());
  JANJI_CHECK(before.taken() <= before.capacity());
  JANJI_CHECK(before.capacity() == fall.seats + fall.from_capacity);
  JANJI_CHECK(before.tag() == SlotWord::tag_of(from.day()));
  seats_added(slot_index, SlotKey{fall.slot}, fall.seats);
}

}  // namespace janji::ledger
