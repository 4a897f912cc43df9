#include "model/watched_engine.hpp"

#include <algorithm>
#include <map>

#include "model/compare.hpp"
#include "model/names.hpp"

namespace janji::model {
namespace {

constexpr int kTriesMax = 2000;
constexpr std::int64_t kMinuteMs = 60'000;
constexpr std::int64_t kPatrolMs = kMinuteMs;  // so often visits, and what is kept, are looked at

Options completed(Options options, const Clock& clock, StoreFactory& store) {
  options.durability = Durability::memory;
  options.checkpoint = false;
  options.clock = &clock;
  options.store = &store;
  return options;
}

}  // namespace

WatchedEngine::WatchedEngine(Options options, std::int64_t civil_ms)
    : clock_(civil_ms), watched_(memory_), replay_({options.retention_ms}) {
  options_ = completed(std::move(options), clock_, watched_);
  engine_ = Engine::open(options_).value();
  operations_ = std::make_unique<OperationModel>(replay_.model(), *options_.catalogue, lane_ids());
}

std::vector<LaneId> WatchedEngine::lane_ids() const {
  std::vector<LaneId> ids;
  for (std::size_t i = 0; i < options_.catalogue->lanes().size(); ++i) {
    ids.push_back(engine_->lane(i));
  }
  return ids;
}

std::string WatchedEngine::catch_up() {
  // What comes of one round for those who wait, or for a place that is remembered for them, is
  // done in the next; when two bring nothing new, all has happened.
  int quiet = 0;
  for (int tries = 0; tries < kTriesMax && quiet < 2; ++tries) {
    const Lsn before = model().last_lsn();
    if (std::string wrong = follow(); !wrong.empty()) return wrong;
    quiet = model().last_lsn() == before ? quiet + 1 : 0;
  }
  return {};
}

std::string WatchedEngine::follow() {
  if (const Status settled = engine_->settle(); !settled.ok()) return settled.error().detail;
  const Finding finding = replay_.follow(watched_.journal());
  return finding ? to_string(*finding) : std::string();
}

bool WatchedEngine::undecided_now() const {
  const std::int64_t now = engine_->ledger_now().value;
  return std::any_of(model().bookings().begin(), model().bookings().end(), [&](const auto& entry) {
    return lasts_until_deadline(entry.second.state) && entry.second.deadline_ms <= now;
  });
}

std::string WatchedEngine::advance(std::int64_t ms) {
  // What was free by now and is due by then is gone when all has happened: nobody calls meanwhile.
  const CivilTime then{engine_->civil_now().value + ms};
  std::map<SlotKey, std::uint32_t> falls;  // with the capacity of now
  for (const auto& [slot, to] : operations_->due_to_fall_back(then)) {
    const ModelSlot& pool = *model().find_slot(slot);
    if (pool.free() != 0) falls.emplace(slot, pool.capacity);
  }
  std::map<SlotKey, std::uint32_t> tranches;  // with what is kept back now
  for (const SlotKey slot : operations_->due_tranches(then)) {
    tranches.emplace(slot, model().find_slot(slot)->kept);
  }
  clock_.advance(ms);
  if (std::string wrong = catch_up(); !wrong.empty()) return wrong;
  for (const auto& [id, booking] : model().bookings()) {
    if (ms >= kPatrolMs && operations_->lapses_at(booking) <= engine_->civil_now().value) {
      return name(id) + " is " + name(booking.state) + ", though its visit was over at " +
             std::to_string(operations_->lapses_at(booking)) + " ms; now it is " +
             std::to_string(engine_->civil_now().value);
    }
  }
  if (ms < kPatrolMs) return overdue(model(), engine_->ledger_now(), options_.retention_ms);
  // What was hindered just then is met again a minute later.
  if (!still_kept(falls, tranches).empty()) {
    clock_.advance(kMinuteMs);
    if (std::string wrong = catch_up(); !wrong.empty()) return wrong;
    if (std::string wrong = still_kept(falls, tranches); !wrong.empty()) return wrong;
  }
  return overdue(model(), engine_->ledger_now(), options_.retention_ms);
}

// Of those slots that were to give seats, or bring them, the first that has them yet.
std::string WatchedEngine::still_kept(const std::map<SlotKey, std::uint32_t>& falls,
                                      const std::map<SlotKey, std::uint32_t>& tranches) const {
  const auto fall_due = operations_->due_to_fall_back(engine_->civil_now());
  const auto tranches_due = operations_->due_tranches(engine_->civil_now());
  for (const auto& [slot, capacity] : falls) {
    const ModelSlot* pool = model().find_slot(slot);
    if (pool == nullptr || pool->capacity < capacity || fall_due.count(slot) == 0) continue;
    return name(slot) + " keeps seats that nobody has, though its time has come";
  }
  for (const auto& [slot, kept] : tranches) {
    const ModelSlot* found = model().find_slot(slot);
    if (found == nullptr || found->kept < kept || tranches_due.count(slot) == 0) continue;
    return name(slot) + " keeps back seats whose time has come";
  }
  return {};
}

std::string WatchedEngine::compare() const {
  if (const Finding finding = model().audit()) return to_string(*finding);
  if (std::string words = compare_bookings(*engine_, model()); !words.empty()) return words;
  if (std::string words = compare_blocks(*engine_, model()); !words.empty()) return words;
  if (std::string words = compare_entitlements(*engine_, model()); !words.empty()) return words;
  const CivilTime civil = engine_->civil_now();
  const auto too_late = [&](SlotKey slot) {
    return operations_->lane_spec(slot.lane()) == nullptr || operations_->too_late(slot, civil);
  };
  if (std::string words = unserved(model(), too_late); !words.empty()) return words;
  return compare_calendar(*engine_, *operations_, model());
}

}  // namespace janji::model
