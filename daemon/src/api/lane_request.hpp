// What the calendar's two routes have in common, and others whose path names a branch.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "api/exchange.hpp"
#include "api/request_parts.hpp"

namespace janjid {

// A segment of the path with its %XX replaced, in `memory` if it has any; empty, which names
// nothing, when one is malformed.
inline std::string_view plain_segment(std::string_view segment, std::string& memory) {
  if (segment.find('%') == std::string_view::npos) return segment;
  memory = percent_decode(segment).value_or("");
  return memory;
}

// The branch that the path's first parameter names; nothing when there is none.
inline std::optional<std::uint32_t> named_branch(const Exchange& exchange) {
  std::string memory;
  const auto id = plain_segment(exchange.path.values[0], memory);
  return exchange.api().catalogue().find_branch(id);
}

// The lane of {branch}, {service} and the `pool` parameter. Nothing when there is none, or the
// parameter was reported.
inline std::optional<LaneView> read_lane(const Exchange& exchange, QueryReader& query,
                                         FieldErrors& errors) {
  const auto pool = read_pool(query, errors);
  if (!pool) return std::nullopt;
  std::string memory[2];
  return find_lane(exchange.api().engine(), plain_segment(exchange.path.values[0], memory[0]),
                   plain_segment(exchange.path.values[1], memory[1]), *pool);
}

// From the thread's cache. Only in strict mode does what is acknowledged come with a round;
// without, each is rendered anew: a moment that never comes again.
template <class Render>
const RenderCache::Rendered& cached(Exchange& exchange, const RenderCache::Key& key,
                                    janji::CivilTime now, Render render) {
  const Api& api = exchange.api();
  if (!api.waits_for_disk()) return exchange.scratch.cache.get_fresh(key, render);
  return exchange.scratch.cache.get(key, {api.rounds(), now.value / 1000}, render);
}

}  // namespace janjid
