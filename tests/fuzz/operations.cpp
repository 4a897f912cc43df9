// Sequences of operations, chosen by the input, on the engine and the model side by side.
#include "fuzz/complain.hpp"
#include "fuzz/targets.hpp"
#include "model/operation_run.hpp"

namespace janji::fuzz {
namespace {

constexpr int kStepsMax = 500;  // an input that asks for more says nothing new, and takes long

}  // namespace

void fuzz_operations(Input input) {
  model::OperationRun run{model::Random(input)};
  for (int steps = 0; steps < kStepsMax && !run.spent(); ++steps) require_none(run.step());
  require_none(run.compare());
}

}  // namespace janji::fuzz
