// {"booking":{...}}: what reading, confirming and cancelling answer.
#pragma once

#include "api/booking_json.hpp"
#include "http/response.hpp"

namespace janjid {

inline Response booking_response(const Api& api, const janji::Booking& booking, bool replayed) {
  Response response;
  response.body.reserve(448);
  JsonWriter json{response.body};
  json.begin_object();
  json.name("booking");
  write_booking(json, api, booking);
  json.end_object();
  if (replayed) response.add_header("Idempotency-Replayed", "true");
  return response;
}

}  // namespace janjid
