#include "checker/scene.hpp"

#include <csignal>

#include "checker/execution.hpp"

namespace janji::interleavings {

namespace {

Execution& the_execution() {
  static Execution execution;
  return execution;
}

// Far apart for neighbouring seeds and executions.
std::uint64_t seed_of(std::uint64_t seed, std::uint64_t execution) {
  Random random(seed * 0xD1342543DE82EF95ULL + execution);
  return random.next();
}

// A planted bug may well follow a null pointer: that is a finding, not the end of the search.
class FaultsAreFindings {
 public:
  FaultsAreFindings() {
    struct sigaction action {};
    action.sa_handler = [](int) {
      if (Execution* execution = Execution::current()) {
        execution->fail("an access to memory that isn't there");
      }
      std::signal(SIGSEGV, SIG_DFL);
    };
    action.sa_flags = SA_NODEFER;  // the handler doesn't return
    sigaction(SIGSEGV, &action, &before_);
  }
  ~FaultsAreFindings() { sigaction(SIGSEGV, &before_, nullptr); }
  FaultsAreFindings(const FaultsAreFindings&) = delete;
  FaultsAreFindings& operator=(const FaultsAreFindings&) = delete;

 private:
  struct sigaction before_ {};
};

}  // namespace

void require(bool holds, const std::string& what) {
  if (!holds) the_execution().fail(what);
}

Outcome search(const MakeScene& make, std::uint64_t seed, std::uint64_t iterations,
               const Plant* plant) {
  Outcome outcome;
  const FaultsAreFindings faults;
  the_execution().prepare(make);
  interleavings::plant(plant);
  while (outcome.executions < iterations) {
    const std::uint64_t number = outcome.executions++;
    const std::string failure = the_execution().run(seed_of(seed, number));
    if (failure.empty()) continue;
    outcome.found =
        failure + " (seed " + std::to_string(seed) + ", execution " + std::to_string(number) + ")";
    break;
  }
  interleavings::plant(nullptr);
  return outcome;
}

}  // namespace janji::interleavings
