// Lays records down as a journal, the way the writer does.
#pragma once

#include <cstdint>
#include <vector>

#include "journal/chunk.hpp"
#include "model/stream.hpp"
#include "store/store_factory.hpp"

namespace janji::fuzz {

// Chunks with right hashes, in a right chain: what is wrong with the journal is wrong with its
// records, or with the times that they are given.
class JournalMaker {
 public:
  // The records pass check_record(). An epoch record begins a chunk of its own accord.
  void add(const model::Bytes& record);
  // Ends the chunk that is being made, if one is, with this ledger time in its header.
  void cut(std::int64_t ledger_ms);

  bool full() const { return bytes_ + record::kRecordMax > journal::kChunkRecordBytesMax; }
  bool empty() const { return records_.empty(); }

  // Everything that was cut, in one commit. Nobody else has the disk open.
  void write(StoreFactory& disk) const;

 private:
  struct Chunk {
    Lsn first;
    std::vector<std::byte> bytes;
  };

  journal::ChainPoint point_;
  std::uint64_t epoch_{0};
  std::vector<model::Bytes> records_;  // of the chunk that is being made
  std::size_t bytes_{0};
  std::vector<Chunk> chunks_;
};

}  // namespace janji::fuzz
