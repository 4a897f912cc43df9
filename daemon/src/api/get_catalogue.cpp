#include "api/handlers.hpp"
#include "api/revalidate.hpp"

namespace janjid {

Reply get_catalogue(Exchange& exchange) {
  exchange.scratch.card = exchange.api().catalogue_cards().newest();
  const CatalogueCard& card = *exchange.scratch.card;
  return revalidated(exchange.request, card.json, card.entity_tag, "public, max-age=60");
}

}  // namespace janjid
