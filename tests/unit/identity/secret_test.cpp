#include "identity/secret.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

namespace {

using janjid::Key32;

// The flags that the kernel keeps for the memory `at` lies in, e.g. "rd wr mr mw me dd".
std::string kernel_flags(const std::uint8_t* at) {
  const auto address = reinterpret_cast<std::uintptr_t>(at);
  std::ifstream smaps{"/proc/self/smaps"};
  bool here = false;
  for (std::string line; std::getline(smaps, line);) {
    std::uintptr_t first = 0;
    std::uintptr_t last = 0;
    char dash = 0;
    std::istringstream words{line};
    if (words >> std::hex >> first >> dash >> last && dash == '-') {
      here = address >= first && address < last;
    }
    if (here && line.rfind("VmFlags:", 0) == 0) return line.substr(8) + " ";
  }
  return "";
}

TEST_CASE("a secret is zero at first and moves as a whole") {
  Key32 secret;
  const auto is_zero = [](std::uint8_t byte) { return byte == 0; };
  REQUIRE(std::all_of(secret.bytes().begin(), secret.bytes().end(), is_zero));
  std::fill(secret.mutable_bytes().begin(), secret.mutable_bytes().end(), std::uint8_t{7});
  const std::uint8_t* const place = secret.data();
  const Key32 taken = std::move(secret);
  REQUIRE(taken.data() == place);  // nothing was copied that would have to be wiped
  REQUIRE(taken.bytes()[31] == 7);
}

TEST_CASE("a secret lies in memory that is left out of core dumps") {
  const Key32 secret;
  const std::string flags = kernel_flags(secret.data());
  CAPTURE(flags);
  REQUIRE(flags.find(" dd ") != std::string::npos);
  const std::string ordinary(100, 'x');
  const std::string other = kernel_flags(reinterpret_cast<const std::uint8_t*>(ordinary.data()));
  REQUIRE(other.find(" rd ") != std::string::npos);  // the test can read flags at all
  REQUIRE(other.find(" dd ") == std::string::npos);
}

}  // namespace
