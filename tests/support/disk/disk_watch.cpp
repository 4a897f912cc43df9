#include "support/disk/disk_watch.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string_view>

#include "support/disk/dispatch.hpp"

namespace janji::disk {
namespace {

// Release when it is set, acquire by every call: whoever sees a watcher sees its folder.
std::atomic<Watcher*> current{nullptr};
std::string watched;  // constant while there is a watcher
thread_local int unwatched = 0;

bool lies_below(std::string_view path) {
  return path.starts_with(watched) &&
         (path.size() == watched.size() || path[watched.size()] == '/');
}

}  // namespace

const char* name_of(Kind kind) {
  constexpr std::array<const char*, kKinds> kNames{"open",  "write",  "resize", "sync", "map",
                                                   "mkdir", "rename", "remove", "ask",  "seek",
                                                   "read",  "lock",   "cache"};
  return kNames[static_cast<std::size_t>(kind)];
}

Watcher* watcher_of(const char* named, std::string& path) {
  // Acquire: pairs with Watch.
  Watcher* watcher = current.load(std::memory_order_acquire);
  if (watcher == nullptr || unwatched > 0 || named == nullptr || !lies_below(named)) return nullptr;
  path = named;
  return watcher;
}

Watcher* watcher_of(int file, std::string& path) {
  // Acquire: pairs with Watch.
  Watcher* watcher = current.load(std::memory_order_acquire);
  if (watcher == nullptr || unwatched > 0 || file < 0) return nullptr;
  const std::string link = "/proc/self/fd/" + std::to_string(file);
  std::array<char, 4096> name;
  const ssize_t size = ::readlink(link.c_str(), name.data(), name.size());
  if (size <= 0) return nullptr;
  path.assign(name.data(), static_cast<std::size_t>(size));
  return lies_below(path) ? watcher : nullptr;
}

Unwatched::Unwatched() {
  ++unwatched;
}
Unwatched::~Unwatched() {
  --unwatched;
}

Watch::Watch(const std::filesystem::path& folder, Watcher& watcher) {
  watched = folder.string();
  current.store(&watcher, std::memory_order_release);  // pairs with watcher_of()
}

Watch::~Watch() {
  current.store(nullptr, std::memory_order_release);  // pairs with watcher_of()
}

}  // namespace janji::disk
