#include "identity/bearer.hpp"

#include <string>

namespace janjid {
namespace {

constexpr std::string_view kScheme = "bearer";

janji::Error refuse(const char* problem) {
  return {janji::Code::invalid_argument,
          std::string{"Authorization "} + problem + ": send \"Bearer\", a blank and the token"};
}

constexpr bool is_alpha(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_token_char(char c) {
  return is_alpha(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~' || c == '+' ||
         c == '/';
}

bool begins_with_scheme(std::string_view value) {
  if (value.size() < kScheme.size()) return false;
  for (std::size_t i = 0; i < kScheme.size(); ++i) {
    // Sets the bit by which ASCII's capitals differ; nothing but the letter itself becomes it.
    if ((value[i] | 0x20) != kScheme[i]) return false;
  }
  return true;
}

}  // namespace

janji::Result<std::string_view> parse_bearer(std::string_view value) {
  if (!begins_with_scheme(value)) return refuse("has another scheme than Bearer");
  std::string_view token = value.substr(kScheme.size());
  const std::size_t blanks = token.find_first_not_of(' ');
  if (blanks == 0) return refuse("has another scheme than Bearer");
  if (blanks == std::string_view::npos) return refuse("has no token");
  token.remove_prefix(blanks);
  if (token.size() > kBearerMax) return refuse("has a token that is too long");

  std::size_t end = 0;
  while (end < token.size() && is_token_char(token[end])) ++end;
  if (end == 0) return refuse("has no token");
  while (end < token.size() && token[end] == '=') ++end;
  if (end != token.size()) return refuse("has a character that no token has");
  return token;
}

}  // namespace janjid
