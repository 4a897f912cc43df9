// Messages for people, put together from parts.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>

namespace janji::base {

// A number to be written as 0x...
struct Hex {
  std::uint64_t value;
};

inline void append_words(std::string& to, std::string_view part) {
  to += part;
}
inline void append_words(std::string& to, Hex part) {
  char text[19];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(part.value));
  to += text;
}
template <class Number>
requires std::is_integral_v<Number>
void append_words(std::string& to, Number part) {
  to += std::to_string(part);
}

// words("record ", 17, " is no record") and so on. Off the decision path: it allocates.
template <class... Parts>
std::string words(const Parts&... parts) {
  std::string made;
  (append_words(made, parts), ...);
  return made;
}

}  // namespace janji::base
