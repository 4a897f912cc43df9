// Blocks in answers.
#pragma once

#include <optional>
#include <string_view>

#include <janji/block.hpp>

#include "http/json_writer.hpp"

namespace janjid {

// What names an applicant to staff where no document is known: 32 hexadecimal digits of the keyed
// hash of one. Good in this installation only.
std::optional<janji::ApplicantKey> parse_applicant_key(std::string_view text) noexcept;

// {"key","until","since","reason","actor"}, in UTC; without `since` and `actor` where they are 0.
void write_block(JsonWriter& json, const janji::Block& block);

}  // namespace janjid
