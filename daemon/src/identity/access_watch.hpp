// The file of access keys, as it is now.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "identity/access_keys.hpp"

namespace janjid {

// Problem: a key that was made or revoked must count within a moment, without a restart.
// Operation: whoever asks finds the table that was read last; once in kCheckMs somebody looks
// whether the file is another one and reads it. A file that can't be read lets nobody in, until it
// is mended: a revoked key must not be good because a disk has a fault.
// Concurrency: any thread; a lock for the length of a look. Only requests that carry an access key
// come here.
class AccessWatch {
 public:
  static constexpr std::int64_t kCheckMs = 500;

  // An empty path: there are no keys.
  explicit AccessWatch(std::filesystem::path file) : file_(std::move(file)) {}

  // Never null. `now_ms`: of a monotonic clock.
  std::shared_ptr<const AccessKeys> keys(std::int64_t now_ms);
  // What is wrong with the file; empty: nothing.
  std::string problem() const;

 private:
  struct Stamp {
    std::int64_t modified_ns{-1};
    std::uint64_t inode{0};
    std::uint64_t size{0};
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  static constexpr Stamp kNeverSeen{-2, 0, 0};
  Stamp stamp() const noexcept;

  const std::filesystem::path file_;
  mutable std::mutex mutex_;
  std::shared_ptr<const AccessKeys> keys_{std::make_shared<const AccessKeys>()};
  Stamp seen_{kNeverSeen};
  std::int64_t checked_ms_{-kCheckMs};
  std::string problem_;
};

}  // namespace janjid
