#include "stress/world.hpp"

#include <stdlib.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include <janji/catalogue_builder.hpp>

#include "store/store_factory.hpp"

namespace janji::stress {
namespace {

constexpr std::int64_t kDayMs = 86'400'000;
constexpr Day kToday{20514};  // 2026-03-02
// After the last slot of today, so that all slots used lie ahead: 10:30 in Kuala Lumpur.
constexpr std::int64_t kCivilStart = kToday.value * kDayMs + (10 * 60 + 30 - 8 * 60) * 60'000;

// Half of them have something to wait for. `edited`: with a seat more in each slot and a holiday,
// as somebody may have made of the files.
std::shared_ptr<const Catalogue> offices(std::uint64_t seed, bool edited) {
  CatalogueBuilder builder;
  Service service;
  service.id = "s";
  service.name = {"s", "s", "s"};
  service.categories = category_bit(Category::citizen) | category_bit(Category::foreigner) |
                       category_bit(Category::employer);
  service.rules.hold_ms = kHoldMs;
  service.rules.horizon_days = kDays + 1;
  service.rules.seats_max = 4;
  service.rules.scope_name = "person";
  service.rules.reschedules_max = 2;
  service.rules.extensions_max = 2;
  service.rules.offer_ms = kHoldMs;
  if (seed % 3 == 0) service.rules.freed_seats = {20, 3 * kHoldMs};
  service.rules.approval_ms = seed % 2 == 0 ? 0 : kHoldMs;
  service.rules.check_in_ms = kMaxVisitMs;
  service.progress.assign(std::begin(kStages), std::end(kStages));
  CatalogueBuilder::Lane lane;
  lane.service = builder.add_service(std::move(service));
  lane.week = builder.add_week(OpeningWeek::every_day(0, kSlotsPerDay * 60));
  lane.slot_minutes = 60;
  lane.capacity = static_cast<std::uint16_t>(kCapacity + (edited ? 1 : 0));
  for (const char* id : {"b0", "b1", "b2"}) {
    lane.branch =
        builder.add_branch({id, id, "state", "state", "branch", "city", "Asia/Kuala_Lumpur"});
    // Where seats fall back to, a part of tomorrow's own comes in each of two minutes.
    if (id == std::string_view("b2"))
      lane.tranches = {{20, 10 * 60 + 31, 1}, {20, 10 * 60 + 32, 1}};
    builder.add_lane(lane);
  }
  if (edited) builder.add_holiday("state", Day{kToday.value + kDays}, "Founders' Day");
  lane.pool = Pool::priority;
  lane.tranches.clear();
  lane.fall_back_ms = kFallBackMs;
  builder.add_lane(lane);
  // Of a service that waits for nothing, all day.
  Service door;
  door.id = "w";
  door.name = {"w", "w", "w"};
  door.categories = category_bit(Category::citizen);
  door.rules.seats_max = 4;
  door.rules.scope_name = "person";
  door.rules.horizon_days = kDays + 1;
  door.rules.check_in_ms = kMaxVisitMs;
  door.progress.assign(std::begin(kStages), std::end(kStages));
  lane.service = builder.add_service(std::move(door));
  lane.branch =
      builder.add_branch({"b3", "b3", "state", "state", "branch", "city", "Asia/Kuala_Lumpur"});
  lane.week = builder.add_week(OpeningWeek::every_day(0, 24 * 60));
  lane.slot_minutes = 8 * 60;
  lane.capacity = kKioskCapacity;
  lane.pool = Pool::kiosk;
  lane.fall_back_ms = 0;
  builder.add_lane(lane);
  return builder.build().value();
}

}  // namespace

World::World(Durability durability, std::uint64_t seed, Checkpoints checkpoints)
    : durability_(durability),
      seed_(seed),
      checkpoints_(checkpoints),
      catalogues_{offices(seed, false), offices(seed, true)},
      watched_(durability == Durability::memory ? static_cast<StoreFactory&>(memory_)
                                                : store::lmdb_factory()),
      clock_(kCivilStart, kClockFactor) {
  open();
  first_day_ = Day{kToday.value + 1};
  for (std::size_t i = 0; i <= kKiosk; ++i) lanes_.push_back(engine_->lane(i));
}

World::~World() {
  close();
}

Options World::options() {
  Options options;
  options.directory = directory_.path() / "data";
  options.durability = durability_;
  options.catalogue = catalogues_.front();
  options.slots_max = 4096;
  options.bookings_max = 16384;
  options.operations_max = 16384;
  options.blocks_max = 1024;
  options.entitlements_max = 1024;
  options.eligible_max = 256;
  options.waiters_max = 4096;
  options.record_blocks = 1024;
  options.details_in_flight = 64;
  options.callers_max = 16;
  options.grace_ms = 500;
  options.retention_ms = kRetentionMs;
  options.flush_ms = 60;  // by the fast clock; an idle writer sleeps so long by the real one
  options.journal_map_bytes = std::size_t{4} << 30;
  options.state_map_bytes = std::size_t{1} << 30;
  options.huge_pages = false;
  options.checkpoint = checkpoints_ == Checkpoints::on;
  options.journal_retain_lsn = std::uint64_t{1} << 40;  // the whole journal is wanted
  options.backlog_max = 512;  // a step from half as many on: many small ones
  options.clock = &clock_;
  options.store = &watched_;
  options.seed = seed_;
  return options;
}

void World::reopen() {
  close();
  open();
}

void World::open() {
  auto opened = Engine::open(options());
  if (!opened.ok()) throw std::runtime_error(opened.error().detail);
  engine_ = std::move(opened).value();
  engine_->add_listener(commits_);
}

std::string World::come_to_rest() {
  clock_.stop();
  // Steps of the stopped clock: what is due in the second that it stopped in, and the last flush.
  for (int i = 0; i < 4; ++i) {
    clock_.advance(500);
    if (const Status settled = engine_->settle(); !settled.ok()) return settled.error().detail;
  }
  // Nothing falls due any more; what did must be durable.
  for (int i = 0; i < 100; ++i) {
    const Lsn before = engine_->durable_lsn();
    if (const Status settled = engine_->settle(); !settled.ok()) return settled.error().detail;
    if (engine_->settle().ok() && engine_->durable_lsn() == before) return {};
  }
  return "the engine doesn't come to rest";
}

void World::close() {
  if (!engine_) return;
  engine_->remove_listener(commits_);
  engine_.reset();
}

}  // namespace janji::stress
