// A blocked applicant as the state keeps it, and what the records about blocks do to it. Pure, as
// apply.hpp: the checkpointer, the replay of a start and the audit all use it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "record/image.hpp"
#include "record/record.hpp"

namespace janji::record {

// How often one block can be changed before it is forgotten; the last time only to lift it, so that
// nobody stays blocked for want of room.
inline constexpr std::size_t kOperationsPerBlock = 8;

struct BlockImage {
  std::uint64_t applicant_hi, applicant_lo;  // both 0: the cell is free
  std::int64_t until_ms;                     // civil time; 0: lifted
  std::int64_t decided_ms;                   // of the last change, ledger time
  std::int64_t acted_ms;                     // likewise, civil time
  std::uint64_t lsn;                         // likewise
  std::uint32_t actor;                       // likewise
  std::uint32_t reason;                      // likewise
  std::uint32_t operations;                  // how many of the next are used
  std::uint32_t reserved;
  std::array<OperationImage, kOperationsPerBlock> operation;
};
static_assert(sizeof(BlockImage) == 6 * 8 + 16 + kOperationsPerBlock * 56);
static_assert(std::is_trivially_copyable_v<BlockImage>);

// May claim nothing at `civil_ms`.
constexpr bool is_in_force(const BlockImage& image, std::int64_t civil_ms) noexcept {
  return civil_ms < image.until_ms;
}

// Each returns `damaged` with words when the record doesn't apply; then the image is untouched.
Status apply(BlockImage& image, Lsn lsn, const Block& block);
Status apply(BlockImage& image, Lsn lsn, const ForgetBlock& forget);

// Which of its parts can't be so in a cell that is used, or null.
const char* why_senseless(const BlockImage& image) noexcept;

}  // namespace janji::record
