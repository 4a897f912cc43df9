// Whether an engine at rest is what its whole journal makes of it.
#pragma once

#include <cstdint>
#include <string>

#include <janji/engine.hpp>

#include "model/journal_replay.hpp"

namespace janji::test {

// Waits until a checkpointer that begins at `backlog` records has nothing to do. Words when it
// doesn't come to that, or the engine failed.
std::string wait_for_checkpoint(const Engine& engine, std::uint64_t backlog);

// Runs the writer until nothing more falls due by a clock that stands, and nothing is left for the
// checkpointer; one after the other. Words when it fails.
std::string come_to_rest(Engine& engine, std::uint64_t backlog);

// Every booking and every slot is the model's, and the details are those that `journal`, whole,
// has. Words of the first difference, or none. Nobody may be calling the engine.
std::string compare(Engine& engine, const model::LedgerModel& ledger,
                    const store::JournalStore& journal);

}  // namespace janji::test
