#pragma once

#include <string_view>

namespace janji::catalogue {

// True for an id that may stand in a URL and in a lane's key: a-z, 0-9 and -, the last not at
// its ends, at most kMaxIdLength characters.
bool valid_id(std::string_view id) noexcept;

// The same for a code as ISO 3166-2 has them: A-Z, a-z, 0-9 and -, at most 16.
bool valid_code(std::string_view code) noexcept;

// True for a name that stands in a list: a-z, 0-9 and _, at most kMaxIdLength characters.
bool valid_word(std::string_view name) noexcept;

}  // namespace janji::catalogue
