// What a claim asks for.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <janji/types.hpp>

#include "http/field_error.hpp"
#include "http/json_document.hpp"
#include "http/json_reader.hpp"
#include "identity/applicant_key.hpp"

namespace janjid {

// A slot by its id, or the earliest free one of a lane, or of all offices of a state, within a span
// of days.
struct ClaimTarget {
  std::optional<std::string_view> slot;

  std::optional<std::string_view> state;  // in place of `branch`
  std::string_view branch;
  std::string_view service;
  janji::Pool pool{janji::Pool::general};
  janji::Day first_day, last_day;
};

// And who wants it.
struct WhoClaims {
  std::int64_t seats{1};
  janji::Category category{janji::Category::citizen};
  std::optional<Document> document;  // there when nothing was reported
};

struct ClaimBody : ClaimTarget, WhoClaims {};

// The slot to wait for, by its id; or those from one to another; or those of a lane's day, which is
// `first_day`.
struct JoinTarget : ClaimTarget {
  std::optional<std::string_view> from, to;
};
struct JoinBody : JoinTarget, WhoClaims {};

// The document in {"id_type", "id_number"}; nothing when something about it was reported.
std::optional<Document> read_document(JsonReader& applicant);

// Its "category", citizen when something about it was reported.
janji::Category read_category(JsonReader& applicant);

// Its seats, one unless said otherwise, and its applicant.
void read_people(JsonReader& body, WhoClaims& claim);

// Reads it; whatever is wrong is reported.
void read_target(JsonReader& body, JoinTarget& join);

// Reads it from the parsed body; whatever is wrong is reported. The views point into the body.
ClaimBody read_claim_body(const JsonDocument& json, FieldErrors& errors);

// Likewise.
JoinBody read_join_body(const JsonDocument& json, FieldErrors& errors);

}  // namespace janjid
