// The checker itself: on histories made by hand, and against a search that tries everything.
#include <algorithm>
#include <vector>

#include <catch2/catch.hpp>

#include "linearizability/checker.hpp"
#include "linearizability/slot_spec.hpp"
#include "model/random.hpp"

using namespace janji;
using namespace janji::linearizability;

namespace {

using History = std::vector<Call<SlotOperation>>;

SlotOperation claim(std::uint32_t booking, std::uint32_t person, Code answer = Code::ok,
                    bool replayed = false) {
  return {Kind::claim, booking, person, 1, answer, replayed, {}, {}};
}
SlotOperation cancel(std::uint32_t booking, Code answer = Code::ok, std::uint32_t id = 0,
                     bool replayed = false) {
  return {Kind::cancel, booking, 0, 0, answer, replayed, {}, id};
}
SlotOperation confirm(std::uint32_t booking, Code answer = Code::ok, std::uint32_t id = 0,
                      bool replayed = false) {
  return {Kind::confirm, booking, 0, 0, answer, replayed, {}, id};
}
SlotOperation find(std::uint32_t booking, BookingState state) {
  return {Kind::find, booking, 0, 0, Code::ok, false, state, {}};
}

bool legal(const History& history, std::uint32_t capacity = 1) {
  SlotState slot;
  slot.capacity = capacity;
  return Checker<SlotSpec>().linearizable(slot, history);
}

// Tries every order that the times allow, and remembers nothing.
bool brute_force(const SlotState& slot, const History& history, std::vector<bool>& done) {
  bool all = true;
  std::int64_t earliest_return = kNever;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (done[i] || history[i].pending()) continue;
    all = false;
    earliest_return = std::min(earliest_return, history[i].returned);
  }
  if (all) return true;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (done[i] || history[i].called > earliest_return) continue;
    SlotState after = slot;
    const bool fits = history[i].pending() ? SlotSpec().apply_pending(after, history[i].operation)
                                           : SlotSpec().apply(after, history[i].operation);
    if (!fits) continue;
    done[i] = true;
    if (brute_force(after, history, done)) return true;
    done[i] = false;
  }
  return false;
}

SlotOperation random_operation(model::Random& random) {
  const auto name = static_cast<std::uint32_t>(random.below(3));
  switch (random.below(4)) {
    case 0: return cancel(name, Code::ok, static_cast<std::uint32_t>(random.below(3)));
    case 1: return confirm(name, Code::ok, static_cast<std::uint32_t>(random.below(3)));
    case 2: return find(name, BookingState::held);
    default: return claim(name, name % 2);
  }
}

// The answer that the slot, as it stands, gives; the slot is left as the operation leaves it.
// False: there is none, the operation is about nothing.
bool answer(SlotState& slot, SlotOperation& op) {
  for (const Code code :
       {Code::ok, Code::already_booked, Code::slot_full, Code::illegal_transition}) {
    for (const bool replayed : {false, true}) {
      for (const auto state :
           {BookingState::held, BookingState::confirmed, BookingState::cancelled}) {
        op.answer = code;
        op.replayed = replayed;
        op.found = state;
        SlotState after = slot;
        if (!SlotSpec().apply(after, op)) continue;
        slot = after;
        return true;
      }
    }
  }
  return false;
}

// A history that really happened one by one, with intervals around its moments; then, in some, an
// answer or a time is bent.
History random_history(model::Random& random) {
  SlotState slot;
  slot.capacity = 1;
  History history;
  const std::size_t size = 1 + random.below(7);
  for (std::int64_t moment = 100; history.size() < size && moment < 5000; moment += 100) {
    SlotOperation op = random_operation(random);
    if (!answer(slot, op)) continue;
    const auto around = [&] { return static_cast<std::int64_t>(random.below(250)); };
    history.push_back({op, moment - around(), random.percent(10) ? kNever : moment + around()});
  }
  if (history.empty() || random.percent(30)) return history;
  Call<SlotOperation>& bent = history[random.below(history.size())];
  switch (random.below(4)) {
    case 0: bent.operation.answer = random.percent(50) ? Code::slot_full : Code::ok; break;
    case 1: bent.operation.replayed = !bent.operation.replayed; break;
    case 2: bent.operation.booking = static_cast<std::uint32_t>(random.below(3)); break;
    default:
      bent.called -= 300;
      if (!bent.pending()) bent.returned = bent.called + 50;
  }
  return history;
}

}  // namespace

TEST_CASE("checker: nothing at all, and one by one") {
  CHECK(legal({}));
  CHECK(legal({{claim(1, 1), 0, 1}, {confirm(1), 2, 3}, {cancel(1), 4, 5}, {claim(2, 1), 6, 7}}));
}

TEST_CASE("checker: two may not have the last seat, overlapping or not") {
  CHECK_FALSE(legal({{claim(1, 1), 0, 1}, {claim(2, 2), 2, 3}}));
  CHECK_FALSE(legal({{claim(1, 1), 0, 10}, {claim(2, 2), 0, 10}}));
  CHECK(legal({{claim(1, 1), 0, 10}, {claim(2, 2), 0, 10}}, 2));
  CHECK(legal({{claim(1, 1), 0, 10}, {claim(2, 2, Code::slot_full), 0, 10}}));
}

