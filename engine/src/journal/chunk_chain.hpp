// Reading chunks one after another, each held against the one before.
#pragma once

#include <cstdint>

#include <janji/result.hpp>

#include "journal/chunk.hpp"

namespace janji::journal {

// Holds a chain of chunks to its rules: LSNs without a gap, each chunk naming the hash of the one
// before, epochs raised by one, each by an epoch record that stands first in its chunk, and ledger
// time never running backwards. One thread.
class ChunkChain {
 public:
  // `epoch` is the number of the last epoch record up to `from`; 0 at the beginning of all.
  explicit ChunkChain(const ChainPoint& from = {}, std::uint64_t epoch = 0,
                      LedgerTime ledger_time = {}) noexcept
      : point_(from), epoch_(epoch), ledger_time_(ledger_time) {}

  // The chain that `next` goes on, as far as it says itself: for a journal whose beginning was
  // trimmed.
  static ChunkChain before(const ChunkView& next) noexcept;

  // `next` becomes the end of the chain. Errors: damaged, naming both chunks; the chain is then as
  // it was.
  Status accept(const ChunkView& next);

  const ChainPoint& point() const noexcept { return point_; }
  std::uint64_t epoch() const noexcept { return epoch_; }
  LedgerTime ledger_time() const noexcept { return ledger_time_; }

 private:
  Status check_epochs(const ChunkView& next) const;

  ChainPoint point_;
  std::uint64_t epoch_;
  LedgerTime ledger_time_;
};

}  // namespace janji::journal
