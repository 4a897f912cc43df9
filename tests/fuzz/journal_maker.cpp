#include "fuzz/journal_maker.hpp"

#include <algorithm>

#include "fuzz/complain.hpp"

namespace janji::fuzz {

void JournalMaker::add(const model::Bytes& record) {
  const auto& header = record::as<record::Header>(record.data());
  if (header.type == record::Type::epoch) {
    require(records_.empty(), "the target put an epoch into a chunk's middle");
    epoch_ = record::as<record::Epoch>(record.data()).number;
  }
  records_.push_back(record);
  bytes_ += record.size();
}

void JournalMaker::cut(std::int64_t ledger_ms) {
  if (records_.empty()) return;
  Chunk chunk{Lsn{point_.last.value + 1}, std::vector<std::byte>(journal::chunk_bytes(bytes_))};
  journal::ChunkEncoder encoder(chunk.bytes, point_, epoch_, LedgerTime{ledger_ms});
  for (const model::Bytes& record : records_) {
    encoder.add(record::as<record::Header>(record.data()));
  }
  point_ = encoder.finish();
  chunks_.push_back(std::move(chunk));
  records_.clear();
  bytes_ = 0;
}

void JournalMaker::write(StoreFactory& disk) const {
  const auto stores = disk.open({}).value();
  store::JournalStore& journal = stores->journal();
  require(journal.begin().ok(), "the disk takes nothing");
  for (const Chunk& chunk : chunks_) {
    const auto room = journal.append(chunk.first, chunk.bytes.size());
    require(room.ok(), "the disk has no room");
    std::copy(chunk.bytes.begin(), chunk.bytes.end(), room->begin());
  }
  require(journal.commit(true).ok(), "the disk doesn't sync");
}

}  // namespace janji::fuzz
