// The file that says in which format a data directory is, for people and for other versions.
#pragma once

#include <filesystem>

#include <janji/result.hpp>

namespace janji::store {

inline constexpr char kFormatFile[] = "FORMAT";
inline constexpr unsigned kDirectoryFormat = 1;

// False: there is none. Errors: invalid_argument when it is another format than this version's;
// damaged when it can't be read as one.
Result<bool> read_format_file(const std::filesystem::path& directory);

// Written last, when everything else of a new directory is on the disk.
Status write_format_file(const std::filesystem::path& directory);

}  // namespace janji::store
