// How details lie in a table: behind a checksum that is bound to their LSN.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

namespace janji::store {

std::vector<std::byte> encode_details_row(Lsn lsn, std::span<const std::byte> details);

// Errors: damaged, with `file` and the LSN.
Result<std::vector<std::byte>> decode_details_row(const std::string& file, Lsn lsn,
                                                  std::span<const std::byte> row);

}  // namespace janji::store
