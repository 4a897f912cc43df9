// Chunks made of given records.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <vector>

#include <catch2/catch.hpp>

#include "journal/chunk.hpp"
#include "unit/record/samples.hpp"

namespace janji::samples {

// A chunk of `records` behind `before`, and where the chain then stands.
struct MadeChunk {
  Bytes bytes;
  journal::ChainPoint point;
};

inline MadeChunk make_chunk(const std::vector<Bytes>& records, const journal::ChainPoint& before,
                            std::uint64_t epoch = 1, std::int64_t ledger_ms = 0) {
  std::size_t size = 0;
  for (const Bytes& record : records) size += record.size();
  MadeChunk made{Bytes(journal::chunk_bytes(size)), {}};
  journal::ChunkEncoder encoder(made.bytes, before, epoch, LedgerTime{ledger_ms});
  for (const Bytes& record : records) {
    encoder.add(record::as<record::Header>(record.data()));
  }
  made.point = encoder.finish();
  return made;
}

// Gives `bytes` the hash that they would have had, had they been written so.
inline void rehash(Bytes& bytes) {
  const record::Hash128 hash =
      record::hash128(std::span<const std::byte>(bytes).subspan(sizeof(record::Hash128)));
  std::memcpy(bytes.data(), &hash, sizeof hash);
}

}  // namespace janji::samples
