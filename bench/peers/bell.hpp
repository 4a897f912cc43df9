// Sleeping until something holds, without a lock.
#pragma once

#include <atomic>
#include <cstdint>

#include "base/threads.hpp"

namespace janji::bench::peers {

// One thread waits, any rings. What `ready` looks at must be stored with seq_cst before ring():
// then either the sleeper sees it, or the ringer sees the sleeper.
class Bell {
 public:
  template <class Ready>
  void wait(Ready&& ready) noexcept {
    // A moment's spinning: what comes at once needs no sleep.
    for (int i = 0; i < kSpins; ++i) {
      if (ready()) return;
      __builtin_ia32_pause();
    }
    while (!ready()) {
      asleep_.store(1, std::memory_order_seq_cst);
      if (!ready()) system_threads().wait(asleep_, 1, 100);
      asleep_.store(0, std::memory_order_seq_cst);
    }
  }
  void ring() noexcept {
    if (asleep_.load(std::memory_order_seq_cst) != 0 &&
        asleep_.exchange(0, std::memory_order_seq_cst) != 0) {
      system_threads().wake_all(asleep_);
    }
  }

 private:
  static constexpr int kSpins = 64;
  alignas(64) std::atomic<std::uint32_t> asleep_{0};
};

}  // namespace janji::bench::peers
