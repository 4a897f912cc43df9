// The directory in which the daemon keeps everything.
#pragma once

#include <filesystem>

#include <janji/result.hpp>

#include "identity/key_ring.hpp"

namespace janjid {

// Makes the directory (mode 0700) when missing, and reads its key file, or makes one when there
// is no data yet; other files, such as a volume's lost+found, are no data. Errors: io_error and
// damaged, which name the path and what to do; among them data without its key file, which nobody
// could read or honour any more.
janji::Result<KeyRing> open_data_directory(const std::filesystem::path& directory);

}  // namespace janjid
