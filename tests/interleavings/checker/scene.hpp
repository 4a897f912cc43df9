// What a test gives the checker: some threads, and what must hold.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "checker/site.hpp"

namespace janji::interleavings {

// Made by code that sees the production headers with the checker's atomics. Made once for a search,
// and put back as it was made before each execution. Constructor, start() and finish() run alone,
// the latter two before and after the threads. It isn't destroyed.
class Scene {
 public:
  virtual ~Scene() = default;
  virtual std::size_t threads() const = 0;
  // For what isn't in the scene's memory.
  virtual void start() {}
  virtual void run(std::size_t thread) = 0;  // 0 .. threads() - 1
  virtual void finish() {}
};
using MakeScene = std::function<std::unique_ptr<Scene>()>;

// In a scene: unless `holds`, the execution ends and the search has found something.
void require(bool holds, const std::string& what);

// What a search found, with which execution of which seed; or how many it ran without.
struct Outcome {
  std::uint64_t executions{0};
  std::optional<std::string> found;
};

// Runs executions 0 .. iterations - 1 of `seed`, until one fails. Each is the same whatever was run
// before it.
Outcome search(const MakeScene& make, std::uint64_t seed, std::uint64_t iterations,
               const Plant* plant = nullptr);

}  // namespace janji::interleavings
