// The seam between the writer and the disk: an append-only table of chunks, and beside it a table
// of details. LMDB is behind it in production, memory in `Durability::memory`, and a simulated
// disk in simulation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

namespace janji::store {

// A chunk as it is stored: whole, header included (record/chunk_header.hpp, journal/chunk.hpp).
struct StoredChunk {
  Lsn first;
  std::vector<std::byte> bytes;
};

// What a journal holds; both 0 when it is empty.
struct JournalBounds {
  Lsn first;  // of the oldest chunk's first record
  Lsn last;   // of the newest chunk's last record
};

// Readers see what was committed with `sync`, and nothing else ever.
class JournalStore {
 public:
  virtual ~JournalStore() = default;

  // ---- one thread at a time: the writer's. A round, on one thread: begin, any of the next four,
  // commit ----

  virtual Status begin() = 0;

  // Room for a chunk of `size` bytes (at most kChunkBytesMax) under key `first`, greater than every
  // key before it. The span has any alignment, and must be filled before the next call on this
  // object.
  virtual Result<std::span<std::byte>> append(Lsn first, std::size_t size) = 0;

  // Not empty. Best in the order of the LSNs.
  virtual Status put_details(Lsn lsn, std::span<const std::byte> bytes) = 0;

  // Leaves nothing under `lsn` but that there were details, which were erased. What the file keeps
  // of them where nobody looks goes with compact().
  virtual Status erase_details(Lsn lsn) = 0;

  // Deletes at most `chunks_max` whole chunks, oldest first, whose records all lie before
  // `before`, and their details with them; never the newest chunk, so that a journal that lost its
  // end can be told from one that was trimmed. Returns how many went already: in rounds that aren't
  // synced they may go with the one that is.
  virtual Result<std::size_t> trim(Lsn before, std::size_t chunks_max) = 0;

  // Makes the round one atomic step. With `sync`, returns only when it is on the disk; without,
  // nothing is written yet and the next synced commit, on whichever thread, carries it: a crash of
  // the process loses it as a crash of the machine does, and what is on the disk is always a prefix
  // of the rounds. After an error the outcome is unknown, and every further call but the reading
  // ones fails.
  virtual Status commit(bool sync) = 0;

  // Between rounds: leaves nothing in the file of what was ever deleted from it. Whoever reads
  // meanwhile sees the same rows. Errors: io_error, with everything as it was; or as commit(), when
  // that isn't known.
  virtual Status compact() { return success(); }

  // Gives up the open round, if there is one, on the thread that began it, with all that was never
  // synced, and fails every later write: for a writer that doesn't know what became of its round.
  virtual void abandon() noexcept = 0;

  // ---- any thread ----

  // Copies up to `chunks_max` chunks from the one that contains `from` (or the first after it)
  // on, in order. Empty at the end. Opens and ends its own short read transaction.
  virtual Result<std::vector<StoredChunk>> read(Lsn from, std::size_t chunks_max) const = 0;

  // The bytes put under `lsn`; empty when there are none. Errors: damaged when they aren't what was
  // put; details_erased.
  virtual Result<std::vector<std::byte>> details(Lsn lsn) const = 0;

  virtual Result<JournalBounds> bounds() const = 0;

  // Where it lies, for messages: a path, or words.
  virtual std::string name() const = 0;

  // Bytes still free in the map and on the file system, whichever is less.
  virtual Result<std::size_t> free_bytes() const = 0;
};

}  // namespace janji::store
