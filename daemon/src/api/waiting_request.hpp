// A request that must look at the engine again, with its own copy of all its bytes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "api/exchange.hpp"
#include "http/response.hpp"

namespace janjid {

// Goes through its handler again from the beginning: whatever that reads and computes is the same
// the second time, and what must not be done twice stands in the attempt. Few requests wait, so
// that reading a body twice costs less than handlers that can be left in the middle.
class WaitingRequest final : public Parked {
 public:
  // Answers a request, or says for which round to wait.
  using Answer = std::function<Reply(const Request&, Attempt&, Wait* wait)>;

  WaitingRequest(const Request& request, const Attempt& attempt, Answer answer, const Wait& wait);

  Reply again() override;
  // What was granted may become durable; what wasn't, changed nothing; a poll looks once more.
  Reply give_up() override;

 private:
  std::string bytes_;  // never changed after construction: views point into it
  std::vector<HeaderField> fields_;
  Request request_;
  Attempt attempt_;
  Answer answer_;
};

}  // namespace janjid
