#include "state/batch.hpp"

#include <algorithm>
#include <utility>

#include "record/apply.hpp"
#include "state/booking_block.hpp"
#include "store/details_row.hpp"

namespace janji::state {

void Batch::start(const StateMeta& meta) {
  meta_ = meta;
  chain_ = journal::ChunkChain(meta.point(), meta.epoch, LedgerTime{meta.chunk_ledger_ms});
  base_ = meta.applied + 1;
  chunks_.clear();
  headers_.clear();
  bookings_.clear();
  others_.clear();
  bytes_ = details_bytes_ = 0;
  for (const std::uint64_t block : blocks_) seen_blocks_[block] = false;
  blocks_.clear();
}

Status Batch::add(store::StoredChunk chunk) {
  const auto view = journal::ChunkView::open(chunk.bytes);
  if (!view) return view.error();
  if (Status status = chain_.accept(*view); !status.ok()) return status;
  advance(meta_, *view);
  Status status = view->each([&](Lsn lsn, const record::Header& header) -> Status {
    take_in(static_cast<std::uint32_t>(lsn.value - base_), header);
    return success();
  });
  bytes_ += chunk.bytes.size();
  chunks_.push_back(std::move(chunk));  // its bytes, hence the headers, stay where they are
  return status;
}

void Batch::take_in(std::uint32_t seq, const record::Header& header) {
  headers_.push_back(&header);
  if (record::booking_of(header) == BookingId{}) {
    if (header.type != record::Type::tick) others_.push_back(seq);
    return;
  }
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  std::size_t size = 0;
  if (header.type == record::Type::confirm) size = record::as<record::Confirm>(bytes).details_size;
  if (header.type == record::Type::submit) size = record::as<record::Submit>(bytes).details_size;
  if (header.type == record::Type::group_change) {
    const auto& change = record::as<record::GroupChange>(bytes);
    if (record::brings_details(change.step)) size = change.details_size;
  }
  if (size != 0) details_bytes_ += store::details_room(size);
  record::for_each_booking(header, [&](BookingId id) { touch(record::place_of(id), seq); });
}

void Batch::touch(record::Place place, std::uint32_t seq) {
  bookings_.push_back(BookingItem{std::uint64_t{place} << 32 | seq});
  const std::uint64_t block = block_of(place);
  if (block >= seen_blocks_.size()) seen_blocks_.resize(block + 1 + block / 2);
  if (!seen_blocks_[block]) {
    seen_blocks_[block] = true;
    blocks_.push_back(block);
  }
}

void Batch::sort() {
  std::sort(bookings_.begin(), bookings_.end(),
            [](const BookingItem& a, const BookingItem& b) { return a.packed < b.packed; });
}

}  // namespace janji::state
