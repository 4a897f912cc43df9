// Whom a branch called last, for the screen in its waiting hall: numbers and counters, of nobody in
// particular.
#include <array>

#include "api/civil_text.hpp"
#include "api/handlers.hpp"
#include "api/lane_request.hpp"
#include "http/json_writer.hpp"

namespace janjid {

Reply get_now_serving(Exchange& exchange) {
  const Api& api = exchange.api();
  const auto branch = named_branch(exchange);
  if (!branch) return problem(ProblemCode::not_found, exchange.audience());
  std::array<janji::HallCall, 8> calls;
  const std::size_t many = api.engine().now_serving(*branch, calls);
  Response response;
  JsonWriter json{response.body};
  json.begin_object();
  json.name("calls").begin_array();
  for (std::size_t i = 0; i < many; ++i) {
    const janji::HallCall& call = calls[i];
    json.begin_object();
    json.name("queue_number").number(call.queue_number);
    json.name("counter").number(call.counter);
    json.name("at").plain([&](std::string& out) {
      append_moment(out, call.at, api.catalogue().utc_offset_seconds(*branch, call.at));
    });
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return response;
}

}  // namespace janjid
