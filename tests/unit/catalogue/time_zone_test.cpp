#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <date/tz.h>
#include <catch2/catch.hpp>

#include "catalogue/time_zone.hpp"
#include "unit/catalogue/catalogue_fixture.hpp"

namespace {

using janji::Day;
using janji::catalogue::DaySegment;
using janji::catalogue::TimeZone;
using janji::test::day_at;
using Segments = std::vector<DaySegment>;

TimeZone zone(const std::string& name) {
  auto loaded = TimeZone::load(name);
  if (!loaded) FAIL(name << ": " << loaded.error().detail);
  return std::move(loaded).value();
}

TEST_CASE("time zone: Malaysia is eight hours ahead, every day is alike") {
  for (const char* name : {"Asia/Kuala_Lumpur", "Asia/Kuching"}) {
    const TimeZone malaysia = zone(name);
    CHECK(malaysia.midnight_s(day_at(2026, 11, 22)) == 20779LL * 86'400 - 28'800);
    CHECK(malaysia.offset_s(20779LL * 86'400) == 28'800);
    CHECK(malaysia.irregular_kinds().empty());
    CHECK(malaysia.segments(day_at(2026, 11, 22)) == Segments{{0, 0, 1440}});
  }
}

TEST_CASE("time zone: days are cut where the clock jumps") {
  struct Case {
    const char* zone;
    Day day;
    Segments segments;
  };
  const std::vector<Case> cases{
      {"Europe/London", day_at(2027, 3, 28), {{0, 0, 60}, {60, 120, 1320}}},
      {"Europe/London", day_at(2026, 10, 25), {{0, 0, 120}, {120, 60, 1380}}},
      {"America/New_York", day_at(2027, 3, 14), {{0, 0, 120}, {120, 180, 1260}}},
      {"America/New_York", day_at(2026, 11, 1), {{0, 0, 120}, {120, 60, 1380}}},
      // Half an hour.
      {"Australia/Lord_Howe", day_at(2026, 10, 4), {{0, 0, 120}, {120, 150, 1290}}},
      {"Australia/Lord_Howe", day_at(2026, 4, 5), {{0, 0, 120}, {120, 90, 1350}}},
      // Midnight itself is skipped.
      {"America/Santiago", day_at(2026, 9, 6), {{0, 60, 1380}}},
      {"Asia/Beirut", day_at(2027, 3, 28), {{0, 60, 1380}}},
      // The last hour of the day is repeated.
      {"America/Santiago", day_at(2026, 4, 4), {{0, 0, 1440}, {1440, 1380, 60}}},
      // The first hour is.
      {"America/Havana", day_at(2026, 11, 1), {{0, 0, 60}, {60, 0, 1440}}},
  };
  for (const Case& c : cases) {
    CAPTURE(c.zone, c.day.value);
    const TimeZone z = zone(c.zone);
    CHECK(z.segments(c.day) == c.segments);
    const std::uint32_t kind = z.irregular_kind(c.day);
    REQUIRE(kind != TimeZone::kRegular);
    CHECK(z.irregular_kinds()[kind].segments == c.segments);
    CHECK(z.irregular_kinds()[kind].weekday == janji::catalogue::weekday_of(c.day));
    CHECK(z.irregular_kind(Day{c.day.value - 2}) == TimeZone::kRegular);
    CHECK(z.irregular_kind(Day{c.day.value + 2}) == TimeZone::kRegular);
  }
}

TEST_CASE("time zone: a skipped midnight is the first moment after the gap") {
  const TimeZone santiago = zone("America/Santiago");
  const Day day = day_at(2026, 9, 6);
  const std::int64_t begin_s = santiago.midnight_s(day);
  CHECK(begin_s == day.value * 86'400LL + 4 * 3600);
  CHECK(santiago.local_day(begin_s) == day);
  CHECK(santiago.local_day(begin_s - 1) == Day{day.value - 1});
  CHECK(santiago.offset_s(begin_s) == -3 * 3600);
  CHECK(santiago.offset_s(begin_s - 1) == -4 * 3600);
}

TEST_CASE("time zone: a repeated midnight is the first of the two") {
  const TimeZone havana = zone("America/Havana");
  const Day day = day_at(2026, 11, 1);
  CHECK(havana.midnight_s(day) == day.value * 86'400LL + 4 * 3600);
}

TEST_CASE("time zone: agrees with the library at any moment") {
  std::mt19937_64 random(7);
  std::uniform_int_distribution<std::int64_t> moment(18'262LL * 86'400, 47'481LL * 86'400);
  for (const char* name :
       {"Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Santiago",
        "Africa/Cairo", "Asia/Beirut", "Africa/Casablanca", "Pacific/Chatham", "Asia/Gaza",
        "America/Havana", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu", "UTC"}) {
    const TimeZone z = zone(name);
    const date::time_zone* source = date::locate_zone(name);
    CAPTURE(name);
    for (int i = 0; i < 2000; ++i) {
      const std::int64_t at_s = moment(random);
      const auto info = source->get_info(date::sys_seconds{std::chrono::seconds{at_s}});
      REQUIRE(z.offset_s(at_s) == info.offset.count());
    }
    for (int d = 20'454; d < 20'454 + 800; ++d) {
      const std::int64_t begin_s = z.midnight_s(Day{d});
      REQUIRE(z.local_day(begin_s) == Day{d});
      REQUIRE(z.local_day(begin_s - 1) == Day{d - 1});
      // Every minute shows on the wall clock what the segments say.
      for (const DaySegment& segment : z.segments(Day{d})) {
        const std::int64_t at_s = begin_s + segment.elapsed * 60LL;
        const std::int64_t last_s = at_s + (segment.length - 1) * 60LL;
        REQUIRE(at_s + z.offset_s(at_s) == d * 86'400LL + segment.wall * 60LL);
        REQUIRE(last_s + z.offset_s(last_s) - at_s - z.offset_s(at_s) == last_s - at_s);
      }
    }
  }
}

TEST_CASE("time zone: an unknown name is refused, whatever it looks like") {
  for (const char* name :
       {"", "Asia/Atlantis", "../../etc/passwd", "/etc/passwd", "asia/kuching "}) {
    CHECK(TimeZone::load(name).code() == janji::Code::invalid_argument);
  }
}

TEST_CASE("time zone: days and moments far outside are computed without a trap") {
  const TimeZone london = zone("Europe/London");
  for (const std::int32_t day : {INT32_MIN, -1, 0, INT32_MAX - 1}) {
    CHECK(london.local_day(london.midnight_s(Day{day})) == Day{day});
  }
}

}  // namespace
