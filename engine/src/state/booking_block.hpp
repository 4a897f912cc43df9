// Bookings of neighbouring places in one row of the state.
#pragma once

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <janji/result.hpp>

#include "record/booking_id.hpp"
#include "record/chunk_header.hpp"
#include "record/image.hpp"
#include "state/row.hpp"

namespace janji::state {

// 32 confirmed bookings of the usual kind fill about 3,900 bytes: one overflow page of LMDB.
inline constexpr std::uint32_t kPlacesPerBlock = 32;

constexpr std::uint64_t block_of(record::Place place) {
  return place / kPlacesPerBlock;
}

// Problem: keep bookings in few bytes, and change one without touching its neighbours.
// Operation: a row is checksum, count, a size for each place, and their entries. An entry is packed
// and refers to nothing outside of it, so an unchanged one is copied as it is. Places that were
// never used have entries of no bytes.
// One thread. The row that was decoded must outlive the block.
class BookingBlock {
 public:
  // The longest entry: see encode_entry in the source.
  static constexpr std::size_t kEntryBytesMax = 1664;
  static constexpr std::size_t kBytesMax =
      kChecksumBytes + 2 + kPlacesPerBlock * (2 + kEntryBytesMax);
  static_assert(kBytesMax <= record::kChunkBytesMax);

  // A block that was never written.
  explicit BookingBlock(std::uint64_t key) : key_(key) {}

  // Checks the row's checksum and layout; the entries when they are asked for. Errors: damaged.
  static Result<BookingBlock> decode(std::uint64_t key, Bytes row);

  // The booking at `index` in the block, or the free place. Errors: damaged.
  Result<record::BookingImage> image(std::uint32_t index) const;

  // False: the place was never used, and its image is all zero.
  bool used(std::uint32_t index) const { return !entries_[index].empty(); }

  // The row with `changed` (ascending indexes) in place of what was, in `room`, which has
  // kBytesMax. Returns its size.
  struct Change {
    std::uint32_t index;
    record::BookingImage image;
  };
  std::size_t encode(std::span<const Change> changed, std::span<std::byte> room) const;

 private:
  std::uint64_t key_;
  std::array<Bytes, kPlacesPerBlock> entries_{};
};

}  // namespace janji::state