TEST_CASE("checker: full is only true while it is") {
  CHECK_FALSE(legal({{claim(1, 1, Code::slot_full), 0, 1}, {claim(2, 2), 2, 3}}));
  CHECK(legal({{claim(1, 1, Code::slot_full), 0, 3}, {claim(2, 2), 2, 4}}));
  // The seat came back before the claim began.
  CHECK_FALSE(
      legal({{claim(1, 1), 0, 1}, {cancel(1), 2, 3}, {claim(2, 2, Code::slot_full), 4, 5}}));
  CHECK(legal({{claim(1, 1), 0, 1}, {cancel(1), 2, 5}, {claim(2, 2, Code::slot_full), 4, 6}}));
  // Whoever saw the cancel saw the seat come back.
  CHECK_FALSE(legal({{claim(1, 1), 0, 1},
                     {cancel(1), 2, 9},
                     {find(1, BookingState::cancelled), 3, 4},
                     {claim(2, 2, Code::slot_full), 5, 6}}));
}

TEST_CASE("checker: one booking a person") {
  CHECK_FALSE(legal({{claim(1, 1), 0, 10}, {claim(2, 1), 0, 10}}, 5));
  CHECK(legal({{claim(1, 1), 0, 10}, {claim(2, 1, Code::already_booked), 0, 10}}, 5));
  CHECK_FALSE(legal({{claim(2, 1, Code::already_booked), 0, 1}, {claim(1, 1), 2, 3}}, 5));
}

TEST_CASE("checker: a request sent twice acts once") {
  CHECK(legal({{claim(1, 1), 0, 10}, {claim(1, 1, Code::ok, true), 0, 10}}));
  CHECK_FALSE(legal({{claim(1, 1), 0, 10}, {claim(1, 1), 0, 10}}, 5));
  CHECK_FALSE(legal({{claim(1, 1, Code::ok, true), 0, 1}, {claim(1, 1), 2, 3}}));
  CHECK_FALSE(legal({{claim(1, 1), 0, 1}, {claim(1, 1, Code::slot_full), 2, 3}}));
}

TEST_CASE("checker: a change sent twice under one id acts once, and is told so") {
  using enum Code;
  CHECK(legal({{claim(1, 1), 0, 1}, {confirm(1, ok, 1), 2, 3}, {confirm(1, ok, 1, true), 4, 5}}));
  CHECK_FALSE(legal({{claim(1, 1), 0, 1}, {confirm(1, ok, 1), 2, 3}, {confirm(1, ok, 1), 4, 5}}));
  CHECK_FALSE(
      legal({{claim(1, 1), 0, 1}, {confirm(1, ok, 1), 2, 3}, {confirm(1, ok, 2, true), 4, 5}}));
  CHECK_FALSE(legal({{claim(1, 1), 0, 1}, {confirm(1, ok, 1, true), 2, 3}}));
  CHECK_FALSE(legal(
      {{claim(1, 1), 0, 1}, {cancel(1, ok, 1), 2, 3}, {cancel(1, illegal_transition, 1), 4, 5}}));
  // Whoever confirmed hears so also when it was cancelled since.
  CHECK(legal({{claim(1, 1), 0, 1},
               {confirm(1, ok, 1), 2, 3},
               {cancel(1, ok, 1), 4, 5},
               {confirm(1, ok, 1, true), 6, 7}}));
}

TEST_CASE("checker: a booking changes along its life, once each time") {
  CHECK_FALSE(legal({{claim(1, 1), 0, 1}, {cancel(1), 2, 10}, {cancel(1), 2, 10}}));
  CHECK(legal({{claim(1, 1), 0, 1}, {cancel(1), 2, 10}, {confirm(1), 2, 10}}));
  CHECK_FALSE(legal({{claim(1, 1), 0, 1}, {cancel(1), 2, 3}, {confirm(1), 4, 5}}));
  CHECK(legal(
      {{claim(1, 1), 0, 1}, {cancel(1), 2, 3}, {confirm(1, Code::illegal_transition), 4, 5}}));
  CHECK_FALSE(legal({{claim(1, 1), 0, 1}, {confirm(1, Code::illegal_transition), 2, 3}}));
  CHECK_FALSE(legal({{claim(1, 1), 0, 1}, {find(1, BookingState::cancelled), 2, 3}}));
}

TEST_CASE("checker: what was cut off may have happened, late, or not at all") {
  CHECK(legal({{claim(1, 1), 0, kNever}, {claim(2, 2), 1, 2}}));
  CHECK(legal({{claim(1, 1), 0, kNever}, {claim(2, 2, Code::slot_full), 1, 2}}));
  CHECK(legal({{claim(1, 1), 0, kNever},
               {claim(2, 2), 1, 2},
               {cancel(2), 3, 4},
               {claim(3, 3, Code::slot_full), 5, 6}}));
  CHECK_FALSE(legal({{claim(1, 1), 5, kNever}, {claim(2, 2, Code::slot_full), 1, 2}}));
  // Once seen, it doesn't go away.
  CHECK_FALSE(
      legal({{claim(1, 1), 0, kNever}, {claim(2, 2, Code::slot_full), 1, 2}, {claim(3, 3), 3, 4}}));
}

TEST_CASE("checker: agrees with a search that tries everything") {
  const std::uint64_t seed = model::number_from("JANJI_LINEAR_SEED", 1);
  const std::uint64_t histories = model::number_from("JANJI_LINEAR_CHECKS", 20'000);
  INFO("seed " << seed);
  model::Random random(seed);
  std::uint64_t good = 0;
  for (std::uint64_t i = 0; i < histories; ++i) {
    const History history = random_history(random);
    SlotState slot;
    slot.capacity = 1;
    std::vector<bool> done(history.size(), false);
    const bool expected = brute_force(slot, history, done);
    CAPTURE(i, history.size());
    REQUIRE(Checker<SlotSpec>().linearizable(slot, history) == expected);
    good += expected;
  }
  CHECK(good > histories / 5);
  CHECK(good < histories * 4 / 5);
}
