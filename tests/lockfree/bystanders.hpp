// Who works on while one thread stands still, and what must hold behind them all.
#pragma once

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "engine_fixture.hpp"

namespace janji::test {

// What others do meanwhile: with the frozen one's slot, its applicant, its booking, and elsewhere.
// Returns how many decisions were final grants.
inline int bystander(Engine& engine, std::uint64_t who, BookingId shared,
                     std::vector<BookingId>& made) {
  int granted = 0;
  for (std::uint64_t i = 0; i < 8; ++i) {
    const std::uint64_t applicant = who * 100 + i;
    const auto own =
        engine.claim(claim_of(applicant, slot_at(2, static_cast<int>(who)), applicant));
    if (own.ok()) {
      ++granted;
      if (engine.confirm({own->id, {50, applicant}, 0, {}}).ok()) ++granted;
      if (engine.cancel({own->id, {60, applicant}, 0}).ok()) ++granted;
    }
    (void)engine.claim(claim_of(1, slot_at(3), 7000 + applicant));  // the frozen one's applicant
    const auto same_slot = engine.claim(claim_of(applicant + 50, slot_at()));
    if (same_slot.ok()) made.push_back(same_slot->id);
    const auto same_request = engine.claim(claim_of(1, slot_at(), 1));
    if (same_request.ok()) made.push_back(same_request->id);
    (void)engine.find(shared);
    if (shared.value != 0) (void)engine.cancel({shared, {70, applicant}, 0});
    (void)availability(engine, slot_at());
  }
  return granted;
}

// Every seat of the slot that is taken belongs to an active booking, and nothing is pending.
inline void audit(Engine& engine, const std::set<BookingId>& known) {
  std::uint32_t active = 0;
  for (const BookingId id : known) {
    const auto booking = engine.find(id);
    const bool is_here = booking.ok() && booking->slot == slot_at();
    if (is_here && is_active(booking->state)) active += booking->seats;
  }
  const SlotAvailability slot = availability(engine, slot_at());
  CHECK(static_cast<std::uint32_t>(slot.capacity - slot.free) == active);
}

// The last seats can be had, and then the slot is full for good: no seat got lost, none is pending.
inline void fill(Engine& engine) {
  const std::uint32_t left = availability(engine, slot_at()).free;
  for (std::uint32_t i = 0; i < left; ++i) REQUIRE(engine.claim(claim_of(100'000 + i)).ok());
  CHECK(engine.claim(claim_of(200'000)).code() == Code::slot_full);
}

// Three others do their work to the end; it hangs, and times out, if they were stopped. Returns the
// bookings that they made in the frozen one's slot.
inline std::set<BookingId> bystanders_finish(Engine& engine, BookingId shared) {
  std::atomic<int> granted{0};
  std::vector<BookingId> made[3];
  std::vector<std::thread> others;
  for (std::uint64_t who = 1; who <= 3; ++who) {
    others.emplace_back([&, who] { granted += bystander(engine, who, shared, made[who - 1]); });
  }
  for (std::thread& other : others) other.join();
  CHECK(granted == 3 * 8 * 3);
  std::set<BookingId> all;
  for (const auto& theirs : made) all.insert(theirs.begin(), theirs.end());
  return all;
}

}  // namespace janji::test
