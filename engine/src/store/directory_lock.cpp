#include "store/directory_lock.hpp"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/files.hpp"

namespace janji::store {
namespace {

constexpr char kLeft[] = "left in order\n";

std::string text_of(int descriptor) {
  char text[64];
  const ssize_t size = ::pread(descriptor, text, sizeof text, 0);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

// Advice for people and for the next start; no promise rests on it, so a failure is no error.
void say(int descriptor, const std::string& text) {
  if (::ftruncate(descriptor, 0) == 0) {
    [[maybe_unused]] const ssize_t size = ::pwrite(descriptor, text.data(), text.size(), 0);
  }
}

}  // namespace

Result<std::unique_ptr<DirectoryLock>> DirectoryLock::take(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return files::last_error(path, "opening");
  // flock and not fcntl: it also keeps out a second engine in this very process.
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int number = errno;
    const std::string owner = text_of(descriptor);
    ::close(descriptor);
    errno = number;
    if (number != EWOULDBLOCK) return files::last_error(path, "locking");
    return Error{Code::locked,
                 directory.string() + ": in use by " +
                     (owner.starts_with("process ") ? owner.substr(0, owner.find('\n'))
                                                    : std::string("another process"))};
  }
  const std::string before = text_of(descriptor);
  say(descriptor, "process " + std::to_string(::getpid()) + "\n");
  return std::unique_ptr<DirectoryLock>(
      new DirectoryLock(descriptor, before.empty() || before == kLeft));
}

DirectoryLock::~DirectoryLock() {
  ::close(descriptor_);
}

void DirectoryLock::leave_in_order() noexcept {
  say(descriptor_, kLeft);
}

}  // namespace janji::store
