// The seam between the writer and the disk: an append-only table of chunks, and beside it a table
// of details. LMDB is behind it in production, memory in `Durability::memory`, and a simulated
// disk in simulation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

namespace janji::store {

// A chunk as it is stored: whole, header included (journal/chunk.hpp says what is inside).
struct StoredChunk {
  Lsn first;
  std::vector<std::byte> bytes;
};

class JournalStore {
 public:
  virtual ~JournalStore() = default;

  // ---- the writer's thread only. A round: begin, any of the next three, commit. ----

  virtual Status begin() = 0;

  // Room for a chunk of `size` bytes under key `first`, greater than every key before it. The
  // span is valid, and must be filled, before the next call on this object.
  virtual Result<std::span<std::byte>> append(Lsn first, std::size_t size) = 0;

  virtual Status put_details(Lsn lsn, std::span<const std::byte> bytes) = 0;

  // Deletes at most `chunks_max` whole chunks, oldest first, whose records all lie before
  // `before`, and their details with them. Returns how many went.
  virtual Result<std::size_t> trim(Lsn before, std::size_t chunks_max) = 0;

  // Makes the round one atomic step. With `sync`, returns only when it is on the disk; without,
  // the next synced commit carries it. After an error the outcome is unknown and the store must
  // not be used again.
  virtual Status commit(bool sync) = 0;

  // ---- any thread ----

  // Copies up to `chunks_max` chunks from the one that contains `from` (or the first after it)
  // on, in order. Empty at the end. Opens and ends its own short read transaction.
  virtual Result<std::vector<StoredChunk>> read(Lsn from, std::size_t chunks_max) const = 0;

  // The bytes put under `lsn`; empty when there are none.
  virtual Result<std::vector<std::byte>> details(Lsn lsn) const = 0;

  // Bytes still free in the map and on the file system, whichever is less.
  virtual Result<std::size_t> free_bytes() const = 0;
};

}  // namespace janji::store
