// A small ledger without an engine: restored, and then asked.
#pragma once

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include <janji/catalogue_builder.hpp>

#include "base/time_keeper.hpp"
#include "ledger/ledger.hpp"
#include "record/visit.hpp"
#include "unit/record/samples.hpp"

namespace janji::samples {

// Of the day that is open; the clock shows a time before it.
inline constexpr std::int64_t kMidnightMs = 1'800'000'000'000;

class StillClock final : public Clock {
 public:
  std::int64_t monotonic_ms() const noexcept override { return 5'000; }
  std::int64_t civil_ms() const noexcept override { return 1'700'000'000'000; }
};

inline Options small(std::uint32_t bookings, std::uint32_t operations) {
  Options options;
  options.catalogue = *make_uniform_catalogue({});
  options.slots_max = 64;
  options.bookings_max = bookings;
  options.operations_max = operations;
  options.blocks_max = 64;
  options.entitlements_max = 64;
  options.eligible_max = 256;
  options.details_in_flight = 4;
  options.callers_max = 2;
  options.huge_pages = false;
  return options;
}

// A ledger with one day open: three slots of two seats.
struct Restored {
  explicit Restored(std::uint32_t bookings = 16, std::uint32_t operations = 16)
      : options(small(bookings, operations)) {
    for (std::uint32_t lane = 0; lane <= samples::kLane.value; ++lane) {
      REQUIRE(ledger.day_table().set_lane(LaneId{lane}, rules()));
    }
    open_day(std::vector<std::uint32_t>(3, 0));
  }

  // The catalogue's only lane is everyone's; a booking for each applicant.
  static ledger::LaneRules rules() {
    ledger::LaneRules rules;
    rules.catalogue_index = 0;
    rules.hold_ms = 60'000;
    rules.seats_max = 2;
    rules.scope = ScopeId{9};
    rules.categories = 7;
    rules.reschedules_max = 1;
    return rules;
  }

  void open_day(const std::vector<std::uint32_t>& taken) {
    const samples::Bytes bytes = samples::day(samples::kLane, day, 3, 2);
    const auto slots = record::slots_of(record::as<record::Day>(bytes.data()));
    ledger.restore_day(samples::kLane, day, kMidnightMs, slots, taken);
    day = Day{day.value + 1};
  }
  template <class R>
  Status record(const R& made) {
    const samples::Bytes bytes = samples::bytes_of(made);
    return ledger.restore_record(Lsn{++lsn}, record::as<record::Header>(bytes.data()));
  }
  template <class R>
  void take(const R& made) {
    const Status status = record(made);
    INFO((status.ok() ? std::string() : status.error().detail));
    REQUIRE(status.ok());
  }
  Status finish() {
    list.start_after(Lsn{lsn});  // as the writer does it
    return ledger.finish_restore(LedgerTime{5000}, LedgerTime{6000});
  }

  StillClock clock;
  Options options;
  journal::RecordBlocks blocks{64, 8, false};
  journal::PublishList list;
  journal::Rounds rounds;
  base::TimeKeeper time{clock};
  ledger::Ledger ledger{options, 8, 1024, {blocks, list, rounds}, time, 7};
  Day day = samples::kDay;
  std::uint64_t lsn = 0;
};

}  // namespace janji::samples
