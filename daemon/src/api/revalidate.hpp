// Answers that clients may keep.
#pragma once

#include <string_view>

#include "http/request.hpp"
#include "http/response.hpp"

namespace janjid {

// 304 when the request's If-None-Match names `tag`, else 200 with the body. Body, tag and cache
// control must live until the response is rendered.
Response revalidated(const Request& request, std::string_view body, std::string_view tag,
                     std::string_view cache_control);

}  // namespace janjid
