// A state and its journal, copied into empty stores while others go on writing them.
#pragma once

#include <cstdint>
#include <functional>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "state/meta.hpp"
#include "store/journal_store.hpp"
#include "store/state_store.hpp"

namespace janji::state {

// Asked between any two pieces of about a megabyte. An error ends the copy and is its result.
using MayGoOn = std::function<Status()>;

// Every row, of one moment, each held to its checksum. Returns the meta row: how far the copy is.
// Holds one read transaction of `from` while it runs: what the checkpointer replaces meanwhile
// can't be used again, so the file grows by what it writes. `may_go_on` is to bound that.
// Errors: damaged, naming `from` and the row; those of the stores, and of `may_go_on`.
Result<StateMeta> copy_state(const store::StateStore& from, store::StateStore& to,
                             const MayGoOn& may_go_on);

struct JournalCopy {
  Lsn first, last;
};

// The chunks from the one that has `first` (or the first behind it, in a journal that was trimmed)
// to the one that has `last`, which is durable, or as far behind it as details were taken
// meanwhile, with the details of their records; each chunk held to its hash and to the chain, which
// goes through the end of `state`. In short read transactions. Nothing from `first` on may be
// trimmed meanwhile. Errors: damaged, naming `from`, when something is missing or isn't what was
// written; those of the stores, and of `may_go_on`.
Result<JournalCopy> copy_journal(const store::JournalStore& from, store::JournalStore& to,
                                 const StateMeta& state, Lsn first, Lsn last,
                                 const MayGoOn& may_go_on);

}  // namespace janji::state
