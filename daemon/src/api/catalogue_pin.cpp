#include "api/catalogue_pin.hpp"

#include <cstdint>
#include <memory>

namespace janjid {
namespace {

struct Pinned {
  const janji::Engine* engine{nullptr};
  std::uint64_t edition{0};  // no two engines have had one in common
  std::shared_ptr<const janji::Catalogue> catalogue;
};

Pinned& pinned() {
  static thread_local Pinned pin;
  return pin;
}

}  // namespace

void CataloguePin::renew(const janji::Engine& engine) {
  Pinned& pin = pinned();
  // First the edition: of a catalogue that comes in between it is found another next time.
  const std::uint64_t edition = engine.catalogue_edition();
  if (pin.engine == &engine && pin.edition == edition) return;
  pin = Pinned{&engine, edition, engine.share_catalogue()};
}

const janji::Catalogue& CataloguePin::of(const janji::Engine& engine) {
  if (pinned().engine != &engine) renew(engine);
  return *pinned().catalogue;
}

}  // namespace janjid
