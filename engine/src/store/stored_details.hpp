// The details of a confirm, wherever they lie now.
#pragma once

#include <cstddef>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "store/journal_store.hpp"
#include "store/state_store.hpp"

namespace janji::store {

// Of the confirm at `lsn`, which has some: in the journal, or in the state once the journal was
// trimmed. Any thread. Errors: io_error; damaged, naming the file, or both when neither has them;
// details_erased.
Result<std::vector<std::byte>> stored_details(const JournalStore& journal, const StateStore& state,
                                              Lsn lsn);

}  // namespace janji::store
