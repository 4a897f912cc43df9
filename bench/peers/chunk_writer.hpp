// Laying records of a ring down in chunks: the same chunks as the engine's writer makes.
#pragma once

#include <cstdint>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "journal/chunk.hpp"
#include "peers/record_ring.hpp"
#include "store/journal_store.hpp"

namespace janji::bench::peers {

// The writer's thread only.
class ChunkWriter {
 public:
  explicit ChunkWriter(store::JournalStore& store) : store_(store) {}

  // Writes and commits what is published. Returns the last LSN that is committed.
  Result<Lsn> write(const RecordRing& ring, LedgerTime now);
  std::uint64_t commits() const noexcept { return commits_; }

 private:
  Result<Lsn> write_chunk(const RecordRing& ring, Lsn first, Lsn last);

  store::JournalStore& store_;
  journal::ChainPoint chain_;
  LedgerTime ledger_time_;
  std::uint64_t commits_{0};
};

}  // namespace janji::bench::peers
