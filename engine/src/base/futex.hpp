// Sleeping until a 32-bit word changes: the one way in which the engine's threads wait.
#pragma once

#include <atomic>
#include <cstdint>

namespace janji::base {

// Sleeps while `word` holds `expected`, at most `timeout_ms` (negative: no limit), or until woken,
// or for no reason: callers look again. Returns false only on time-out.
bool futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                std::int64_t timeout_ms) noexcept;

void futex_wake_all(const std::atomic<std::uint32_t>& word) noexcept;

}  // namespace janji::base
