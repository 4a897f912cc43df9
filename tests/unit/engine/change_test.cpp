#include <cstring>

#include "engine_fixture.hpp"

using namespace janji;
using namespace janji::test;

namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace

TEST_CASE("a hold is confirmed with its details") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto held = engine->claim(claim_of(1));
  REQUIRE(held.ok());
  const std::string details = "sealed";
  clock.advance(1000);
  const auto confirmed = engine->confirm({held->id, {5, 1}, 0, bytes_of(details)});
  REQUIRE(confirmed.ok());
  CHECK(confirmed->state == BookingState::confirmed);
  CHECK(confirmed->version == 2);
  CHECK(confirmed->confirmed_at.value == kMorning + 1000);
  CHECK(confirmed->details_size == details.size());
  const auto stored = engine->details(held->id);
  REQUIRE(stored.ok());
  CHECK(std::string(reinterpret_cast<const char*>(stored->data()), stored->size()) == details);
  CHECK(availability(*engine, slot_at()).free == 1);

  Patience patience;
  const Decision again = engine->try_confirm({held->id, {5, 1}, 0, bytes_of(details)}, patience);
  CHECK(again.verdict == Verdict::granted);
  CHECK(again.replayed);
  CHECK(engine->confirm({held->id, {5, 2}, 0, {}}).code() == Code::illegal_transition);
  CHECK(engine->confirm({held->id, {5, 1}, 9, {}}).code() == Code::operation_mismatch);
  CHECK(engine->cancel({held->id, {5, 1}, 0}).code() == Code::operation_mismatch);
}

TEST_CASE("details of every size up to the bound") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  std::uint64_t applicant = 0;
  for (const std::size_t size : {1U, 4063U, 4064U, 4080U, 4096U}) {
    ++applicant;
    const auto held = engine->claim(claim_of(applicant, slot_at(1, static_cast<int>(applicant))));
    REQUIRE(held.ok());
    const std::string details(size, 'x');
    REQUIRE(engine->confirm({held->id, {}, 0, bytes_of(details)}).ok());
    const auto stored = engine->details(held->id);
    REQUIRE(stored.ok());
    CHECK(stored->size() == size);
  }
  const auto held = engine->claim(claim_of(++applicant, slot_at(1, 10)));
  REQUIRE(held.ok());
  const std::string details(4097, 'x');
  CHECK(engine->confirm({held->id, {}, 0, bytes_of(details)}).code() == Code::invalid_argument);
}

TEST_CASE("cancelling gives the seat back and ends the booking") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto held = engine->claim(claim_of(1));
  REQUIRE(held.ok());
  SECTION("from held") {}
  SECTION("from confirmed") {
    REQUIRE(engine->confirm({held->id, {}, 0, {}}).ok());
  }
  const auto cancelled = engine->cancel({held->id, {6, 1}, 0});
  REQUIRE(cancelled.ok());
  CHECK(cancelled->state == BookingState::cancelled);
  CHECK(cancelled->ended_at.value == kMorning);
  CHECK(availability(*engine, slot_at()).free == 2);
  Patience patience;
  const Decision again = engine->try_cancel({held->id, {6, 1}, 0}, patience);
  CHECK(again.verdict == Verdict::granted);
  CHECK(again.replayed);
  CHECK(engine->cancel({held->id, {6, 2}, 0}).code() == Code::illegal_transition);
  CHECK(engine->confirm({held->id, {6, 3}, 0, {}}).code() == Code::illegal_transition);
}

