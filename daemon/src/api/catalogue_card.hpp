// GET /v1/catalogue, rendered once for each catalogue.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include <janji/engine.hpp>

namespace janjid {

struct CatalogueCard {
  std::uint64_t edition{0};
  std::string json;
  std::string entity_tag;
};

// Concurrency: any thread; a lock, for as long as it takes to copy a pointer, and once for each
// catalogue to render it.
class CatalogueCards {
 public:
  explicit CatalogueCards(const janji::Engine& engine) : engine_(engine) {}

  // Of the catalogue in use. Never null.
  std::shared_ptr<const CatalogueCard> newest();

 private:
  const janji::Engine& engine_;
  std::mutex mutex_;
  std::shared_ptr<const CatalogueCard> newest_;  // guarded by mutex_
};

}  // namespace janjid
