// What an engine is opened with. Every table is allocated at open and never grows, so that no
// decision allocates; running out of one is `limit_reached`, whose detail names the option.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>

#include <janji/catalogue.hpp>
#include <janji/clock.hpp>

namespace janji {

class StoreFactory;  // the seam to the disk; engine/src/store has the LMDB and the memory one
class Threads;       // the seam to the operating system's threads; engine/src/base/threads.hpp

enum class Durability : std::uint8_t {
  strict,   // a decision is acknowledged once its commit is on the disk
  relaxed,  // acknowledged at once, flushed at least every `flush_ms`
  memory,   // no files at all: for tests, simulation and load models
};

struct Options {
  // Where the two LMDB environments live; made when missing, mode 0700. A local file system.
  std::filesystem::path directory;
  Durability durability{Durability::strict};
  std::shared_ptr<const Catalogue> catalogue;  // required

  // Slots of all open days together: those of the horizon, and past ones until they are archived.
  // 0: as many as the data has, and as the catalogue's horizon and 60 days more, those of
  // `archive_after_ms` and `retention_ms` besides, are planned to have.
  std::uint32_t slots_max{1U << 20};
  // Live ones and ended ones within `retention_ms`. Callers that rest keep some free places for
  // their next claims, one each or an eighth of all together, so these aren't there for others.
  std::uint32_t bookings_max{1U << 20};
  // Applicants who are blocked, or were within `retention_ms`.
  std::uint32_t blocks_max{1U << 16};
  // Entitlements, until `retention_ms` after their last date and after the last group under them
  // was forgotten; and applicants on all their lists together.
  std::uint32_t entitlements_max{1U << 14};
  std::uint32_t eligible_max{1U << 17};
  // Who stands in a waitlist, all slots together; each is one of `bookings_max`, too. 0: none can.
  std::uint32_t waiters_max{1U << 16};
  // Bookings, and members of groups, whose seats were given up and can't be claimed again yet
  // (ServiceRules::freed_seats). Without room they can at once. 0: always.
  std::uint32_t later_seats_max{1U << 16};
  // Granted changes of bookings, kept as long, and of slots, kept until their day is archived. 0:
  // four for each booking, and one for each caller. Two of each booking are for its confirm and for
  // what ends it, so these are never refused for want of one; all others share the rest. With fewer
  // than that, others have a quarter.
  std::uint32_t operations_max{0};
  std::uint32_t record_blocks{1U << 14};  // decisions that may be undurable; at least 4 a caller
  std::uint32_t details_in_flight{1024};  // confirms with details that may be undurable
  std::uint32_t callers_max{64};          // threads that may decide at the same instant

  std::int64_t grace_ms{120'000};  // after a restart every hold has at least this long
  // How long an ended booking answers replays. Where people check in, at least a day: queue numbers
  // go on after a restart from the bookings that are still there. A completed one is kept so long
  // from its last progress on, at most twice as long, so with services that take weeks: weeks.
  std::int64_t retention_ms{86'400'000};
  // A day is archived so long after its last slot ended, and its midnight: then nobody can look at
  // it any more, and its memory serves a day to come. It stays while a booking in it is active or
  // within `retention_ms`.
  std::int64_t archive_after_ms{2 * 86'400'000};
  // What was erased is in no file of the directory any more so long after it was: then both are
  // written anew. Meanwhile, some seconds for each gigabyte of rows, nothing is decided while it is
  // the journal's turn, and the state lags behind. Needs `checkpoint`, and room on the disk for the
  // rows once more.
  std::int64_t erase_within_ms{86'400'000};
  std::int64_t flush_ms{20};                             // relaxed mode only
  std::size_t journal_map_bytes{std::size_t{16} << 30};  // address space, not disk
  std::size_t state_map_bytes{std::size_t{64} << 30};
  // Records kept in the journal behind the state, with the details that came with them: as far as
  // Engine::read_feed() goes back. Below the low-water mark they aren't kept any more.
  std::uint64_t journal_retain_lsn{0};
  std::uint64_t backlog_max{1U << 22};  // durable - applied past which claims are refused
  // With less room in a map or on the disk: `read_only`. What one transaction writes must fit in
  // it: at least 256 bytes for each of `record_blocks` and 16 KiB for each of `details_in_flight`,
  // and about a megabyte (21 MiB with the defaults; the error says the exact number). Relaxed mode
  // flushes early when a quarter of it waits, and the state is written in steps that fit.
  std::size_t disk_low_water_bytes{std::size_t{64} << 20};

  bool huge_pages{true};
  bool checkpoint{true};  // false: the journal is all there is

  const Clock* clock{nullptr};  // null: system_clock()
  // Opens days by the wall clock even though it is far from where the data says it should be: for
  // one opening, after a year without any, or when the clock was wrong at an earlier one.
  bool trust_clock{false};
  StoreFactory* store{nullptr};  // null: by `durability`
  Threads* threads{nullptr};     // null: the operating system's
  std::uint64_t seed{0};         // 0: drawn from the operating system
};

}  // namespace janji
