// Who waits, for what, and whose turn it is.
#include <algorithm>

#include "base/words.hpp"
#include "engine/audit.hpp"
#include "record/apply.hpp"

namespace janji {

using base::Hex;
using base::words;

namespace {

// When it ended; what was erased since raised its LSN, so then its newest decision counts.
std::uint64_t ended_at(const record::BookingImage& ended) {
  const auto end = ended.operation.begin() + ended.operations;
  const bool is_erased = std::any_of(ended.operation.begin(), end, [](const auto& one) {
    return one.details_size == record::kDetailsErased;
  });
  return is_erased ? ended.operation[ended.operations - 1].lsn : ended.lsn;
}

}  // namespace

// The slots for which somebody waits are there.
Status Audit::check_join(SlotKey first, std::uint16_t last) {
  for (const SlotKey slot :
       {first, last == 0 ? first : SlotKey(first.lane(), first.day(), Minute{last})}) {
    if (find_slot(slot) != nullptr) continue;
    return breaks(Check::records, words("slot ", Hex{slot.value}, " isn't open"));
  }
  return success();
}

Status Audit::take(Lsn lsn, const record::Join& join) {
  Status status = check_blocked(join.created_ms, join.applicant_hi, join.applicant_lo);
  if (status.ok()) status = check_join(SlotKey{join.slot}, join.last);
  return status.ok() ? take_booking(lsn, join.header) : status;
}

Status Audit::take(Lsn lsn, const record::GroupJoin& join) {
  Status status = check_blocked(join.created_ms, join.applicant_hi, join.applicant_lo);
  for (const record::JoiningMember& member : record::members_of(join)) {
    if (!status.ok()) return status;
    status = check_blocked(join.created_ms, member.applicant_hi, member.applicant_lo);
  }
  if (status.ok()) status = check_entitled(join);
  if (status.ok()) status = check_join(SlotKey{join.slot}, join.last);
  return status.ok() ? take_booking(lsn, join.header) : status;
}

Status Audit::take(Lsn lsn, const record::Promote& promote) {
  const record::Place place = record::place_of(BookingId{promote.booking});
  const auto at = bookings_.find(place);
  if (at != bookings_.end() && at->second.booking == promote.booking) {
    Status status = check_turn(at->second, {{promote.slot, at->second.seats}});
    if (!status.ok()) return status;
  }
  return take_booking(lsn, promote.header);
}

// All of them that still wait are held a seat, and nobody else is.
Status Audit::take(Lsn lsn, const record::GroupPromote& promote) {
  Offered offered;
  for (const record::PromotedMember& member : record::members_of(promote)) ++offered[member.slot];
  const auto head = bookings_.find(record::place_of(BookingId{promote.booking}));
  if (head != bookings_.end() && head->second.booking == promote.booking) {
    if (Status status = check_turn(head->second, offered); !status.ok()) return status;
    const auto members = members_of(head->second);
    const auto waiting = std::count_if(members.begin(), members.end(), [](const Image& one) {
      return record::state_of(one) == BookingState::waiting;
    });
    if (static_cast<std::size_t>(waiting) != promote.members) {
      return breaks(Check::records,
                    words("of ", waiting, " members of group ", Hex{promote.booking}, " who wait, ",
                          promote.members, " are offered a seat"));
    }
  }
  return take_booking(lsn, promote.header);
}

// As many as there are, if the group isn't whole.
std::vector<record::BookingImage> Audit::members_of(const Image& head) const {
  std::vector<Image> found;
  auto at = static_cast<record::Place>(head.ledger_ms);
  for (std::uint32_t i = 0; i < head.seats && bookings_.contains(at); ++i) {
    found.push_back(bookings_.at(at));
    at = record::next_member(found.back());
  }
  return found;
}

// Whether these seats, in slots for which he waits and hasn't given up one since, were enough for
// him; or for a group, with all the members that it joined with.
bool Audit::suffices_for(const Image& waits, std::uint64_t joined, const Offered& offered) const {
  const bool is_group = record::state_of(waits) == BookingState::group;
  const std::vector<Image> members = is_group ? members_of(waits) : std::vector<Image>{waits};
  const auto still = std::find_if(members.begin(), members.end(), [](const Image& one) {
    return record::state_of(one) == BookingState::waiting;
  });
  if (still == members.end()) return false;
  const bool several = still->ledger_ms != 0;
  std::uint32_t seats = 0;
  for (const auto& [slot, many] : offered) {
    if (!record::waits_for(*still, SlotKey{slot})) continue;
    const bool gave_up = std::any_of(members.begin(), members.end(), [&](const Image& one) {
      const auto at = given_up_.find({slot, one.applicant_hi, one.applicant_lo});
      return at != given_up_.end() && at->second > joined;
    });
    if (several && gave_up) continue;
    seats = is_group ? seats + many : std::max(seats, many);
  }
  return seats != 0 && waits.seats <= seats;
}

// Nobody for whom these seats would have sufficed, and who hasn't given up one of the slot, has
// waited longer, whether for the slot alone or for others of its day, too.
Status Audit::check_turn(const Image& image, const Offered& offered) {
  std::set<std::uint64_t> lines;
  for (const auto& [slot, seats] : offered) {
    for (const bool among_others : {false, true}) {
      lines.insert(record::waited_for(SlotKey{slot}, among_others ? 1 : 0).value);
    }
  }
  for (const std::uint64_t key : lines) {
    const auto line = waiting_.find(key);
    if (line == waiting_.end()) continue;
    for (const auto& [joined, who] : line->second) {
      if (joined >= image.lsn) break;
      const auto other = bookings_.find(who.place);
      if (other == bookings_.end() || !suffices_for(other->second, joined, offered)) continue;
      return breaks(Check::records,
                    words("booking ", Hex{other->second.booking}, " has waited longer for slot ",
                          Hex{offered.begin()->first}, " than ", Hex{image.booking}));
    }
  }
  return success();
}

// It never had a seat that it could have given up: it left the list by itself, or with its group.
bool Audit::only_waited(const Image& ended) const {
  const auto says_so = [](const record::OperationImage& one) {
    return record::left_waitlist(static_cast<record::Type>(one.type), one.details_size);
  };
  if (ended.only_waited != 0) return true;
  if (ended.operations != 0) return says_so(ended.operation[ended.operations - 1]);
  const auto head = bookings_.find(record::place_of(BookingId{ended.group}));
  if (!record::is_member(ended) || head == bookings_.end()) return false;
  const auto end = head->second.operation.begin() + head->second.operations;
  return std::any_of(head->second.operation.begin(), end, [&](const record::OperationImage& one) {
    return one.lsn == ended.lsn && says_so(one);
  });
}

void Audit::note_given_up(const Image& ended) {
  if (!has_ended(record::state_of(ended)) || only_waited(ended)) return;
  std::uint64_t& at = given_up_[{ended.slot, ended.applicant_hi, ended.applicant_lo}];
  at = std::max(at, ended_at(ended));
}

// Who waits: once for a slot, and once for several of a day. And who gave up a seat, as long as
// that booking is there.
Status Audit::move_waiting(record::Place place, const Image& before, const Image& after) {
  const auto waits = [](const Image& image) {
    return record::state_of(image) == BookingState::waiting;
  };
  if (has_ended(record::state_of(before)) && after.booking == 0) {
    const auto gave_up = given_up_.find({before.slot, before.applicant_hi, before.applicant_lo});
    if (gave_up != given_up_.end() && gave_up->second == ended_at(before)) given_up_.erase(gave_up);
  } else if (state_is_loaded_ && !waits(before)) {
    note_given_up(after);
  }
  if (waits(before) == waits(after)) return success();
  const Image& image = waits(before) ? before : after;
  const SlotKey waited_for =
      record::waited_for(SlotKey{image.slot}, static_cast<std::uint64_t>(image.ledger_ms));
  const std::array<std::uint64_t, 3> who{waited_for.value, image.applicant_hi, image.applicant_lo};
  auto& line = waiting_[waited_for.value];
  if (waits(before)) {
    waits_.erase(who);
    if (const auto at = line.find(image.lsn); at != line.end() && --at->second.many == 0) {
      line.erase(at);
    }
    if (line.empty()) waiting_.erase(waited_for.value);
    return success();
  }
  const record::Place in_line =
      record::is_member(image) ? record::place_of(BookingId{image.group}) : place;
  ++line.emplace(image.lsn, Waiting{in_line, 0}).first->second.many;
  if (waits_.insert(who).second) return success();
  return breaks(Check::applicants, words("the applicant of booking ", Hex{image.booking},
                                         " waits twice in slot ", Hex{waited_for.value}));
}

}  // namespace janji
