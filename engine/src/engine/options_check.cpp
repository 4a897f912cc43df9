#include "engine/options_check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/words.hpp"
#include "journal/publish_list.hpp"
#include "journal/record_blocks.hpp"
#include "ledger/details_buffers.hpp"
#include "record/booking_id.hpp"
#include "record/entitlement_records.hpp"
#include "record/record.hpp"
#include "store/details_row.hpp"

namespace janji {

namespace {

struct Bound {
  const char* option;
  std::int64_t value, least, most;
};

constexpr std::int64_t kBlocksMax = journal::PublishList::kBlocksMax -
                                    journal::RecordBlocks::kWriterSmall -
                                    journal::RecordBlocks::kLarge;
constexpr std::int64_t kYearMs = 366LL * 86'400'000;

constexpr std::int64_t kMapMin = std::int64_t{4} << 20;
constexpr std::int64_t kMapMax = std::int64_t{1} << 46;

// The most that one round takes in the journal: records in chunks, and details. Decisions without
// room in the tables of `o` don't get as far.
std::int64_t round_bytes_max(const Options& o) {
  constexpr std::int64_t kSmall = sizeof(journal::RecordBlock);  // more than any record in it
  constexpr std::int64_t kLarge = record::kRecordMax;
  constexpr auto kDetails =
      static_cast<std::int64_t>(store::details_room(ledger::kDetailsSalt + kDetailsMax));
  return (std::int64_t{o.record_blocks} + journal::RecordBlocks::kWriterSmall) * kSmall +
         journal::RecordBlocks::kLarge * kLarge + o.details_in_flight * kDetails;
}

// With what waits for a flush (a quarter of the mark), with the pages above and those that a
// commit frees but can't use yet, no transaction of the journal outgrows the mark.
std::int64_t low_water_min(const Options& o) {
  return o.durability == Durability::memory ? 0 : 2 * round_bytes_max(o);
}

std::int64_t bytes(std::size_t size) {
  return static_cast<std::int64_t>(std::min(size, static_cast<std::size_t>(kMapMax) + 1));
}

}  // namespace

Status check_options(const Options& o) {
  if (!o.catalogue) return Error{Code::invalid_argument, "catalogue: there is none"};
  if (o.durability != Durability::memory && o.store == nullptr && o.directory.empty()) {
    return Error{Code::invalid_argument, "directory: empty; name where the data lies"};
  }
  const Bound bounds[] = {
      {"slots_max", o.slots_max, 0, std::int64_t{1} << 31},
      {"bookings_max", o.bookings_max, 1, record::kPlacesMax},
      {"blocks_max", o.blocks_max, 1, record::kBlocksMax},
      {"entitlements_max", o.entitlements_max, 1, record::kEntitlementsMax},
      {"eligible_max", o.eligible_max, 1, record::kEligibleMax},
      {"waiters_max", o.waiters_max, 0, record::kPlacesMax},
      {"later_seats_max", o.later_seats_max, 0, record::kPlacesMax},
      {"operations_max", o.operations_max, 0, (std::int64_t{1} << 31) - 2},
      // A caller that rests may keep one of each kind.
      {"record_blocks", o.record_blocks,
       std::max<std::int64_t>(64, 4 * std::int64_t{o.callers_max}), kBlocksMax},
      {"details_in_flight", o.details_in_flight, 1, 1 << 20},
      {"callers_max", o.callers_max, 1, 4096},
      {"grace_ms", o.grace_ms, 0, kYearMs},
      {"retention_ms", o.retention_ms, 0, 10 * kYearMs},
      {"archive_after_ms", o.archive_after_ms, 0, kYearMs},
      {"erase_within_ms", o.erase_within_ms, 1'000, kYearMs},
      {"flush_ms", o.flush_ms, 1, 60'000},
      {"backlog_max", bytes(o.backlog_max), 2, kMapMax},
      {"disk_low_water_bytes", bytes(o.disk_low_water_bytes), low_water_min(o), kMapMax / 2},
      // A map no larger than the mark would be read-only from the first moment.
      {"journal_map_bytes", bytes(o.journal_map_bytes), kMapMin + 2 * bytes(o.disk_low_water_bytes),
       kMapMax},
      {"state_map_bytes", bytes(o.state_map_bytes), kMapMin + 2 * bytes(o.disk_low_water_bytes),
       kMapMax},
  };
  for (const Bound& bound : bounds) {
    if (bound.value >= bound.least && bound.value <= bound.most) continue;
    return Error{Code::invalid_argument,
                 base::words(bound.option, ": ", bound.value, " is not between ", bound.least,
                             " and ", bound.most)};
  }
  return success();
}

}  // namespace janji
