#include "api/routes.hpp"

#include <vector>

#include "api/handlers.hpp"
#include "metrics/request_stats.hpp"

namespace janjid {
namespace {

// clang-format off
constexpr Route kRoutes[] = {
  {Verb::post, "/v1/claims",                                   post_claim,    true,  BodyRule::json},
  {Verb::post, "/v1/waitlist",                                 post_waitlist, true,  BodyRule::json},
  {Verb::post, "/v1/waitlist/groups",                          post_group_waitlist, true, BodyRule::json},
  {Verb::get,  "/v1/branches/{branch}/services/{service}/days",  get_days,    true,  BodyRule::ignored},
  {Verb::get,  "/v1/branches/{branch}/services/{service}/slots", get_slots,   true,  BodyRule::ignored},
  {Verb::get,  "/v1/branches/{branch}/services/{service}/events", get_lane_events, true, BodyRule::ignored},
  {Verb::get,  "/v1/services/{service}/earliest",              get_earliest,  true,  BodyRule::ignored},
  {Verb::get,  "/v1/bookings/{reference}",                     get_booking,   true,  BodyRule::ignored},
  {Verb::get,  "/v1/bookings/{reference}/others",              get_booking_others, true, BodyRule::ignored},
  {Verb::post, "/v1/bookings/{reference}/confirm",             post_confirm,  true,  BodyRule::json},
  {Verb::post, "/v1/bookings/{reference}/cancel",              post_cancel,   true,  BodyRule::optional},
  {Verb::post, "/v1/bookings/{reference}/reschedule",          post_reschedule, true, BodyRule::json},
  {Verb::post, "/v1/bookings/{reference}/extend",              post_extend,   true,  BodyRule::optional},
  {Verb::post, "/v1/groups",                                   post_group_claim, true, BodyRule::json},
  {Verb::get,  "/v1/groups/{reference}",                       get_group,     true,  BodyRule::ignored},
  {Verb::post, "/v1/groups/{reference}/confirm",               post_group_confirm, true, BodyRule::json},
  {Verb::post, "/v1/groups/{reference}/cancel",                post_group_cancel, true, BodyRule::optional},
  {Verb::post, "/v1/groups/{reference}/reschedule",            post_group_reschedule, true, BodyRule::json},
  {Verb::post, "/v1/groups/{reference}/extend",                post_group_extend, true, BodyRule::optional},
  {Verb::get,  "/v1/staff/groups/{reference}",                 get_staff_group, true, BodyRule::ignored},
  {Verb::post, "/v1/staff/groups/{reference}/approve",         post_staff_group_approve, true, BodyRule::optional},
  {Verb::post, "/v1/staff/groups/{reference}/refuse",          post_staff_group_refuse, true, BodyRule::json},
  {Verb::get,  "/v1/staff/slots",                             get_staff_slots, true, BodyRule::ignored},
  {Verb::post, "/v1/staff/slots",                             post_staff_slots, true, BodyRule::json},
  {Verb::post, "/v1/staff/slots/preview",                     post_staff_slots_preview, true, BodyRule::json},
  {Verb::post, "/v1/staff/displaced/move",                    post_staff_displaced_move, true, BodyRule::json},
  {Verb::get,  "/v1/staff/blocks",                            get_staff_blocks, true, BodyRule::ignored},
  {Verb::post, "/v1/staff/blocks",                            post_staff_blocks, true, BodyRule::json},
  {Verb::post, "/v1/staff/blocks/lift",                       post_staff_blocks_lift, true, BodyRule::json},
  {Verb::post, "/v1/staff/erasures",                          post_staff_erasures, true, BodyRule::json},
  {Verb::get,  "/v1/staff/entitlements", get_staff_entitlements, true, BodyRule::ignored},
  {Verb::post, "/v1/staff/entitlements", post_staff_entitlements, true, BodyRule::json},
  {Verb::get,  "/v1/staff/entitlements/{entitlement}", get_staff_entitlement, true, BodyRule::ignored},
  {Verb::post, "/v1/staff/entitlements/{entitlement}", post_staff_entitlement, true, BodyRule::json},
  {Verb::get,  "/v1/staff/entitlements/{entitlement}/eligible", get_staff_entitlement_eligible, true, BodyRule::ignored},
  {Verb::post, "/v1/staff/entitlements/{entitlement}/eligible", post_staff_entitlement_eligible, true, BodyRule::json},
  {Verb::post, "/v1/staff/bookings/search",                   post_staff_search, true, BodyRule::json},
  {Verb::get,  "/v1/staff/bookings/{reference}",              get_staff_booking, true, BodyRule::ignored},
  {Verb::post, "/v1/staff/bookings/{reference}/approve", post_staff_approve, true, BodyRule::optional},
  {Verb::post, "/v1/staff/bookings/{reference}/refuse", post_staff_refuse, true, BodyRule::json},
  {Verb::post, "/v1/staff/bookings/{reference}/check-in", post_staff_check_in, true, BodyRule::optional},
  {Verb::post, "/v1/staff/bookings/{reference}/serve", post_staff_serve, true, BodyRule::json},
  {Verb::post, "/v1/staff/bookings/{reference}/complete", post_staff_complete, true, BodyRule::optional},
  {Verb::post, "/v1/staff/bookings/{reference}/no-show", post_staff_no_show, true, BodyRule::optional},
  {Verb::post, "/v1/staff/bookings/{reference}/token", post_staff_token, true, BodyRule::json},
  {Verb::post, "/v1/staff/bookings/{reference}/progress", post_staff_progress, true, BodyRule::json},
  {Verb::post, "/v1/staff/branches/{branch}/next", post_staff_next, true, BodyRule::json},
  {Verb::post, "/v1/staff/walk-ins", post_staff_walk_ins, true, BodyRule::json},
  {Verb::get,  "/v1/branches/{branch}/now-serving", get_now_serving, true, BodyRule::ignored},
  {Verb::get,  "/v1/feed",                                     get_feed,      true,  BodyRule::ignored},
  {Verb::get,  "/v1/feed/events",                              get_feed_events, true, BodyRule::ignored},
  {Verb::post, "/v1/admin/backup",                             post_admin_backup, true, BodyRule::json},
  {Verb::post, "/v1/admin/catalogue/reload",                   post_admin_catalogue_reload, true, BodyRule::json},
  {Verb::get,  "/v1/catalogue",                                get_catalogue, true,  BodyRule::ignored},
  {Verb::get,  "/healthz",                                     get_health,    false, BodyRule::ignored},
  {Verb::get,  "/readyz",                                      get_readiness, false, BodyRule::ignored},
  {Verb::get,  "/metrics",                                     get_metrics,   false, BodyRule::ignored},
  {Verb::get,  "/openapi.json",                                get_openapi,   false, BodyRule::ignored},
  {Verb::get,  "/docs",                                        get_docs,      false, BodyRule::ignored},
  {Verb::get,  "/problems/{code}",                             get_problem,   false, BodyRule::ignored},
  {Verb::get,  "/",                                            get_home,      false, BodyRule::ignored},
};
// clang-format on
static_assert(std::size(kRoutes) < RequestStats::kRoutes, "each route has counters of its own");

}  // namespace

std::span<const Route> routes() noexcept {
  return kRoutes;
}

const Router& router() {
  static const Router kRouter = [] {
    std::vector<RoutePattern> patterns;
    for (const Route& route : kRoutes) patterns.push_back({route.method, route.pattern});
    return Router{patterns};
  }();
  return kRouter;
}

}  // namespace janjid
