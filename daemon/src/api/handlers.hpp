// The handlers of all routes, one file each. The table of routes says which is whose.
#pragma once

#include "api/exchange.hpp"

namespace janjid {

Reply get_catalogue(Exchange& exchange);
Reply get_days(Exchange& exchange);
Reply get_slots(Exchange& exchange);
Reply post_claim(Exchange& exchange);
Reply get_booking(Exchange& exchange);
Reply post_confirm(Exchange& exchange);
Reply post_cancel(Exchange& exchange);
Reply post_reschedule(Exchange& exchange);
Reply get_health(Exchange& exchange);
Reply get_readiness(Exchange& exchange);
Reply get_metrics(Exchange& exchange);
Reply get_openapi(Exchange& exchange);
Reply get_docs(Exchange& exchange);
Reply get_problem(Exchange& exchange);
Reply get_home(Exchange& exchange);

}  // namespace janjid
