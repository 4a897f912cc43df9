#include "peers/chunk_writer.hpp"

#include <algorithm>

namespace janji::bench::peers {

Result<Lsn> ChunkWriter::write(const RecordRing& ring, LedgerTime now) {
  const Lsn last = ring.published();
  if (last == chain_.last) return last;
  ledger_time_ = std::max(ledger_time_, now);
  if (Status begun = store_.begin(); !begun.ok()) return begun.error();
  while (chain_.last < last) {
    Result<Lsn> written = write_chunk(ring, Lsn{chain_.last.value + 1}, last);
    if (!written.ok()) return written;
  }
  ++commits_;
  if (Status committed = store_.commit(true); !committed.ok()) return committed.error();
  return last;
}

// As many records as one chunk holds.
Result<Lsn> ChunkWriter::write_chunk(const RecordRing& ring, Lsn first, Lsn last) {
  std::size_t bytes = 0;
  Lsn end = first;  // one past
  for (; end <= last; ++end.value) {
    const std::size_t size = ring.at(end).size;
    if (bytes + size > journal::kChunkRecordBytesMax) break;
    bytes += size;
  }
  auto room = store_.append(first, journal::chunk_bytes(bytes));
  if (!room.ok()) return room.error();
  journal::ChunkEncoder encoder(*room, chain_, 1, ledger_time_);
  for (Lsn lsn = first; lsn < end; ++lsn.value) encoder.add(ring.at(lsn));
  chain_ = encoder.finish();
  return chain_.last;
}

}  // namespace janji::bench::peers
