#include <janji/check.hpp>

#include <cstdio>
#include <cstdlib>

namespace janji {

void check_failed(const char* expression, const char* file, int line) noexcept {
  std::fprintf(stderr, "janji: broken invariant: %s (%s:%d)\n", expression, file, line);
  std::abort();
}

}  // namespace janji
