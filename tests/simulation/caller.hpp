// One customer of the simulated office.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "simulation/world.hpp"

namespace janji::simulation {

inline constexpr std::int64_t kPatienceMs = 60'000;

// Claims, confirms, cancels and looks up, again and again, with ids used twice, at wrong times, for
// what isn't there. Writes into the diary what it was told. Now and then it calls while nobody else
// does: then the answer must be exactly the one that the model foretells.
class Caller {
 public:
  Caller(World& world, std::uint64_t number);

  // Until the life is over. Within a fiber.
  void run();

 private:
  void one_call();
  ClaimRequest request(std::uint64_t number) const;
  SlotKey some_slot(model::Random& random) const;
  void spoil(ClaimRequest& request);
  BookingId from_board();
  // As a holder does: looks at the booking's token each time before it asks for a change.
  std::uint8_t look_at_token(BookingId booking, bool is_holder);
  void claim();
  void claim(const ClaimRequest& request);
  void move();
  OperationId some_id(BookingId booking, std::uint64_t first);
  void confirm();
  void cancel(BookingId booking);
  void reschedule();
  void act();
  void next();
  void change_slot();
  void change_catalogue();
  void block();
  void erase();
  void entitle();
  EntitlementId some_entitlement(model::Random& random) const;
  void join();
  void walk_in();
  void join_group();
  SlotKey where_to_wait(model::Random& random, OperationId& operation);
  std::vector<GroupPart> some_parts(model::Random& random, std::uint16_t members) const;
  model::GroupClaimCall group_request(std::uint64_t number) const;
  void claim_group();
  void move_group();
  void find();
  void read_details();

  // Makes the call and writes it down. `attempt(Patience&)` is a try of it, `foretell()` what the
  // model expects now.
  void decide(model::Call call, const Request& request,
              const std::function<Decision(Patience&)>& attempt,
              const std::function<model::Expected()>& foretell);
  bool settle_alone(const model::Call& call);
  bool is_shut() const;
  bool opens_soon() const;
  bool is_behind(const Counters& counters) const;
  bool has_reason(Code code, const Counters& counters, Health health) const;

  SlotChangeRequest last_change_{};
  World& world_;
  std::uint64_t number_;
  model::Random random_;
  std::uint8_t issue_{kAnyIssue};  // of the token under which the last try was made
};

// The bytes that are given with a confirm under this id, as many as it says.
std::vector<std::byte> details_of(OperationId operation);

}  // namespace janji::simulation
