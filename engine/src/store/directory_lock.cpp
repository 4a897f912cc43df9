#include "store/directory_lock.hpp"

#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/files.hpp"

namespace janji::store {
namespace {

constexpr std::string_view kLeft = "left in order\n";
constexpr std::string_view kOwner = "process ";

std::string text_of(int descriptor) {
  char text[64];
  const ssize_t size = ::pread(descriptor, text, sizeof text, 0);
  return size > 0 ? std::string(text, static_cast<std::size_t>(size)) : std::string();
}

// Whom a locked file names, in words.
std::string owner_of(const std::string& text) {
  if (!text.starts_with(kOwner)) return "another process";
  const std::string named = text.substr(0, text.find('\n'));
  pid_t process = 0;
  std::from_chars(named.data() + kOwner.size(), named.data() + named.size(), process);
  // A lock belongs to the open file, which a child has too as long as it runs no other program.
  if (process > 0 && ::kill(process, 0) != 0 && errno == ESRCH) {
    return named + ", which isn't running here: a child of it may still have the file open";
  }
  return named;
}

// Written first and then cut off: whoever is killed on the way, or finds the disk full, leaves the
// text that was there, this one, or a mixture that means nothing to anybody. False: see errno.
bool say(int descriptor, std::string_view text) {
  const ssize_t written = ::pwrite(descriptor, text.data(), text.size(), 0);
  if (written >= 0 && written != static_cast<ssize_t>(text.size())) errno = ENOSPC;
  return written == static_cast<ssize_t>(text.size()) &&
         ::ftruncate(descriptor, static_cast<off_t>(text.size())) == 0;
}

// `made`: the file is this call's own.
int open_or_make(const std::filesystem::path& path, bool& made) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  made = descriptor >= 0;
  if (made || errno != EEXIST) return descriptor;
  return ::open(path.c_str(), O_RDWR | O_CLOEXEC);
}

// On failure the descriptor is closed.
Status lock(int descriptor, int how, const std::filesystem::path& directory) {
  // flock and not fcntl: it also keeps out a second engine in this very process.
  if (::flock(descriptor, how | LOCK_NB) == 0) return success();
  const int number = errno;
  const std::string text = text_of(descriptor);
  ::close(descriptor);
  errno = number;
  if (number != EWOULDBLOCK) return files::last_error(directory / "lock", "locking");
  return Error{Code::locked, directory.string() + ": in use by " + owner_of(text)};
}

}  // namespace

Result<std::unique_ptr<DirectoryLock>> DirectoryLock::share(
    const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "lock";
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 && errno != ENOENT) return files::last_error(path, "opening");
  if (descriptor >= 0) {
    if (Status locked = lock(descriptor, LOCK_SH, directory); !locked.ok()) return locked.error();
  }
  const bool in_order = descriptor < 0 || text_of(descriptor) == kLeft;
  return std::unique_ptr<DirectoryLock>(new DirectoryLock(descriptor, in_order));
}

Result<std::unique_ptr<DirectoryLock>> DirectoryLock::take(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "lock";
  bool made = false;
  const int descriptor = open_or_make(path, made);
  if (descriptor < 0) return files::last_error(path, "opening");
  if (Status locked = lock(descriptor, LOCK_EX, directory); !locked.ok()) return locked.error();
  const std::string before = text_of(descriptor);
  // The next start must be able to see that this one was here.
  if (!say(descriptor, std::string(kOwner) + std::to_string(::getpid()) + "\n")) {
    const Error error = files::last_error(path, "writing");
    ::close(descriptor);
    return error;
  }
  return std::unique_ptr<DirectoryLock>(
      new DirectoryLock(descriptor, (made && before.empty()) || before == kLeft));
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void DirectoryLock::leave_in_order() noexcept {
  (void)say(descriptor_, kLeft);  // if it fails, the next start looks more closely than it need
}

}  // namespace janji::store
