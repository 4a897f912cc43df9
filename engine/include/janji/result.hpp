// Expected failure as a value.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include <janji/check.hpp>

namespace janji {

// Why the engine refuses. The numbers are stable: they are part of bindings and logs.
enum class Code : unsigned char {
  ok = 0,
  slot_full = 1,               // durable and final: nobody's undo or crash can make it untrue
  already_booked = 2,          // the applicant has an active booking in the service's scope
  hold_expired = 3,            // the hold's deadline has passed
  booking_not_found = 4,       // no such id, or one from another lineage of the data
  slot_not_found = 5,          // the key names no slot of an open day
  not_released = 6,            // the day isn't open yet
  outside_horizon = 7,         // the date can't be booked at all
  closed = 8,                  // holiday, rest day, or closed by staff
  illegal_transition = 9,      // the booking's state doesn't allow the operation
  retry = 10,                  // met an operation in flight; nothing changed; ask again
  overloaded = 11,             // no room for the record; nothing changed
  read_only = 12,              // a low-water mark was reached (disk, map); nothing changed
  outcome_unknown = 13,        // the commit failed: safe to ask again with the same operation id
  too_late = 14,               // past, or inside the lead time
  limit_reached = 15,          // a table of `Options` is full; the detail names the option
  category_not_allowed = 16,   // the service isn't for the applicant's category
  seats_exceeded = 17,         // more seats than the service allows, or none
  operation_mismatch = 18,     // the operation id was granted with another payload
  invalid_argument = 19,       // a field is malformed; the detail names it
  damaged = 20,                // stored data is not what was written; the detail says which
  io_error = 21,               // the file system refused; the detail says what and where
  locked = 22,                 // another process has the data directory open
  stopped = 23,                // the engine was closed
  changes_exceeded = 24,       // it was changed as often as may be
  change_too_late = 25,        // its service's cut-off before its slot has passed
  slot_not_allowed = 26,       // its own slot, or one of another service, pool or forbidden branch
  too_early = 27,              // check-in hasn't begun, or the slot to be missed hasn't
  wrong_branch = 28,           // the booking is for another branch
  gap = 29,                    // what was asked for is no longer kept; the detail says what is
  in_group = 30,               // only the booking's group as a whole can do this
  group_invalid = 31,          // members or parts of a group don't fit together, or are too many
  nobody_waiting = 32,         // in the branch's hall, of those who weren't called yet
  blocked = 33,                // the applicant may claim nothing for some time
  entitlement_not_found = 34,  // none of the applicant's; or the service asks for one, and none is
                               // named
  entitlement_exhausted = 35,  // fewer units are left than members; durable and final as slot_full
  entitlement_not_valid = 36,  // it is for another service, or not for the slot's date
  not_eligible = 37,           // one of the members isn't on the entitlement's list
  already_waiting = 38,        // the applicant stands in the slot's waitlist already
  details_erased = 40,         // there were some, and they were erased
};

// The code's stable name, e.g. "slot_full".
const char* to_string(Code code) noexcept;

struct Error {
  Code code{Code::ok};
  std::string detail;  // for people; empty on the decision path, where nothing allocates
};

// Either a value or an error. Asking for the one that isn't there is a broken invariant.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::move(value)) {}      // NOLINT: reads as `return value;`
  Result(Error error) : held_(std::move(error)) {}  // NOLINT: reads as `return Error{...};`

  bool ok() const noexcept { return held_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  T& value() & {
    JANJI_CHECK(ok());
    return *std::get_if<0>(&held_);
  }
  const T& value() const& {
    JANJI_CHECK(ok());
    return *std::get_if<0>(&held_);
  }
  T&& value() && {
    JANJI_CHECK(ok());
    return std::move(*std::get_if<0>(&held_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    JANJI_CHECK(!ok());
    return *std::get_if<1>(&held_);
  }
  Code code() const noexcept { return ok() ? Code::ok : std::get_if<1>(&held_)->code; }

 private:
  std::variant<T, Error> held_;
};

using Status = Result<std::monostate>;
inline Status success() {
  return std::monostate{};
}

}  // namespace janji
