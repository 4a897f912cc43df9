// One of what there is.
#pragma once

#include <cstddef>
#include <iterator>

#include "model/random.hpp"

namespace janji::fuzz {

template <class Map>
auto any_of(const Map& map, model::Random& random) {
  return std::next(map.begin(), static_cast<std::ptrdiff_t>(random.below(map.size())));
}

}  // namespace janji::fuzz
