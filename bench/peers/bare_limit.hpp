// What any engine that sells seats durably must do, and nothing more.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <thread>
#include <vector>

#include "base/region.hpp"
#include "journal/rounds.hpp"
#include "peers/bare_lmdb.hpp"
#include "peers/record_ring.hpp"

namespace janji::bench::peers {

// Operation: a seat by CAS, a record by copying it into a ring, and a writer that appends what lies
// there to LMDB in chunks of the engine's size and commits, again and again. No look-up of a slot,
// no index, no booking, no identity, no hash, no timer, no give-back, one caller.
// The tables and the ring are touched at construction.
class BareLimit {
 public:
  BareLimit(const std::filesystem::path& file, std::size_t map_bytes, std::uint64_t slots,
            std::uint32_t capacity, std::size_t ring_cells, bool huge_pages);
  ~BareLimit();

  // The caller. False: sold out. Waits for a commit when the ring is full.
  bool claim(std::uint64_t slot, const record::Claim& record) noexcept {
    std::atomic<std::uint64_t>& at = slots_[slot];
    std::uint64_t taken = at.load(std::memory_order_relaxed);
    do {
      if (taken == capacity_) return false;
    } while (!at.compare_exchange_weak(taken, taken + 1, std::memory_order_acq_rel,
                                       std::memory_order_relaxed));
    // What is durable is read first: if the ring is full then, more was published than that.
    for (Lsn durable = rounds_.durable(); ring_.full(); durable = rounds_.durable()) {
      rounds_.wait_durable(Lsn{durable.value + 1}, -1);
    }
    ring_.copy(record);
    ring_.publish(std::memory_order_seq_cst);
    rounds_.wake_if_idle();
    return true;
  }
  // Until all is on the disk.
  void settle() noexcept { rounds_.wait_round(rounds_.next_round(), -1); }

  std::uint64_t sold() const noexcept;
  std::vector<std::uint32_t> taken() const;
  std::uint64_t commits() const noexcept { return lmdb_.commits(); }
  void stop();
  // Counted on the disk; after stop().
  std::uint64_t stored_records() { return lmdb_.stored_bytes() / sizeof(record::Claim); }

 private:
  void run() noexcept;
  bool step() noexcept;

  base::Region<std::atomic<std::uint64_t>> slots_;
  const std::uint32_t capacity_;
  RecordRing ring_;
  journal::Rounds rounds_;
  BareLmdb lmdb_;
  std::thread writer_;
};

}  // namespace janji::bench::peers
