#include "fuzz/life_of_journal.hpp"

#include <algorithm>
#include <string>

#include <janji/engine.hpp>

#include "fuzz/complain.hpp"
#include "fuzz/journal_maker.hpp"
#include "fuzz/some_records.hpp"
#include "model/clocks.hpp"
#include "model/compare.hpp"
#include "model/journal_replay.hpp"
#include "model/operation_model.hpp"
#include "model/small_town.hpp"
#include "model/watched_store.hpp"
#include "record/check_record.hpp"
#include "store/memory_store.hpp"

namespace janji::fuzz {
namespace {

constexpr std::size_t kRecordsMax = 200;
constexpr int kRoundsMax = 500;

class LifeOfJournal {
 public:
  explicit LifeOfJournal(const Life& life) : life_(life), clock_(model::kTownStart) {}

  void lay_down(Input input);
  void open_and_compare();

 private:
  bool takes(const model::Bytes& record);
  void add(const model::Bytes& record);
  void cut();
  Options options();
  std::string settle(Engine& engine);
  std::string compare(const Engine& engine) const;

  const Life life_;
  model::ManualClock clock_;
  store::MemoryFactory memory_;
  model::WatchedFactory disk_{memory_};
  JournalMaker journal_;
  model::LedgerModel shadow_;  // while records are chosen
  std::int64_t chunk_ms_{0};
  bool legal_{true};           // the model took every one of them
  bool opened_before_{false};  // whatever they are, the engine took them
  model::JournalReplay replay_{{0, false}};
};

bool LifeOfJournal::takes(const model::Bytes& record) {
  if (!record::check_record(record).ok()) return false;
  const bool right = !shadow_.apply(Lsn{shadow_.last_lsn().value + 1}, record);
  if (life_.legal) return right;
  legal_ = legal_ && right;
  return true;
}

void LifeOfJournal::add(const model::Bytes& record) {
  const bool epoch = record::as<record::Header>(record.data()).type == record::Type::epoch;
  if (epoch || journal_.full()) cut();
  journal_.add(record);
}

void LifeOfJournal::cut() {
  chunk_ms_ = std::max(chunk_ms_, shadow_.ledger_ms());
  journal_.cut(chunk_ms_);
}

void LifeOfJournal::lay_down(Input input) {
  model::Random random(input);
  SomeRecords source(random, shadow_);
  if (random.below(8) != 7) {
    for (const model::Bytes& record : source.opening()) {
      if (takes(record)) add(record);
    }
  }
  for (std::size_t records = 0; !random.spent() && records < kRecordsMax; ++records) {
    const model::Bytes record = source.next();
    if (!takes(record)) continue;
    add(record);
    source.accepted(record);
    const std::uint64_t dice = random.below(64);
    if (dice < 8) cut();
    if (dice == 63 && !life_.legal) {
      // The chunk says that it is of another time.
      legal_ = false;
      chunk_ms_ = source.some_time();
      journal_.cut(chunk_ms_);
    }
  }
  cut();
  journal_.write(memory_);
}

Options LifeOfJournal::options() {
  Options options;
  options.catalogue = model::small_town();
  options.durability = life_.strict ? Durability::strict : Durability::memory;
  options.slots_max = 4096;
  options.bookings_max = 32;
  options.blocks_max = 64;
  options.entitlements_max = 64;
  options.eligible_max = 256;
  options.operations_max = 0;
  options.record_blocks = 64;
  options.callers_max = 4;
  options.details_in_flight = 4;
  options.grace_ms = 500;
  options.retention_ms = 4000;
  options.journal_retain_lsn = 1U << 30;  // the model reads it from its beginning
  options.huge_pages = false;
  options.checkpoint = life_.checkpoint;
  options.clock = &clock_;
  options.store = &disk_;
  options.seed = 42;
  return options;
}

// Until nothing more falls due. Words of what is wrong with what was written, or none.
std::string LifeOfJournal::settle(Engine& engine) {
  int quiet = 0;
  for (int rounds = 0; quiet < 2; ++rounds) {
    if (rounds == kRoundsMax) return "it never comes to rest";
    const Lsn before = engine.durable_lsn();
    if (const Status settled = engine.settle(); !settled.ok()) return settled.error().detail;
    quiet = engine.durable_lsn() == before ? quiet + 1 : 0;
  }
  if (!legal_) return {};
  const model::Finding finding = replay_.follow(disk_.journal());
  return finding ? model::to_string(*finding) : std::string();
}

std::string LifeOfJournal::compare(const Engine& engine) const {
  if (const auto finding = replay_.model().audit()) return model::to_string(*finding);
  std::vector<LaneId> lanes;
  for (std::size_t i = 0; i < model::kTownLanes; ++i) lanes.push_back(engine.lane(i));
  const model::OperationModel operations(replay_.model(), *model::small_town(), lanes);
  std::string words = model::compare_bookings(engine, replay_.model());
  if (words.empty()) words = model::compare_blocks(engine, replay_.model());
  if (words.empty()) words = model::compare_entitlements(engine, replay_.model());
  return words.empty() ? model::compare_calendar(engine, operations, replay_.model()) : words;
}

void LifeOfJournal::open_and_compare() {
  auto opened = Engine::open(options());
  if (!opened.ok()) {
    const Error& error = opened.error();
    if (opened_before_) complain("it opened before, now it says: " + error.detail);
    require(!error.detail.empty(), "refused without words");
    // A table may be too small, whatever the model says: it has no bounds.
    if (legal_ && error.code != Code::limit_reached) {
      complain("the model takes it, the engine says: " + error.detail);
    }
    return require(error.code == Code::damaged || error.code == Code::limit_reached ||
                       error.code == Code::invalid_argument,
                   "refused with another code: " + error.detail);
  }
  Engine& engine = **opened;
  require_none(settle(engine));
  require(engine.health() == Health::serving, "opened, but not serving");
  opened_before_ = true;
  if (legal_) require_none(compare(engine));
}

}  // namespace

void live_on_journal(Input input, const Life& life) {
  LifeOfJournal journal(life);
  journal.lay_down(input);
  journal.open_and_compare();
  journal.open_and_compare();
}

}  // namespace janji::fuzz
