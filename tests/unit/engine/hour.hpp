#pragma once

#include <cstdint>

namespace janji::test {

inline constexpr std::int64_t kHour = 3'600'000;

}  // namespace janji::test
