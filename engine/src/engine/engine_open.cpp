// From the files to the first decision.
#include <sys/random.h>

#include <algorithm>
#include <new>
#include <utility>

#include <janji/check.hpp>

#include "base/magazines.hpp"
#include "base/step.hpp"
#include "base/words.hpp"
#include "engine/engine_impl.hpp"
#include "engine/epoch_draw.hpp"
#include "engine/lane_terms.hpp"
#include "engine/options_check.hpp"
#include "record/visit.hpp"
#include "store/memory_store.hpp"

namespace janji {

namespace {

using base::words;

constexpr std::uint32_t kRecordFormat = 1;
constexpr int kFirstLooksMax = 1 << 14;  // rounds for the seats that are due at an opening
constexpr std::int64_t kDoubtMs = 3'600'000;
constexpr std::uint32_t kOperationsShare = 4;  // of each booking, on average
// Half of what a record can say; what is written from there on could always be read again.
constexpr std::int64_t kLedgerMsLast = record::kLedgerMsMax / 2;

std::uint64_t draw_seed() {
  std::uint64_t seed = 0;
  JANJI_CHECK(getrandom(&seed, sizeof seed, 0) == static_cast<ssize_t>(sizeof seed));
  return seed;
}

// As they are meant: a 0 that stands for a rule is replaced by its number.
Options resolved(Options options) {
  if (options.operations_max == 0) {
    // Confirm and cancel have their two each, see Ledger::may_use_operation(); others share the
    // rest.
    const std::uint64_t all =
        std::uint64_t{kOperationsShare} * options.bookings_max + options.callers_max;
    constexpr std::uint64_t kMost = (std::uint64_t{1} << 31) - 2;
    options.operations_max = static_cast<std::uint32_t>(std::min(all, kMost));
  }
  return options;
}

// By the wall clock, if it can be believed; else by what the data says.
CivilTime believed_civil(const Options& options, const state::Survey& found, ClockWatch& watch) {
  if (found.civil_time && !options.trust_clock) watch.begin(*found.civil_time, found.ledger_time);
  const Clock& clock = options.clock != nullptr ? *options.clock : system_clock();
  const CivilTime shown{clock.civil_ms()};
  return watch.believes(shown, found.ledger_time) ? shown : watch.expected(found.ledger_time);
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::open(Options options) {
  if (Status checked = check_options(options); !checked.ok()) return checked.error();
  std::unique_ptr<store::MemoryFactory> own_disk;
  StoreFactory* factory = options.store;
  if (factory == nullptr && options.durability == Durability::memory) {
    own_disk = std::make_unique<store::MemoryFactory>();
    factory = own_disk.get();
  }
  if (factory == nullptr) factory = &store::lmdb_factory();
  auto stores =
      factory->open({options.directory, options.journal_map_bytes, options.state_map_bytes});
  if (!stores.ok()) return stores.error();
  const state::Survey found = state::survey((*stores)->journal(), (*stores)->state());
  ClockWatch clock_watch;
  const CivilTime now = believed_civil(options, found, clock_watch);
  const auto sizes = sizes_for(options, found, now);
  if (!sizes.ok()) return sizes.error();
  options.slots_max = sizes->slots_max;
  const std::uint64_t seed = options.seed != 0 ? options.seed : draw_seed();
  try {
    auto impl = std::make_unique<Impl>(std::move(options), *sizes, std::move(clock_watch),
                                       std::move(*stores), seed);
    if (Status recovered = impl->recover(found.read); !recovered.ok()) {
      return recovered.error();
    }
    return std::unique_ptr<Engine>(new Engine(std::move(impl)));
  } catch (const std::bad_alloc&) {
    return Error{Code::limit_reached,
                 "there isn't memory enough for the tables: lower bookings_max, operations_max, "
                 "slots_max or record_blocks, or have more memory"};
  }
}

Engine::Impl::Impl(Options given, const TableSizes& given_sizes, ClockWatch given_watch,
                   std::unique_ptr<store::Stores> given_stores, std::uint64_t given_seed)
    : options(resolved(std::move(given))),
      sizes(given_sizes),
      seed(given_seed),
      stores(std::move(given_stores)),
      threads(options.threads != nullptr ? *options.threads : system_threads()),
      time(options.clock != nullptr ? *options.clock : system_clock()),
      blocks(options.record_blocks, base::magazine_size(options.record_blocks, options.callers_max),
             options.huge_pages),
      rounds(threads),
      shelf(options.catalogue),
      clock_watch(std::move(given_watch)) {}

Engine::Impl::~Impl() {
  if (ledger) ledger->set_gate(ledger::Gate::closed);
  if (writer) writer->stop();
  // So that the next start has nothing to replay.
  if (checkpoint_thread && !rounds.failed()) {
    checkpoint_thread->notify(rounds.durable());
    (void)checkpoint_thread->stop(true);
  }
}

Status Engine::Impl::recover(const Status& surveyed) {
  ledger = std::make_unique<ledger::Ledger>(options, sizes.lanes_max, sizes.ring_days,
                                            ledger::Journal{blocks, list, rounds}, time, seed);
  auto recovered = state::recover(stores->journal(), stores->state(), *this);
  if (!recovered.ok()) return recovered.error();
  if (!surveyed.ok()) return surveyed;  // it passed, but the clock was held against nothing
  const state::RecoverySummary found = *recovered;
  if (found.end.last.value + (1ULL << 40) > journal::PublishList::kLsnMask) {
    return Error{Code::limit_reached,
                 "the journal has come near the last number a record can have"};
  }
  if (found.ledger_time.value > kLedgerMsLast) {
    return Error{Code::limit_reached,
                 "ledger time has come near the last that a record can have: it was carried on "
                 "by a clock that ran wild; restore the directory from a backup"};
  }
  time.start(found.ledger_time);
  const LedgerTime now = time.ledger_now();
  // Nobody counts while the engine is closed, so a clock that is wrong by days is believed at
  // first. Whoever watches over it has an hour to set it right before the visits of all those days
  // end.
  const bool leapt = clock_watch.opening_leap_ms() > ClockWatch::kLeapMs;
  visits_end_from = LedgerTime{now.value + (leapt ? kDoubtMs : 0)};
  if (Status built = ledger->finish_restore(now, LedgerTime{now.value + options.grace_ms});
      !built.ok()) {
    // What the two say together is wrong.
    return state::in_file(stores->state().name() + " and " + stores->journal().name(),
                          built.error());
  }
  prepare_writer(found);
  if (options.checkpoint) {
    if (Status opened = checkpointer->open(); !opened.ok()) return opened;
  }
  const LaneId first_new = lanes.next();
  if (Status numbered = number_lanes(); !numbered.ok()) return numbered;
  // Before anything is written: a start that fails, again and again, must leave nothing behind.
  if (Status room = room_for_days(now); !room.ok()) return room;
  JANJI_STEP("opening_recovered");
  if (Status opened = open_epoch(found, now); !opened.ok()) return opened;
  JANJI_STEP("opening_raised_epoch");
  if (Status written = write_lanes(first_new); !written.ok()) return written;
  JANJI_STEP("opening_wrote_lanes");
  if (Status archived = archive_days(); !archived.ok()) return archived;
  JANJI_STEP("opening_archived_days");
  may_fall_due = true;
  if (Status opened = open_days(); !opened.ok()) return opened;
  JANJI_STEP("opening_opened_days");
  if (found.catalogue != 0) {  // it was being changed: the files that are there now win
    Status finished = changer->finish(found.catalogue, [this] { return write_published(); });
    if (!finished.ok()) return finished;
  }
  // Seats that were on their way to those who wait when the last life ended (hazard 10).
  while (ledger->handing_out() && ledger->gate() == ledger::Gate::closed) {
    writer->step();
    if (rounds.failed()) return writer->failure();
  }
  JANJI_STEP("opening_handed_out");
  ledger->set_gate(ledger::Gate::open);
  if (options.checkpoint) {
    checkpoint_thread = std::make_unique<state::CheckpointThread>(
        *checkpointer,
        std::min(state::CheckpointThread::kStartBacklog,
                 std::max<std::uint64_t>(1, options.backlog_max / 2)),
        threads);
    wanted = ledger->newest_erasure();
    checkpoint_thread->want(wanted);
    checkpoint_thread->notify(rounds.durable());
  }
  writer->start(threads);
  return success();
}

Status Engine::Impl::on_meta(const state::StateMeta&, std::span<const state::EpochRow> epochs) {
  for (const state::EpochRow& epoch : epochs)
    epochs_used_.insert(static_cast<std::uint32_t>(epoch.random));
  return success();
}

Status Engine::Impl::on_booking(record::Place place, const record::BookingImage& image) {
  return ledger->restore_booking(place, image);
}

Status Engine::Impl::on_block(std::uint32_t cell, const record::BlockImage& image) {
  return ledger->restore_block(cell, image);
}

Status Engine::Impl::on_entitlement(std::uint32_t cell, const record::EntitlementImage& image) {
  return ledger->restore_entitlement(cell, image);
}

Status Engine::Impl::on_eligible(std::uint32_t cell, const record::EligibleKeys& keys) {
  return ledger->restore_eligible(cell, keys);
}

Status Engine::Impl::on_state_loaded() {
  return success();
}  // finish_restore() counts it all

Status Engine::Impl::on_record(Lsn lsn, const record::Header& header) {
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  switch (header.type) {
    case record::Type::lane: {
      const auto& lane = record::as<record::Lane>(bytes);
      return on_lane(LaneId{lane.lane}, record::key_of(lane));
    }
    case record::Type::day: {
      const auto& day = record::as<record::Day>(bytes);
      return restore_day(LaneId{day.lane}, Day{day.day}, record::slots_of(day), {});
    }
    case record::Type::epoch:
      epochs_used_.insert(record::as<record::Epoch>(bytes).random);
      return ledger->restore_record(lsn, header);
    default: return ledger->restore_record(lsn, header);
  }
}

Status Engine::Impl::on_day(LaneId lane, Day day, std::span<const state::DayRowSlot> slots,
                            std::span<const record::SlotGrant> grants) {
  std::vector<record::DaySlot> planned;
  std::vector<std::uint32_t> taken;
  for (const state::DayRowSlot& slot : slots) {
    planned.push_back({slot.minute, slot.length_minutes(), slot.capacity, slot.kept});
    taken.push_back(slot.taken);
  }
  if (Status restored = restore_day(lane, day, planned, taken); !restored.ok()) return restored;
  ledger::DayTable& table = ledger->day_table();
  ledger::DayView view;
  JANJI_CHECK(table.find(lane, day, view));
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const state::DayRowSlot& slot = slots[i];
    const SlotKey key(lane, day, Minute{slot.minute});
    table.plan(view.first_slot + i, record::Planned{slot.planned});
    if (slot.later != 0) ledger->restore_later(key, slot.later);
    if (!slot.closed()) continue;
    if (Status shut = ledger->restore_slot(key, slot.capacity, true, {}); !shut.ok()) return shut;
  }
  for (const record::SlotGrant& grant : grants) {
    const SlotKey some(lane, day, Minute{0});
    if (Status kept = ledger->restore_grant(some, grant); !kept.ok()) return kept;
  }
  return success();
}

Status Engine::Impl::on_lane(LaneId lane, std::string_view key) {
  if (!lanes.restore(lane, key)) {
    return Error{Code::damaged, words("lane ", lane.value, " or its key ", key, " is given twice")};
  }
  const auto index = options.catalogue->find_lane(key);
  // A lane that the catalogue lost keeps its bookings; it takes no new ones.
  const ledger::LaneRules rules =
      index ? rules_of(*options.catalogue, *index) : ledger::LaneRules{};
  // There is room for as many lanes as were counted, and they are numbered without gaps.
  if (!ledger->day_table().set_lane(lane, rules)) {
    return Error{Code::damaged, words("lane ", lane.value, " of ", sizes.lanes_max)};
  }
  return success();
}

Status Engine::Impl::restore_day(LaneId lane, Day day, std::span<const record::DaySlot> slots,
                                 std::span<const std::uint32_t> taken) {
  const ledger::DayTable& table = ledger->day_table();
  if (table.is_open(lane, day)) {
    return Error{Code::damaged, words("day ", day.value, " of lane ", lane.value, " opens twice")};
  }
  const auto many = static_cast<std::uint32_t>(slots.size());
  if (Status can = table.can_open(lane, day, many); !can.ok()) {
    if (can.code() != Code::retry) return can;
    return Error{Code::limit_reached, can.error().detail};
  }
  const ledger::LaneRules& rules = table.rules(lane);
  const std::int64_t midnight = rules.catalogue_index == ledger::kNoLane
                                    ? std::int64_t{day.value} * 86'400'000
                                    : options.catalogue->midnight(rules.branch, day).value;
  ledger->restore_day(lane, day, midnight, slots, taken);
  return success();
}

void Engine::Impl::prepare_writer(const state::RecoverySummary& found) {
  days = std::make_unique<DayOpener>(shelf, ledger->day_table(), blocks, list, clock_watch);
  changer = std::make_unique<CatalogueChanger>(*ledger, lanes, rounds, time, shelf);
  archiver = std::make_unique<DayArchiver>(*ledger, clock_watch, options.archive_after_ms);
  seats = std::make_unique<SeatReleaser>(shelf, *ledger, clock_watch);
  gatekeeper = std::make_unique<Gatekeeper>(options, *ledger, stores->journal(), stores->state());
  last_tick = found.ledger_time;
  journal::WriterSettings settings;
  settings.durability = options.durability;
  settings.flush_ms = options.flush_ms;
  settings.unflushed_bytes_max =
      std::min(settings.unflushed_bytes_max, options.disk_low_water_bytes / 4);
  settings.chain = found.end;
  settings.epoch = found.epoch;
  settings.ledger_time = found.chunk_ledger;
  writer = std::make_unique<journal::Writer>(stores->journal(), blocks, list, rounds, *this, time,
                                             settings);
  writer->listeners().add(*this);
  if (!options.checkpoint) return;
  checkpointer = std::make_unique<state::Checkpointer>(
      stores->journal(), stores->state(),
      state::CheckpointLimits::for_room(options.disk_low_water_bytes));
  compactor = std::make_unique<Compactor>(stores->journal(), threads, options.erase_within_ms);
  compactor->start(found.erased, found.erased_since);
  ledger->set_newest_erasure(found.erased);
  writer->set_trim([this] { return keep_from(); }, [this] { return gatekeeper->room_is_low(); });
}

// Everything from here to serving is a record like any other, and durable before it counts.
Status Engine::Impl::write_published() {
  while (!list.empty()) writer->step();
  if (rounds.failed()) return writer->failure();
  return success();
}

Status Engine::Impl::open_epoch(const state::RecoverySummary& found, LedgerTime now) {
  // Hazard 14: raised before serving, random, part of every id from here on.
  const auto random = draw_epoch(seed, found.end.last, epochs_used_);
  if (!random) {
    return Error{Code::limit_reached,
                 "every number of an opening was used: begin a new data directory"};
  }
  ledger->set_epoch(*random);
  const std::uint32_t index = blocks.take_small();
  journal::RecordBlock& block = blocks[index];
  auto& epoch = block.begin<record::Epoch>();
  epoch.number = found.epoch + 1;
  epoch.random = *random;
  epoch.format = kRecordFormat;
  epoch.ledger_ms = now.value;
  epoch.grace_ms = options.grace_ms;
  // The next opening holds its clock against this one: never one that isn't believed, nor one that
  // it couldn't read.
  const CivilTime civil = time.civil_now();
  epoch.civil_ms =
      std::clamp(clock_watch.believes(civil, now) ? civil.value : clock_watch.expected(now).value,
                 -record::kCivilMsMax, record::kCivilMsMax);
  block.slot = block.place = block.operation = block.details = journal::kNoIndex;
  list.publish(blocks, index);
  return write_published();
}

// In memory; write_lanes() makes it last.
Status Engine::Impl::number_lanes() {
  for (const LaneSpec& spec : options.catalogue->lanes()) {
    if (lanes.knows(spec.key)) continue;
    if (Status known = on_lane(lanes.next(), spec.key); !known.ok()) return known;
  }
  lanes.bind(*options.catalogue);
  bind_pools();
  return success();
}

// Which lanes' seats come, and where the seats of each pool fall back to, if they ever do: known
// when all lanes have their numbers.
void Engine::Impl::bind_pools() {
  const Catalogue& catalogue = *options.catalogue;
  ledger::DayTable& table = ledger->day_table();
  // First what comes to a pool, then what falls back from there.
  for (std::size_t i = 0; i < catalogue.lanes().size(); ++i) {
    seats->watch(lanes.lane(i), SeatReleaser::Why::tranches);
  }
  for (std::size_t i = 0; i < catalogue.lanes().size(); ++i) {
    const LaneSpec& spec = catalogue.lanes()[i];
    if (spec.pool == Pool::general) continue;
    const auto general = catalogue.find_lane(spec.branch, spec.service, Pool::general);
    if (!general) continue;
    ledger::LaneRules rules = table.rules(lanes.lane(i));
    rules.general = lanes.lane(*general).value;
    JANJI_CHECK(table.set_lane(lanes.lane(i), rules));
    seats->watch(lanes.lane(i), SeatReleaser::Why::fall_back);
  }
}

Status Engine::Impl::room_for_days(LedgerTime now) {
  const CivilTime civil = time.civil_now();
  if (!clock_watch.believes(civil, now)) return success();  // none will be opened
  return days->room_for_due(civil, archiver->slots_due(civil));
}

Status Engine::Impl::write_lanes(LaneId first) {
  for (LaneId lane = first; lane < lanes.next(); ++lane.value) {
    const std::string& key = options.catalogue->lanes()[lanes.catalogue_index(lane)].key;
    if (blocks.large_left() == 0) {
      if (Status written = write_published(); !written.ok()) return written;
    }
    const std::size_t padded = (key.size() + 7) / 8 * 8;
    const std::uint32_t index = blocks.take_large();
    journal::RecordBlock& block = blocks[index];
    auto& made = block.begin<record::Lane>(sizeof(record::Lane) + padded);
    made.lane = lane.value;
    made.key_size = static_cast<std::uint32_t>(key.size());
    auto* to = reinterpret_cast<char*>(&made + 1);
    std::fill_n(std::copy(key.begin(), key.end(), to), padded - key.size(), '\0');
    block.slot = block.place = block.operation = block.details = journal::kNoIndex;
    list.publish(blocks, index);
  }
  return write_published();
}

// First, so that the days to come can have the room.
Status Engine::Impl::archive_days() {
  bool more = true;
  while (more) {
    more = archiver->archive_due(time.civil_now(), time.ledger_now());
    if (Status written = write_published(); !written.ok()) return written;
  }
  return success();
}

// A full table is an error here, while somebody is there to read it; later it is only counted.
Status Engine::Impl::open_days() {
  do {
    writer->step();
    if (rounds.failed()) return writer->failure();
  } while (days->unfinished());
  if (days->lacks_slots()) return Error{Code::limit_reached, days->problem()};
  // Seats that fell due to come or fall back while nobody was here do so before anybody is served.
  // A clock that is doubted meanwhile ends it; the rounds to come go on.
  for (int looks = 0; seats->watches() && looks < kFirstLooksMax; ++looks) {
    writer->step();
    if (rounds.failed()) return writer->failure();
    if (!seats->looking()) break;
  }
  return success();
}

}  // namespace janji
