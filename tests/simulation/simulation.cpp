#include "simulation/simulation.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <janji/catalogue_builder.hpp>

#include "ledger/caller_slots.hpp"
#include "model/compare.hpp"
#include "model/judge.hpp"
#include "simulation/caller.hpp"

namespace janji::simulation {
namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr Day kToday{20514};                                 // 2026-03-02
constexpr std::int64_t kCivilStart = kToday.value * kDayMs;  // 08:00 in Kuala Lumpur
constexpr int kOpeningsMax = 8;
constexpr int kRoundsMax = 2000;

constexpr std::uint16_t kCapacityMax = 3;

ServiceRules make_rules(std::uint16_t capacity, bool with_approval) {
  ServiceRules rules;
  rules.hold_ms = kHoldMs;
  rules.horizon_days = kHorizonDays;
  rules.seats_max = 3;
  rules.scope_name = "person";
  rules.reschedules_max = capacity == 1 ? 1 : 2;
  rules.reschedule_cutoff_ms = kSlotMinutes * 60'000;
  rules.extensions_max = capacity == 1 ? 1 : 2;
  rules.approval_ms = with_approval ? 2 * kHoldMs : 0;
  rules.offer_ms = 2 * kHoldMs;
  // Where there is something to wait for, and two seats, what is given up comes back later.
  if (with_approval && capacity == 2) rules.freed_seats = {1, 2 * kHoldMs};
  rules.check_in_ms = capacity == 2 ? 30 * 60'000 : kMaxVisitMs;
  return rules;
}

// So long before midnight, at which the first slot starts, seats fall back: from the beginning on,
// a minute later, and after some hours.
constexpr std::int64_t kFallBackMs[] = {20 * kHourMs, 16 * kHourMs - 60'000, 14 * kHourMs};

// kLanes offices with a lane, and one with a pool of its own. `edited`: with a seat more in each
// slot and a holiday, as somebody may have made of the files.
std::shared_ptr<const Catalogue> make_offices(std::uint16_t capacity, bool with_approval,
                                              bool edited) {
  CatalogueBuilder builder;
  Service service;
  service.id = "s";
  service.name = {"s", "s", "s"};
  service.categories = category_bit(Category::citizen) | category_bit(Category::foreigner) |
                       category_bit(Category::employer);
  service.rules = make_rules(capacity, with_approval);
  service.progress.assign(std::begin(kStages), std::end(kStages));
  CatalogueBuilder::Lane lane;
  lane.service = builder.add_service(std::move(service));
  lane.week = builder.add_week(OpeningWeek::every_day(0, kSlotsPerDay * kSlotMinutes));
  lane.slot_minutes = kSlotMinutes;
  lane.capacity = static_cast<std::uint16_t>(capacity + (edited ? 1 : 0));
  // The horizon's last day comes in the middle of a day.
  if (capacity == 3) lane.release = {ReleaseRule::Kind::daily, 9 * 60 + 30, 0, 0};
  for (const char* id : {"b0", "b1", "b2"}) {
    lane.branch =
        builder.add_branch({id, id, "state", "state", "branch", "city", "Asia/Kuala_Lumpur"});
    // Of three seats one comes after a minute, the day before, and one after some hours, of two
    // only that.
    const bool in_tranches = id == std::string_view("b1");
    lane.tranches.clear();
    if (in_tranches) lane.tranches = {{34, 8 * 60 + 1, 1}, {50, 11 * 60, 1}};
    builder.add_lane(lane);
  }
  if (edited) builder.add_holiday("state", Day{kToday.value + 1}, "Founders' Day");
  lane.pool = Pool::priority;
  lane.tranches = {{50, 8 * 60 + 1, 1}};
  lane.fall_back_ms = kFallBackMs[capacity - 1];
  builder.add_lane(lane);
  // Of a service that waits for nothing, in slots of eight hours, at an office of its own.
  Service door;
  door.id = "w";
  door.name = {"w", "w", "w"};
  door.categories = category_bit(Category::citizen);
  door.rules = make_rules(capacity, false);
  lane.service = builder.add_service(std::move(door));
  lane.week = builder.add_week(OpeningWeek::every_day(0, 24 * 60));
  lane.branch =
      builder.add_branch({"b3", "b3", "state", "state", "branch", "city", "Asia/Kuala_Lumpur"});
  lane.pool = Pool::kiosk;
  lane.slot_minutes = 24 * 60 / kSlotsPerDay;
  lane.capacity = static_cast<std::uint16_t>(3 * lane.capacity);
  lane.tranches.clear();
  lane.fall_back_ms = 0;
  builder.add_lane(lane);
  return builder.build().value();
}

// Of one to so many seats a slot, each without and with something to wait for; as it is opened
// with, and edited.
const std::vector<std::shared_ptr<const Catalogue>>& offices(std::uint64_t seed) {
  static const std::vector<std::vector<std::shared_ptr<const Catalogue>>> made = [] {
    std::vector<std::vector<std::shared_ptr<const Catalogue>>> all;
    for (const bool with_approval : {false, true}) {
      for (std::uint16_t seats = 1; seats <= kCapacityMax; ++seats) {
        all.push_back(
            {make_offices(seats, with_approval, false), make_offices(seats, with_approval, true)});
      }
    }
    return all;
  }();
  return made[seed % made.size()];
}

Order some_order(model::Random& random) {
  Order order;
  order.switch_percent = static_cast<int>(random.between(2, 60));
  order.freeze_permille = random.percent(50) ? static_cast<int>(random.between(1, 20)) : 0;
  order.freeze_turns = static_cast<int>(random.between(20, 400));
  order.drift_permille = random.percent(70) ? static_cast<int>(random.between(1, 40)) : 0;
  return order;
}

Wear some_wear(model::Random& random) {
  Wear wear;
  if (random.percent(25)) wear.fail_permille = static_cast<int>(random.between(1, 8));
  if (random.percent(15)) wear.read_fail_permille = static_cast<int>(random.between(1, 20));
  wear.slow_percent = static_cast<int>(random.between(0, 60));
  wear.slow_ms = random.percent(80) ? 15 : 900;
  return wear;
}

}  // namespace

void Figures::add(const Figures& other) {
  lives += other.lives;
  power_losses += other.power_losses;
  failed_commits += other.failed_commits;
  failed_openings += other.failed_openings;
  flips_found += other.flips_found;
  flips_unread += other.flips_unread;
  records += other.records;
  cut_off += other.cut_off;
  calls += other.calls;
  foretold += other.foretold;
  comparisons += other.comparisons;
  archived += other.archived;
  fallen += other.fallen;
  tranches += other.tranches;
  reopened += other.reopened;
  mirrored += other.mirrored;
  gaps += other.gaps;
  turns += other.turns;
  for (const auto& [answer, times] : other.answers) answers[answer] += times;
}

Simulation::Simulation(std::uint64_t seed)
    : random_(seed),
      clock_(kCivilStart),
      scheduler_(seed + 1, some_order(random_), clock_),
      disk_(scheduler_, seed + 2, some_wear(random_)) {
  world_.seed = seed;
  // Few of either, and callers meet more often.
  world_.applicants = random_.percent(50) ? 40 : 2 + random_.below(12);
  world_.one_day = random_.percent(30);
  world_.board_size = random_.percent(50) ? 24 : 1 + random_.below(6);
  world_.clock = &clock_;
  world_.scheduler = &scheduler_;
  world_.disk = &disk_;
  disk_.set_observer([this] {
    const model::Finding finding = world_.replay->follow(
        disk_.archive(), [this](Lsn, auto record, const auto&) { see_days(record); });
    if (finding) world_.say_wrong(model::to_string(*finding));
  });
  archive_after_ms_ = random_.percent(50) ? 0 : random_.between(1, 30) * kHourMs;
  backlog_max_ =
      random_.percent(60) ? static_cast<std::uint64_t>(random_.between(30, 300)) : 1 << 22;
  operations_max_ = random_.percent(90) ? 0 : 128;
  world_.backlog_max = backlog_max_;
  world_.catalogues = offices(world_.seed);
  world_.few_operations = operations_max_ != 0;
  // A thread remembers which slot of an engine it used last: that of a simulation before this one
  // must not matter, so it is made the first.
  ledger::CallerSlots one(1);
  one.release(*one.acquire());
}

Options Simulation::options() {
  Options options;
  options.durability = world_.durability;
  options.catalogue = world_.catalogues.front();
  options.slots_max = 2048;
  options.bookings_max = kBookingsMax;
  options.operations_max = operations_max_;
  options.blocks_max = 64;
  options.entitlements_max = 64;
  options.eligible_max = 256;
  options.waiters_max = 256;
  options.record_blocks = 64;
  options.details_in_flight = 4;
  options.callers_max = 8;
  options.grace_ms = 500;
  options.retention_ms = kRetentionMs;
  options.erase_within_ms = 1000 + static_cast<std::int64_t>(world_.seed % 5) * 1000;
  options.archive_after_ms = archive_after_ms_;
  options.backlog_max = backlog_max_;
  options.checkpoint = backlog_max_ < (1 << 22) || world_.seed % 4 != 0;
  options.journal_retain_lsn = random_.percent(50) ? 0 : 50;
  options.huge_pages = false;
  options.clock = &clock_;
  options.store = &disk_;
  options.threads = &scheduler_;
  options.seed = random_.next() | 1;
  return options;
}

std::string Simulation::run() {
  const std::uint64_t lives = 1 + random_.below(5);
  for (std::uint64_t life = 0; life < lives && world_.wrong.empty(); ++life) {
    begin_life();
    const auto director = scheduler_.spawn("the director", [this] { live(); });
    if (random_.percent(60)) {
      scheduler_.at_turn(scheduler_.turns() + 1 + random_.below(random_.percent(20) ? 200 : 6000),
                         [this] { disk_.lose_power(); });
    }
    world_.say_wrong(scheduler_.run());
    if (!world_.wrong.empty()) break;
    end_life();
  }
  figures_.turns = scheduler_.turns();
  figures_.records = disk_.archive().bounds()->last.value;
  figures_.answers = world_.answers;
  for (const auto& [answer, times] : world_.answers) figures_.calls += times;
  figures_.foretold = world_.foretold;
  return world_.wrong;
}

void Simulation::begin_life() {
  ++figures_.lives;
  closed_in_order_ = false;
  latest_wall_ms_ = clock_.civil_ms();
  world_.durability = random_.percent(75) ? Durability::strict : Durability::relaxed;
  scheduler_.set_prompt_waits(world_.durability == Durability::strict);
  disk_.set_wear(some_wear(random_));
  disk_.set_short_of_room(false);
  world_.replay =
      std::make_unique<model::JournalReplay>(model::ReplayRules{kRetentionMs, true, false});
  if (const auto finding = world_.replay->follow(disk_.archive())) {
    world_.say_wrong(model::to_string(*finding));
  }
  world_.commits = std::make_unique<model::CommitPoints>();
  world_.over = world_.paused = false;
  world_.last_given = {};
}

// The director's fiber.
void Simulation::live() {
  if (!open()) return;
  std::vector<std::unique_ptr<Threads::Thread>> callers;
  const std::uint64_t many = 1 + random_.below(5);
  std::vector<std::unique_ptr<Caller>> made;
  for (std::uint64_t i = 0; i < many; ++i) {
    made.push_back(std::make_unique<Caller>(world_, i));
    callers.push_back(scheduler_.spawn("caller " + std::to_string(i),
                                       [caller = made.back().get()] { caller->run(); }));
  }
  compare();
  for (std::uint64_t left = 2 + random_.below(12); left > 0 && world_.telling(); --left) happen();
  disk_.set_short_of_room(false);
  compare();
  world_.over = true;
  for (const auto& caller : callers) caller->join();
  world_.engine->remove_listener(*world_.commits);
  const bool failed = world_.engine->health() == Health::failed;
  if (failed && !disk_.dead()) ++figures_.failed_commits;
  closed_in_order_ = !failed && !disk_.dead();
  world_.engine.reset();
  closed_in_order_ = closed_in_order_ && !disk_.dead();
}

// False: the power went, or the disk never let it.
bool Simulation::open() {
  for (int tries = 0; tries < kOpeningsMax && !disk_.dead(); ++tries) {
    if (tries + 2 >= kOpeningsMax) disk_.set_wear({});
    const bool flipped = random_.percent(10) && disk_.flip_a_bit();
    Result<std::unique_ptr<Engine>> opened = Engine::open(options());
    disk_.flip_back();
    if (flipped && !disk_.dead()) {
      // Where nobody looked, it does no harm: the comparison at rest will tell.
      ++(opened.code() == Code::damaged ? figures_.flips_found : figures_.flips_unread);
      if (opened.code() == Code::damaged) {
        if (opened.error().detail.find("in memory") == std::string::npos) {
          world_.say_wrong("the damage has no place: " + opened.error().detail);
        }
        continue;
      }
    }
    if (!opened.ok()) {
      ++figures_.failed_openings;
      if (opened.code() != Code::io_error && opened.code() != Code::outcome_unknown &&
          !disk_.dead()) {
        world_.say_wrong("opening: " + std::string(to_string(opened.code())) + ", " +
                         opened.error().detail);
        return false;
      }
      // What was committed without being known to be is there at the next try.
      continue;
    }
    world_.engine = std::move(*opened);
    world_.lanes.clear();
    for (std::size_t i = 0; i <= kKiosk; ++i) {
      world_.lanes.push_back(world_.engine->lane(i));
    }
    world_.operations = std::make_unique<model::OperationModel>(
        world_.model(), *world_.catalogues.front(), world_.lanes);
    for (const Request& request : world_.granted) {
      std::visit([&](const auto& one) { world_.operations->granted(one); }, request);
    }
    world_.engine->add_listener(*world_.commits);
    return true;
  }
  if (!disk_.dead()) world_.say_wrong("it never opened");
  return false;
}

// Time passes, and one thing happens to everybody.
void Simulation::happen() {
  scheduler_.sleep(random_.between(50, 3000));
  disk_.set_short_of_room(false);
  switch (random_.below(9)) {
    case 8: clock_.suspend(random_.between(20, 72) * kHourMs); break;
    case 0: clock_.suspend(random_.between(1, 9) * kHourMs); break;
    case 1: correct_wall_clock(); break;
    case 2: disk_.set_short_of_room(random_.percent(30)); break;
    case 3: disk_.set_wear(some_wear(random_)); break;
    default: compare();
  }
}

// By a second or by ten years, either way; or back to where it was.
void Simulation::correct_wall_clock() {
  static constexpr std::array<std::int64_t, 8> kJumps{
      1000, 60'000, kHourMs, 26 * kHourMs, 3 * kDayMs, 40 * kDayMs, 450 * kDayMs, 3653 * kDayMs};
  ++world_.wall_moves;
  const std::int64_t back = std::exchange(wall_off_ms_, 0);
  if (back == 0) {
    const std::int64_t jump = random_.pick(std::span<const std::int64_t>(kJumps));
    wall_off_ms_ = random_.percent(50) ? jump : -jump;
  }
  latest_wall_ms_ = std::max(latest_wall_ms_, clock_.civil_ms());
  clock_.move_wall(wall_off_ms_ - back);
}

// What the records can't say by themselves: whether the day was over, by some clock of this life.
void Simulation::see_days(std::span<const std::byte> record) {
  const auto parsed = model::parse(record);
  if (const auto* opened = std::get_if<model::DayRecord>(&std::get<model::Parsed>(parsed))) {
    if (gone_.contains({opened->lane, opened->day})) ++figures_.reopened;
  }
  figures_.fallen += std::holds_alternative<record::FallBack>(std::get<model::Parsed>(parsed));
  if (const auto* made = std::get_if<record::Tranche>(&std::get<model::Parsed>(parsed))) {
    ++figures_.tranches;
    if (world_.operations != nullptr &&
        made->kept < world_.operations->kept_back(SlotKey{made->slot}, CivilTime{made->came_ms})) {
      world_.say_wrong("seats come to slot " + std::to_string(made->slot) + " too soon");
    }
  }
  const auto* archive = std::get_if<record::Archive>(&std::get<model::Parsed>(parsed));
  if (archive == nullptr) return;
  ++figures_.archived;
  gone_.emplace(LaneId{archive->lane}, Day{archive->day});
  latest_wall_ms_ = std::max(latest_wall_ms_, clock_.civil_ms());
  const std::int64_t midnight = (std::int64_t{archive->day} + 1) * kDayMs - kZoneMs;
  if (midnight + archive_after_ms_ > latest_wall_ms_) {
    world_.say_wrong("day " + std::to_string(archive->day) + " is archived before it is over");
  }
}

// Everybody stands still: the engine must be what the model is.
void Simulation::compare() {
  world_.paused = true;
  scheduler_.wait_until([this] { return world_.calls_running == 0; });
  std::string words = "never came to rest";
  int quiet = 0;
  bool waited = false;
  for (int tries = 0; tries < kRoundsMax && !words.empty(); ++tries) {
    const Lsn before = world_.model().last_lsn();
    const Status settled = world_.engine->settle();
    if (!settled.ok()) words = "settling: " + settled.error().detail;
    if (!settled.ok() || !world_.telling()) break;
    if (world_.model().last_lsn() != world_.engine->durable_lsn()) continue;
    // When two rounds bring nothing new, all that is due has happened.
    quiet = world_.model().last_lsn() == before ? quiet + 1 : 0;
    if (quiet < 2) continue;
    words = model::compare_bookings(*world_.engine, world_.model());
    if (words.empty()) words = model::compare_blocks(*world_.engine, world_.model());
    if (words.empty()) words = model::compare_entitlements(*world_.engine, world_.model());
    if (words.empty() && world_.engine->health() == Health::serving) {
      const CivilTime civil = world_.engine->civil_now();
      words = model::unserved(world_.model(), [&](SlotKey slot) {
        return world_.operations->lane_spec(slot.lane()) == nullptr ||
               world_.operations->too_late(slot, civil);
      });
    }
    if (words.empty()) {
      words = model::compare_calendar(*world_.engine, *world_.operations, world_.model());
    }
    // All that was decided is in the model: there is nothing to wait for.
    if (!words.empty()) break;
    // Read-only, not even what falls due is written.
    if (world_.engine->health() == Health::serving) {
      words = model::overdue(world_.model(), world_.engine->ledger_now(), kRetentionMs);
      // What was busy when its time came, or still in the wheel when the clock leapt, is looked at
      // again later, once: retention counts anew then, in whole seconds.
      if (!words.empty() && waited) break;
      if (!words.empty()) {
        waited = true;
        quiet = 0;
        words = "overdue for ever: " + words;
        scheduler_.sleep(kRetentionMs + 3000);
      }
    } else {
      words = serves_again();
      if (!words.empty()) break;
    }
    if (words.empty()) ++figures_.comparisons;
  }
  if (words.empty() && world_.telling()) words = compare_mirror();
  if (!words.empty() && world_.telling()) world_.say_wrong("at rest: " + words);
  world_.paused = false;
}

// The feed's mirror has what the engine has; behind a gap it begins anew. Its reads take time, in
// which something may fall due: then once more. A disk that fails has its own words.
std::string Simulation::compare_mirror() {
  for (int tries = 0; tries < kRoundsMax; ++tries) {
    const std::string words = mirror_.follow(*world_.engine);
    const bool gap = mirror_.code() == Code::gap;
    if (!gap && !words.empty()) {
      const bool disk_failed =
          mirror_.code() == Code::io_error || mirror_.code() == Code::outcome_unknown;
      return disk_failed || !world_.telling() ? "" : words;
    }
    if (!world_.engine->settle().ok() || !world_.telling()) return {};
    if (gap) {
      ++figures_.gaps;
      if (std::string busy = mirror_.begin_anew(*world_.engine); !busy.empty()) return busy;
    }
    if (mirror_.next() != world_.engine->durable_lsn()) continue;
    ++figures_.mirrored;
    return mirror_.compare(*world_.engine);
  }
  return "the feed never ends";
}

// There is room, so what was shut for lack of it opens: words if not.
std::string Simulation::serves_again() {
  scheduler_.sleep(500);
  for (int i = 0; i < 2; ++i) {
    if (!world_.engine->settle().ok() || !world_.telling()) return {};
  }
  const Counters counted = world_.engine->counters();
  const bool behind = counted.durable.value - counted.applied.value > backlog_max_;
  const bool shut = world_.engine->health() == Health::read_only;
  return shut && !behind ? "read-only for ever" : "";
}

void Simulation::end_life() {
  const bool lost_power = disk_.dead();
  const Lsn last = world_.model().last_lsn();
  disk_.mend();
  judge();
  const Lsn kept = disk_.archive().bounds()->last;
  if (closed_in_order_ && kept != last) world_.say_wrong("an orderly closing lost records");
  forget_what_was_lost();
  if (lost_power) {
    ++figures_.power_losses;
    if (random_.percent(50)) clock_.reboot(random_.between(0, kDayMs));
    if (random_.percent(15)) correct_wall_clock();  // wrong until somebody sets it
    clock_.advance(random_.percent(80) ? random_.between(0, 5000)
                                       : random_.between(1, 9) * kHourMs);
  }
}

void Simulation::judge() {
  // By what the disk kept: whatever was told must be true of it.
  world_.commits->on_progress({disk_.archive().bounds()->last, 0, false});
  model::JournalReplay replay({kRetentionMs, true, false});
  model::Judge judge(*world_.commits, [this](SlotKey slot, CivilTime civil) {
    return world_.operations->too_late(slot, civil);
  });
  judge.set_no_way([this](LaneId from, LaneId to) {
    const LaneSpec* left = world_.operations->lane_spec(from);
    const LaneSpec* entered = world_.operations->lane_spec(to);
    return left == nullptr || entered == nullptr || left->pool != entered->pool;
  });
  const auto finding =
      replay.follow(disk_.archive(), [&](Lsn lsn, auto record, const model::LedgerModel& ledger) {
        judge.note(lsn, record, ledger);
      });
  if (finding) return world_.say_wrong(model::to_string(*finding));
  if (const auto audit = replay.model().audit()) {
    return world_.say_wrong(model::to_string(*audit));
  }
  const Lsn last = replay.model().last_lsn();
  for (const Told& told : world_.diary) {
    const bool granted =
        told.call.decision.verdict == Verdict::granted && told.call.kind != model::Kind::find;
    const bool landed = granted && told.call.decision.lsn <= last;
    if (granted && !landed && told.grant_told) world_.say_wrong("told what was never written");
    if (landed || told.refusal_told) world_.say_wrong(judge.hear(told.call));
  }
  world_.say_wrong(judge.conclude());
}

// Promise 2: what somebody was told of is never among it.
void Simulation::forget_what_was_lost() {
  const Lsn kept = disk_.archive().bounds()->last;
  std::deque<Told> left;
  for (const Told& told : world_.diary) {
    const Decision& decision = told.call.decision;
    if (told.call.kind == model::Kind::find || decision.verdict != Verdict::granted) continue;
    if (decision.lsn <= kept) {
      if (!decision.replayed) left.push_back(told);
    } else if (told.grant_told) {
      world_.say_wrong("LSN " + std::to_string(decision.lsn.value) + " was told and is lost");
    } else {
      ++figures_.cut_off;
      const bool made_it = !decision.replayed && (told.call.kind == model::Kind::claim ||
                                                  told.call.kind == model::Kind::join ||
                                                  told.call.kind == model::Kind::walk_in);
      if (made_it) world_.lost.insert(decision.booking);
    }
  }
  world_.diary = std::move(left);
}

}  // namespace janji::simulation
