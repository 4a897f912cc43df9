#include "base/futex.hpp"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <ctime>

namespace janji::base {

static_assert(sizeof(std::atomic<std::uint32_t>) == sizeof(std::uint32_t));

bool futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                std::int64_t timeout_ms) noexcept {
  timespec relative{};
  relative.tv_sec = timeout_ms / 1000;
  relative.tv_nsec = (timeout_ms % 1000) * 1'000'000;
  const long result = syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, expected,
                              timeout_ms < 0 ? nullptr : &relative, nullptr, 0);
  return result == 0 || errno != ETIMEDOUT;
}

void futex_wake_all(const std::atomic<std::uint32_t>& word) noexcept {
  syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace janji::base
