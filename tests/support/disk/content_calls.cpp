// In place of the C library's: what changes, syncs, reads and maps a file that is open.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "support/disk/dispatch.hpp"

using namespace janji::disk;

namespace {

std::span<const std::byte> bytes_of(const void* bytes, std::size_t size) {
  return {static_cast<const std::byte*>(bytes), size};
}

bool writes_through(int file) {
  return (fcntl(file, F_GETFL) & (O_DSYNC | O_SYNC)) != 0;
}

off_t position(int file) {
  static const auto next = real<off_t (*)(int, off_t, int)>("lseek");
  return next(file, 0, SEEK_CUR);
}

Call write_of(const char* function, int file, std::string path, off_t at,
              std::span<const std::byte> bytes) {
  Call call;
  call.kind = Kind::write;
  call.function = function;
  call.path = std::move(path);
  call.at = static_cast<std::uint64_t>(at);
  call.bytes = bytes;
  call.through = writes_through(file);
  return call;
}

Call call_of(Kind kind, const char* function, std::string path) {
  Call call;
  call.kind = kind;
  call.function = function;
  call.path = std::move(path);
  return call;
}

ssize_t positioned_write(const char* function, int file, const void* bytes, std::size_t size,
                         off_t at) {
  const auto next = real<ssize_t (*)(int, const void*, std::size_t, off_t)>(function);
  std::string path;
  Watcher* watcher = watcher_of(file, path);
  if (watcher == nullptr) return next(file, bytes, size, at);
  const Call call = write_of(function, file, std::move(path), at, bytes_of(bytes, size));
  return dispatch<ssize_t>(*watcher, call, -1, [&](std::size_t most) {
    return next(file, bytes, std::min(size, most), at);
  });
}

// `positioned`: at `at`; else where the file stands, which moves.
ssize_t gathered_write(const char* function, int file, const iovec* parts, int many, off_t at,
                       bool positioned) {
  std::string path;
  Watcher* watcher = watcher_of(file, path);
  const auto whole = [&] {
    if (positioned)
      return real<ssize_t (*)(int, const iovec*, int, off_t)>(function)(file, parts, many, at);
    return real<ssize_t (*)(int, const iovec*, int)>(function)(file, parts, many);
  };
  if (watcher == nullptr) return whole();
  std::vector<std::byte> bytes;
  for (int i = 0; i < many; ++i) {
    const auto part = bytes_of(parts[i].iov_base, parts[i].iov_len);
    bytes.insert(bytes.end(), part.begin(), part.end());
  }
  if (!positioned) at = position(file);
  const Call call = write_of(function, file, std::move(path), at, bytes);
  return dispatch<ssize_t>(*watcher, call, -1, [&](std::size_t most) -> ssize_t {
    if (most >= bytes.size()) return whole();
    if (positioned) {
      static const auto next = real<ssize_t (*)(int, const void*, std::size_t, off_t)>("pwrite");
      return next(file, bytes.data(), most, at);
    }
    static const auto next = real<ssize_t (*)(int, const void*, std::size_t)>("write");
    return next(file, bytes.data(), most);
  });
}

int sync(const char* function, int file) {
  const auto next = real<int (*)(int)>(function);
  std::string path;
  Watcher* watcher = watcher_of(file, path);
  if (watcher == nullptr) return next(file);
  return dispatch<int>(*watcher, call_of(Kind::sync, function, std::move(path)), -1,
                       [&](std::size_t) { return next(file); });
}

int resize(const char* function, int file, off_t size) {
  const auto next = real<int (*)(int, off_t)>(function);
  std::string path;
  Watcher* watcher = watcher_of(file, path);
  if (watcher == nullptr) return next(file, size);
  Call call = call_of(Kind::resize, function, std::move(path));
  call.at = static_cast<std::uint64_t>(size);
  return dispatch<int>(*watcher, call, -1, [&](std::size_t) { return next(file, size); });
}

ssize_t positioned_read(const char* function, int file, void* into, std::size_t size, off_t at) {
  const auto next = real<ssize_t (*)(int, void*, std::size_t, off_t)>(function);
  std::string path;
  Watcher* watcher = watcher_of(file, path);
  if (watcher == nullptr) return next(file, into, size, at);
  return dispatch<ssize_t>(*watcher, call_of(Kind::read, function, std::move(path)), -1,
                           [&](std::size_t) { return next(file, into, size, at); });
}

void* map(const char* function, void* where, std::size_t size, int protection, int flags, int file,
          off_t at) {
  const auto next = real<void* (*)(void*, std::size_t, int, int, int, off_t)>(function);
  std::string path;
  Watcher* watcher = (flags & MAP_ANONYMOUS) != 0 ? nullptr : watcher_of(file, path);
  if (watcher == nullptr) return next(where, size, protection, flags, file, at);
  Call call = call_of(Kind::map, function, std::move(path));
  call.writable = (protection & PROT_WRITE) != 0 && (flags & MAP_SHARED) != 0;
  return dispatch<void*>(*watcher, call, MAP_FAILED, [&](std::size_t) {
    return next(where, size, protection, flags, file, at);
  });
}

}  // namespace

