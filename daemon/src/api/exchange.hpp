// One request on its way through the handlers.
#pragma once

#include <memory>
#include <optional>

#include <janji/decision.hpp>

#include "api/api.hpp"
#include "api/render_cache.hpp"
#include "api/site.hpp"
#include "http/json_document.hpp"
#include "http/problem.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "http/router.hpp"

namespace janjid {

// What a request carries from one look at the engine to the next.
struct Attempt {
  janji::Patience patience;
  std::optional<janji::Decision> granted;  // decided; only its booking is still to be read
};

// Memory of one io thread that requests use one after another.
struct Scratch {
  JsonDocument json;
  RenderCache cache;
  std::vector<janji::SlotAvailability> slots;
  std::vector<janji::DayAvailability> days;
};

struct Exchange {
  const Request& request;
  const Site& site;
  PathParameters path;
  const Api* api_or_null;  // null while the engine recovers
  Attempt& attempt;
  Scratch& scratch;
  std::uint64_t wait_for_round{0};  // set by wait()
  bool waits{false};

  // For routes that need the engine: the pipeline has seen to it that it is there.
  const Api& api() const noexcept { return *api_or_null; }
  Audience audience() const noexcept { return audience_of(request); }

  // The handler can't go on before `round` is complete: it is called again then, from its
  // beginning, with the same attempt.
  Reply wait(std::uint64_t round) noexcept {
    waits = true;
    wait_for_round = round;
    return Reply{};
  }
};

}  // namespace janjid
