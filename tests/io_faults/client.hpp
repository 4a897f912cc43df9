// A client that writes down what it was told, and asks again for what it wasn't.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <janji/engine.hpp>

#include "model/clocks.hpp"
#include "model/ledger_model.hpp"
#include "model/random.hpp"

namespace janji::io_faults {

class Client {
 public:
  Client(model::ManualClock& clock, std::uint64_t seed) : clock_(clock), random_(seed) {}

  // Another engine is asked from now on.
  void begin() { unsure_ = false; }
  // One request, and what is wrong with its answer.
  std::string step(Engine& engine);

  // After the disk was mended: what was acknowledged is there, and what wasn't is given once.
  // `ledger`: what the journal had when it was opened.
  std::string ask_again(Engine& engine, const model::LedgerModel& ledger);

 private:
  struct Asked {
    ClaimRequest request;
    BookingId booking;  // 0: it wasn't told
  };

  std::string claim(Engine& engine);
  std::string change(Engine& engine, bool confirm);
  static Result<Booking> once_durable(Engine& engine, Result<Booking> answer);
  std::string judge(const Engine& engine, const Result<Booking>& answer);

  model::ManualClock& clock_;
  model::Random random_;
  std::uint64_t operations_{0};
  std::vector<Asked> asked_;
  std::map<BookingId, BookingState> told_;  // what it had become, when that was acknowledged last
  bool unsure_{false};  // an answer was outcome_unknown: this engine acknowledges nothing more
};

}  // namespace janji::io_faults
