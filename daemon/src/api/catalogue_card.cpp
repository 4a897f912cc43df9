#include "api/catalogue_card.hpp"

#include "api/catalogue_json.hpp"
#include "http/entity_tag.hpp"

namespace janjid {

std::shared_ptr<const CatalogueCard> CatalogueCards::newest() {
  const std::lock_guard lock(mutex_);
  const std::uint64_t edition = engine_.catalogue_edition();
  if (newest_ && newest_->edition == edition) return newest_;
  auto card = std::make_shared<CatalogueCard>();
  card->edition = edition;
  card->json = render_catalogue(*engine_.share_catalogue());
  card->entity_tag = make_entity_tag(card->json);
  newest_ = card;
  return newest_;
}

}  // namespace janjid
