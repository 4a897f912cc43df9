// A time zone as a short table of offsets, so that a request needs no time-zone library.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

namespace janji::catalogue {

// A stretch of one day in which the wall clock runs without a jump. Minutes.
struct DaySegment {
  std::uint16_t elapsed{};  // since midnight, when it begins
  std::uint16_t wall{};     // what the wall clock shows then
  std::uint16_t length{};
  friend bool operator==(const DaySegment&, const DaySegment&) = default;
};

// The offsets that a zone has within the planned days; before and after, the first and the last
// go on. Immutable after load(): any thread may read.
//
// Limit: transitions are known as far as the system's zone files list them (on Debian to 2037).
class TimeZone {
 public:
  // Reads the zone from the system's files. Errors: invalid_argument (no such zone, or no
  // readable zone files on this system).
  static Result<TimeZone> load(const std::string& name);

  const std::string& name() const { return name_; }

  // Seconds since the epoch.
  std::int64_t midnight_s(Day day) const noexcept;
  Day local_day(std::int64_t utc_s) const noexcept;
  int offset_s(std::int64_t utc_s) const noexcept;

  // The day cut at its jumps: one segment of 1440 minutes on all but a few days of a year;
  // none for a day that the zone skips.
  std::vector<DaySegment> segments(Day day) const;

  // Days unlike others differ in few ways (the Sunday in spring, the Sunday in autumn).
  struct IrregularKind {
    int weekday{};  // 0 is Monday
    std::vector<DaySegment> segments;
    friend bool operator==(const IrregularKind&, const IrregularKind&) = default;
  };
  static constexpr std::uint32_t kRegular = ~std::uint32_t{0};
  std::span<const IrregularKind> irregular_kinds() const { return irregular_kinds_; }
  // Index in irregular_kinds(), or kRegular. Only for planned days.
  std::uint32_t irregular_kind(Day day) const noexcept;

 private:
  struct Period {
    std::int64_t begin_s;  // the first of all begins before every planned day
    std::int32_t offset_s;
  };
  std::size_t period_at(std::int64_t utc_s) const noexcept;
  void find_irregular_days();

  std::string name_;
  std::vector<Period> periods_;  // never empty once loaded
  std::vector<IrregularKind> irregular_kinds_;
  std::vector<std::pair<Day, std::uint32_t>> irregular_days_;  // sorted
};

constexpr std::int64_t floor_seconds(CivilTime at) {
  return at.value / 1000 - (at.value % 1000 < 0 ? 1 : 0);
}

// 0 is Monday.
constexpr int weekday_of(Day day) {
  return static_cast<int>(((day.value + 3LL) % 7 + 7) % 7);
}

}  // namespace janji::catalogue
