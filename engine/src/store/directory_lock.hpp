// One process owns a data directory at a time.
#pragma once

#include <filesystem>
#include <memory>

#include <janji/result.hpp>

namespace janji::store {

// An advisory lock on the file `lock` in the directory, held while this lives; the kernel drops it
// with the process, however that ends, and with its children that had it open. The file says whose
// it is, and whether the last owner left in order.
class DirectoryLock {
 public:
  // Errors: locked, with the owner's process id, and whether it is a child of its that stays on;
  // io_error.
  static Result<std::unique_ptr<DirectoryLock>> take(const std::filesystem::path& directory);

  // Keeps owners out, but not others who read, and writes nothing. Without a file `lock` nobody has
  // the directory, and nobody is kept out. Errors: as take().
  static Result<std::unique_ptr<DirectoryLock>> share(const std::filesystem::path& directory);

  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

  // The owner before this one called leave_in_order(), or there was none: no write of its was left
  // half-way, so the page cache shows what the disk has. A lock that says nothing at all is that of
  // an owner that was killed as it came, unless it was made just now.
  bool last_left_in_order() const noexcept { return last_left_in_order_; }

  // To be called at the end by an owner, when every write has succeeded.
  void leave_in_order() noexcept;

 private:
  DirectoryLock(int descriptor, bool last_left_in_order)
      : descriptor_(descriptor), last_left_in_order_(last_left_in_order) {}

  int descriptor_;  // below 0: there is no file to lock
  bool last_left_in_order_;
};

}  // namespace janji::store
