// The file that says in which format a data directory is, for people and for other versions.
#pragma once

#include <filesystem>

#include <janji/result.hpp>

namespace janji::store {

inline constexpr char kFormatFile[] = "FORMAT";
inline constexpr unsigned kDirectoryFormat = 8;

// False: there is none. Errors: invalid_argument when it is another format than this version's;
// damaged when it can't be read as one, or marks a copy that was never finished.
Result<bool> read_format_file(const std::filesystem::path& directory);

// Written last, when everything else of a new directory is on the disk.
Status write_format_file(const std::filesystem::path& directory);

// Marks a directory that is being filled with a copy: nobody, of any version, opens it until
// write_format_file() has taken this one's place.
Status mark_unfinished(const std::filesystem::path& directory);

}  // namespace janji::store
