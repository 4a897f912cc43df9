// What a disk holds after the power was lost, and by which lot.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/random.hpp"

namespace janji::power {

using Bytes = std::span<const std::byte>;

std::vector<std::byte> read_file(const std::filesystem::path& path);

// What there is, by paths below the root.
class Image {
 public:
  void add_directory(const std::string& path) { entries_[path] = std::nullopt; }
  void add_file(const std::string& path, std::vector<std::byte> bytes) {
    entries_[path] = std::move(bytes);
  }
  bool has(const std::string& path) const { return entries_.contains(path); }
  // The bytes of a file that is there.
  const std::vector<std::byte>& file(const std::string& path) const {
    return entries_.at(path).value();
  }
  // Makes it below `directory`, which is there and empty.
  void write_to(const std::filesystem::path& directory) const;

 private:
  std::map<std::string, std::optional<std::vector<std::byte>>> entries_;  // nothing: a directory
};

// Which of the changes that weren't synced reached the disk. The same seed gives the same lot.
class Fates {
 public:
  // Everything, or nothing, of it.
  static Fates all() { return Fates(0, 100, 0); }
  static Fates none() { return Fates(0, 0, 0); }
  // Each change with the chance `kept`, in percent; of those that are, `torn` percent in part only.
  Fates(std::uint64_t seed, int kept, int torn) : seed_(seed), kept_(kept), torn_(torn) {}
  // Some lot, of those in which nearly everything is there or missing more often than chance has
  // it.
  static Fates drawn(model::Random& random);

  bool reached(std::uint64_t change) const { return roll(change, 0) < kept_; }
  bool torn(std::uint64_t change) const { return roll(change, 1) < torn_; }
  // Of a change that reached the disk: whether this sector of it did.
  bool reached(std::uint64_t change, std::uint64_t sector) const {
    return reached(change) && (!torn(change) || roll(change, 3 + sector) < 50);
  }
  // Of a change that reached it: whether the file's size did, whatever became of its sectors.
  bool resized(std::uint64_t change) const {
    return reached(change) && (!torn(change) || roll(change, 2) < 50);
  }
  bool mapped(std::uint64_t sector) const { return roll(~std::uint64_t{0}, sector) < kept_; }

 private:
  // From 0 to 99.
  int roll(std::uint64_t change, std::uint64_t of) const {
    return static_cast<int>(
        model::Random(model::Random(seed_ + change).next() + of * 0x9E3779B97F4A7C15ULL)
            .below(100));
  }

  std::uint64_t seed_;
  int kept_, torn_;
};

}  // namespace janji::power
