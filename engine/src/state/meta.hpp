// How far the state has come, and what must be known before anything else.
#pragma once

#include <cstdint>
#include <optional>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "journal/chunk.hpp"
#include "record/hash.hpp"
#include "state/row.hpp"

namespace janji::state {

// The one row of the table `meta`, written in every step together with what it speaks of.
struct StateMeta {
  static constexpr std::uint64_t kFormat = 4;

  std::uint64_t format{kFormat};
  std::uint64_t applied{0};         // every record up to this LSN is in the tables, none beyond
  record::Hash128 anchor;           // hash of the chunk that ends there: the next one names it
  std::uint64_t epoch{0};           // number of the last epoch record up to there
  std::uint64_t epoch_random{0};    // and its random part
  std::int64_t chunk_ledger_ms{0};  // ledger time in the header of the chunk that ends there
  std::int64_t ledger_ms{0};        // greatest ledger time in any record or header so far
  std::int64_t civil_ms{0};         // of the last epoch record, for people
  std::uint64_t erased{0};    // newest erasure whose details may still be where nobody looks in the
                              // files, and nothing older than `erased_ms` may; 0: none
  std::int64_t erased_ms{0};  // ledger time of the oldest such; 0: none
  std::uint64_t catalogue{0};  // digest of a change of the catalogue that was begun and isn't done

  journal::ChainPoint point() const { return {Lsn{applied}, anchor}; }
};
static_assert(sizeof(StateMeta) == 96);

// What a record says of ledger time; 0 when it says nothing.
std::int64_t ledger_ms_of(const record::Header& header) noexcept;

// Takes in the chunk that comes next: a whole one, already held against the chain.
void advance(StateMeta& meta, const journal::ChunkView& chunk);

// A state that was never written has no row: then this is the beginning of all. Errors: damaged;
// invalid_argument when another version wrote it.
Result<StateMeta> read_meta(const store::StateStore& store);

std::vector<std::byte> encode_meta(const StateMeta& meta);

}  // namespace janji::state
