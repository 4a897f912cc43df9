// Walks over all bookings. Nothing here changes anything or waits.
#include <algorithm>

#include <janji/catalogue.hpp>

#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

constexpr std::size_t kPlacesACall = 1U << 16;

}  // namespace

std::size_t Ledger::bookings(const BookingQuery& query, BookingCursor& cursor,
                             std::span<Booking> out) const noexcept {
  std::size_t found = 0;
  const std::size_t end = std::min(bookings_.size(), cursor.place + kPlacesACall);
  while (cursor.place < end && found < out.size()) {
    // relaxed: find() looks properly at what may be wanted; what is claimed just now may be missed.
    const BookingWord word{bookings_[cursor.place].word.load(std::memory_order_relaxed)};
    const std::uint32_t state = state_bit(word.state());
    // Busy, it may come to any state; what has ended comes to none but is freed, and is
    // busy for a whole commit then.
    const bool may_change = word.busy() && !has_ended(word.state());
    const bool may_be_wanted = word.state() != BookingState::none &&
                               word.state() != BookingState::group &&
                               (may_change || (query.states & state) != 0);
    if (may_be_wanted) {
      const Result<Booking> booking = find(word.id(cursor.place));
      if (booking.code() == Code::retry) return found;  // the next call goes on here
      if (booking.ok() && is_wanted(query, *booking)) out[found++] = *booking;
    }
    ++cursor.place;
  }
  cursor.at_end = cursor.place >= bookings_.size();
  return found;
}

bool Ledger::is_wanted(const BookingQuery& query, const Booking& booking) const noexcept {
  if ((query.states & state_bit(booking.state)) == 0) return false;
  if (query.slot.value != 0 && query.slot != booking.slot) return false;
  const Day day = booking.slot.day();
  if (day < query.first_day || day > query.last_day) return false;
  if (query.progress.value != 0 && query.progress != booking.progress) return false;
  if (!query.applicant.empty() && query.applicant != booking.applicant) return false;
  if (query.branch == BookingQuery::kAny && query.service == BookingQuery::kAny) return true;
  const LaneRules& rules = days_.rules(booking.slot.lane());
  if (rules.catalogue_index == kNoLane) return false;  // of which office isn't known any more
  const LaneSpec& lane = catalogue_.lanes()[rules.catalogue_index];
  return (query.branch == BookingQuery::kAny || query.branch == lane.branch) &&
         (query.service == BookingQuery::kAny || query.service == lane.service);
}

}  // namespace janji::ledger
