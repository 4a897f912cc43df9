// What a data directory holds, before the tables that take it in are built.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "store/journal_store.hpp"
#include "store/state_store.hpp"

namespace janji::state {

struct Survey {
  std::vector<std::string> lanes;  // the keys of all that were ever numbered
  std::set<std::int32_t> days;     // every date that is open in any lane, at the end
  // How many days lie between dates that are open together anywhere on the way, in the state or
  // while the records behind it are replayed. Never 0.
  std::set<std::int32_t> gaps;
  std::uint64_t slots{0};  // of all open days together, where they are most
  LedgerTime ledger_time;  // the greatest there is in any record or header
  // What the wall clock showed then: that of the last opening and what ledger time has passed
  // since. Nothing when there was no opening.
  std::optional<CivilTime> civil_time;
  // Not ok: it ended before the data did, and no more is known than stands above.
  Status read = success();
};

// Problem: tables never grow, and an edit of the catalogue says nothing of what earlier ones left.
// Operation: one pass over the lanes, days and epochs of the state, and over the records behind it;
// no booking is looked at. Limits: judges nothing. It ends where it can't read on, and recover(),
// which reads the same again, says what is wrong there. If recover() finds nothing wrong, the
// failure was a passing one: then nobody may be served, since the clock was held against nothing.
Survey survey(const store::JournalStore& journal, const store::StateStore& state);

}  // namespace janji::state
