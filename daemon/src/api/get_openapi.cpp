#include "api/handlers.hpp"
#include "api/openapi.hpp"
#include "api/revalidate.hpp"
#include "http/entity_tag.hpp"

namespace janjid {

Reply get_openapi(Exchange& exchange) {
  static const std::string kTag = make_entity_tag(openapi_json());
  return revalidated(exchange.request, openapi_json(), kTag, "public, max-age=300");
}

}  // namespace janjid
