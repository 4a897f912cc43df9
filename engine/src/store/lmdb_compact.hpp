// An LMDB file that can be written anew while it is in use.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <utility>

#include <janji/result.hpp>

#include "store/lmdb.hpp"

namespace janji::store::lmdb {

// Problem: LMDB leaves what was deleted where it lay: in pages that are free, until they are used
// again, and behind the rows of others, since it doesn't clear what it writes with. No number of
// later writes is certain to cover all of it.
// Operation: compact() copies every row into a new file, whose pages never held anything else, and
// puts that in the old one's place by a rename. What the old file had is then in no file.
// Concurrency: compact() on the thread that writes, while it has no transaction open; now() on any.
// A transaction needs the environment that it began in for as long as it lasts: whoever may be
// overtaken by a compact() keeps what now() returned. The old file's room is free when nobody does.
// Limits: the disk must have room for the rows once more, and none is written meanwhile.
class CompactableFile {
 public:
  explicit CompactableFile(std::unique_ptr<Environment> environment)
      : file_(environment->file()), environment_(std::move(environment)) {}

  std::shared_ptr<Environment> now() const {
    const std::lock_guard guard(mutex_);
    return environment_;
  }
  const std::filesystem::path& file() const noexcept { return file_; }

  // Errors: io_error, and everything is as it was; outcome_unknown, when it may be that a crash
  // brings the old file back: nothing must be written any more.
  Status compact();

  // What a compact() that was interrupted has left. Nobody may have the file open.
  static Status remove_leftovers(const std::filesystem::path& file);

 private:
  const std::filesystem::path file_;
  mutable std::mutex mutex_;  // of the pointer
  std::shared_ptr<Environment> environment_;
};

}  // namespace janji::store::lmdb
