// Small files that nobody else may read: read with suspicion, written whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include <janji/result.hpp>

namespace janjid {

// Reads the file into `to`, at most as much as that holds, and returns how many bytes it was.
// `io_error`, with the path and what to do: it is missing, unreadable, not a regular file, owned
// by another user than us or root, or its mode has any bit for group or others. Links are
// followed.
janji::Result<std::size_t> read_private_file(const std::filesystem::path& path,
                                             std::span<std::uint8_t> to);

enum class Existing { keep, replace };

// Writes `bytes` as `path` with mode 0600: into a new file beside it, synced, moved into place,
// the directory synced. Returns 0 or errno; EEXIST: there is one, and it is to be kept. On any
// error before the move, what was there stays.
int write_private_file(const std::filesystem::path& path, std::span<const std::uint8_t> bytes,
                       Existing existing);

// Deletes what write_private_file left beside `path` when it was killed: it may hold secrets. A
// process that writes the same file at this moment loses it with ENOENT.
void remove_leftovers(const std::filesystem::path& path) noexcept;

// Makes the directory, and whatever is missing on the way to it, each with mode 0700 and on the
// disk. Fine when it is there. Returns 0 or errno.
int make_private_directory(const std::filesystem::path& path);

}  // namespace janjid
