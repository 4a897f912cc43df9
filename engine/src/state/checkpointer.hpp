// From the journal into the state.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "state/batch.hpp"
#include "state/booking_step.hpp"
#include "state/day_step.hpp"
#include "state/entitlement_step.hpp"
#include "state/epochs.hpp"
#include "store/journal_store.hpp"
#include "store/state_store.hpp"

namespace janji::state {

struct CheckpointLimits {
  std::size_t read_chunks{32};                    // a read transaction of the journal
  std::size_t step_blocks{2048};                  // a step stops growing at so many blocks,
  std::size_t step_bytes{std::size_t{16} << 20};  // or so many bytes of journal
  std::uint64_t hurry_backlog{1U << 18};          // past it steps grow with the backlog,
  std::size_t hurry_factor{2};                    // up to so many times
  // Details end a step too, in a hurry as well: each is written once, however large the step.
  std::size_t step_details_bytes{std::size_t{8} << 20};

  // For a state whose free room never falls below `room` before a step: bounds of about half of
  // that, 256 blocks at least. What the last chunk of a step adds comes on top: thousands of blocks
  // at worst, when it frees places all over the slab.
  static CheckpointLimits for_room(std::size_t room);
};

// Problem: a start must not replay a year; the writer must never wait for random writes.
// Operation: step() reads durable chunks behind the last applied one, in short transactions and
// copied out, and applies them to the state in one transaction of a few megabytes, sorted by
// block, together with the LSN up to which it is then complete. So a state is exact for that LSN
// at every moment, whenever the process dies, and doing a step again is not possible. It never
// reads the ledger's memory: what it writes is what the journal says.
// Concurrency: open(), step() and compact() by one thread; applied() by any.
// Limits: a step ends with the chunk that takes it past one of its bounds. A batch holds its
// records in memory: step_bytes times hurry_factor, and a read more.
class Checkpointer {
 public:
  Checkpointer(const store::JournalStore& journal, store::StateStore& state,
               CheckpointLimits limits = {});

  // Reads how far the state is. Before anything else. Errors: damaged; those of the store.
  Status open();

  // At most one transaction's worth of what lies behind applied() and up to `durable`. False: there
  // was nothing to do. After an error, which every further call repeats, the state is still exact
  // for applied(). Errors: damaged, with what doesn't apply or can't be read; those of the stores.
  Result<bool> step(Lsn durable);

  // Between steps: has the state's file written anew, and notes that the erasures up to `covered`,
  // of which the journal's file has nothing any more, are complete. Errors: io_error, and nothing
  // has changed; else as step().
  Status compact(Lsn covered);

  // Every record up to here is durably in the state: the journal may be trimmed before it.
  Lsn applied() const noexcept {
    return Lsn{applied_.load(std::memory_order_acquire)};  // pairs with step()
  }

 private:
  Status gather(Lsn durable);
  Status write();

  const store::JournalStore& journal_;
  store::StateStore& state_;
  const CheckpointLimits limits_;

  // The checkpointing thread's.
  StateMeta meta_;
  EpochTable epochs_;
  std::deque<store::StoredChunk> read_ahead_;  // what follows meta_, read and not yet applied
  Batch batch_;
  BookingStep bookings_;
  DayStep days_;
  EntitlementStep entitlements_;
  Status status_{success()};

  std::atomic<std::uint64_t> applied_{0};
};

}  // namespace janji::state
