// Copies of a data directory: what a backup has, and how one becomes a data directory again.
#pragma once

#include <cstdint>
#include <filesystem>

#include <janji/result.hpp>
#include <janji/types.hpp>
#include <janji/verify.hpp>

namespace janji {

struct BackupReport {
  Lsn covers;          // every record up to here is in it, none beyond
  Lsn state_has;       // up to here in the state; a start replays the rest
  Lsn journal_from;    // the oldest record that is in its journal too
  std::int64_t ms{0};  // how long it took
};

struct RestoreReport {
  BackupReport copied;
  VerifyReport verified;  // the new directory, read back from the disk
};

// Copies a backup, or any data directory that nobody has open, into `to`, which is missing (it is
// made, mode 0700) or empty. The backup is verified first, and what was made of it afterwards; it
// is a data directory only when both were found sound. The backup isn't written to, and kept from
// being opened meanwhile. Files that aren't the engine's, such as a key file, are the caller's.
// Errors: damaged, when either isn't sound, with what verify() says; invalid_argument when
// something is in `to` (named) or `backup` is none; locked; io_error. What an error leaves is
// removed, or its file FORMAT says that it is no data directory.
Result<RestoreReport> restore(const std::filesystem::path& backup, const std::filesystem::path& to);

}  // namespace janji
