// What a group's claim and its move ask for.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <janji/group.hpp>

#include "api/exchange.hpp"
#include "api/lane_view.hpp"
#include "http/json_reader.hpp"
#include "identity/operation_id.hpp"

namespace janjid {

// The slots of `parts`, all of one lane. Without a lane, and nothing reported: one of the ids names
// no slot that there could be.
struct GroupParts {
  std::optional<LaneView> lane;
  std::vector<janji::GroupPart> parts;
  std::size_t members{0};  // of all of them

  // Names what is asked for.
  void add_to(PayloadHash& payload) const;
};

// Reads [{"from":"<slot id>","to":"<slot id>","members":n}, ...]; without "to" it is one slot.
GroupParts read_parts(const janji::Engine& engine, JsonReader& body);

// Reads [{"id_type","id_number"}, ...], each applicant once.
std::vector<janji::ApplicantKey> read_members(const Api& api, JsonReader& body);

}  // namespace janjid
