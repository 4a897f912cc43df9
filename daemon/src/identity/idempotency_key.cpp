#include "identity/idempotency_key.hpp"

#include <string>

namespace janjid {
namespace {

janji::Error refuse(const char* problem) {
  return {janji::Code::invalid_argument,
          std::string{"Idempotency-Key "} + problem +
              ": send one string of 1 to 255 printable ASCII characters in double quotes, for "
              "instance a fresh UUID"};
}

constexpr std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

constexpr bool is_printable(char c) {
  return c >= 0x20 && c <= 0x7e;
}

// Visible, and nothing that would be syntax in a structured field.
constexpr bool is_bare(char c) {
  return is_printable(c) && c != ' ' && c != '"' && c != '\\' && c != ',' && c != ';';
}

// The key's characters as they come. One too many is remembered, not stored.
struct Collected {
  std::array<char, IdempotencyKey::kMax> bytes{};
  std::size_t size{0};
  void add(char c) noexcept {
    if (size < bytes.size()) bytes[size] = c;
    ++size;
  }
};

// Both give what is wrong, or null. `text` of the quoted one begins behind the opening quote.
const char* read_bare(std::string_view text, Collected& to) {
  for (const char c : text) {
    if (!is_bare(c)) return "has a character that can't stand outside quotes, or is not one key";
    to.add(c);
  }
  return nullptr;
}

const char* read_quoted(std::string_view text, Collected& to) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') return i + 1 == text.size() ? nullptr : "has something behind its closing quote";
    if (c == '\\') {
      if (++i == text.size()) break;
      c = text[i];
      if (c != '"' && c != '\\') return "has an escape other than \\\" and \\\\";
    }
    if (!is_printable(c)) return "has a character outside printable ASCII";
    to.add(c);
  }
  return "lacks its closing quote";
}

}  // namespace

janji::Result<IdempotencyKey> parse_idempotency_key(std::string_view value) {
  value = trim(value);
  if (value.empty()) return refuse("is empty");
  Collected collected;
  const char* const problem =
      value.front() == '"' ? read_quoted(value.substr(1), collected) : read_bare(value, collected);
  if (problem != nullptr) return refuse(problem);
  if (collected.size == 0) return refuse("is empty");
  if (collected.size > IdempotencyKey::kMax) return refuse("is too long");
  return IdempotencyKey{collected.bytes, collected.size};
}

}  // namespace janjid
