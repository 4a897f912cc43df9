// A request's way from the connection to its handler and back.
#pragma once

#include "api/exchange.hpp"
#include "net/handler.hpp"

namespace janjid {

// One per io thread.
//
// route → admit → handler. Admission is a row of stages, each of which may answer in the
// handler's place, cheapest first; see pipeline.cpp.
class Pipeline final : public RequestHandler {
 public:
  // `site` must outlive it.
  explicit Pipeline(const Site& site) : site_(site) {}

  Reply handle(const Request& request) override;

 private:
  Reply answer(const Request& request, Attempt& attempt, Wait* wait);

  const Site& site_;
  Scratch scratch_;
};

}  // namespace janjid
