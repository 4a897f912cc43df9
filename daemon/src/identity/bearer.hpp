// The Authorization header with a bearer token (RFC 6750, RFC 7235).
#pragma once

#include <cstddef>
#include <string_view>

#include <janji/result.hpp>

namespace janjid {

inline constexpr std::size_t kBearerMax = 512;

// The token in an Authorization header's value: the scheme "Bearer" in any case, one or more
// blanks (no tabs), and 1 to kBearerMax characters of b64token; nothing before or after. The
// result points into `value`. Whether it is a good token is for others to say.
// Error: `invalid_argument`; the detail names the header and what to send, never the token.
janji::Result<std::string_view> parse_bearer(std::string_view value);

}  // namespace janjid
