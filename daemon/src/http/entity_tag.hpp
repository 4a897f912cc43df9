// ETag and If-None-Match (RFC 9110, 8.8.3 and 13.1.2).
#pragma once

#include <string>
#include <string_view>

namespace janjid {

// A strong entity tag, in its quotes, made of the content.
std::string make_entity_tag(std::string_view content);

// True when an If-None-Match header names `tag` (weakly compared) or is "*".
bool matches_entity_tag(std::string_view if_none_match, std::string_view tag) noexcept;

}  // namespace janjid
