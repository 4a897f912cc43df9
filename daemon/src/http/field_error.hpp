// What is wrong with one member, parameter or header field of a request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "http/json_writer.hpp"
#include "http/language.hpp"

namespace janjid {

enum class Fault : std::uint8_t {
  malformed_json,  // note: what and where
  unknown,         // no such member
  missing,
  duplicate,
  not_string,
  not_integer,
  not_object,
  not_boolean,
  not_array,
  bad_length,    // note: the bounds, e.g. "1-200"
  bad_choice,    // note: what may stand there
  bad_format,    // note: what is wanted
  not_together,  // note: the member that it excludes
  bad_span,      // note: which span would be right
};

enum class Place : std::uint8_t { body, query, header };

struct FieldError {
  Place place{Place::body};
  std::string where;  // a JSON pointer, a parameter's name, a header field's name
  Fault fault{Fault::malformed_json};
  std::string note;
};

// All that is wrong with one request, so that one answer names it all. Past kMax only the fact
// is kept.
class FieldErrors {
 public:
  static constexpr std::size_t kMax = 32;

  void add(Place place, std::string_view where, Fault fault, std::string_view note = {});
  void body(std::string_view pointer, Fault fault, std::string_view note = {}) {
    add(Place::body, pointer, fault, note);
  }
  void query(std::string_view name, Fault fault, std::string_view note = {}) {
    add(Place::query, name, fault, note);
  }
  void header(std::string_view name, Fault fault, std::string_view note = {}) {
    add(Place::header, name, fault, note);
  }

  bool empty() const noexcept { return errors_.empty(); }
  const std::vector<FieldError>& all() const noexcept { return errors_; }

  // Writes an array of {"pointer" | "parameter" | "header", "code", "detail"}.
  void write(JsonWriter& json, Language language) const;

 private:
  std::vector<FieldError> errors_;
};

// `name` as a token of a JSON pointer (RFC 6901), at most 64 bytes of it.
std::string pointer_token(std::string_view name);

}  // namespace janjid
