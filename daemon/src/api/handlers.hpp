// The handlers of all routes, one file each. The table of routes says which is whose.
#pragma once

#include "api/exchange.hpp"

namespace janjid {

Reply get_catalogue(Exchange& exchange);
Reply get_days(Exchange& exchange);
Reply get_slots(Exchange& exchange);
Reply get_earliest(Exchange& exchange);
Reply get_lane_events(Exchange& exchange);
Reply post_claim(Exchange& exchange);
Reply post_waitlist(Exchange& exchange);
Reply post_group_waitlist(Exchange& exchange);
Reply get_booking(Exchange& exchange);
Reply post_confirm(Exchange& exchange);
Reply post_cancel(Exchange& exchange);
Reply post_reschedule(Exchange& exchange);
Reply post_extend(Exchange& exchange);
Reply post_group_claim(Exchange& exchange);
Reply get_group(Exchange& exchange);
Reply post_group_confirm(Exchange& exchange);
Reply post_group_cancel(Exchange& exchange);
Reply post_group_reschedule(Exchange& exchange);
Reply post_group_extend(Exchange& exchange);
Reply get_staff_group(Exchange& exchange);
Reply post_staff_group_approve(Exchange& exchange);
Reply post_staff_group_refuse(Exchange& exchange);
Reply get_feed(Exchange& exchange);
Reply get_feed_events(Exchange& exchange);
Reply get_now_serving(Exchange& exchange);
Reply post_staff_next(Exchange& exchange);
Reply post_staff_walk_ins(Exchange& exchange);
Reply get_staff_booking(Exchange& exchange);
Reply post_staff_search(Exchange& exchange);
Reply get_staff_slots(Exchange& exchange);
Reply post_staff_slots(Exchange& exchange);
Reply post_staff_slots_preview(Exchange& exchange);
Reply post_staff_displaced_move(Exchange& exchange);
Reply post_staff_blocks(Exchange& exchange);
Reply post_staff_blocks_lift(Exchange& exchange);
Reply get_staff_blocks(Exchange& exchange);
Reply post_staff_erasures(Exchange& exchange);
Reply get_booking_others(Exchange& exchange);
Reply get_staff_entitlements(Exchange& exchange);
Reply post_staff_entitlements(Exchange& exchange);
Reply get_staff_entitlement(Exchange& exchange);
Reply post_staff_entitlement(Exchange& exchange);
Reply get_staff_entitlement_eligible(Exchange& exchange);
Reply post_staff_entitlement_eligible(Exchange& exchange);
Reply post_staff_approve(Exchange& exchange);
Reply post_staff_refuse(Exchange& exchange);
Reply post_staff_check_in(Exchange& exchange);
Reply post_staff_serve(Exchange& exchange);
Reply post_staff_complete(Exchange& exchange);
Reply post_staff_no_show(Exchange& exchange);
Reply post_staff_token(Exchange& exchange);
Reply post_staff_progress(Exchange& exchange);
Reply post_admin_backup(Exchange& exchange);
Reply post_admin_catalogue_reload(Exchange& exchange);
Reply get_health(Exchange& exchange);
Reply get_readiness(Exchange& exchange);
Reply get_metrics(Exchange& exchange);
Reply get_openapi(Exchange& exchange);
Reply get_docs(Exchange& exchange);
Reply get_problem(Exchange& exchange);
Reply get_home(Exchange& exchange);

}  // namespace janjid
