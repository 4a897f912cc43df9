// Finding out, at a start, what was.
#pragma once

#include <cstdint>
#include <string>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "journal/chunk.hpp"
#include "state/recovery_sink.hpp"
#include "store/journal_store.hpp"
#include "store/state_store.hpp"

namespace janji::state {

struct RecoverySummary {
  journal::ChainPoint end;     // what the next chunk follows
  std::uint64_t epoch{0};      // number of the last epoch; the next opening is one more
  LedgerTime chunk_ledger;     // of the last chunk's header: the next one's is no less
  LedgerTime ledger_time;      // the greatest there is in any record or header
  CivilTime civil_time;        // of the last opening, if its clock was believed
  Lsn applied;                 // the state's
  Lsn erased;                  // the newest erasure that isn't complete; 0: all are
  LedgerTime erased_since;     // and when the oldest such was
  std::uint64_t catalogue{0};  // digest of a change of it that was interrupted; 0: none was

  std::uint64_t days{0};
  std::uint64_t places{0};   // from the state, free ones included
  std::uint64_t records{0};  // from the journal
  std::int64_t state_ms{0};  // how long each took
  std::int64_t journal_ms{0};
};

// Loads the state into `sink`, then streams the journal behind it, each chunk held to its hash, to
// the chain, and each record to its form. Nothing is skipped, repaired or cut off.
// Errors: damaged, naming file, LSN or row, and what to do, for a hole, a wrong hash or order, a
// count that doesn't match, a journal that ends before the state or begins too far behind it, a
// state's row that isn't what was written; invalid_argument when another version wrote them;
// io_error; and whatever the sink says.
Result<RecoverySummary> recover(const store::JournalStore& journal, const store::StateStore& state,
                                RecoverySink& sink);

// `damaged`, found in what was recovered: with the file's name in front, and what to do behind it.
// Any other error stays as it is.
Error in_file(const std::string& file, const Error& error);

}  // namespace janji::state
