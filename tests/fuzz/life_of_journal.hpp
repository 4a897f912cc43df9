// An engine that is opened on a journal of a fuzzer's choice.
#pragma once

#include "fuzz/targets.hpp"

namespace janji::fuzz {

struct Life {
  bool checkpoint{};  // the state is kept, and the second opening starts from it
  bool legal{};       // only records that the model takes are laid down
  bool strict{};      // what is decided is synced
};

// Lays down what the input makes and opens an engine on it, twice. It must open or refuse with
// words. What the model takes it must take; then both must say the same of every booking and
// slot, and what the engine went on to write must be right.
void live_on_journal(Input input, const Life& life);

}  // namespace janji::fuzz
