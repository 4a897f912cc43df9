#include "api/handlers.hpp"

namespace janjid {
namespace {

Response state(unsigned status, std::string_view name) {
  Response response;
  response.status = status;
  JsonWriter json{response.body};
  json.begin_object().name("status").string(name).end_object();
  return response;
}

}  // namespace

Reply get_health(Exchange&) {
  return state(200, "alive");
}

Reply get_readiness(Exchange& exchange) {
  if (exchange.site.draining()) return state(503, "draining");
  if (exchange.api_or_null == nullptr) return state(503, "recovering");
  switch (exchange.api().engine().health()) {
    case janji::Health::serving: return state(200, "ready");
    case janji::Health::read_only: return state(503, "read_only");
    case janji::Health::failed: return state(503, "failed");
    case janji::Health::closed: break;
  }
  return state(503, "closed");
}

}  // namespace janjid
