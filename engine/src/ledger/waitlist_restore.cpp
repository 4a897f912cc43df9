// Who waits when the engine opens: before serving, on one thread, so every store is relaxed.
#include "base/words.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

using base::Hex;
using base::words;

constexpr auto relaxed = std::memory_order_relaxed;

}  // namespace

// Who waits goes on waiting, in the same order, and a look at each slot is due: a seat may be free.
Status Ledger::restore_waiting() {
  if (restored_.waiting.size() > waiters_max_) {
    return Error{Code::limit_reached, words("waiters_max: the data has ", restored_.waiting.size(),
                                            " who wait; raise it")};
  }
  for (const auto& [lsn, place] : restored_.waiting) {
    const BookingCell& cell = bookings_[place];
    const SlotKey slot{cell.slot.load(relaxed)};
    const auto last = static_cast<std::uint16_t>(cell.time_ms.load(relaxed));
    const SlotKey end = last == 0 ? slot : SlotKey(slot.lane(), slot.day(), Minute{last});
    DayView view;
    JANJI_CHECK(days_.find(slot.lane(), slot.day(), view));  // relink() found it
    if (view.shape->index_of_minute[end.minute().value] == DayShape::kNoSlot) {
      return Error{Code::damaged, words("the booking at place ", place, " waits for slots up to ",
                                        Hex{end.value}, ", which doesn't exist")};
    }
    const SlotKey waits_for = record::waited_for(slot, last);
    const ApplicantKey key{cell.applicant_hi.load(relaxed), cell.applicant_lo.load(relaxed)};
    const auto same = [&](std::uint32_t other) { return is_waiter(other, key, waits_for); };
    const std::uint64_t hash = waiter_hash(key, waits_for);
    const auto entered =
        waiting_index_.insert(hash, place, waiting_index_.walk(hash, same), same).outcome;
    if (entered == KeyIndex::Insert::exists) {
      return Error{Code::damaged, words("the applicant of the booking at place ", place,
                                        " waits twice for the same")};
    }
    if (entered != KeyIndex::Insert::done) {
      return Error{Code::limit_reached, "waiters_max: no room left in an index; raise it"};
    }
    enter_waitlist(place, slot, last);
  }
  waiters_.store(static_cast<std::uint32_t>(restored_.waiting.size()), relaxed);
  // Who gave up a seat since he joined is passed over, as before.
  for (std::size_t i = 0; !restored_.waiting.empty() && i < restored_.ended_at.size(); ++i) {
    const BookingCell& cell = bookings_[i];
    if (!has_ended(BookingWord{cell.word.load(relaxed)}.state())) continue;
    const std::uint32_t newest = cell.operations.load(relaxed);
    if (newest != kNothing &&
        record::left_waitlist(static_cast<record::Type>(operations_[newest].type.load(relaxed)),
                              operations_[newest].details_size.load(relaxed))) {
      continue;  // it only waited
    }
    // What was erased since it ended raised its LSN: then its newest decision counts.
    bool is_erased = false;
    for (std::uint32_t at = newest; at != kNothing; at = operations_[at].next.load(relaxed)) {
      if (operations_[at].details_size.load(relaxed) == record::kDetailsErased) is_erased = true;
    }
    const std::uint64_t ended = (is_erased ? operations_[newest].lsn : cell.lsn).load(relaxed);
    for (const Place place : waits_of(static_cast<Place>(i))) {
      if (place == Waitlist::kEnd) continue;
      if (ended < bookings_[place].lsn.load(relaxed)) continue;  // joined later
      pass_over(place, cell.slot_index.load(relaxed));
    }
  }
  restored_.waiting = {};
  return success();
}

}  // namespace janji::ledger
