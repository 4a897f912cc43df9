// The table of routes.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "api/exchange.hpp"
#include "http/router.hpp"

namespace janjid {

using Handler = Reply (*)(Exchange&);

enum class BodyRule : std::uint8_t {
  ignored,   // whatever comes is read and forgotten
  optional,  // none, or JSON
  json,      // JSON
};

struct Route {
  Verb method;
  std::string_view pattern;
  Handler handler;
  bool needs_engine;
  BodyRule body;
};

std::span<const Route> routes() noexcept;

// Of routes(), in the same order.
const Router& router();

}  // namespace janjid
