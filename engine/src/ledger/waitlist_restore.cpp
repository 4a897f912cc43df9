// Who waits when the engine opens: before serving, on one thread, so every store is relaxed.
#include "base/words.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

using base::Hex;
using base::words;

constexpr auto relaxed = std::memory_order_relaxed;

}  // namespace

// What is read of those who wait, and of those who did, when all bookings are there.
class Ledger::WaitersRestored {
 public:
  explicit WaitersRestored(Ledger& ledger) noexcept : ledger_(ledger) {}

  // Whoever waits at this place of the line, by himself or as a group: enters him, or its members,
  // among those who wait for what the first of them does. `many`: how many so far.
  Status enter(Place in_line, std::size_t& many);
  // He, or the first of them that still waits; kNoPlace: none does.
  Place first(Place in_line) const noexcept;
  // A booking that has ended never had a seat that it could have given up.
  bool only_waited(const BookingCell& ended) const noexcept;

 private:
  bool waits(Place place) const noexcept {
    const BookingWord word{ledger_.bookings_[place].word.load(relaxed)};
    return word.state() == BookingState::waiting;
  }
  Place next(Place member) const noexcept;

  Ledger& ledger_;
};

// The next one of its group that still waits, if it is of one.
Place Ledger::WaitersRestored::next(Place member) const noexcept {
  if (!is_of_group(ledger_.bookings_[member])) return record::kNoPlace;
  do {
    member = static_cast<Place>(ledger_.bookings_[member].payload.load(relaxed));
  } while (member != record::kNoPlace && !waits(member));
  return member;
}

Place Ledger::WaitersRestored::first(Place in_line) const noexcept {
  if (waits(in_line)) return in_line;
  const Place member = GroupLife{ledger_.bookings_[in_line].time_ms.load(relaxed)}.first();
  return waits(member) ? member : next(member);
}

Status Ledger::WaitersRestored::enter(Place in_line, std::size_t& many) {
  const Place begin = first(in_line);
  const BookingCell& of = ledger_.bookings_[begin];
  const SlotKey waits_for =
      record::waited_for(SlotKey{of.slot.load(relaxed)}, of.time_ms.load(relaxed));
  for (Place place = begin; place != record::kNoPlace; place = next(place)) {
    const BookingCell& cell = ledger_.bookings_[place];
    if (cell.slot.load(relaxed) != of.slot.load(relaxed) ||
        cell.time_ms.load(relaxed) != of.time_ms.load(relaxed)) {
      return Error{Code::damaged,
                   words("the booking at place ", place, " waits for other slots than its group")};
    }
    const ApplicantKey key{cell.applicant_hi.load(relaxed), cell.applicant_lo.load(relaxed)};
    const auto same = [&](std::uint32_t other) { return ledger_.is_waiter(other, key, waits_for); };
    const std::uint64_t hash = ledger_.waiter_hash(key, waits_for);
    KeyIndex& index = ledger_.waiting_index_;
    const auto entered = index.insert(hash, place, index.walk(hash, same), same).outcome;
    if (entered == KeyIndex::Insert::exists) {
      return Error{Code::damaged, words("the applicant of the booking at place ", place,
                                        " waits twice for the same")};
    }
    if (entered != KeyIndex::Insert::done) {
      return Error{Code::limit_reached, "waiters_max: no room left in an index; raise it"};
    }
    ++many;
  }
  return success();
}

bool Ledger::WaitersRestored::only_waited(const BookingCell& ended) const noexcept {
  const auto says_so = [&](const OperationCell& entry) {
    return record::left_waitlist(static_cast<record::Type>(entry.type.load(relaxed)),
                                 entry.details_size.load(relaxed));
  };
  const OperationSlab& operations = ledger_.operations_;
  const std::uint32_t newest = ended.operations.load(relaxed);
  if (newest != kNothing) return says_so(operations[newest]);
  const Place head = head_of(ended);
  if (head == record::kNoPlace) return false;
  // Or it left with its group, by one step of all.
  for (std::uint32_t at = ledger_.bookings_[head].operations.load(relaxed); at != kNothing;
       at = operations[at].next.load(relaxed)) {
    if (operations[at].lsn.load(relaxed) != ended.lsn.load(relaxed)) continue;
    return says_so(operations[at]);
  }
  return false;
}

// Who waits goes on waiting, in the same order, and a look at each slot is due: a seat may be free.
Status Ledger::restore_waiting() {
  if (restored_.waiters > waiters_max_) {
    return Error{Code::limit_reached,
                 words("waiters_max: the data has ", restored_.waiters, " who wait; raise it")};
  }
  WaitersRestored waiters(*this);
  std::size_t many = 0;
  for (const auto& [lsn, place] : restored_.waiting) {
    const Place first = waiters.first(place);
    if (first == record::kNoPlace || waitlist_.waits(place)) {
      return Error{Code::damaged, words("the group at place ", place, " waits not as it joined")};
    }
    const BookingCell& cell = bookings_[first];
    const SlotKey slot{cell.slot.load(relaxed)};
    const auto last = static_cast<std::uint16_t>(cell.time_ms.load(relaxed));
    const SlotKey end = last == 0 ? slot : SlotKey(slot.lane(), slot.day(), Minute{last});
    DayView view;
    JANJI_CHECK(days_.find(slot.lane(), slot.day(), view));  // relink() found it
    if (view.shape->index_of_minute[end.minute().value] == DayShape::kNoSlot) {
      return Error{Code::damaged, words("the booking at place ", place, " waits for slots up to ",
                                        Hex{end.value}, ", which doesn't exist")};
    }
    if (Status entered = waiters.enter(place, many); !entered.ok()) return entered;
    enter_waitlist(place, slot, last);
  }
  waiters_.store(static_cast<std::uint32_t>(many), relaxed);
  // Who gave up a seat since he joined is passed over, as before.
  for (std::size_t i = 0; !restored_.waiting.empty() && i < restored_.ended_at.size(); ++i) {
    const BookingCell& cell = bookings_[i];
    if (!has_ended(BookingWord{cell.word.load(relaxed)}.state())) continue;
    if (restored_.only_waited[i] || waiters.only_waited(cell)) continue;
    const std::uint32_t newest = cell.operations.load(relaxed);
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
