// Opening an engine where a case needs the engine itself and no contestant.
#pragma once

#include <cstdint>
#include <memory>

#include <janji/engine.hpp>

#include "contestant.hpp"
#include "world.hpp"

namespace janji::bench {

// Ends the program with the engine's words when it can't be opened.
std::unique_ptr<Engine> open_or_exit(const Options& options);

// Claims script's requests 0 to count - 1 of thread 0, and waits until all are durable; each must
// be granted.
void fill(Engine& engine, const Script& script, std::uint64_t count);

}  // namespace janji::bench
