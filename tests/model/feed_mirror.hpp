// Who has which slot in which state, by the change feed alone.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <janji/engine.hpp>
#include <janji/feed.hpp>

namespace janji::model {

// Follows the feed of one data directory from its beginning, or from a snapshot. Words of what is
// wrong, or none. One thread; others may use the engine.
class FeedMirror {
 public:
  struct Seat {
    SlotKey slot;
    BookingState state{BookingState::none};
    std::uint16_t seats{};
    SlotKey last_slot{};  // as Booking's
    friend bool operator==(const Seat&, const Seat&) = default;
  };

  // Reads on to the feed's end, `page` events at a time. Words also when the feed breaks its own
  // rules: its order, its end, what is said of bookings that were never claimed.
  std::string follow(const Engine& engine, std::size_t page = 64);

  // As whoever comes late, or behind a gap: first where the feed ends, unless that was asked for
  // before, then all bookings as they are. Nobody may be changing any.
  std::string begin_anew(const Engine& engine, Lsn end = {});

  // The engine has these bookings and no other, and these seats taken. Nobody may be calling it,
  // and everything decided is durable and was followed.
  std::string compare(const Engine& engine) const;

  // The code of the error that follow() met last; ok when it met none.
  Code code() const noexcept { return code_; }
  Lsn next() const noexcept { return next_; }
  std::uint64_t events() const noexcept { return events_; }
  const std::set<EventKind>& kinds() const noexcept { return kinds_; }
  const std::map<BookingId, Seat>& bookings() const noexcept { return bookings_; }

 private:
  std::string apply(const Event& event);
  std::string compare_slots(const Engine& engine) const;

  Lsn next_;
  Code code_{Code::ok};
  std::uint64_t events_{0};
  bool from_the_beginning_{true};
  std::set<EventKind> kinds_;
  std::map<BookingId, Seat> bookings_;
  struct Door {
    std::uint32_t capacity{};
    bool closed{};
  };
  std::set<EntitlementId> quotas_;                        // entitlements that there were
  std::map<SlotKey, std::uint32_t> later_;                // seats that come back, by slot
  std::map<SlotKey, Door> doors_;                         // of slots that staff changed
  std::map<std::pair<LaneId, Day>, std::uint32_t> days_;  // open ones, and how many slots
};

}  // namespace janji::model