extern "C" {
ssize_t pwrite(int file, const void* bytes, std::size_t size, off_t at) {
  return positioned_write("pwrite", file, bytes, size, at);
}
ssize_t pwrite64(int file, const void* bytes, std::size_t size, off64_t at) {
  return positioned_write("pwrite64", file, bytes, size, at);
}
ssize_t write(int file, const void* bytes, std::size_t size) {
  const iovec part{const_cast<void*>(bytes), size};
  std::string path;
  if (watcher_of(file, path) != nullptr) return gathered_write("writev", file, &part, 1, 0, false);
  static const auto next = real<ssize_t (*)(int, const void*, std::size_t)>("write");
  return next(file, bytes, size);
}
ssize_t writev(int file, const iovec* parts, int many) {
  return gathered_write("writev", file, parts, many, 0, false);
}
ssize_t pwritev(int file, const iovec* parts, int many, off_t at) {
  return gathered_write("pwritev", file, parts, many, at, true);
}
ssize_t pwritev64(int file, const iovec* parts, int many, off64_t at) {
  return gathered_write("pwritev64", file, parts, many, at, true);
}
int fdatasync(int file) {
  return sync("fdatasync", file);
}
int fsync(int file) {
  return sync("fsync", file);
}
int ftruncate(int file, off_t size) noexcept {
  return resize("ftruncate", file, size);
}
int ftruncate64(int file, off64_t size) noexcept {
  return resize("ftruncate64", file, size);
}
ssize_t pread(int file, void* into, std::size_t size, off_t at) {
  return positioned_read("pread", file, into, size, at);
}
ssize_t pread64(int file, void* into, std::size_t size, off64_t at) {
  return positioned_read("pread64", file, into, size, at);
}
ssize_t read(int file, void* into, std::size_t size) {
  static const auto next = real<ssize_t (*)(int, void*, std::size_t)>("read");
  std::string path;
  Watcher* watcher = watcher_of(file, path);
  if (watcher == nullptr) return next(file, into, size);
  return dispatch<ssize_t>(*watcher, call_of(Kind::read, "read", std::move(path)), -1,
                           [&](std::size_t) { return next(file, into, size); });
}
void* mmap(void* where, std::size_t size, int protection, int flags, int file, off_t at) noexcept {
  return map("mmap", where, size, protection, flags, file, at);
}
void* mmap64(void* where, std::size_t size, int protection, int flags, int file,
             off64_t at) noexcept {
  return map("mmap64", where, size, protection, flags, file, at);
}
off_t lseek(int file, off_t at, int whence) noexcept {
  static const auto next = real<off_t (*)(int, off_t, int)>("lseek");
  std::string path;
  Watcher* watcher = watcher_of(file, path);
  if (watcher == nullptr) return next(file, at, whence);
  return dispatch<off_t>(*watcher, call_of(Kind::seek, "lseek", std::move(path)), -1,
                         [&](std::size_t) { return next(file, at, whence); });
}
int sync_file_range(int file, off64_t from, off64_t size, unsigned int flags) {
  static const auto next = real<int (*)(int, off64_t, off64_t, unsigned int)>("sync_file_range");
  std::string path;
  Watcher* watcher = watcher_of(file, path);
  if (watcher == nullptr) return next(file, from, size, flags);
  return dispatch<int>(*watcher, call_of(Kind::cache, "sync_file_range", std::move(path)), -1,
                       [&](std::size_t) { return next(file, from, size, flags); });
}
}
