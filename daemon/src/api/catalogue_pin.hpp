// Which catalogue a request goes by.
#pragma once

#include <janji/catalogue.hpp>
#include <janji/engine.hpp>

namespace janjid {

// Problem: the catalogue may be exchanged in the middle of a request, which has views of it.
// Operation: each thread has a share of one, and goes by it until it takes another, which it does
// between two requests. An old one is let go of with each thread's next request.
class CataloguePin {
 public:
  // Takes the one in use, if this thread's is another. What was read of the other is gone.
  static void renew(const janji::Engine& engine);
  // This thread's.
  static const janji::Catalogue& of(const janji::Engine& engine);
};

}  // namespace janjid
