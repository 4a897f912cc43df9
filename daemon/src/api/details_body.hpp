// What is told at confirm: name, telephone and whatever else the service asks for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <janji/catalogue.hpp>

#include "http/field_error.hpp"
#include "http/json_document.hpp"
#include "http/json_reader.hpp"
#include "identity/operation_id.hpp"

namespace janjid {

// Details in the order of their names. Views into the body.
struct DetailsBody {
  struct Detail {
    std::string_view name, value;
  };
  std::vector<Detail> details;

  std::string plain_json() const;  // what is sealed
  std::uint64_t payload(const OperationIds& operations) const;
};

// The member `details` of a body. Known are name, phone, email, address and what `rules` requires;
// name, phone and what `rules` requires must be there. Whatever is wrong is reported.
DetailsBody read_details(JsonReader& body, const janji::ServiceRules& rules);
// Of a body that has nothing else.
DetailsBody read_details_body(const JsonDocument& json, const janji::ServiceRules& rules,
                              FieldErrors& errors);

}  // namespace janjid
