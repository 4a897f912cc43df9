// A catalogue without files: for embedders with a database of their own, for tests and benches.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <janji/catalogue.hpp>

namespace janji {

// A span of the wall clock, in minutes since 00:00: from included, to excluded, at most 1440.
struct WallSpan {
  std::uint16_t from{};
  std::uint16_t to{};
};

// The opening hours of one weekday and the breaks inside them. No hours: closed.
struct OpeningDay {
  std::vector<WallSpan> open;
  std::vector<WallSpan> breaks;
};

// Monday first.
struct OpeningWeek {
  std::array<OpeningDay, 7> days;
  static OpeningWeek every_day(std::uint16_t from, std::uint16_t to);
};

// Collects branches, services and lanes, then builds the catalogue. Indexes are given in the
// order of the calls and are those of the catalogue. Not thread-safe.
//
// Slots: from each opening a grid of `slot_minutes`; a slot that overlaps a break or passes
// closing isn't made. Hours are wall times, slots elapse: an hour that the zone repeats has two
// sets of slots, one that it skips has none.
//
// Nothing is judged before build(), which reports the first thing that can't be.
class CatalogueBuilder {
 public:
  CatalogueBuilder();
  ~CatalogueBuilder();
  CatalogueBuilder(CatalogueBuilder&&) noexcept;
  CatalogueBuilder& operator=(CatalogueBuilder&&) noexcept;

  std::uint32_t add_branch(Branch branch);
  // rules.scope is set from rules.scope_name unless that is empty.
  std::uint32_t add_service(Service service);
  // Weeks are shared: lanes with equal week, length, capacity and zone share all their slots.
  std::uint32_t add_week(OpeningWeek week);

  struct Lane {
    std::uint32_t branch{};
    std::uint32_t service{};
    Pool pool{Pool::general};
    std::uint32_t week{};
    std::uint16_t slot_minutes{15};
    std::uint16_t capacity{1};
    Day first_day{kFirstPlannedDay};
    Day last_day{kLastPlannedDay};
    ReleaseRule release{};
    std::int64_t fall_back_ms{0};  // see LaneSpec
    std::vector<Tranche> tranches{};
  };
  std::uint32_t add_lane(const Lane& lane);

  // Closes every branch of the state on the day. Two on one day are joined.
  void add_holiday(std::string_view state_code, Day day, std::string_view name);

  // Errors: invalid_argument (an unknown index or time zone, a doubled id, hours that overlap, a
  // value out of bounds; the detail says which). The builder is empty afterwards.
  Result<std::shared_ptr<const Catalogue>> build();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// Many equal lanes: `lanes` branches b0, b1, ... that each offer the service "s" every day, from
// 00:00 on, for slots_per_day × slot_minutes (at most 1440 minutes together).
struct UniformCatalogue {
  std::uint32_t lanes{1};
  std::uint16_t slots_per_day{52};
  std::uint16_t slot_minutes{15};
  std::uint16_t capacity{4};
  std::string timezone{"Asia/Kuala_Lumpur"};
  ServiceRules rules;
  std::vector<std::string> progress;  // of the service
  ReleaseRule release;
  std::vector<Tranche> tranches;
};
Result<std::shared_ptr<const Catalogue>> make_uniform_catalogue(const UniformCatalogue& spec);

}  // namespace janji
