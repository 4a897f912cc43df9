#include "catalogue/ids.hpp"

#include <algorithm>

#include <janji/catalogue.hpp>

namespace janji::catalogue {
namespace {

bool small_letter(char c) {
  return c >= 'a' && c <= 'z';
}
bool capital_letter(char c) {
  return c >= 'A' && c <= 'Z';
}
bool digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

bool valid_id(std::string_view id) noexcept {
  if (id.empty() || id.size() > kMaxIdLength || id.front() == '-' || id.back() == '-') return false;
  return std::all_of(id.begin(), id.end(),
                     [](char c) { return small_letter(c) || digit(c) || c == '-'; });
}

bool valid_code(std::string_view code) noexcept {
  if (code.empty() || code.size() > 16) return false;
  return std::all_of(code.begin(), code.end(), [](char c) {
    return small_letter(c) || capital_letter(c) || digit(c) || c == '-';
  });
}

bool valid_word(std::string_view name) noexcept {
  return !name.empty() && name.size() <= kMaxIdLength &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return small_letter(c) || digit(c) || c == '_'; });
}

}  // namespace janji::catalogue
