// What libFuzzer calls. Compiled once for each target, which JANJI_FUZZ_TARGET names.
#include <cstddef>
#include <cstdint>

#include "fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  janji::fuzz::JANJI_FUZZ_TARGET({data, size});
  return 0;
}
