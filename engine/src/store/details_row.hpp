// How details lie in a table: behind a checksum that is bound to their LSN.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

namespace janji::store {

// The most that `size` bytes of details take in a file, in whole pages where they have their own.
constexpr std::size_t details_room(std::size_t size) {
  constexpr std::size_t kPage = 4096;
  const std::size_t row = size + 64;  // checksum, key, and the headers of entry and page
  // Short rows share a page that may be half empty; the others may have one each, or more.
  return row <= kPage / 4 ? 2 * row : (row + kPage - 1) / kPage * kPage;
}

std::vector<std::byte> encode_details_row(Lsn lsn, std::span<const std::byte> details);

// What stays in place of details that were erased.
std::vector<std::byte> encode_erased_row(Lsn lsn);

// Errors: damaged, with `file` and the LSN; details_erased.
Result<std::vector<std::byte>> decode_details_row(const std::string& file, Lsn lsn,
                                                  std::span<const std::byte> row);

}  // namespace janji::store
