// Rows of the table `blocks`: applicants who are blocked, each under the number of its cell.
#pragma once

#include <cstdint>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "record/block_image.hpp"
#include "record/record.hpp"
#include "state/recovery_sink.hpp"
#include "store/state_store.hpp"

namespace janji::state {

// Applies a record about a block (Type::block or Type::forget_block) in the open step of a state.
// Errors: damaged, when it doesn't apply or the row isn't what was written; those of the store.
Status apply_block(store::StateStore& state, Lsn lsn, const record::Header& header);

// Hands every row to `sink`. Errors: damaged, with table and row; the sink's; the store's.
Status load_blocks(const store::StateStore& state, RecoverySink& sink);

}  // namespace janji::state
