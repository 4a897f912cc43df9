// Problem documents (RFC 9457).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <janji/types.hpp>

#include "http/field_error.hpp"
#include "http/problem_code.hpp"
#include "http/response.hpp"

namespace janjid {

// Who is told: the request's id and language.
struct Audience {
  RequestId id;
  Language language{kDefaultLanguage};
};
inline Audience audience_of(const Request& request) noexcept {
  return {request.id, request.language};
}

// What a problem says besides what its code says.
struct ProblemExtras {
  std::string_view detail{};             // instead of the code's own
  const FieldErrors* errors{nullptr};    // `errors`
  std::string_view alternatives_json{};  // `alternatives`: a JSON array
  std::string_view pointer{};            // `pointer`: to the member of the request that it is about
  std::string_view opens_at{};           // `opens_at`: when the day is released
  std::string_view more_at{};            // `more_at`: when a full slot has seats that are kept back
  std::uint32_t more_seats{0};           // `more_seats`: how many; 0: none
  std::optional<janji::Lsn> oldest{};    // `oldest`: behind which the feed has everything
};

// With status, title and detail of the code, `retry_after_ms` and Retry-After where trying again
// may help, and WWW-Authenticate on 401.
Response problem(ProblemCode code, const Audience& audience, const ProblemExtras& extras = {});

// invalid_request with all its errors.
Response invalid_request(const Audience& audience, const FieldErrors& errors);

// Status line, title, explanation of a code, for people: what its `type` leads to.
std::string problem_page(const ProblemEntry& entry, Language language);

}  // namespace janjid
