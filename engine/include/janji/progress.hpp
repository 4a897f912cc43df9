// Being told when decisions become durable.
#pragma once

#include <cstdint>

#include <janji/types.hpp>

namespace janji {

// How far the writer is. After each of its rounds the listeners hear this, on the writer's thread.
struct Progress {
  Lsn durable;              // every record up to here is on the disk
  std::uint64_t rounds{0};  // completed
  bool failed{false};       // a commit failed: nothing more will become durable
};

// Told of every completed round. Must return quickly: the writer waits for it. Must not call
// back into the engine, except durable_lsn().
class ProgressListener {
 public:
  virtual ~ProgressListener() = default;
  virtual void on_progress(const Progress& progress) noexcept = 0;
};

}  // namespace janji
