#pragma once

#include <cstddef>
#include <string_view>

namespace janji::catalogue {

// Where the first byte stands that isn't part of well-formed UTF-8 (RFC 3629), or is NUL; the
// text's size when there is none.
std::size_t find_invalid_text(std::string_view text) noexcept;

// True if the text has a control character (below U+0020, or U+007F).
bool has_control_character(std::string_view text) noexcept;

}  // namespace janji::catalogue
