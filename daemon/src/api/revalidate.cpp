#include "api/revalidate.hpp"

#include "http/entity_tag.hpp"

namespace janjid {

Response revalidated(const Request& request, std::string_view body, std::string_view tag,
                     std::string_view cache_control) {
  Response response;
  response.cache_control = cache_control;
  response.add_header("ETag", tag);
  const auto known = request.find(Field::if_none_match);
  if (known && matches_entity_tag(*known, tag)) {
    response.status = 304;
    response.content_type = {};
    return response;
  }
  response.borrowed_body = body;
  return response;
}

}  // namespace janjid
