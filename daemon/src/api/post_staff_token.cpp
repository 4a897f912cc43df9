// A booking's token is issued anew: it was lost, or somebody else has it. The old one is good for
// nothing from then on.
#include "api/act_reply.hpp"
#include "api/booking_json.hpp"
#include "api/handlers.hpp"

namespace janjid {
namespace {

// A repeat gets the token that is good now: whoever may ask may have it issued again, too.
Response tell_token(const Api& api, const janji::Booking& booking, bool replayed) {
  Response response;
  response.body.reserve(512);
  JsonWriter json{response.body};
  json.begin_object();
  json.name("booking");
  write_booking(json, api, booking);
  json.name("token").string(api.identity().tokens.make(booking.id, booking.reissues).view());
  json.end_object();
  if (replayed) response.add_header("Idempotency-Replayed", "true");
  return response;
}

}  // namespace

Reply post_staff_token(Exchange& exchange) {
  return post_staff_step(exchange,
                         {janji::Act::reissue, Scope::staff_token,
                          "POST /v1/staff/bookings/{reference}/token", "reason", tell_token});
}

}  // namespace janjid
