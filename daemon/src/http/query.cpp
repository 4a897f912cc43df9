#include "http/query.hpp"

#include <algorithm>

#include "http/tokens.hpp"

namespace janjid {
namespace {

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// A name as it can be shown: whatever isn't ASCII needn't be UTF-8.
std::string shown(std::string_view name) {
  std::string token = pointer_token(name);
  for (char& c : token) {
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return token;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return std::nullopt;
    decoded += c;
  }
  return decoded;
}

QueryReader::QueryReader(std::string_view query, FieldErrors& errors) : errors_(&errors) {
  while (!query.empty()) {
    if (parameters_.size() == kMax) {
      errors_->query(shown(query), Fault::unknown);
      break;
    }
    std::string_view pair = take_until(query, '&');
    if (pair.empty()) continue;
    const std::string_view raw_name = take_until(pair, '=');
    auto name = percent_decode(raw_name);
    auto value = percent_decode(pair);
    if (!name || !value) {
      errors_->query(shown(raw_name), Fault::bad_format, "%XX");
      continue;
    }
    parameters_.push_back({std::move(*name), std::move(*value)});
  }
}

std::optional<std::string_view> QueryReader::get(std::string_view name) {
  known_.push_back(name);
  const auto named = [&](const Parameter& parameter) { return parameter.name == name; };
  const auto first = std::find_if(parameters_.begin(), parameters_.end(), named);
  if (first == parameters_.end()) return std::nullopt;
  if (std::count_if(first, parameters_.end(), named) > 1) {
    errors_->query(name, Fault::duplicate);
  }
  return first->value;
}

void QueryReader::finish() {
  for (const Parameter& parameter : parameters_) {
    if (std::find(known_.begin(), known_.end(), parameter.name) == known_.end()) {
      errors_->query(shown(parameter.name), Fault::unknown);
    }
  }
}

}  // namespace janjid
