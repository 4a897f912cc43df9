// What the model says when a journal breaks a promise.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <janji/types.hpp>

namespace janji::model {

// The promises of docs/architecture.md by number, and what a journal can do wrong besides.
enum class Promise : std::uint8_t {
  form = 0,       // the record isn't one that this format knows
  capacity = 1,   // no slot above its capacity
  durable = 2,    // what was acknowledged is there
  refusal = 3,    // a refusal was true
  applicant = 4,  // one active booking per applicant and scope
  operation = 5,  // an operation id never acts twice
  deadline = 6,   // holds end at their deadline, neither sooner nor later
  order = 7,      // LSNs are dense and in a legal order
  state = 8,      // every prefix is a legal ledger: ids, states, days, epochs
};

struct Violation {
  Lsn lsn;  // of the record that broke it; 0 when no single record did
  Promise promise{Promise::form};
  std::string words;
};

// "LSN 17 breaks promise 1: slot ... would have 5 of 4 seats taken".
std::string to_string(const Violation& violation);

using Finding = std::optional<Violation>;  // nothing: the promises hold

}  // namespace janji::model
