// The steps that staff and trusted callers take with a booking: one table of them.
#include "api/act_reply.hpp"
#include "api/handlers.hpp"

namespace janjid {

Reply post_staff_approve(Exchange& exchange) {
  return post_staff_step(exchange, {janji::Act::approve, Scope::approve,
                                    "POST /v1/staff/bookings/{reference}/approve", ""});
}

Reply post_staff_refuse(Exchange& exchange) {
  return post_staff_step(exchange, {janji::Act::refuse, Scope::approve,
                                    "POST /v1/staff/bookings/{reference}/refuse", "reason"});
}

Reply post_staff_group_approve(Exchange& exchange) {
  return post_staff_group_step(exchange, {janji::Act::approve, Scope::approve,
                                          "POST /v1/staff/groups/{reference}/approve", ""});
}

Reply post_staff_group_refuse(Exchange& exchange) {
  return post_staff_group_step(exchange, {janji::Act::refuse, Scope::approve,
                                          "POST /v1/staff/groups/{reference}/refuse", "reason"});
}

Reply post_staff_check_in(Exchange& exchange) {
  return post_staff_step(exchange, {janji::Act::check_in, Scope::staff_checkin,
                                    "POST /v1/staff/bookings/{reference}/check-in", ""});
}

Reply post_staff_serve(Exchange& exchange) {
  return post_staff_step(exchange, {janji::Act::serve, Scope::staff_checkin,
                                    "POST /v1/staff/bookings/{reference}/serve", "counter"});
}

Reply post_staff_complete(Exchange& exchange) {
  return post_staff_step(exchange, {janji::Act::complete, Scope::staff_checkin,
                                    "POST /v1/staff/bookings/{reference}/complete", ""});
}

Reply post_staff_no_show(Exchange& exchange) {
  return post_staff_step(exchange, {janji::Act::no_show, Scope::staff_checkin,
                                    "POST /v1/staff/bookings/{reference}/no-show", ""});
}

}  // namespace janjid