TEST_CASE("a hold ends at its deadline, not before") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  const auto held = engine->claim(claim_of(1));
  REQUIRE(held.ok());
  clock.advance(599'999);
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(held->id)->state == BookingState::held);
  SECTION("swept by the writer") {
    clock.advance(1001);
    REQUIRE(engine->settle().ok());
    REQUIRE(engine->settle().ok());
    CHECK(engine->find(held->id)->state == BookingState::expired);
    CHECK(availability(*engine, slot_at()).free == 2);
    CHECK(engine->claim(claim_of(1)).ok());
  }
  SECTION("met by a confirm that is too late") {
    clock.advance(1);
    CHECK(engine->confirm({held->id, {}, 0, {}}).code() == Code::hold_expired);
    CHECK(engine->find(held->id)->state == BookingState::expired);
    CHECK(engine->find(held->id)->ended_at.value == kMorning + 600'000);
    clock.advance(5000);
    REQUIRE(engine->settle().ok());
    CHECK(availability(*engine, slot_at()).free == 2);
  }
  SECTION("met by a cancel that is too late") {
    clock.advance(1);
    CHECK(engine->cancel({held->id, {}, 0}).code() == Code::hold_expired);
    CHECK(engine->confirm({held->id, {}, 0, {}}).code() == Code::hold_expired);
  }
  SECTION("confirmed in time, it stays") {
    REQUIRE(engine->confirm({held->id, {}, 0, {}}).ok());
    clock.advance(3'600'000);
    REQUIRE(engine->settle().ok());
    CHECK(engine->find(held->id)->state == BookingState::confirmed);
  }
}

TEST_CASE("a hold that lasts longer than the wheel reaches ends at its deadline, not before") {
  ManualClock clock;
  Options options = small_options(clock);
  UniformCatalogue spec;
  // Far beyond it, and so little that it is met less than a second early.
  const std::int64_t hold_ms = GENERATE(7'200'000, 4'096'500);
  spec.rules.hold_ms = hold_ms;
  spec.rules.horizon_days = 7;
  options.catalogue = make_uniform_catalogue(spec).value();
  auto engine = open_engine(options);
  const auto held = engine->claim(claim_of(1));
  REQUIRE(held.ok());
  const std::int64_t begun = clock.monotonic_ms();
  for (const std::int64_t left : {hold_ms - 4'000'000, std::int64_t{400}, std::int64_t{1}}) {
    clock.advance(begun + hold_ms - left - clock.monotonic_ms());
    REQUIRE(engine->settle().ok());
    REQUIRE(engine->settle().ok());
    CHECK(engine->find(held->id)->state == BookingState::held);
  }
  clock.advance(1001);
  REQUIRE(engine->settle().ok());
  REQUIRE(engine->settle().ok());
  CHECK(engine->find(held->id)->state == BookingState::expired);
}

TEST_CASE("an ended booking's place is used again after its retention, under another id") {
  ManualClock clock;
  Options options = small_options(clock);
  options.bookings_max = 1;
  options.retention_ms = 60'000;
  auto engine = open_engine(options);
  const auto first = engine->claim(claim_of(1, slot_at(), 1));
  REQUIRE(first.ok());
  REQUIRE(engine->cancel({first->id, {6, 1}, 0}).ok());
  CHECK(engine->claim(claim_of(2, slot_at(), 2)).code() == Code::limit_reached);
  clock.advance(700'000);  // past the hold's second, where the place was still linked
  for (int i = 0; i < 3; ++i) REQUIRE(engine->settle().ok());
  clock.advance(70'000);
  for (int i = 0; i < 3; ++i) REQUIRE(engine->settle().ok());
  CHECK(engine->find(first->id).code() == Code::booking_not_found);
  const auto second = engine->claim(claim_of(2, slot_at(), 1));
  REQUIRE(second.ok());
  CHECK(second->id != first->id);
  CHECK(engine->cancel({first->id, {6, 2}, 0}).code() == Code::booking_not_found);
  CHECK(engine->find(second->id)->state == BookingState::held);
}

TEST_CASE("ids that name nothing are not found") {
  ManualClock clock;
  auto engine = open_engine(small_options(clock));
  for (const std::uint64_t id : {std::uint64_t{0}, std::uint64_t{1}, ~std::uint64_t{0}}) {
    CHECK(engine->find(BookingId{id}).code() == Code::booking_not_found);
    CHECK(engine->confirm({BookingId{id}, {}, 0, {}}).code() == Code::booking_not_found);
    CHECK(engine->cancel({BookingId{id}, {}, 0}).code() == Code::booking_not_found);
  }
}
