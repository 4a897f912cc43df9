// A data directory that is being filled with a copy of another.
#pragma once

#include <filesystem>
#include <memory>

#include <janji/result.hpp>

#include "store/directory_lock.hpp"
#include "store/lmdb_journal.hpp"
#include "store/lmdb_state.hpp"
#include "store/store_factory.hpp"

namespace janji::store {

// Problem: a copy that was interrupted, wherever, must never be taken for a whole one, nor for an
// empty directory that an engine may fill.
// Operation: from the first byte to finish(), FORMAT says that the copy is unfinished, which every
// opening refuses; finish() puts the real one in its place by one rename, when everything else is
// on the disk. What isn't finished when this ends is removed, FORMAT last; a process that was
// killed leaves what its FORMAT says.
// Concurrency: one thread.
class CopyTarget {
 public:
  // In a directory that is missing (it is made, mode 0700) or empty; the map sizes as for an
  // engine. Errors: invalid_argument when something is in it, naming that; locked; io_error.
  static Result<std::unique_ptr<CopyTarget>> make(const Location& location);

  ~CopyTarget();
  CopyTarget(const CopyTarget&) = delete;
  CopyTarget& operator=(const CopyTarget&) = delete;

  // Empty, as at the first opening. Until finish().
  JournalStore& journal() noexcept { return *journal_; }
  StateStore& state() noexcept { return *state_; }

  // Closes both. It is a data directory when this returns without an error, on the disk.
  Status finish();

 private:
  CopyTarget(const Location& location, bool made_directory)
      : location_(location), made_directory_(made_directory) {}
  Status begin();
  void remove_all() noexcept;

  const Location location_;
  const bool made_directory_;
  bool finished_{false};
  std::unique_ptr<DirectoryLock> lock_;
  std::unique_ptr<LmdbJournal> journal_;
  std::unique_ptr<LmdbState> state_;
};

}  // namespace janji::store
