#include "http/request.hpp"

#include "http/tokens.hpp"

namespace janjid {

std::size_t Request::count(std::string_view name) const noexcept {
  std::size_t found = 0;
  for (const HeaderField& field : fields) found += equals_ignoring_case(field.name, name) ? 1U : 0U;
  return found;
}

std::optional<std::string_view> Request::find(Field wanted) const noexcept {
  for (const HeaderField& field : fields) {
    if (field.id == wanted) return field.value;
  }
  return std::nullopt;
}

std::optional<std::string_view> Request::find(std::string_view name) const noexcept {
  for (const HeaderField& field : fields) {
    if (equals_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

}  // namespace janjid
