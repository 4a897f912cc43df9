// What a small office does all day, drawn from a seed: claims, walk-ins, groups, some of which
// wait, confirms with details, cancels, requests sent twice, and time that passes.
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
  struct Manner {
    bool relaxed{false};
    // Nobody waits, and no day passes: what these bring takes the writer several rounds, which go
    // on beside the checkpointer.
    bool calm{false};
  };
  // `known`: the bookings that are there already.
  Load(Engine& engine, model::ManualClock& clock, model::Random random, Manner manner,
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
  SlotKey wanted_slot() const;
  BookingId some_booking();
  void remember(const ClaimRequest& request, const Decision& decision);
  void note(const Result<Booking>& booking);
  void note_group(const Result<BookingId>& group);
  std::vector<ApplicantKey> some_family();
  void act();
  void claim();
  void walk_in();
  void claim_group();
  void join();
  void join_group();
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
  const Manner manner_;
  const std::uint64_t number_;  // of this load: makes its operation ids its own
  std::uint64_t operations_{0};
  std::vector<BookingId> known_;
  std::vector<BookingId> others_;  // who walked in, waits or is a group
  std::vector<ClaimRequest> sent_;
  Lsn newest_;             // of what was decided, as far as it was told
  bool published_{false};  // the step has published a record for the next round
  bool offers_;  // somebody waits, or did: the writer may have more to do than what is asked
  std::string wrong_;
  Halt halt_;
};

}  // namespace janji::power
