// How much a test has tried, told in the line that tests/soak adds up.
#pragma once

#include <cstdint>
#include <cstdio>

namespace janji::test {

// "counted 5000 seeds": a unit is a plural noun, the same each time.
inline void counted(std::uint64_t number, const char* unit) {
  std::printf("counted %llu %s\n", static_cast<unsigned long long>(number), unit);
}

}  // namespace janji::test
