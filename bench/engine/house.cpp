#include "house.hpp"

#include <cstdio>
#include <cstdlib>

#include "audit.hpp"

namespace janji::bench {

std::unique_ptr<Engine> open_or_exit(const Options& options) {
  auto opened = Engine::open(options);
  if (!opened.ok()) {
    std::fprintf(stderr, "engine: %s: %s\n", to_string(opened.code()),
                 opened.error().detail.c_str());
    std::exit(1);
  }
  return std::move(*opened);
}

void fill(Engine& engine, const Script& script, std::uint64_t count) {
  ClaimRequest request;
  for (std::uint64_t k = 0; k < count; ++k) {
    script.make(0, k, request);
    for (;;) {
      Patience patience;
      const Decision decision = engine.try_claim(request, patience);
      if (decision.verdict == Verdict::granted) break;
      if (decision.code != Code::overloaded && decision.verdict != Verdict::wait) {
        fail_run("filling", to_string(decision.code));
      }
      (void)engine.settle();
    }
  }
  if (!engine.settle().ok()) fail_run("filling", engine.last_problem());
}

}  // namespace janji::bench
