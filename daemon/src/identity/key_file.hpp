// The key file: where the master secrets outlive the process.
//
// Whoever has the file has every applicant key, token and sealed detail. Whoever loses it can
// neither open details nor honour tokens and references: it belongs into the backup, and a
// daemon whose data exists must use `load_key_file`, never make a new one.
#pragma once

#include <filesystem>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "identity/key_ring.hpp"

namespace janjid {

// Its name, in the data directory.
inline constexpr char kKeyFileName[] = "janjid.key";

// Reads the file. Errors name the path and what to do:
// - `io_error`: missing, unreadable, not a regular file, owned by another user than us or root,
//   or any bit of its mode set for group or others;
// - `damaged`: not a key file, cut short, or its checksum is wrong;
// - `invalid_argument`: of a format that a later version writes.
// The file is left as it is.
janji::Result<KeyRing> load_key_file(const std::filesystem::path& path);

// Makes the file with one fresh key, mode 0600, in an existing directory: complete and on the
// disk, or not at all. `io_error` when something of that name exists, or the file system refuses.
janji::Result<KeyRing> make_key_file(const std::filesystem::path& path, janji::CivilTime now);

// Loads the file, or makes it if nothing of that name exists. When two processes make it at
// once, both end with the same keys. Errors: those of the two above.
janji::Result<KeyRing> load_or_make_key_file(const std::filesystem::path& path,
                                             janji::CivilTime now);

// Puts `ring` in the place of the existing file, atomically: after a rotation. One process at a
// time. `io_error` when there is no file yet, or the file system refuses; the old one then stays.
janji::Status replace_key_file(const std::filesystem::path& path, const KeyRing& ring);

// Copies it from one data directory to another, which has none: on the disk when this returns.
// Errors: those of load_key_file(); `io_error` when it can't be written.
janji::Status copy_key_file(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace janjid
