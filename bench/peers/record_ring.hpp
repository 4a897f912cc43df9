// Records on their way from one producer to the writer.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <janji/check.hpp>
#include <janji/types.hpp>

#include "base/region.hpp"
#include "record/record.hpp"

namespace janji::bench::peers {

// Operation: a ring of cells of one claim's size; the cell's number in the stream is its LSN. Where
// one thread at a time decides, records need no blocks and no list: the writer reads them where
// they were put, in one sweep, and takes whatever is there when it begins a commit.
// Concurrency: one producer at a time, one writer; durable() by any thread.
// Limits: as many undurable records as there are cells.
class RecordRing {
 public:
  RecordRing(std::size_t cells, bool huge_pages)
      : cells_(std::bit_ceil(cells), huge_pages), mask_(cells_.size() - 1) {}

  // ---- the producer ----

  bool full() const noexcept {
    if (next_ - seen_committed_ <= cells_.size()) return false;
    // acquire: pairs with set_committed(): the writer has read the cells that come free.
    seen_committed_ = committed_.load(std::memory_order_acquire);
    return next_ - seen_committed_ > cells_.size();
  }
  Lsn next() const noexcept { return Lsn{next_}; }
  // The next record, zeroed but for its header. There is room: full() was asked.
  template <class R>
  R& begin() noexcept {
    R& made = next_cell<R>();
    made = R{};
    made.header.type = R::kType;
    made.header.size = sizeof(R);
    return made;
  }
  template <class R>
  void copy(const R& record) noexcept {
    std::memcpy(&next_cell<R>(), &record, sizeof record);
  }
  // Shows the writer all that was begun. release pairs with published(); seq_cst where a sleeping
  // writer is to be woken without a lock (Bell).
  void publish(std::memory_order order) noexcept { published_.store(next_ - 1, order); }

  // ---- the writer ----

  Lsn published() const noexcept { return Lsn{published_.load(std::memory_order_seq_cst)}; }
  const record::Header& at(Lsn lsn) const noexcept {
    return record::as<record::Header>(cells_[lsn.value & mask_].bytes);
  }
  void set_committed(Lsn lsn) noexcept { committed_.store(lsn.value, std::memory_order_seq_cst); }

  // ---- any thread ----

  Lsn committed() const noexcept { return Lsn{committed_.load(std::memory_order_seq_cst)}; }

 private:
  struct alignas(32) Cell {
    std::byte bytes[sizeof(record::Claim)];
  };

  template <class R>
  R& next_cell() noexcept {
    static_assert(sizeof(R) <= sizeof(Cell));
    JANJI_CHECK(!full());
    return *reinterpret_cast<R*>(cells_[next_++ & mask_].bytes);
  }

  base::Region<Cell> cells_;  // a power of two
  const std::uint64_t mask_;
  std::uint64_t next_{1};                    // the producer's
  mutable std::uint64_t seen_committed_{0};  // the producer's
  alignas(64) std::atomic<std::uint64_t> published_{0};
  alignas(64) std::atomic<std::uint64_t> committed_{0};
};

}  // namespace janji::bench::peers
