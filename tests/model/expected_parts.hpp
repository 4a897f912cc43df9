// The answers that the model's files give.
#pragma once

#include <set>
#include <utility>

#include "model/operation_model.hpp"

namespace janji::model {

inline Expected refuse(std::set<Code> codes) {
  Expected expected;
  expected.codes = std::move(codes);
  return expected;
}

inline Expected grant(SlotKey slot = {}) {
  Expected expected;
  expected.granted = true;
  expected.slot = slot;
  return expected;
}

}  // namespace janji::model
