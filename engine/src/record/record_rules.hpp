// How the checks of records are written: shared by those files and seen by nobody else.
#pragma once

#include <cstring>
#include <optional>
#include <span>
#include <string>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "record/record.hpp"

namespace janji::record {

using Bytes = std::span<const std::byte>;

// "field is 7: must be rule". Cold.
Error refuse(const char* field, std::int64_t value, const std::string& rule);

// The first broken rule, or nothing. Every rule of a record is one line that asks for more only
// while nothing is broken yet.
class Rules {
 public:
  Rules& within(const char* field, std::int64_t value, std::int64_t low, std::int64_t high) {
    if (!broken_ && (value < low || value > high)) [[unlikely]] {
      out_of_bounds(field, value, low, high);
    }
    return *this;
  }
  Rules& civil(const char* field, std::int64_t value) {
    return within(field, value, -kCivilMsMax, kCivilMsMax);
  }
  Rules& zero(const char* field, std::int64_t value) { return within(field, value, 0, 0); }
  Rules& holds(bool rule, const char* words) {
    if (!broken_ && !rule) [[unlikely]] {
      broken(words);
    }
    return *this;
  }
  bool fine() const { return !broken_; }
  Status status() {
    if (broken_) return std::move(*broken_);
    return success();
  }

 private:
  // Cold.
  void out_of_bounds(const char* field, std::int64_t value, std::int64_t low, std::int64_t high);
  void broken(const char* words);

  std::optional<Error> broken_;
};

inline constexpr std::int64_t kDayMax = (std::int64_t{1} << SlotKey::kDayBits) - 1;
inline constexpr std::int64_t kMinuteMax = (std::int64_t{1} << SlotKey::kMinuteBits) - 1;
inline constexpr std::int64_t kCategoryMax = static_cast<std::int64_t>(Category::employer);

template <class R>
R load(Bytes bytes) {
  R record;
  std::memcpy(&record, bytes.data(), sizeof record);
  return record;
}

// The size that a record of type R with `tail` bytes behind its fixed part must have.
template <class R>
Rules sized(const char* field, Bytes bytes, std::size_t tail = 0) {
  Rules rules;
  const auto size = static_cast<std::int64_t>(sizeof(R) + tail);
  rules.within(field, static_cast<std::int64_t>(bytes.size()), size, size);
  return rules;
}

// check_group_record.cpp
Status check_group_claim(Bytes bytes);
Status check_group_change(Bytes bytes);
Status check_group_move(Bytes bytes);
Status check_group_join(Bytes bytes);
Status check_group_promote(Bytes bytes);
// check_entitlement_record.cpp
Status check_entitlement(Bytes bytes);
Status check_eligible(Bytes bytes);
Status check_forget_entitlement(Bytes bytes);

}  // namespace janji::record
