#include "identity/access_watch.hpp"

#include <sys/stat.h>

#include <spdlog/spdlog.h>

namespace janjid {

AccessWatch::Stamp AccessWatch::stamp() const noexcept {
  struct stat found {};
  if (stat(file_.c_str(), &found) != 0) return {};
  return {std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec, found.st_ino,
          static_cast<std::uint64_t>(found.st_size)};
}

std::shared_ptr<const AccessKeys> AccessWatch::keys(std::int64_t now_ms) {
  const std::lock_guard lock(mutex_);
  if (file_.empty() || now_ms - checked_ms_ < kCheckMs) return keys_;
  checked_ms_ = now_ms;
  // Before the reading: what is written behind it is seen at the next look.
  const Stamp now = stamp();
  if (now == seen_) return keys_;
  auto loaded = AccessKeys::load(file_);
  // What failed is tried again at the next look: the fault may not have been the file's.
  seen_ = loaded.ok() ? now : kNeverSeen;
  std::string problem = loaded.ok() ? std::string() : loaded.error().detail;
  if (!problem.empty() && problem != problem_) {
    spdlog::error("no access key is taken: {}", problem);
  }
  problem_ = std::move(problem);
  keys_ = std::make_shared<const AccessKeys>(loaded.ok() ? std::move(*loaded) : AccessKeys{});
  return keys_;
}

std::string AccessWatch::problem() const {
  const std::lock_guard lock(mutex_);
  return problem_;
}

}  // namespace janjid
