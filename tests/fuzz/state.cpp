// The state's rows: those that an engine wrote, of which some are changed, cut, moved or taken out
// under a right checksum, since no fuzzer guesses one. An engine opens on them or refuses with
// words; what it takes it can serve, write on and close.
#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <memory>
#include <vector>

#include <janji/engine.hpp>

#include "fuzz/complain.hpp"
#include "fuzz/targets.hpp"
#include "model/clocks.hpp"
#include "model/random.hpp"
#include "model/small_town.hpp"
#include "state/row.hpp"
#include "store/memory_store.hpp"

namespace janji::fuzz {
namespace {

using model::kTownLanes;

constexpr std::size_t kEditsMax = 6;
constexpr int kRoundsMax = 500;
constexpr std::int64_t kRetentionMs = 4000;

// What a disk holds, for copies to be made of.
struct Content {
  store::Rows chunks, details;
  std::array<store::Rows, store::kStateTables> state;
};

Options options(const Clock& clock, StoreFactory& disk) {
  Options options;
  options.catalogue = model::small_town();
  options.slots_max = 4096;
  options.bookings_max = 32;
  options.blocks_max = 64;
  options.entitlements_max = 64;
  options.eligible_max = 256;
  options.record_blocks = 64;
  options.callers_max = 4;
  options.details_in_flight = 4;
  options.grace_ms = 500;
  options.retention_ms = kRetentionMs;
  options.backlog_max = 2;  // the state is written at once
  options.huge_pages = false;
  options.clock = &clock;
  options.store = &disk;
  options.seed = 42;
  return options;
}

ClaimRequest claim_of(Engine& engine, std::uint64_t applicant) {
  ClaimRequest request;
  request.lane = engine.lane(applicant % kTownLanes);
  request.first_day = Day{model::kTownMonday.value + 1};
  request.last_day = Day{model::kTownMonday.value + 6};
  request.applicant = {7, applicant};
  request.operation = {8, applicant};
  return request;
}

// Bookings in every state, details, freed places, and a journal that is longer than the state.
Content lived_in() {
  store::MemoryFactory disk;
  model::ManualClock clock(model::kTownStart);
  {
    const auto engine = Engine::open(options(clock, disk)).value();
    const auto make = [&](std::uint64_t applicant) {
      const Result<Booking> booking = engine->claim(claim_of(*engine, applicant));
      return booking.ok() ? booking->id : BookingId{};
    };
    const std::vector<std::byte> details(600, std::byte{7});
    for (std::uint64_t applicant = 1; applicant <= 24; ++applicant) {
      const BookingId booking = make(applicant);
      if (booking.value == 0) continue;
      const OperationId operation{9, applicant};
      if (applicant % 3 == 0) (void)engine->confirm({booking, operation, 0, details});
      if (applicant % 5 == 0) {
        const SlotKey slot = engine->find(booking)->slot;
        const SlotKey next(slot.lane(), Day{slot.day().value + 1}, slot.minute());
        (void)engine->reschedule({booking, next, {8, applicant}, 0});
      }
      if (applicant % 7 == 0) (void)engine->act({Act::extend, booking, {10, applicant}});
      if (applicant % 9 == 0) (void)engine->act({Act::approve, booking, {11, applicant}});
      if (applicant % 4 == 0) (void)engine->cancel({booking, {}, 0});
      if (applicant == 12) clock.advance(kRetentionMs + 1000);
    }
    for (int rounds = 0; engine->counters().applied != engine->durable_lsn(); ++rounds) {
      require(rounds < 100 * kRoundsMax, "the state is never written");
      (void)engine->settle();
    }
    make(31);
  }
  Content content{disk.disk().chunks, disk.disk().details, {}};
  std::copy(std::begin(disk.disk().state), std::end(disk.disk().state), content.state.begin());
  return content;
}

class Damage {
 public:
  explicit Damage(Input input) : random_(input) {}

