#include "http/router.hpp"

#include <janji/check.hpp>

#include "http/tokens.hpp"

namespace janjid {
namespace {

bool is_parameter(std::string_view segment) noexcept {
  return segment.size() > 2 && segment.front() == '{';
}

bool serves(Verb route, Verb method) noexcept {
  return route == method || (route == Verb::get && method == Verb::head);
}

}  // namespace

Router::Router(std::span<const RoutePattern> patterns) {
  JANJI_CHECK(patterns.size() < 255);
  routes_.reserve(patterns.size());
  for (const RoutePattern& pattern : patterns) {
    routes_.push_back({pattern.method, split(pattern.pattern)});
    JANJI_CHECK(!routes_.back().segments.too_many);
  }
}

RouteMatch Router::match(Verb method, std::string_view path) const noexcept {
  const Segments segments = split(path);
  RouteMatch result;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    PathParameters parameters;
    if (!matches(routes_[i].segments, segments, parameters)) continue;
    if (serves(routes_[i].method, method)) {
      return {RouteVerdict::found, static_cast<std::uint8_t>(i), parameters};
    }
    result.verdict = RouteVerdict::no_method;
  }
  return result;
}

std::string Router::allowed(std::string_view path) const {
  const Segments segments = split(path);
  std::string methods;
  PathParameters unused;
  for (const Route& route : routes_) {
    if (!matches(route.segments, segments, unused)) continue;
    const auto name = boost::beast::http::to_string(route.method);
    methods.append(methods.empty() ? "" : ", ").append(name.data(), name.size());
    if (route.method == Verb::get) methods.append(", HEAD");
  }
  return methods;
}

Router::Segments Router::split(std::string_view path) noexcept {
  Segments segments;
  if (path.empty() || path.front() != '/') {
    segments.too_many = true;  // matches nothing
    return segments;
  }
  path.remove_prefix(1);
  for (bool more = true; more;) {
    if (segments.size == kMaxSegments) {
      segments.too_many = true;
      return segments;
    }
    more = path.find('/') != std::string_view::npos;
    segments.at[segments.size++] = take_until(path, '/');
  }
  return segments;
}

bool Router::matches(const Segments& pattern, const Segments& path,
                     PathParameters& parameters) noexcept {
  if (pattern.size != path.size || path.too_many) return false;
  std::size_t found = 0;
  for (std::size_t i = 0; i < pattern.size; ++i) {
    if (!is_parameter(pattern.at[i])) {
      if (pattern.at[i] != path.at[i]) return false;
      continue;
    }
    if (path.at[i].empty() || found == PathParameters::kMax) return false;
    parameters.values[found++] = path.at[i];
  }
  return true;
}

}  // namespace janjid
