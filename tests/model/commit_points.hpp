// Which LSNs were published as durable.
#pragma once

#include <mutex>
#include <vector>

#include <janji/progress.hpp>
#include <janji/types.hpp>

namespace janji::model {

// The durable LSNs in the order in which they were published. To be added to an engine's listeners.
class CommitPoints final : public ProgressListener {
 public:
  void on_progress(const Progress& progress) noexcept override;
  // The first one greater than `lsn`; the last of all when there is none.
  Lsn after(Lsn lsn) const;

 private:
  mutable std::mutex mutex_;
  std::vector<Lsn> points_;
};

}  // namespace janji::model
