// Whether a data directory, or a backup, keeps its promises: read offline.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

namespace janji {

struct VerifyCheck {
  enum class Outcome : std::uint8_t {
    unfinished,  // something else was found broken before all of it was seen
    sound,
    broken,
  };
  std::string_view name;     // one word, stable, e.g. "capacity"
  std::string_view promise;  // what holds when it is sound
  Outcome outcome{Outcome::unfinished};
  std::string words;  // when broken: what, where, and what to do
};

// What was read; when something is broken, until then.
struct VerifyTotals {
  Lsn journal_first, journal_last;
  Lsn state_has;              // every record up to here is in the state
  std::uint64_t records{0};   // in the journal, those included that the state has too
  std::uint64_t replayed{0};  // of them behind the state
  std::uint64_t openings{0};  // epochs
  std::uint64_t lanes{0};
  std::uint64_t days{0};                     // open ones, of all lanes
  std::uint64_t slots{0};                    // of all of them
  std::uint64_t capacity{0};                 // seats of all slots
  std::uint64_t taken{0};                    // of them by active bookings
  std::uint64_t details{0};                  // rows
  std::array<std::uint64_t, 12> bookings{};  // by BookingState
};

struct VerifyReport {
  std::vector<VerifyCheck> checks;  // each, in the order in which they are made
  VerifyTotals totals;

  bool sound() const noexcept { return broken() == nullptr; }
  const VerifyCheck* broken() const noexcept;  // the first one, or null
};

// Reads the whole directory: each page, each chunk with its records and details, each row; replays
// the journal behind the state; and holds all of it to the engine's promises. Ends at the first
// thing that is broken, which is in the report and no error. Needs no catalogue. Writes nothing, so
// that a read-only medium will do; keeps engines out while it runs, and is refused while one has
// the directory open. What it can't see: decisions that were told to somebody and are gone
// altogether, if the end of the journal is missing together with what the state had of it.
// Memory: about 600 bytes for each booking and 16 for each slot; not for what the journal has.
// Errors, when nothing can be said: locked; invalid_argument when it is no data directory, or
// another version's; io_error.
Result<VerifyReport> verify(const std::filesystem::path& directory);

}  // namespace janji
