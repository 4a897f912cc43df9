// What the net layer asks of whoever answers requests.
#pragma once

#include "http/response.hpp"

namespace janjid {

// Answers requests of one io thread, always on that thread.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  // The views of `request` hold until it returns. May throw: the answer is then internal_error.
  virtual Reply handle(const Request& request) = 0;
};

}  // namespace janjid
