// Checks of invariants, on in every build: a broken invariant must stop the process before it
// can reach the disk. User input never trips one.
#pragma once

namespace janji {

// Writes what was broken and where to standard error, then aborts.
[[noreturn]] void check_failed(const char* expression, const char* file, int line) noexcept;

}  // namespace janji

// NOLINTNEXTLINE(cppcoreguidelines-macro-usage): the expression's text and place are wanted.
#define JANJI_CHECK(expression)                               \
  do {                                                        \
    if (!(expression)) [[unlikely]]                           \
      ::janji::check_failed(#expression, __FILE__, __LINE__); \
  } while (false)
