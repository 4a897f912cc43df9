// What stands in front of the records of a chunk. journal/chunk.hpp writes and reads chunks; the
// stores look at this much of one to find the chunk that holds an LSN.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "record/hash.hpp"
#include "record/record.hpp"

namespace janji::record {

// A chunk is a header and its records behind one another, each a multiple of 8 bytes long.
struct ChunkHeader {
  static constexpr std::uint32_t kMagic = 0x4B4E484A;  // "JHNK" in a dump
  static constexpr std::uint16_t kFormat = 1;

  Hash128 hash;          // of everything behind this field: the rest of the header, the records
  std::uint32_t magic;   // kMagic
  std::uint16_t format;  // kFormat
  std::uint16_t header_size;  // sizeof(ChunkHeader)
  std::uint32_t size;         // of the whole chunk in bytes
  std::uint32_t count;        // records, at least 1
  std::uint64_t first;        // LSN of the first record; the others follow without gaps
  std::uint64_t epoch;        // number of the last epoch record up to and with the first record
  std::int64_t ledger_ms;     // ledger time when the chunk was made; never less than before
  Hash128 previous;           // `hash` of the chunk before; zero in the first of all
};
static_assert(sizeof(ChunkHeader) == 72 && alignof(ChunkHeader) == 8);
static_assert(std::is_trivially_copyable_v<ChunkHeader>);

// LMDB keeps a value of more than half a page on pages of its own, the first of which begins with
// 16 bytes of its own: values of these sizes fill one page and sixteen exactly.
inline constexpr std::size_t kOverflowHeaderBytes = 16;
inline constexpr std::size_t kPageValueBytes = 4096 - kOverflowHeaderBytes;
inline constexpr std::size_t kChunkBytesMax = 16 * 4096 - kOverflowHeaderBytes;
static_assert(sizeof(ChunkHeader) + kRecordMax <= kPageValueBytes, "any record fits one page");

}  // namespace janji::record
