// What the engine has of the world outside, for the checker: threads' waits, tables, broken
// invariants. Takes the place of the engine's own files of these names.
#include <janji/check.hpp>

#include "base/region.hpp"
#include "base/threads.hpp"
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

namespace {

class ExploredThreads final : public Threads {
 public:
  // The scenes have their own threads.
  std::unique_ptr<Thread> start(std::function<void()>) override {
    JANJI_CHECK(false);
    return nullptr;
  }
  void wait(const Word& word, std::uint32_t expected, std::int64_t timeout_ms) noexcept override {
    Execution* execution = Execution::current();
    JANJI_CHECK(execution != nullptr);
    execution->futex_wait(&word, expected, timeout_ms);
  }
  void wake_all(const Word& word) noexcept override {
    if (Execution* execution = Execution::current()) execution->futex_wake_all(&word);
  }
  std::int64_t steady_ms() const noexcept override {
    Execution* execution = Execution::current();
    return execution == nullptr ? 0 : execution->steady_ms();
  }
};

ExploredThreads threads;

}  // namespace

Threads& system_threads() noexcept {
  return threads;
}

namespace base {

void* map_region(std::size_t bytes, bool) noexcept {
  return Arena::instance().take(bytes, 64);  // zeroed
}

void unmap_region(void*, std::size_t) noexcept {}

}  // namespace base
}  // namespace janji
