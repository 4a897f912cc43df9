#include "api/api.hpp"

#include "api/catalogue_json.hpp"
#include "http/entity_tag.hpp"

namespace janjid {

Api::Api(janji::Engine& engine, const Identity& identity, AccessWatch& access,
         const CommitBell& bell, bool waits_for_disk)
    : engine_(engine),
      identity_(identity),
      access_(access),
      bell_(bell),
      board_(engine),
      waits_for_disk_(waits_for_disk),
      catalogue_json_(render_catalogue(engine.catalogue())),
      catalogue_tag_(make_entity_tag(catalogue_json_)) {}

}  // namespace janjid
