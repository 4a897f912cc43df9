// A data directory that is only looked at.
#pragma once

#include <filesystem>
#include <memory>

#include <janji/result.hpp>

#include "store/store_factory.hpp"

namespace janji::store {

// Opens both files to read what the disk has; nothing is written, not even the lock file, so a
// directory on a read-only medium will do. Owners are kept out while it is open, if it has a lock
// file; the cached pages are dropped first. Every call that writes fails.
// Errors: locked; damaged, naming the file, as for an opening; invalid_argument when it is no data
// directory, or another version's; io_error.
Result<std::unique_ptr<Stores>> open_to_read(const std::filesystem::path& directory);

}  // namespace janji::store
