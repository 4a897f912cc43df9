// Records of the journal on their way into the state, many at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <janji/result.hpp>

#include "journal/chunk_chain.hpp"
#include "record/booking_id.hpp"
#include "state/meta.hpp"
#include "store/journal_store.hpp"

namespace janji::state {

// What a booking's record did to its slot.
struct SeatChange {
  std::uint32_t seq;  // of the record, see Batch
  std::int32_t seats;
  SlotKey slot;
};

// What a booking's record did to its entitlement.
struct UnitChange {
  std::uint32_t seq;
  std::int32_t used, spent;
  EntitlementId entitlement;
};

// Whole chunks that follow what was applied, verified, their records sorted by what they touch.
// A record is named by its number in the batch, `seq`: its LSN less that of the first.
// One thread; reused, so that it stops allocating once it has seen its largest batch.
class Batch {
 public:
  // Empties it. What comes next follows `meta`.
  void start(const StateMeta& meta);

  // Takes a chunk in. Errors: as ChunkView::open() and ChunkChain::accept(); the batch is then
  // useless.
  Status add(store::StoredChunk chunk);

  // Brings the records about bookings into the order of their places, each place's in the order of
  // the journal. After the last add().
  void sort();

  bool empty() const noexcept { return headers_.empty(); }
  std::size_t records() const noexcept { return headers_.size(); }
  std::size_t bytes() const noexcept { return bytes_; }
  // The most that the details of its confirms take in the state.
  std::size_t details_bytes() const noexcept { return details_bytes_; }
  // Blocks of bookings that the batch touches.
  std::size_t blocks() const noexcept { return blocks_.size(); }

  // The meta row as it is when the batch is applied.
  const StateMeta& meta() const noexcept { return meta_; }
  Lsn lsn(std::uint32_t seq) const noexcept { return Lsn{base_ + seq}; }
  const record::Header& header(std::uint32_t seq) const noexcept { return *headers_[seq]; }

  // {place, seq} of each booking that a record touches, sorted.
  struct BookingItem {
    std::uint64_t packed;
    record::Place place() const { return static_cast<record::Place>(packed >> 32); }
    std::uint32_t seq() const { return static_cast<std::uint32_t>(packed); }
  };
  const std::vector<BookingItem>& bookings() const noexcept { return bookings_; }

  // The other records that change tables, in the order of the journal.
  const std::vector<std::uint32_t>& others() const noexcept { return others_; }

 private:
  void take_in(std::uint32_t seq, const record::Header& header);
  void touch(record::Place place, std::uint32_t seq);

  StateMeta meta_;
  journal::ChunkChain chain_;
  std::uint64_t base_{0};                   // LSN of the first record
  std::vector<store::StoredChunk> chunks_;  // owns the bytes
  std::vector<const record::Header*> headers_;
  std::vector<BookingItem> bookings_;
  std::vector<std::uint32_t> others_;
  std::size_t bytes_{0};
  std::size_t details_bytes_{0};

  std::vector<std::uint64_t> blocks_;  // each once
  std::vector<bool> seen_blocks_;      // by block
};

}  // namespace janji::state
