#include "api/handlers.hpp"

namespace janjid {

Reply get_metrics(Exchange& exchange) {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = exchange.site.metrics();
  return response;
}

}  // namespace janjid