  void apply(Content& content) {
    for (std::size_t edits = 0; edits < kEditsMax && !random_.spent(); ++edits) edit(content);
  }

 private:
  void edit(Content& content) {
    const auto table = static_cast<store::StateTable>(random_.below(store::kStateTables));
    store::Rows& rows = content.state[static_cast<std::size_t>(table)];
    if (rows.empty()) return;
    const auto at =
        std::next(rows.begin(), static_cast<std::ptrdiff_t>(random_.below(rows.size())));
    const std::uint64_t key = at->first;
    switch (random_.below(8)) {
      case 0: rows.erase(at); return;
      case 1: {
        const std::uint64_t other = key + static_cast<std::uint64_t>(random_.between(-3, 3));
        rows[other] = at->second;
        return seal(table, other, rows[other]);
      }
      case 2: at->second.resize(random_.below(at->second.size() + 1)); break;
      case 3: at->second.resize(at->second.size() + 1 + random_.below(40)); break;
      case 4: put(at->second, random_.next(), 8); break;
      case 5: put(at->second, random_.below(1 << 16), 2); break;
      default: put(at->second, random_.below(256), 1); break;
    }
    if (!random_.percent(5)) seal(table, key, at->second);
  }

  void put(std::vector<std::byte>& row, std::uint64_t value, std::size_t width) {
    if (row.size() < width) return;
    const std::size_t place = random_.below(row.size() - width + 1);
    std::memcpy(row.data() + place, &value, width);
  }

  static void seal(store::StateTable table, std::uint64_t key, std::vector<std::byte>& row) {
    if (table == store::StateTable::details || row.size() < state::kChecksumBytes) return;
    state::seal_row(table, key, row);
  }

  model::Random random_;
};

// Every function that looks at what was restored, and then what falls due.
void live(Engine& engine, model::ManualClock& clock) {
  std::array<DayAvailability, 10> days;
  std::array<SlotAvailability, kMaxSlotsPerDay> slots;
  for (std::size_t i = 0; i < kTownLanes; ++i) {
    const LaneId lane = engine.lane(i);
    const Day last{model::kTownMonday.value + 9};
    (void)engine.days(lane, model::kTownMonday, last, days);
    for (Day day = model::kTownMonday; day <= last; ++day.value) {
      (void)engine.slots(lane, day, slots);
    }
  }
  for (std::uint64_t applicant = 20; applicant < 34; ++applicant) {
    const Result<Booking> booking = engine.claim(claim_of(engine, applicant));
    if (!booking.ok()) continue;
    (void)engine.details(booking->id);
    if (applicant % 2 == 0) (void)engine.cancel({booking->id, {}, 0});
  }
  clock.advance(700'000);
  int quiet = 0;
  for (int rounds = 0; quiet < 2 && engine.health() != Health::failed; ++rounds) {
    require(rounds < kRoundsMax, "it never comes to rest");
    const Lsn before = engine.durable_lsn();
    (void)engine.settle();
    quiet = engine.durable_lsn() == before ? quiet + 1 : 0;
  }
}

}  // namespace

void fuzz_state(Input input) {
  static const Content whole = lived_in();
  Content content = whole;
  Damage(input).apply(content);
  store::MemoryFactory disk;
  disk.disk().chunks = std::move(content.chunks);
  disk.disk().details = std::move(content.details);
  std::move(content.state.begin(), content.state.end(), std::begin(disk.disk().state));
  model::ManualClock clock(model::kTownStart + 20'000);
  for (int life = 0; life < 2; ++life) {
    const auto opened = Engine::open(options(clock, disk));
    if (!opened.ok()) {
      const Error& error = opened.error();
      require(!error.detail.empty(), "refused without words");
      return require(error.code == Code::damaged || error.code == Code::limit_reached ||
                         error.code == Code::invalid_argument,
                     "refused with another code: " + error.detail);
    }
    live(**opened, clock);
  }
}

}  // namespace janji::fuzz
