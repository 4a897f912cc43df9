// Directories of a test's own, which go away with it.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <string>
#include <system_error>

namespace janji::test {

// Where programs have their temporary files, hence on a disk as a rule.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : TemporaryDirectory(std::filesystem::temp_directory_path()) {}
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  // Absolute and without links.
  const std::filesystem::path& path() const { return path_; }
  std::size_t entries() const {
    using Entries = std::filesystem::directory_iterator;
    return static_cast<std::size_t>(std::distance(Entries(path_), Entries()));
  }

 protected:
  explicit TemporaryDirectory(const std::filesystem::path& base) {
    std::string name = (std::filesystem::canonical(base) / "janji-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::system_error(errno, std::generic_category());
    path_ = name;
  }

 private:
  std::filesystem::path path_;
};

// In memory, where that can be had: for what fits there, and is made often.
class ScratchDirectory : public TemporaryDirectory {
 public:
  ScratchDirectory() : TemporaryDirectory(base()) {}

 private:
  static std::filesystem::path base() {
    const std::filesystem::path memory = "/dev/shm";
    return std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
  }
};

}  // namespace janji::test
