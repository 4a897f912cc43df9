// A run of operations, one after another, on the real engine and the model side by side.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/random.hpp"
#include "model/some_requests.hpp"
#include "model/watched_engine.hpp"

namespace janji::model {

// Chooses an operation, asks the model, asks the engine, compares: in the small town, by a clock
// that only the run moves, so that the choices alone decide what happens.
class OperationRun {
 public:
  explicit OperationRun(Random choices);

  // The next operation. Words of what was wrong with it, or none; after words the run is over.
  std::string step();
  // Every slot and booking. Words of the first difference, or none.
  std::string compare() const { return watched_.compare(); }
  Engine& engine() { return watched_.engine(); }

  // The choices were bytes, and all were used.
  bool spent() const { return random_.spent(); }
  // How often each answer was given, e.g. "claim slot_full".
  const std::map<std::string, int>& seen() const { return seen_; }

 private:
  std::string claim();
  std::string check_claim(const ClaimRequest& request, const Decision& decision,
                          const Expected& expected);
  std::string walk_in();
  std::string confirm();
  std::string cancel(const CancelRequest& request);
  std::string reschedule();
  std::string act(const ActRequest& request);
  std::string next();
  std::string change_slot();
  std::string erase();
  std::string join();
  std::string join_group();
  std::string block();
  std::string block(const BlockRequest& request);
  // operation_run_entitlements.cpp
  std::string entitle();
  std::string grant_entitlement();
  std::string change_entitlement(const EntitlementChangeRequest& request);
  std::string change_eligible();
  std::string claim_group();
  std::string move_group();
  std::string check_seats(BookingId group, const std::vector<SlotKey>& seats);
  std::string go_to_a_visit();
  std::string use_expired();
  std::string correct_wall_clock();
  std::string judge(const char* what, const Expected& expected, const Decision& decision);

  Random random_;
  WatchedEngine watched_;
  SomeRequests requests_;
  int steps_{0};
  std::map<std::string, int> seen_;
  NextRequest last_next_;
};

}  // namespace janji::model
