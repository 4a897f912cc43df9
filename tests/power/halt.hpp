// A writer that stands between two rounds, so that what is decided meanwhile is one round.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include <janji/engine.hpp>

namespace janji::power {

class Halt final : public ProgressListener {
 public:
  // Runs `decide` while the writer stands still; afterwards all of it is durable.
  template <class Decide>
  void during(Engine& engine, Decide&& decide) {
    {
      const std::lock_guard guard(mutex_);
      shut_ = true;
    }
    // Brings the writer here, by a round in which there may be nothing.
    std::thread knocker([&] { (void)engine.settle(); });
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stands_; });
    }
    decide();
    {
      const std::lock_guard guard(mutex_);
      shut_ = false;
      stands_ = false;
      changed_.notify_all();
    }
    knocker.join();
    (void)engine.settle();
  }

  // Completed ones, as far as the writer has told.
  std::uint64_t rounds() {
    const std::lock_guard guard(mutex_);
    return rounds_;
  }

  void on_progress(const Progress& progress) noexcept override {
    std::unique_lock lock(mutex_);
    rounds_ = progress.rounds;
    if (!shut_ || progress.failed) return;
    stands_ = true;
    changed_.notify_all();
    changed_.wait(lock, [this] { return !shut_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool shut_{false};
  bool stands_{false};
  std::uint64_t rounds_{0};
};

}  // namespace janji::power
