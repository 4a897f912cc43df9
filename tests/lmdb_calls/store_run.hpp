// A short run of both stores that makes every kind of call, and what is known of it afterwards.
#pragma once

#include <string>

#include "journal/chunk.hpp"
#include "unit/store/stores.hpp"

namespace janji::lmdb_calls {

// What the stores have said to be on the disk, and what was on its way when a call failed.
struct Known {
  journal::ChainPoint journal;     // acknowledged by a synced commit
  journal::ChainPoint on_the_way;  // of a commit that was called
  int state{0};                    // number of the last step that was acknowledged
  int state_on_the_way{0};
  bool details_trimmed{false};  // of LSN 3, or may be
};

enum class Part { open, journal_write, state_write, state_get, read };

struct Outcome {
  Status status = success();
  Part part{Part::open};  // what was being done
  Known known;
};

// Opens the stores, writes synced rounds, rounds that wait, steps and trims, and reads it all back,
// until something fails. `stores` stays open.
Outcome run(samples::Place& place, std::unique_ptr<store::Stores>& stores);

// The reads that a run ends with.
Status read_everything(store::Stores& stores);

// Holds what is there to what is known; the stores are opened anew, without failures.
void require_kept(store::Stores& stores, const Known& known);

// What step `number` of the state leaves in it.
samples::Bytes state_row(int number);

}  // namespace janji::lmdb_calls
