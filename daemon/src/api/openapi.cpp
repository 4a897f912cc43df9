#include "api/openapi.hpp"

namespace janjid {

std::string_view openapi_json() noexcept {
  static constexpr std::string_view kDocument =
#include "api/openapi.json.inc"
      ;
  return kDocument;
}

}  // namespace janjid
