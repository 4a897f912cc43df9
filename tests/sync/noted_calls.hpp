// The calls that write one file and sync it, in their order.
#pragma once

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>

#include "support/disk/disk_watch.hpp"

namespace janji::test {

// Make it before the engine whose files lie below `folder`, and let it outlive that.
class NotedCalls final : public disk::Watcher {
 public:
  explicit NotedCalls(const std::filesystem::path& folder) : watch_(folder, *this) {}

  // From now on, of this file, and nothing of before. By any thread.
  void begin(const std::filesystem::path& file);

  // Since then, a letter each: w written, into the kernel's cache; W written through to the disk,
  // for the file is open with O_DSYNC; s synced; c its clean pages dropped from the cache; m
  // mapped.
  std::string seen() const;

  disk::Ruling before(const disk::Call&) override { return {}; }
  void after(const disk::Call& call, std::int64_t result) override;

 private:
  mutable std::mutex mutex_;
  std::string file_;
  std::string seen_;
  disk::Watch watch_;  // last: nothing is shown before the rest is there
};

}  // namespace janji::test
