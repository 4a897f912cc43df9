// Stores of either kind, opened and opened again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <catch2/catch.hpp>

#include "store/memory_store.hpp"
#include "store/store_factory.hpp"
#include "support/scratch_directory.hpp"
#include "unit/chunk/chunks.hpp"
#include "unit/record/samples.hpp"

namespace janji::samples {

enum class Kind { lmdb, memory };

// A data directory, or its stand-in in memory.
class Place {
 public:
  explicit Place(Kind kind)
      : factory_(kind == Kind::lmdb ? store::lmdb_factory() : memory_),
        location_{directory_.path() / "data", std::size_t{64} << 20, std::size_t{64} << 20} {}

  Result<std::unique_ptr<store::Stores>> try_open() { return factory_.open(location_); }
  std::unique_ptr<store::Stores> open() {
    auto stores = try_open();
    if (!stores) FAIL(stores.error().detail);
    return std::move(stores).value();
  }
  store::Location& location() { return location_; }
  const std::filesystem::path& directory() const { return location_.directory; }
  store::MemoryDisk& disk() { return memory_.disk(); }

 private:
  test::TemporaryDirectory directory_;
  store::MemoryFactory memory_;
  StoreFactory& factory_;
  store::Location location_;
};

inline Status append(store::JournalStore& journal, const MadeChunk& chunk) {
  const auto first = record::as<record::ChunkHeader>(chunk.bytes.data()).first;
  const auto room = journal.append(Lsn{first}, chunk.bytes.size());
  if (!room) return room.error();
  std::memcpy(room->data(), chunk.bytes.data(), chunk.bytes.size());
  return success();
}

// A chunk of `count` ticks behind `before`; the first chunk of all begins with an epoch.
inline MadeChunk tick_chunk(const journal::ChainPoint& before, std::size_t count) {
  std::vector<Bytes> records(count, bytes_of(tick(1)));
  if (before.last == Lsn{}) records.front() = bytes_of(epoch(1, 0));
  return make_chunk(records, before);
}

// A committed round with one chunk of `count` ticks. Returns where the chain then stands.
inline journal::ChainPoint write_ticks(store::JournalStore& journal,
                                       const journal::ChainPoint& before, std::size_t count,
                                       bool sync = true) {
  const MadeChunk chunk = tick_chunk(before, count);
  REQUIRE(journal.begin().ok());
  REQUIRE(append(journal, chunk).ok());
  REQUIRE(journal.commit(sync).ok());
  return chunk.point;
}

inline Bytes some_bytes(std::size_t size, unsigned seed) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) {
    bytes[i] = static_cast<std::byte>((i * 7 + seed * 31) & 0xFF);
  }
  return bytes;
}

}  // namespace janji::samples
