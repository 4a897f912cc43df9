// One request on its way through the handlers.
#pragma once

#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

#include <janji/decision.hpp>
#include <janji/feed.hpp>

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
  bool last_look{false};                   // it has polled long enough: no more waiting
  std::optional<bool> repeated{};          // its first look met what had been asked for before
};

// What a request waits for.
struct Wait {
  std::uint64_t round{0};   // 0: for nothing, it is answered
  std::int64_t poll_ms{0};  // as in Parked
  bool by_time{false};      // likewise
};

// Memory of one io thread that requests use one after another.
struct Scratch {
  JsonDocument json;
  RenderCache cache;
  std::vector<janji::SlotAvailability> slots;
  std::vector<janji::DayAvailability> days;
  std::vector<janji::Event> events;
  std::shared_ptr<const CatalogueCard> card;  // that an answer borrows from
};

struct Exchange {
  const Request& request;
  const Site& site;
  PathParameters path;
  const Api* api_or_null;  // null while the engine recovers
  Attempt& attempt;
  Scratch& scratch;
  Wait waits{};  // set by wait() and poll()

  // For routes that need the engine: the pipeline has seen to it that it is there.
  const Api& api() const noexcept { return *api_or_null; }
  Audience audience() const noexcept { return audience_of(request); }

  // The handler can't go on before `round` is complete: it is called again then, from its
  // beginning, with the same attempt.
  Reply wait(std::uint64_t round) noexcept {
    waits = {std::max<std::uint64_t>(round, 1), 0, false};
    return Reply{};
  }

  // There is nothing to tell yet: as wait(), for `for_ms` in all, more than 0; then it is called
  // with attempt.last_look and answers what there is. What a poll answers is durable.
  Reply poll(std::uint64_t round, std::int64_t for_ms) noexcept {
    waits = {std::max<std::uint64_t>(round, 1), for_ms, false};
    return Reply{};
  }

  // As poll(), for what no round tells of: it looks again some times a second.
  Reply look_often(std::int64_t for_ms) noexcept {
    waits = {std::numeric_limits<std::uint64_t>::max(), for_ms, true};
    return Reply{};
  }
};

}  // namespace janjid
