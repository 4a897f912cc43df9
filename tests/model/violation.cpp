#include "model/violation.hpp"

namespace janji::model {

std::string to_string(const Violation& violation) {
  const std::string at =
      violation.lsn.value == 0 ? "the journal" : "LSN " + std::to_string(violation.lsn.value);
  if (violation.promise == Promise::form) return at + " is malformed: " + violation.words;
  return at + " breaks promise " + std::to_string(static_cast<int>(violation.promise)) + ": " +
         violation.words;
}

}  // namespace janji::model
