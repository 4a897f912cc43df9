// Finds the route of a request in a table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/request.hpp"

namespace janjid {

// A method and a template such as "/v1/bookings/{reference}". GET serves HEAD too.
struct RoutePattern {
  Verb method;
  std::string_view pattern;
};

// The values of a template's {names}, in their order, still percent-encoded.
struct PathParameters {
  static constexpr std::size_t kMax = 2;
  std::array<std::string_view, kMax> values{};
};

enum class RouteVerdict : std::uint8_t { found, no_path, no_method };

struct RouteMatch {
  RouteVerdict verdict{RouteVerdict::no_path};
  std::uint8_t route{0};  // when found: its place in the table
  PathParameters parameters;
};

// Thread-safe after construction; matching doesn't allocate. The table is small, so that a walk
// over it, comparing lengths first, is faster than any tree.
class Router {
 public:
  static constexpr std::size_t kMaxSegments = 8;

  // At most 255 patterns, which must outlive the router.
  explicit Router(std::span<const RoutePattern> patterns);

  RouteMatch match(Verb method, std::string_view path) const noexcept;
  // The methods for a path: what stands in Allow, e.g. "GET, HEAD". Empty for an unknown path.
  std::string allowed(std::string_view path) const;

 private:
  struct Segments {
    std::array<std::string_view, kMaxSegments> at{};
    std::size_t size{0};
    bool too_many{false};
  };
  struct Route {
    Verb method;
    Segments segments;
  };
  static Segments split(std::string_view path) noexcept;
  static bool matches(const Segments& pattern, const Segments& path,
                      PathParameters& parameters) noexcept;

  std::vector<Route> routes_;
};

}  // namespace janjid
