// Who waits, for what, and whose turn it is.
#include <algorithm>

#include "base/words.hpp"
#include "engine/audit.hpp"
#include "record/apply.hpp"

namespace janji {

using base::Hex;
using base::words;

namespace {

// It never had a seat that it could have given up.
bool only_waited(const record::BookingImage& ended) {
  if (ended.operations == 0) return false;
  const record::OperationImage& last = ended.operation[ended.operations - 1];
  return record::left_waitlist(static_cast<record::Type>(last.type), last.details_size);
}

// When it ended; what was erased since raised its LSN, so then its newest decision counts.
std::uint64_t ended_at(const record::BookingImage& ended) {
  const auto end = ended.operation.begin() + ended.operations;
  const bool is_erased = std::any_of(ended.operation.begin(), end, [](const auto& one) {
    return one.details_size == record::kDetailsErased;
  });
  return is_erased ? ended.operation[ended.operations - 1].lsn : ended.lsn;
}

}  // namespace

Status Audit::take(Lsn lsn, const record::Join& join) {
  Status status = check_blocked(join.created_ms, join.applicant_hi, join.applicant_lo);
  const SlotKey first{join.slot};
  const SlotKey last =
      join.last == 0 ? first : SlotKey(first.lane(), first.day(), Minute{join.last});
  for (const SlotKey slot : {first, last}) {
    if (status.ok() && find_slot(slot) == nullptr) {
      status = breaks(Check::records, words("slot ", Hex{slot.value}, " isn't open"));
    }
  }
  return status.ok() ? take_booking(lsn, join.header) : status;
}

Status Audit::take(Lsn lsn, const record::Promote& promote) {
  const record::Place place = record::place_of(BookingId{promote.booking});
  const auto at = bookings_.find(place);
  if (at != bookings_.end() && at->second.booking == promote.booking) {
    if (Status status = check_turn(at->second, SlotKey{promote.slot}); !status.ok()) return status;
  }
  return take_booking(lsn, promote.header);
}

// Nobody for whom these seats would have sufficed, and who hasn't given up one of the slot, has
// waited longer, whether for the slot alone or for others of its day, too.
Status Audit::check_turn(const Image& image, SlotKey slot) {
  for (const bool among_others : {false, true}) {
    const auto line = waiting_.find(record::waited_for(slot, among_others ? 1 : 0).value);
    if (line == waiting_.end()) continue;
    for (const auto& [joined, place] : line->second) {
      if (joined >= image.lsn) break;
      const Image& other = bookings_.at(place);
      if (other.seats > image.seats || !record::waits_for(other, slot)) continue;
      const auto gave_up = given_up_.find({slot.value, other.applicant_hi, other.applicant_lo});
      if (among_others && gave_up != given_up_.end() && gave_up->second > joined) continue;
      return breaks(Check::records,
                    words("booking ", Hex{other.booking}, " has waited longer for slot ",
                          Hex{slot.value}, " than ", Hex{image.booking}));
    }
  }
  return success();
}

// Who waits: once for a slot, and once for several of a day. And who gave up a seat, as long as
// that booking is there.
Status Audit::move_waiting(record::Place place, const Image& before, const Image& after) {
  const auto waits = [](const Image& image) {
    return record::state_of(image) == BookingState::waiting;
  };
  const bool had_ended = has_ended(record::state_of(before));
  const Image& ended = had_ended ? before : after;
  const std::array<std::uint64_t, 3> where{ended.slot, ended.applicant_hi, ended.applicant_lo};
  if (had_ended && after.booking == 0) {
    const auto gave_up = given_up_.find(where);
    if (gave_up != given_up_.end() && gave_up->second == ended_at(before)) given_up_.erase(gave_up);
  } else if (has_ended(record::state_of(after)) && !waits(before) && !only_waited(after)) {
    given_up_[where] = ended_at(after);
  }
  if (waits(before) == waits(after)) return success();
  const Image& image = waits(before) ? before : after;
  const SlotKey waited_for =
      record::waited_for(SlotKey{image.slot}, static_cast<std::uint64_t>(image.ledger_ms));
  const std::array<std::uint64_t, 3> who{waited_for.value, image.applicant_hi, image.applicant_lo};
  if (waits(before)) {
    waits_.erase(who);
    auto& line = waiting_[waited_for.value];
    line.erase(image.lsn);
    if (line.empty()) waiting_.erase(waited_for.value);
    return success();
  }
  waiting_[waited_for.value].emplace(image.lsn, place);
  if (waits_.insert(who).second) return success();
  return breaks(Check::applicants, words("the applicant of booking ", Hex{image.booking},
                                         " waits twice in slot ", Hex{waited_for.value}));
}

}  // namespace janji
