// Chunks: how records are laid down on the disk, and how they are taken up again.
//
// A chunk carries the hash of the one before it and the hash of itself, so that nothing can be
// changed, dropped, added or moved without being found. Format: record/chunk_header.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <utility>

#include <janji/check.hpp>
#include <janji/result.hpp>
#include <janji/types.hpp>

#include "record/chunk_header.hpp"
#include "record/hash.hpp"
#include "record/record.hpp"

namespace janji::journal {

using record::kChunkBytesMax;

// The size of a chunk whose records have `record_bytes` bytes together.
constexpr std::size_t chunk_bytes(std::size_t record_bytes) {
  return sizeof(record::ChunkHeader) + record_bytes;
}
inline constexpr std::size_t kChunkRecordBytesMax = kChunkBytesMax - sizeof(record::ChunkHeader);

// Where a chain of chunks has got to: the last LSN of its last chunk, and that chunk's hash. Zero
// before the first chunk of all.
struct ChainPoint {
  Lsn last;
  record::Hash128 hash;
  friend constexpr bool operator==(const ChainPoint&, const ChainPoint&) = default;
};

// Writes one chunk straight into the room that JournalStore::append() gave. Plain copying and one
// pass of hashing: the records are the engine's own and are not checked again. Overrunning the
// room, or leaving some of it, is a broken invariant.
class ChunkEncoder {
 public:
  // `room` has chunk_bytes() of the records to come; it may have any alignment. `epoch` is that of
  // the records (an epoch record stands first in its chunk); `ledger_ms` never runs backwards.
  ChunkEncoder(std::span<std::byte> room, const ChainPoint& before, std::uint64_t epoch,
               LedgerTime ledger_time) noexcept;

  // `record` begins a whole record, `record.size` bytes long.
  void add(const record::Header& record) noexcept {
    const std::size_t size = record.size;
    JANJI_CHECK(size <= static_cast<std::size_t>(end_ - at_));
    // Claims are most of what there is, and a copy of known size needs no call.
    if (size == sizeof(record::Claim)) [[likely]] {
// GCC 12 sees a shorter record inlined from its caller, and not that its size excludes this branch.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Warray-bounds"
#pragma GCC diagnostic ignored "-Wstringop-overread"
      std::memcpy(at_, &record, sizeof(record::Claim));
#pragma GCC diagnostic pop
    } else {
      std::memcpy(at_, &record, size);
    }
    at_ += size;
    ++header_.count;
  }

  // Seals the chunk. Returns where the chain now stands. At least one record was added.
  ChainPoint finish() noexcept;

 private:
  std::byte* begin_;
  std::byte* at_;
  std::byte* end_;
  record::ChunkHeader header_{};
};

// A chunk that was found to be whole, in bytes that it doesn't own.
class ChunkView {
 public:
  // Checks hash, sizes, count and every record (check_record). `bytes` is aligned to 8 and outlives
  // the view. Errors: damaged, with the chunk's first LSN where it can be believed;
  // invalid_argument when a later version of the engine wrote it.
  static Result<ChunkView> open(std::span<const std::byte> bytes);

  Lsn first() const noexcept { return Lsn{header().first}; }
  Lsn last() const noexcept { return Lsn{header().first + header().count - 1}; }
  std::uint32_t count() const noexcept { return header().count; }
  std::uint64_t epoch() const noexcept { return header().epoch; }
  LedgerTime ledger_time() const noexcept { return LedgerTime{header().ledger_ms}; }
  record::Hash128 previous() const noexcept { return header().previous; }
  ChainPoint point() const noexcept { return ChainPoint{last(), header().hash}; }
  const record::Header& front() const noexcept {
    return record::as<record::Header>(bytes_.data() + sizeof(record::ChunkHeader));
  }

  // Calls `visit(Lsn, const record::Header&)`, which returns a Status, for each record in order,
  // until one fails. Returns that failure.
  template <class Visit>
  Status each(Visit&& visit) const {
    const std::byte* at = bytes_.data() + sizeof(record::ChunkHeader);
    Lsn lsn = first();
    for (std::uint32_t i = 0; i < count(); ++i, ++lsn.value) {
      const auto& record = record::as<record::Header>(at);
      if (Status status = visit(lsn, record); !status.ok()) [[unlikely]] {
        return status;
      }
      at += record.size;
    }
    return success();
  }

 private:
  explicit ChunkView(std::span<const std::byte> bytes) : bytes_(bytes) {}
  const record::ChunkHeader& header() const noexcept {
    return record::as<record::ChunkHeader>(bytes_.data());
  }

  std::span<const std::byte> bytes_;
};

}  // namespace janji::journal
