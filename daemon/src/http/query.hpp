// The query of a URL.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/field_error.hpp"

namespace janjid {

// `text` with each %XX replaced by its byte; nothing when one is malformed or makes a control
// character.
std::optional<std::string> percent_decode(std::string_view text);

// The parameters of a query. Ask for every parameter that is known, then finish(). One that
// stands twice, is malformed or unknown is reported.
class QueryReader {
 public:
  QueryReader(std::string_view query, FieldErrors& errors);

  std::optional<std::string_view> get(std::string_view name);
  void finish();

 private:
  struct Parameter {
    std::string name, value;
  };
  static constexpr std::size_t kMax = 16;

  std::vector<Parameter> parameters_;
  std::vector<std::string_view> known_;
  FieldErrors* errors_;
};

}  // namespace janjid
