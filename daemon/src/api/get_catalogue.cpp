#include "api/handlers.hpp"
#include "api/revalidate.hpp"

namespace janjid {

Reply get_catalogue(Exchange& exchange) {
  return revalidated(exchange.request, exchange.api().catalogue_json(),
                     exchange.api().catalogue_tag(), "public, max-age=60");
}

}  // namespace janjid
