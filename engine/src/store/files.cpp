#include "store/files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace janji::store::files {
namespace {

constexpr mode_t kFileMode = 0600;
constexpr mode_t kDirectoryMode = 0700;
constexpr std::size_t kSmallFileMax = 4096;

class Descriptor {
 public:
  explicit Descriptor(int descriptor) : descriptor_(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  int get() const { return descriptor_; }
  bool ok() const { return descriptor_ >= 0; }

 private:
  int descriptor_;
};

Path directory_of(const Path& path) {
  const Path parent = path.parent_path();
  return parent.empty() ? Path(".") : parent;
}

Status write_all(const Path& path, const std::string& text) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode));
  if (!file.ok()) return last_error(path, "opening");
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t some = ::write(file.get(), text.data() + written, text.size() - written);
    if (some < 0 && errno == EINTR) continue;
    if (some < 0) return last_error(path, "writing");
    written += static_cast<std::size_t>(some);
  }
  if (::fsync(file.get()) != 0) return last_error(path, "syncing");
  return success();
}

// For a name that was there before: whoever made it may have been killed before he synced it. A
// directory that can't be read can't be synced either, and is somebody else's to look after.
Status sync_if_readable(const Path& directory) {
  if (::access(directory.c_str(), R_OK) != 0 && errno == EACCES) return success();
  return sync_directory(directory);
}

}  // namespace

Error last_error(const Path& path, const char* doing) {
  return Error{Code::io_error,
               path.string() + ": " + doing + ": " + std::system_category().message(errno)};
}

Status sync_directory(const Path& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.ok()) return last_error(path, "opening");
  if (::fsync(directory.get()) != 0) return last_error(path, "syncing");
  return success();
}

Status make_directory(const Path& path) {
  struct stat there {};
  const Path parent = directory_of(path);
  if (::stat(path.c_str(), &there) == 0) {
    if (S_ISDIR(there.st_mode)) return sync_if_readable(parent);
    errno = ENOTDIR;
    return last_error(path, "opening");
  }
  if (errno != ENOENT) return last_error(path, "opening");
  if (parent != path) {
    if (Status status = make_directory(parent); !status.ok()) return status;
  }
  if (::mkdir(path.c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
    return last_error(path, "making the directory");
  }
  return sync_directory(parent);
}

Result<bool> exists(const Path& path) {
  struct stat there {};
  if (::stat(path.c_str(), &there) == 0) return true;
  if (errno != ENOENT) return last_error(path, "looking for it");
  return false;
}

Result<std::optional<std::string>> read(const Path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) {
    if (errno == ENOENT) return std::optional<std::string>{};
    return last_error(path, "opening");
  }
  std::string text(kSmallFileMax, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const ssize_t some = ::read(file.get(), text.data() + size, text.size() - size);
    if (some < 0 && errno == EINTR) continue;
    if (some < 0) return last_error(path, "reading");
    if (some == 0) break;
    size += static_cast<std::size_t>(some);
  }
  text.resize(size);
  return std::optional<std::string>{std::move(text)};
}

Status write(const Path& path, const std::string& text) {
  Path made = path;
  made += ".new";
  if (Status status = write_all(made, text); !status.ok()) return status;
  return files::rename(made, path);
}

Status overwrite(const Path& path, std::uint64_t at, std::span<const std::byte> bytes) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.ok()) return last_error(path, "opening");
  std::size_t written = 0;
  while (written < bytes.size()) {
    const std::span<const std::byte> rest = bytes.subspan(written);
    const ssize_t some =
        ::pwrite(file.get(), rest.data(), rest.size(), static_cast<off_t>(at + written));
    if (some < 0 && errno == EINTR) continue;
    if (some < 0) return last_error(path, "writing");
    written += static_cast<std::size_t>(some);
  }
  if (::fsync(file.get()) != 0) return last_error(path, "syncing");
  return success();
}

Status remove(const Path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return last_error(path, "removing");
  return success();
}

Status rename(const Path& from, const Path& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return last_error(from, "renaming");
  return sync_directory(directory_of(to));
}

Status drop_from_cache(const Path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) {
    if (errno == ENOENT) return success();
    return last_error(path, "opening");
  }
  // Only clean pages can be dropped. This is no second try of a failed flush: whatever comes of
  // it, what is read afterwards is what the disk has, and is checked as such.
  if (::fsync(file.get()) != 0) return last_error(path, "syncing");
  const int number = ::posix_fadvise(file.get(), 0, 0, POSIX_FADV_DONTNEED);
  if (number != 0) {
    errno = number;
    return last_error(path, "dropping from the cache");
  }
  return success();
}

}  // namespace janji::store::files
