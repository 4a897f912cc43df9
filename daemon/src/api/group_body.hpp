// What a group's claim, its join and its move ask for.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <janji/group.hpp>

#include "api/claim_body.hpp"
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

// For whom a group is claimed, or joins, by whom, and under what.
struct GroupPeople {
  std::vector<janji::ApplicantKey> members;
  janji::EntitlementId entitlement;  // 0: none
  janji::Category category{janji::Category::citizen};
  std::optional<Document> claimant;  // there when nothing was reported

  // Names them.
  void add_to(PayloadHash& payload) const;
  // What a GroupClaimRequest or a GroupJoinRequest says of them, as long as this lives.
  template <class Request>
  void ask_for(Request& request, const Api& api, std::string_view route,
               std::string_view key) const {
    request.members = members;
    request.applicant = api.identity().applicants.make(*claimant);
    request.category = category;
    request.entitlement = entitlement;
    request.operation = api.identity().operations.make({.caller = "",
                                                        .route = route,
                                                        .subject = request.applicant,
                                                        .key = key,
                                                        .batch_index = std::nullopt});
  }
};

// Reads "members": [{"id_type","id_number"}, ...], each applicant once, "entitlement" and
// "claimant".
GroupPeople read_group_people(const Api& api, JsonReader& body);

}  // namespace janjid
