#include "base/threads.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <climits>
#include <ctime>
#include <thread>
#include <utility>

namespace janji {
namespace {

static_assert(sizeof(Threads::Word) == sizeof(std::uint32_t));

class SystemThread final : public Threads::Thread {
 public:
  explicit SystemThread(std::function<void()> body) : thread_(std::move(body)) {}
  void join() override { thread_.join(); }

 private:
  std::thread thread_;
};

class SystemThreads final : public Threads {
 public:
  std::unique_ptr<Thread> start(std::function<void()> body) override {
    return std::make_unique<SystemThread>(std::move(body));
  }

  void wait(const Word& word, std::uint32_t expected, std::int64_t timeout_ms) noexcept override {
    timespec relative{};
    relative.tv_sec = timeout_ms / 1000;
    relative.tv_nsec = (timeout_ms % 1000) * 1'000'000;
    syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected, timeout_ms < 0 ? nullptr : &relative,
            nullptr, 0);
  }

  void wake_all(const Word& word) noexcept override {
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
  }

  std::int64_t steady_ms() const noexcept override {
    // Rounded up, so that no limit is over before its time.
    return std::chrono::ceil<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
};

}  // namespace

Threads& system_threads() noexcept {
  // Never destroyed: an engine in a static variable ends after whatever it made on the way.
  static SystemThreads& threads = *new SystemThreads;
  return threads;
}

}  // namespace janji
