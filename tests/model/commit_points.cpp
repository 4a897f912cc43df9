#include "model/commit_points.hpp"

#include <algorithm>

namespace janji::model {

void CommitPoints::on_progress(const Progress& progress) noexcept {
  const std::lock_guard guard(mutex_);
  if (points_.empty() || points_.back() < progress.durable) points_.push_back(progress.durable);
}

Lsn CommitPoints::after(Lsn lsn) const {
  const std::lock_guard guard(mutex_);
  const auto found = std::upper_bound(points_.begin(), points_.end(), lsn);
  if (found != points_.end()) return *found;
  return points_.empty() ? lsn : points_.back();
}

}  // namespace janji::model
