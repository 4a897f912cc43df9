// How a target says that something is wrong.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace janji::fuzz {

// Whoever runs the target keeps the input.
[[noreturn]] inline void complain(const std::string& words) {
  std::fprintf(stderr, "fuzz: %s\n", words.c_str());
  std::abort();
}

inline void require(bool holds, std::string_view words) {
  if (!holds) complain(std::string(words));
}

// Words of what is wrong, or none.
inline void require_none(const std::string& wrong) {
  if (!wrong.empty()) complain(wrong);
}

}  // namespace janji::fuzz
