// The daemon's handlers, with an engine behind them, without a network in front.
#pragma once

#include <memory>
#include <string>

#include <janji/engine.hpp>

#include "api/api.hpp"
#include "api/pipeline.hpp"
#include "identity/identity.hpp"
#include "model/clocks.hpp"

namespace janji::fuzz {

// Serves the small town. There are two bookings whose references and tokens a client may know:
// one that is held and one that is confirmed. Time stands still, so that nothing changes but by
// what is asked.
class TownHall {
 public:
  TownHall();
  ~TownHall();

  // The answer, however often the request had to wait; everything decided is durable by then.
  janjid::Response answer(const janjid::Request& request);

  // `text` with <held>, <held token>, <confirmed> and <confirmed token> replaced by what they
  // stand for: no fuzzer guesses those.
  std::string filled_in(std::string text) const;

  // Something was granted: whoever comes next would find another world.
  bool changed() const;

 private:
  struct Known {
    std::string reference, token;
  };
  Known make_booking(std::uint64_t applicant, bool confirm);

  model::ManualClock clock_;
  std::unique_ptr<Engine> engine_;
  janjid::Identity identity_;
  janjid::AccessWatch access_{std::filesystem::path{}};
  janjid::CommitBell bell_;
  std::unique_ptr<janjid::Api> api_;
  janjid::Site site_;
  std::unique_ptr<janjid::Pipeline> pipeline_;
  Known held_, confirmed_;
  Lsn begun_;
};

// The one for the next input: as nobody has changed it yet.
TownHall& town_hall();

}  // namespace janji::fuzz
