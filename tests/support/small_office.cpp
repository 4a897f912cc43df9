#include "support/small_office.hpp"

#include <iterator>
#include <memory>
#include <utility>

#include <janji/catalogue_builder.hpp>

namespace janji::test::office {
namespace {

constexpr std::uint16_t kSlotMinutes = 240;
constexpr std::int64_t kAheadOfUtcMs = 8 * 3'600'000;

std::shared_ptr<const Catalogue> offices() {
  CatalogueBuilder builder;
  Service service;
  service.id = "s";
  service.name = {"s", "s", "s"};
  service.categories = category_bit(Category::citizen);
  service.rules.horizon_days = kDays;
  service.rules.seats_max = 2;
  service.rules.scope_name = "one";
  service.rules.hold_ms = kHoldMs;
  service.rules.offer_ms = kHoldMs;
  service.rules.check_in_ms = kMaxVisitMs;
  service.progress.assign(std::begin(kStages), std::end(kStages));
  CatalogueBuilder::Lane lane;
  lane.service = builder.add_service(std::move(service));
  lane.week = builder.add_week(OpeningWeek::every_day(0, kSlots * kSlotMinutes));
  lane.slot_minutes = kSlotMinutes;
  lane.capacity = 4;
  const auto add_lane = [&](const char* id, Pool pool) {
    lane.branch =
        builder.add_branch({id, id, "state", "state", "branch", "city", "Asia/Kuala_Lumpur"});
    lane.pool = pool;
    builder.add_lane(lane);
  };
  add_lane("b0", Pool::general);
  add_lane("b1", Pool::kiosk);
  return builder.build().value();
}

}  // namespace

Options options(const Clock& clock) {
  static const auto catalogue = offices();
  Options made;
  made.catalogue = catalogue;
  made.slots_max = 1024;
  made.bookings_max = 256;
  made.record_blocks = 64;
  made.details_in_flight = 8;
  made.callers_max = 8;
  made.grace_ms = 2000;
  made.retention_ms = kRetentionMs;
  made.flush_ms = 2000;
  made.journal_map_bytes = std::size_t{16} << 20;
  made.state_map_bytes = std::size_t{16} << 20;
  made.disk_low_water_bytes = std::size_t{2} << 20;
  made.backlog_max = kBacklogMax;
  made.huge_pages = false;
  made.clock = &clock;
  return made;
}

Day day_of(std::int64_t civil_ms) {
  return Day{static_cast<std::int32_t>((civil_ms + kAheadOfUtcMs) / kDayMs)};
}

SlotKey slot(const Engine& engine, std::uint32_t lane, Day day, std::size_t number) {
  return SlotKey(engine.lane(lane), day, Minute{static_cast<std::uint16_t>(number * kSlotMinutes)});
}

}  // namespace janji::test::office
