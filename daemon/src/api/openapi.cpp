#include "api/openapi.hpp"

namespace janjid {

std::string_view openapi_json() noexcept {
  // Too long for the compiler to count it as a string_view would.
  static constexpr char kDocument[] =
#include "api/openapi.json.inc"
      ;
  return {kDocument, sizeof kDocument - 1};
}

}  // namespace janjid
