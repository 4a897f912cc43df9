#include "api/group_json.hpp"

#include <algorithm>
#include <array>

#include "api/booking_json.hpp"
#include "api/civil_text.hpp"
#include "api/lane_view.hpp"

namespace janjid {

janji::Lsn GroupView::lsn() const noexcept {
  janji::Lsn last = group.lsn;
  for (const janji::Booking& member : members) last = std::max(last, member.lsn);
  return last;
}

janji::Result<GroupView> view_group(const janji::Engine& engine, janji::BookingId id) {
  std::array<janji::BookingId, janji::kGroupMembersMax> ids;
  const auto group = engine.find_group(id, ids);
  if (!group) return janji::Error{group.code(), {}};
  GroupView view{*group, {}};
  view.members.reserve(group->members);
  for (std::size_t i = 0; i < group->members; ++i) {
    const auto member = engine.find(ids[i]);
    if (!member) return janji::Error{member.code(), {}};
    view.members.push_back(*member);
  }
  // Members before and behind a step of the whole group would be told as one.
  const auto again = engine.find_group(id, {});
  if (!again) return janji::Error{again.code(), {}};
  if (again->version != group->version) return janji::Error{janji::Code::retry, {}};
  return view;
}

void write_group(JsonWriter& json, const Api& api, const GroupView& view) {
  const auto lane = find_lane(api.engine(), view.group.lane);
  json.begin_object();
  json.name("reference").string(api.identity().references.format(view.group.id).view());
  json.name("category").string(janji::to_string(view.group.category));
  json.name("created_at").plain([&](std::string& out) {
    const janji::CivilTime at = view.group.created_at;
    append_moment(out, at, lane ? lane->utc_offset_seconds(at) : 0);
  });
  if (view.group.entitlement.value != 0) {
    json.name("entitlement")
        .string(api.identity().entitlements.format(view.group.entitlement).view());
  }
  json.name("version").number(view.group.version);
  json.name("members").begin_array();
  for (const janji::Booking& member : view.members) write_booking(json, api, member);
  json.end_array();
  json.end_object();
}

}  // namespace janjid
