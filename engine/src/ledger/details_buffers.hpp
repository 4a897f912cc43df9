// Details on their way to the disk.
#pragma once

#include <xxhash.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include <janji/decision.hpp>
#include <janji/types.hpp>

#include "base/index_stack.hpp"
#include "base/mix.hpp"
#include "base/region.hpp"

namespace janji::ledger {

inline constexpr std::size_t kDetailsSalt = 16;

// Room for the LSNs of all details that one record takes: a group's, and its members' own.
using GoneDetails = std::span<Lsn, kGroupMembersMax + 1>;

// Salt and details as they lie in the details table. The record holds only the hash of the whole,
// so erasing this row leaves nothing from which the details could be guessed.
struct DetailsBuffer {
  std::atomic<std::uint32_t> next;
  std::uint32_t size;  // salt included
  std::byte bytes[kDetailsSalt + kDetailsMax];
};

inline std::uint64_t details_hash(std::span<const std::byte> salted) noexcept {
  return XXH3_64bits(salted.data(), salted.size());
}

// Concurrency: take() and put back by any thread, lock-free; a buffer has one owner at a time.
class DetailsBuffers {
 private:
  auto links() noexcept {
    return [this](std::uint32_t i) -> std::atomic<std::uint32_t>& { return buffers_[i].next; };
  }

 public:
  static constexpr std::uint32_t kNone = base::IndexStack::kNone;

  DetailsBuffers(std::uint32_t count, std::uint64_t seed, bool huge_pages)
      : buffers_(count, huge_pages), seed_(seed) {
    for (std::uint32_t i = count; i-- > 0;) give_back(i);
  }

  std::uint32_t take() noexcept { return free_.pop(links()); }
  void give_back(std::uint32_t index) noexcept { free_.push(index, links()); }

  DetailsBuffer& operator[](std::uint32_t index) noexcept { return buffers_[index]; }

  // Fills the buffer; returns the hash of salt and details. At most kDetailsMax bytes.
  std::uint64_t fill(std::uint32_t index, std::span<const std::byte> details) noexcept {
    DetailsBuffer& buffer = buffers_[index];
    const std::uint64_t n = counter_.fetch_add(1, std::memory_order_relaxed);
    const std::uint64_t salt[2] = {base::mix(seed_, n, 1), base::mix(seed_, n, 2)};
    std::memcpy(buffer.bytes, salt, sizeof salt);
    std::memcpy(buffer.bytes + kDetailsSalt, details.data(), details.size());
    buffer.size = static_cast<std::uint32_t>(kDetailsSalt + details.size());
    return details_hash({buffer.bytes, buffer.size});
  }

 private:
  base::Region<DetailsBuffer> buffers_;
  std::uint64_t seed_;
  base::IndexStack free_;
  std::atomic<std::uint64_t> counter_{0};
};

// Where a booking's details lie, and their hash.
struct DetailsAt {
  Lsn lsn;
  std::uint64_t hash{0};
};

}  // namespace janji::ledger
