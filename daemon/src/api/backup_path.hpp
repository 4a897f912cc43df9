// Where backups may be written.
#pragma once

#include <filesystem>
#include <string_view>

#include <janji/result.hpp>

namespace janjid {

// The directory that `text` names: below `root`, as an absolute path or one that begins there. A
// remote caller must not choose any place on the machine: no "..", no link leads out, and what
// holds the directory exists (only the directory itself is made by a backup).
// Error: invalid_argument, which says what is wanted; io_error when `root` can't be looked at.
janji::Result<std::filesystem::path> backup_path(const std::filesystem::path& root,
                                                 std::string_view text);

}  // namespace janjid
