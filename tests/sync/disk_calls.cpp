#include "disk_calls.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstddef>
#include <mutex>

namespace {

std::mutex mutex;
std::string watched;
std::string seen;

template <class Function>
Function next_of(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

void note(int file, bool sync) {
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  char name[4096];
  const ssize_t size = readlink(link.c_str(), name, sizeof name);
  const std::lock_guard guard(mutex);
  if (size <= 0 || watched.empty() ||
      watched != std::string_view(name, static_cast<std::size_t>(size))) {
    return;
  }
  const bool through = (fcntl(file, F_GETFL) & O_DSYNC) != 0;
  seen += sync ? 's' : (through ? 'W' : 'w');
}

}  // namespace

// A call counts once it has returned: what is noted before an acknowledgement was done before it.
extern "C" {
ssize_t pwrite(int file, const void* bytes, std::size_t size, off_t at) {
  static const auto real = next_of<ssize_t (*)(int, const void*, std::size_t, off_t)>("pwrite");
  const ssize_t written = real(file, bytes, size, at);
  note(file, false);
  return written;
}
ssize_t pwrite64(int file, const void* bytes, std::size_t size, off64_t at) {
  static const auto real = next_of<ssize_t (*)(int, const void*, std::size_t, off64_t)>("pwrite64");
  const ssize_t written = real(file, bytes, size, at);
  note(file, false);
  return written;
}
ssize_t writev(int file, const iovec* parts, int many) {
  static const auto real = next_of<ssize_t (*)(int, const iovec*, int)>("writev");
  const ssize_t written = real(file, parts, many);
  note(file, false);
  return written;
}
int fdatasync(int file) {
  static const auto real = next_of<int (*)(int)>("fdatasync");
  const int done = real(file);
  note(file, true);
  return done;
}
int fsync(int file) {
  static const auto real = next_of<int (*)(int)>("fsync");
  const int done = real(file);
  note(file, true);
  return done;
}
}

namespace janji::test {

void watch_disk_calls(const std::filesystem::path& file) {
  const std::lock_guard guard(mutex);
  watched = file.string();
  seen.clear();
}

std::string disk_calls() {
  const std::lock_guard guard(mutex);
  return seen;
}

}  // namespace janji::test
