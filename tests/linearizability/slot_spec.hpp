// What one slot and the people who want it may do, one operation at a time: a few lines that are
// the promises, without time. Shares nothing with the engine or the model.
#pragma once

#include <compare>
#include <cstdint>
#include <map>

#include <janji/result.hpp>
#include <janji/types.hpp>

namespace janji::linearizability {

enum class Kind : std::uint8_t { claim, confirm, cancel, find };
const char* name_of(Kind kind);

// Bookings go by the name that their claim was sent under, which is used again when it is sent
// again; people by a number.
struct SlotOperation {
  Kind kind{};
  std::uint32_t booking{};
  std::uint32_t person{};  // of a claim
  std::uint32_t seats{};   // of a claim
  // The answer; nothing of it is known when the call was cut off.
  Code answer{Code::ok};
  bool replayed{};
  BookingState found{BookingState::none};  // of a find
  std::uint32_t id{};  // of a confirm or cancel, among those of its kind; 0: none
};

struct SlotState {
  struct Booking {
    std::uint32_t person, seats;
    BookingState state;
    std::uint32_t confirmed_by{}, cancelled_by{};  // their ids
    auto operator<=>(const Booking&) const = default;
  };
  std::uint32_t capacity{};
  std::map<std::uint32_t, Booking> bookings;
  auto operator<=>(const SlotState&) const = default;

  std::uint32_t free() const;
  bool has_active(std::uint32_t person) const;
};

struct SlotSpec {
  using State = SlotState;
  using Operation = SlotOperation;

  bool apply(SlotState& slot, const SlotOperation& operation) const;
  bool apply_pending(SlotState& slot, const SlotOperation& operation) const;
};

}  // namespace janji::linearizability
