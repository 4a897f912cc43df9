// From a C function to the watcher: for the functions that stand in place of the C library's.
#pragma once

#include <dlfcn.h>

#include <cerrno>
#include <string>

#include "support/disk/disk_watch.hpp"

namespace janji::disk {

// The C library's own.
template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

// Who watches this path or open file; nobody: the call is made as it is. Sets `path`.
Watcher* watcher_of(const char* named, std::string& path);
Watcher* watcher_of(int file, std::string& path);

// A watcher's own calls are its own business: while this lives, this thread's aren't shown.
class Unwatched {
 public:
  Unwatched();
  ~Unwatched();
  Unwatched(const Unwatched&) = delete;
  Unwatched& operator=(const Unwatched&) = delete;
};

// Shows `call`, makes it by `make(most)` unless it is ruled out, and shows what came of it.
template <class Returns, class Make>
Returns dispatch(Watcher& watcher, const Call& call, Returns failure, Make&& make) {
  const Unwatched inside;
  const Ruling ruling = watcher.before(call);
  Returns result = failure;
  int number = ruling.error;
  if (ruling.error == 0 || ruling.made) {
    errno = 0;
    result = make(ruling.most);
    if (ruling.error == 0) number = errno;
  }
  if (ruling.error != 0) result = failure;
  const bool failed = result == failure;
  if constexpr (std::is_pointer_v<Returns>) {
    watcher.after(call, failed ? -1 : 0);
  } else {
    watcher.after(call, static_cast<std::int64_t>(result));
  }
  if (failed) errno = number;
  return result;
}

}  // namespace janji::disk
