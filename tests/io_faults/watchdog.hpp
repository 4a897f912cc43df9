// Ends the program with words when something hangs.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

namespace janji::io_faults {

class Watchdog {
 public:
  Watchdog() : thread_([this] { run(); }) {}
  ~Watchdog() {
    {
      const std::lock_guard guard(mutex_);
      ended_ = true;
      changed_.notify_all();
    }
    thread_.join();
  }
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  // What begins now must have come to the next call of this within its time.
  void begin(std::string what) {
    const std::lock_guard guard(mutex_);
    what_ = std::move(what);
    ++number_;
    changed_.notify_all();
  }

 private:
  static constexpr auto kTime = std::chrono::seconds(60);  // a run takes milliseconds

  void run() {
    std::unique_lock lock(mutex_);
    while (!ended_) {
      const std::uint64_t number = number_;
      const bool moved =
          changed_.wait_for(lock, kTime, [&] { return ended_ || number_ != number; });
      if (moved) continue;
      std::fprintf(stderr, "hangs: %s\n", what_.c_str());
      std::abort();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string what_{"before the first"};
  std::uint64_t number_{0};
  bool ended_{false};
  std::thread thread_;  // last: it uses the rest
};

}  // namespace janji::io_faults
