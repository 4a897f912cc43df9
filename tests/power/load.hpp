// What a small office does all day, drawn from a seed: claims, confirms with details, cancels,
// requests sent twice, and time that passes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <janji/engine.hpp>

#include "model/clocks.hpp"
#include "model/random.hpp"
#include "power/halt.hpp"
#include "support/small_office.hpp"

namespace janji::power {

namespace office = test::office;

// One step after the other, each ended before the next: the threads of the engine then make the
// same calls in the same order whenever the seed is the same.
class Load {
 public:
  // `known`: the bookings that are there already.
  Load(Engine& engine, model::ManualClock& clock, model::Random random, bool relaxed,
       const std::vector<BookingId>& known);
  ~Load();
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  // Words when the engine doesn't do what it must.
  std::string step();
  // Without waiting for anything, for several threads at once.
  void hurried_step();

 private:
  ClaimRequest some_claim();
  void remember(const ClaimRequest& request, const Decision& decision);
  void note(const Result<Booking>& booking);
  void act();
  void claim();
  void confirm();
  void cancel();
  void reschedule();
  void take_a_step();
  void change_slot();
  void block();
  void send_again();
  void many_claims();
  std::int64_t some_time();
  void pass_time();
  std::string wait_until_quiet(std::uint64_t commits);

  Engine& engine_;
  model::ManualClock& clock_;
  model::Random random_;
  const bool relaxed_;
  const std::uint64_t number_;  // of this load: makes its operation ids its own
  std::uint64_t operations_{0};
  std::vector<BookingId> known_;
  std::vector<ClaimRequest> sent_;
  Lsn newest_;             // of what was decided, as far as it was told
  bool published_{false};  // the step has published a record for the next round
  std::string wrong_;
  Halt halt_;
};

}  // namespace janji::power
