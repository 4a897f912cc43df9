#include "identity/private_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <string>
#include <system_error>

#include <sodium.h>

namespace janjid {
namespace {

namespace fs = std::filesystem;

constexpr char kBeside[] = ".new-";  // and the process's id, and a random number

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_;
};

// The path as one word of a shell command.
std::string quoted(const fs::path& path) {
  std::string word = "'";
  for (const char c : path.native()) {
    if (c == '\'') {
      word += "'\\''";
    } else {
      word += c;
    }
  }
  return word + "'";
}

janji::Error refuse(const fs::path& path, const std::string& problem) {
  return {janji::Code::io_error, path.native() + " " + problem};
}

janji::Error refuse(const fs::path& path, const char* what, int error) {
  return refuse(path, std::string{what} + ": " + std::generic_category().message(error));
}

// Whether the file is ours alone. An ACL for somebody else shows in the group's bits.
janji::Status check_guarded(const fs::path& path, int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return refuse(path, "can't be examined", errno);
  if (!S_ISREG(status.st_mode)) return refuse(path, "is not a regular file");
  if (status.st_uid != ::geteuid() && status.st_uid != 0) {
    return refuse(path, "belongs to user " + std::to_string(status.st_uid) +
                            ", who could exchange it; run: chown " + std::to_string(::geteuid()) +
                            " " + quoted(path));
  }
  const unsigned mode = status.st_mode & 07777U;
  if ((mode & 077U) != 0) {
    std::array<char, 8> octal{};
    std::snprintf(octal.data(), octal.size(), "%04o", mode);
    return refuse(path, std::string{"has mode "} + octal.data() +
                            ", so others can reach the secrets in it; run: chmod 600 " +
                            quoted(path));
  }
  return janji::success();
}

// 0 and `size`, or errno.
int read_all(int fd, std::span<std::uint8_t> to, std::size_t& size) {
  size = 0;
  while (size < to.size()) {
    const ssize_t got = ::read(fd, to.data() + size, to.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  return 0;
}

bool write_all(int fd, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
  return true;
}

fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path{"."};
}

// Of the directory that `path` stands in. 0, or errno.
int sync_directory(const fs::path& path) {
  const fs::path directory = directory_of(path);
  const Descriptor fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return fd.valid() && ::fsync(fd.get()) == 0 ? 0 : errno;
}

// 0, or errno: EEXIST when `to` is there and must be kept.
int move_into_place(const fs::path& from, const fs::path& to, Existing existing) {
  const unsigned flags = existing == Existing::keep ? RENAME_NOREPLACE : 0U;
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0) return 0;
  if (errno != EINVAL || existing == Existing::replace) return errno;
  // A file system without that flag: a hard link doesn't replace either.
  if (::link(from.c_str(), to.c_str()) != 0) return errno;
  ::unlink(from.c_str());
  return 0;
}

// Fills the new file and makes it durable. 0, or errno.
int fill(int fd, std::span<const std::uint8_t> bytes) {
  const bool done = ::fchmod(fd, 0600) == 0 &&  // whatever the umask took away
                    write_all(fd, bytes) && ::fsync(fd) == 0;
  return done ? 0 : errno;
}

}  // namespace

janji::Result<std::size_t> read_private_file(const fs::path& path, std::span<std::uint8_t> to) {
  // Not blocking: a FIFO or a terminal must not make us wait before we see what it is.
  const Descriptor fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (!fd.valid()) return refuse(path, "can't be opened", errno);
  if (const janji::Status guarded = check_guarded(path, fd.get()); !guarded) {
    return guarded.error();
  }
  std::size_t size = 0;
  if (const int error = read_all(fd.get(), to, size); error != 0) {
    return refuse(path, "can't be read", error);
  }
  return size;
}

int write_private_file(const fs::path& path, std::span<const std::uint8_t> bytes,
                       Existing existing) {
  const fs::path beside = path.native() + kBeside + std::to_string(::getpid()) + "-" +
                          std::to_string(randombytes_random());
  const Descriptor fd{::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!fd.valid()) return errno;
  int error = fill(fd.get(), bytes);
  if (error == 0) error = move_into_place(beside, path, existing);
  if (error != 0) {
    ::unlink(beside.c_str());
    return error;
  }
  return sync_directory(path);
}

void remove_leftovers(const fs::path& path) noexcept {
  const std::string prefix = path.filename().native() + kBeside;
  std::error_code ec;
  fs::directory_iterator at{directory_of(path), ec};
  // Whoever can't look here can't be helped: the files are no danger to anything but a backup.
  for (const fs::directory_iterator end; !ec && at != end; at.increment(ec)) {
    if (at->path().filename().native().starts_with(prefix)) ::unlink(at->path().c_str());
  }
}

int make_private_directory(const fs::path& path) {
  struct stat there {};
  if (::stat(path.c_str(), &there) == 0) return S_ISDIR(there.st_mode) ? 0 : ENOTDIR;
  if (errno != ENOENT) return errno;
  const fs::path parent = directory_of(path);
  if (parent != path) {
    if (const int error = make_private_directory(parent); error != 0) return error;
  }
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return errno;
  return sync_directory(path);
}

}  // namespace janjid
