// In place of the C library's: what opens, makes, renames, removes and asks by name.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>

#include "support/disk/dispatch.hpp"

using namespace janji::disk;

namespace {

int open_by(const char* function, const char* name, int flags, mode_t mode) {
  const auto next = real<int (*)(const char*, int, mode_t)>(function);
  Call call;
  Watcher* watcher = watcher_of(name, call.path);
  if (watcher == nullptr) return next(name, flags, mode);
  call.kind = Kind::open;
  call.function = function;
  call.creates = (flags & O_CREAT) != 0;
  call.empties = (flags & O_TRUNC) != 0;
  call.writable = (flags & O_ACCMODE) != O_RDONLY;
  return dispatch<int>(*watcher, call, -1, [&](std::size_t) { return next(name, flags, mode); });
}

template <class Make>
int by_name(Kind kind, const char* function, const char* name, Make&& make) {
  Call call;
  Watcher* watcher = watcher_of(name, call.path);
  if (watcher == nullptr) return make();
  call.kind = kind;
  call.function = function;
  return dispatch<int>(*watcher, call, -1, [&](std::size_t) { return make(); });
}

template <class Make>
int by_file(Kind kind, const char* function, int file, Make&& make) {
  Call call;
  Watcher* watcher = watcher_of(file, call.path);
  if (watcher == nullptr) return make();
  call.kind = kind;
  call.function = function;
  return dispatch<int>(*watcher, call, -1, [&](std::size_t) { return make(); });
}

mode_t mode_from(int flags, va_list rest) {
  return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(rest, unsigned int)) : 0;
}

}  // namespace

extern "C" {
int open(const char* name, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_from(flags, rest);
  va_end(rest);
  return open_by("open", name, flags, mode);
}
int open64(const char* name, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = mode_from(flags, rest);
  va_end(rest);
  return open_by("open64", name, flags, mode);
}
int mkdir(const char* name, mode_t mode) noexcept {
  static const auto next = real<int (*)(const char*, mode_t)>("mkdir");
  return by_name(Kind::make_directory, "mkdir", name, [&] { return next(name, mode); });
}
int unlink(const char* name) noexcept {
  static const auto next = real<int (*)(const char*)>("unlink");
  return by_name(Kind::remove, "unlink", name, [&] { return next(name); });
}
int rename(const char* from, const char* to) noexcept {
  static const auto next = real<int (*)(const char*, const char*)>("rename");
  Call call;
  Watcher* watcher = watcher_of(from, call.path);
  if (watcher == nullptr) return next(from, to);
  call.kind = Kind::rename;
  call.function = "rename";
  call.to = to;
  return dispatch<int>(*watcher, call, -1, [&](std::size_t) { return next(from, to); });
}
int stat(const char* name, struct stat* into) noexcept {
  static const auto next = real<int (*)(const char*, struct stat*)>("stat");
  return by_name(Kind::ask, "stat", name, [&] { return next(name, into); });
}
int fstat(int file, struct stat* into) noexcept {
  static const auto next = real<int (*)(int, struct stat*)>("fstat");
  return by_file(Kind::ask, "fstat", file, [&] { return next(file, into); });
}
int statvfs(const char* name, struct statvfs* into) noexcept {
  static const auto next = real<int (*)(const char*, struct statvfs*)>("statvfs");
  return by_name(Kind::ask, "statvfs", name, [&] { return next(name, into); });
}
int flock(int file, int operation) noexcept {
  static const auto next = real<int (*)(int, int)>("flock");
  return by_file(Kind::lock, "flock", file, [&] { return next(file, operation); });
}
// Returns its error instead of setting errno.
int posix_fadvise(int file, off_t from, off_t size, int advice) noexcept {
  static const auto next = real<int (*)(int, off_t, off_t, int)>("posix_fadvise");
  int number = 0;
  const int done = by_file(Kind::cache, "posix_fadvise", file, [&] {
    number = next(file, from, size, advice);
    return number == 0 ? 0 : -1;
  });
  return done == 0 ? 0 : (number != 0 ? number : errno);
}
}
