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
// words, and what it opened once it must open again. What the model takes it must take; then both
// must say the same of every booking and slot, and what the engine went on to write must be right.
//
// The other way round the engine may be kinder: a start looks at what follows from a journal, not
// at whether each of its times could have been. It takes an epoch or a decision from before what
// stands before it, and a lane that gets its number twice. Nothing that it serves is wrong by that.
void live_on_journal(Input input, const Life& life);

}  // namespace janji::fuzz
