// The calls by which a program reaches its files, seen by a test: each one below a folder is shown
// to a watcher before and after it is made, and can be made to fail.
//
// A program that links janji_disk_watch has these calls in place of the C library's, for LMDB as
// for the engine. Not under a sanitizer, which replaces the same ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace janji::disk {

enum class Kind : std::uint8_t {
  open,
  write,
  resize,
  sync,
  map,
  make_directory,
  rename,
  remove,
  ask,   // stat, fstat, statvfs
  seek,  // lseek: LMDB's, before a write of several pages
  read,  // read, pread
  lock,  // flock
  cache  // sync_file_range, posix_fadvise: neither makes anything durable
};
inline constexpr int kKinds = 13;

const char* name_of(Kind kind);

struct Call {
  Kind kind{};
  const char* function{""};  // of the C library
  std::string path;          // absolute; of the file as it is called now
  std::string to;            // rename
  std::uint64_t at{0};       // write; the new size when it is resize
  std::span<const std::byte> bytes;
  bool through{false};   // write: to a file that was opened with O_DSYNC or O_SYNC
  bool creates{false};   // open: makes the file if there is none
  bool empties{false};   // open: O_TRUNC
  bool writable{false};  // open, map: for writing
};

// What becomes of a call.
struct Ruling {
  int error{0};                // not 0: it isn't made, and fails with this
  bool made{false};            // it is made all the same: its answer is lost
  std::size_t most{SIZE_MAX};  // a write writes no more than this
};

// Called on whatever thread makes the call. What it does with files itself isn't shown to it.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual Ruling before(const Call& call) = 0;
  // `result` is the C function's; negative: it failed. Also after a call that wasn't made.
  virtual void after(const Call& call, std::int64_t result) = 0;
};

// While it lives, the watcher sees the calls for what lies below `folder`, an absolute path without
// links, and for the folder itself. One at a time; no other thread may be at a file of the folder
// when it begins or ends.
class Watch {
 public:
  Watch(const std::filesystem::path& folder, Watcher& watcher);
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
};

}  // namespace janji::disk
