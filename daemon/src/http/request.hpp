// A complete request, as handlers see it.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>

#include "http/language.hpp"

namespace janjid {

using Verb = boost::beast::http::verb;
using Field = boost::beast::http::field;

struct HeaderField {
  Field id{Field::unknown};
  std::string_view name;
  std::string_view value;
};

// 16 characters of base 16 that name one request in answers and logs.
struct RequestId {
  std::array<char, 16> chars{};
  std::string_view view() const noexcept { return {chars.data(), chars.size()}; }
};

// All views point into the connection's buffer: they hold until the handler returns, so whoever
// parks copies what it needs.
struct Request {
  Verb method{Verb::unknown};
  std::string_view path;   // still percent-encoded; begins with '/'
  std::string_view query;  // what follows the '?', still percent-encoded
  std::span<const HeaderField> fields;
  std::string_view body;
  RequestId id;
  Language language{kDefaultLanguage};

  // How often a field stands in the header; names are compared without case.
  std::size_t count(std::string_view name) const noexcept;
  // The value of the first such field; nothing when there is none.
  std::optional<std::string_view> find(Field field) const noexcept;
  std::optional<std::string_view> find(std::string_view name) const noexcept;
};

}  // namespace janjid
