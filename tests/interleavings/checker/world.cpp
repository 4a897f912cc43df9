// What the engine has of the world outside, for the checker: futex words, tables, broken
// invariants. Takes the place of the engine's own files of these names.
#include <janji/check.hpp>

#include "base/futex.hpp"
#include "base/region.hpp"
#include "checker/arena.hpp"
#include "checker/execution.hpp"

namespace janji {

using interleavings::Arena;
using interleavings::Execution;

void check_failed(const char* expression, const char* file, int line) noexcept {
  interleavings::require(false, std::string("broken invariant: ") + expression + " (" + file + ":" +
                                    std::to_string(line) + ")");
  std::abort();  // in set-up: nothing can go on
}

namespace base {

bool futex_wait(const std::atomic<std::uint32_t>& word, std::uint32_t expected,
                std::int64_t timeout_ms) noexcept {
  Execution* execution = Execution::current();
  JANJI_CHECK(execution != nullptr);
  return execution->futex_wait(&word, expected, timeout_ms >= 0);
}

void futex_wake_all(const std::atomic<std::uint32_t>& word) noexcept {
  if (Execution* execution = Execution::current()) execution->futex_wake_all(&word);
}

void* map_region(std::size_t bytes, bool) noexcept {
  return Arena::instance().take(bytes, 64);  // zeroed
}

void unmap_region(void*, std::size_t) noexcept {}

}  // namespace base
}  // namespace janji
