// The few things done with files beside LMDB. Errors: io_error, with path and reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>

#include <janji/result.hpp>

namespace janji::store::files {

using Path = std::filesystem::path;

// "<path>: <doing>: <the reason of errno>".
Error last_error(const Path& path, const char* doing);

// With everything missing on the way; new directories have mode 0700. On the disk when this
// returns, also when it was there before: whoever made it may have been killed before it was.
Status make_directory(const Path& path);

// The names in it are on the disk when this returns.
Status sync_directory(const Path& path);

// Whether there is a file of this name.
Result<bool> exists(const Path& path);

// What a small file says; nothing when there is none.
Result<std::optional<std::string>> read(const Path& path);

// Puts a small file there, whole or not at all, mode 0600, on the disk when this returns.
Status write(const Path& path, const std::string& text);

// Puts `bytes` in the place of others in a file that is there; on the disk when this returns.
Status overwrite(const Path& path, std::uint64_t at, std::span<const std::byte> bytes);

Status remove(const Path& path);  // fine when there is none

// Both in one directory; on the disk when this returns.
Status rename(const Path& from, const Path& to);

// Syncs the file and drops its pages from the cache, so that what is read next is what the disk
// has, and stays there: whoever was killed in the middle of a write may have left it in the cache
// only, and after a failed write the cache may show what the disk lacks. Limits: pages that another
// process has mapped stay; a file system without a disk has nothing to drop to. Fine when there is
// no such file.
Status drop_from_cache(const Path& path);

}  // namespace janji::store::files
