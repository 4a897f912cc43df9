#include "model/feed_mirror.hpp"

#include <vector>

#include "model/names.hpp"

namespace janji::model {
namespace {

std::string at(Lsn lsn, const std::string& words) {
  return "the feed at LSN " + std::to_string(lsn.value) + ": " + words;
}

// Calls `see` with every booking there is. False: one is being changed.
template <class See>
bool walk(const Engine& engine, See see) {
  std::vector<Booking> some(64);
  for (BookingCursor cursor; !cursor.at_end;) {
    const std::uint32_t place = cursor.place;
    const std::size_t many = engine.bookings({}, cursor, some);
    for (std::size_t i = 0; i < many; ++i) see(some[i]);
    if (many == 0 && cursor.place == place && !cursor.at_end) return false;
  }
  return true;
}

BookingState lapsed(BookingState from) {
  if (from == BookingState::confirmed) return BookingState::no_show;
  if (from == BookingState::displaced) return BookingState::cancelled;
  if (from == BookingState::waiting) return BookingState::expired;
  return from == BookingState::checked_in ? BookingState::completed : from;
}

}  // namespace

std::string FeedMirror::follow(const Engine& engine, std::size_t page) {
  std::vector<Event> events(page);
  code_ = Code::ok;
  // Whatever is durable now must be told.
  for (const Lsn durable = engine.durable_lsn(); next_ < durable;) {
    const auto read = engine.read_feed(next_, events);
    if (!read.ok()) {
      code_ = read.code();
      return "reading the feed: " + read.error().detail;
    }
    if (read->next <= next_) return at(next_, "it doesn't go on");
    if (read->next > engine.durable_lsn()) return at(read->next, "it isn't durable");
    Lsn before = next_;
    bool more = false;
    for (std::size_t i = 0; i < read->events; ++i) {
      const Event& event = events[i];
      // A decision about a group is as many events as it says, and a page has all of them.
      const bool in_order = more ? event.lsn == before : event.lsn > before;
      if (!in_order || event.lsn > read->next) return at(event.lsn, "out of order");
      before = event.lsn;
      more = event.more;
      if (std::string words = apply(event); !words.empty()) return at(event.lsn, words);
    }
    if (more) return at(before, "the page ends in the middle of a decision");
    next_ = read->next;
  }
  return {};
}

std::string FeedMirror::apply(const Event& event) {
  ++events_;
  kinds_.insert(event.kind);
  switch (event.kind) {
    case EventKind::none: return "an event of no kind";
    case EventKind::day_opened: days_[{event.lane, event.day}] = event.argument; return {};
    case EventKind::day_archived:
      days_.erase({event.lane, event.day});
      std::erase_if(doors_, [&](const auto& door) {
        return door.first.lane() == event.lane && door.first.day() == event.day;
      });
      return {};
    case EventKind::seats_back:
      if (from_the_beginning_ && later_[event.slot] < event.seats) {
        return "seats come back that nobody left for later";
      }
      later_[event.slot] -= event.seats;
      return {};
    // Of a slot that is open, or nothing would come or go.
    case EventKind::tranche:
    case EventKind::fall_back: doors_[event.slot] = {event.argument, false}; return {};
    case EventKind::catalogue: return {};  // each of its slots has an event of its own
    case EventKind::slot: doors_[event.slot] = {event.argument, event.closed}; return {};
    case EventKind::block:
      return event.until > event.civil_at ? "" : "blocked until a time that has passed";
    case EventKind::lift: return event.until.value == 0 ? "" : "lifted until a time";
    case EventKind::entitlement:
    case EventKind::eligible:
      if (event.entitlement.value == 0) return "an entitlement that isn't named";
      quotas_.insert(event.entitlement);
      return {};
    case EventKind::erase:
      if ((event.booking.value == 0) == (event.group.value == 0)) return "an erasure of nothing";
      if (event.booking.value != 0 && bookings_.contains(event.booking) &&
          !has_ended(bookings_.at(event.booking).state)) {
        return "details are erased before their booking has ended";
      }
      return {};
    case EventKind::walk_in:
      if (event.argument == 0) return "somebody walks in without a number";
      bookings_[event.booking] = {event.slot, event.state, event.seats, event.last_slot};
      return {};
    case EventKind::claim:
    case EventKind::join:
      if (event.entitlement.value != 0 && from_the_beginning_ &&
          !quotas_.contains(event.entitlement)) {
        return "a claim under an entitlement that nobody granted";
      }
      bookings_[event.booking] = {event.slot, event.state, event.seats, event.last_slot};
      return {};
    default: break;
  }
  const auto booking = bookings_.find(event.booking);
  if (booking == bookings_.end()) {
    // It may have gone before the snapshot was taken.
    return from_the_beginning_ ? name(event.booking) + " was never claimed" : "";
  }
  if (event.kind == EventKind::free) {
    bookings_.erase(booking);
    return {};
  }
  Seat& seat = booking->second;
  if (event.later) later_[seat.slot] += seat.seats;
  if (event.kind == EventKind::reschedule) {
    if (from_the_beginning_ && seat.slot != event.from) return "it moves from where it isn't";
    seat.slot = event.slot;
    if (seat.state == BookingState::displaced) seat.state = BookingState::confirmed;
  }
  if (event.kind == EventKind::promote) {
    const SlotKey last = seat.last_slot.value != 0 ? seat.last_slot : seat.slot;
    if (event.slot < seat.slot || event.slot > last)
      return "it is offered what it doesn't wait for";
    seat.slot = event.slot;
  }
  seat.last_slot = SlotKey{};
  if (event.kind == EventKind::lapse) seat.state = lapsed(seat.state);
  if (event.state != BookingState::none) seat.state = event.state;
  return {};
}

std::string FeedMirror::begin_anew(const Engine& engine, Lsn end) {
  bookings_.clear();
  days_.clear();
  doors_.clear();
  later_.clear();
  from_the_beginning_ = false;
  next_ = end.value != 0 ? end : engine.durable_lsn();
  const auto see = [&](const Booking& booking) {
    bookings_[booking.id] = {booking.slot, booking.state, booking.seats, booking.last_slot};
  };
  return walk(engine, see) ? "" : "a booking is being changed";
}

std::string FeedMirror::compare(const Engine& engine) const {
  std::string words;
  std::size_t many = 0;
  const auto see = [&](const Booking& booking) {
    ++many;
    const auto mine = bookings_.find(booking.id);
    if (mine == bookings_.end()) {
      words = name(booking.id) + " isn't in the feed";
    } else if (mine->second !=
               Seat{booking.slot, booking.state, booking.seats, booking.last_slot}) {
      words = name(booking.id) + " is " + name(booking.state) + " in " + name(booking.slot) +
              ", by the feed " + name(mine->second.state) + " in " + name(mine->second.slot);
    }
  };
  if (!walk(engine, see)) return "a booking is being changed";
  if (words.empty() && many != bookings_.size()) {
    words = std::to_string(many) + " bookings, by the feed " + std::to_string(bookings_.size());
  }
  return words.empty() ? compare_slots(engine) : words;
}

std::string FeedMirror::compare_slots(const Engine& engine) const {
  std::map<SlotKey, std::uint32_t> taken;
  std::vector<std::pair<SlotKey, SlotKey>> awaited;  // nothing free is shown there either
  const auto is_awaited = [&](SlotKey slot) {
    return std::any_of(awaited.begin(), awaited.end(), [&](const auto& wanted) {
      return slot == wanted.first || (wanted.first <= slot && slot <= wanted.second);
    });
  };
  for (const auto& [id, seat] : bookings_) {
    if (is_active(seat.state)) taken[seat.slot] += seat.seats;
    if (seat.state == BookingState::waiting) awaited.emplace_back(seat.slot, seat.last_slot);
  }
  std::vector<SlotAvailability> slots(512);
  for (const auto& [day, wanted] : days_) {
    const std::size_t many = engine.slots(day.first, day.second, slots);
    if (many != wanted) {
      return "lane " + std::to_string(day.first.value) + ", day " +
             std::to_string(day.second.value) + " has " + std::to_string(many) +
             " slots, by the feed " + std::to_string(wanted);
    }
    for (std::size_t i = 0; i < many; ++i) {
      const auto mine = taken.find(slots[i].slot);
      const std::uint32_t want = (mine == taken.end() ? 0 : mine->second) + slots[i].later;
      const auto later = later_.find(slots[i].slot);
      if (from_the_beginning_ && (later == later_.end() ? 0 : later->second) != slots[i].later) {
        return name(slots[i].slot) + " has other seats that come later than by the feed";
      }
      const auto door = doors_.find(slots[i].slot);
      if (door != doors_.end() && door->second.capacity != slots[i].capacity) {
        return name(slots[i].slot) + " has another capacity than by the feed";
      }
      // A closed one shows nothing free; one with fewer seats than are taken, neither.
      const bool closed = slots[i].status == DayAvailability::Status::closed;
      if (door != doors_.end() && door->second.closed != closed) {
        return name(slots[i].slot) + " has another door than by the feed";
      }
      const auto have = static_cast<std::uint32_t>(slots[i].capacity - slots[i].free);
      const bool fits = closed || (slots[i].free == 0 && is_awaited(slots[i].slot)) ||
                        have == want || (slots[i].free == 0 && want > have);
      if (!fits) {
        return name(slots[i].slot) + " has " + std::to_string(have) + " seats taken, by the feed " +
               std::to_string(want);
      }
    }
  }
  return {};
}

}  // namespace janji::model
