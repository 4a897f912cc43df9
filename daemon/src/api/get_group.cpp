// A group, to who holds its token and to staff.
#include "api/authority.hpp"
#include "api/group_reply.hpp"
#include "api/handlers.hpp"

namespace janjid {
namespace {

// A key that is bound to a branch sees the groups all of whose members are for it.
bool may_see(const Api& api, const AccessKey& access, const GroupView& view) {
  if (access.branch.empty()) return true;
  for (const janji::Booking& member : view.members) {
    const auto lane = find_lane(api.engine(), member.slot.lane());
    if (!lane || lane->branch->id != access.branch) return false;
  }
  return true;
}

}  // namespace

Reply get_group(Exchange& exchange) {
  auto authority = authorise_group(exchange);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  return tell_group(
      exchange, std::get<janji::BookingId>(authority), {},
      [&](const GroupView& view) { return group_response(exchange.api(), view, false, false); },
      ProblemCode::booking_not_found);
}

Reply get_staff_group(Exchange& exchange) {
  auto authority = authorise_staff(exchange, Scope::staff_read);
  if (auto* refusal = std::get_if<Response>(&authority)) return std::move(*refusal);
  auto named = named_group(exchange);
  if (auto* refusal = std::get_if<Response>(&named)) return std::move(*refusal);
  const auto& access = std::get<AccessKey>(authority);
  return tell_group(
      exchange, std::get<janji::BookingId>(named), {},
      [&](const GroupView& view) {
        return may_see(exchange.api(), access, view)
                   ? group_response(exchange.api(), view, false, false)
                   : problem(ProblemCode::forbidden, exchange.audience());
      },
      ProblemCode::booking_not_found);
}

}  // namespace janjid
