#include "api/api.hpp"

namespace janjid {

Api::Api(janji::Engine& engine, const Identity& identity, AccessWatch& access,
         const CommitBell& bell, bool waits_for_disk)
    : engine_(engine),
      identity_(identity),
      access_(access),
      bell_(bell),
      board_(engine),
      waits_for_disk_(waits_for_disk),
      catalogue_cards_(engine) {}

}  // namespace janjid
