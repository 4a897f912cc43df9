// {"booking":{...},"token":"..."}: what claiming a slot, and waiting for one, answers.
#pragma once

#include "api/booking_json.hpp"
#include "http/response.hpp"

namespace janjid {

inline Response claim_response(const Api& api, const janji::Booking& booking, bool replayed) {
  Response response;
  response.status = 201;
  response.body.reserve(512);
  JsonWriter json{response.body};
  json.begin_object();
  json.name("booking");
  write_booking(json, api, booking);
  json.name("token");
  // Who repeats the claim may be whom the token was issued anew against: the new one isn't told.
  if (booking.reissues == 0) {
    json.string(api.identity().tokens.make(booking.id).view());
  } else {
    json.null();
  }
  json.end_object();
  std::string location{"/v1/bookings/"};
  location += api.identity().references.format(booking.id).view();
  response.add_header("Location", location);
  if (replayed) response.add_header("Idempotency-Replayed", "true");
  return response;
}

}  // namespace janjid
