// The real engine against the model, one operation after another: the same answers, the same
// slots, the same bookings. JANJI_MODEL_SEED and JANJI_MODEL_STEPS choose another or longer run.
#include <catch2/catch.hpp>

#include <array>
#include <map>
#include <optional>

#include <janji/catalogue_builder.hpp>

#include "model/names.hpp"
#include "model/random.hpp"
#include "model/watched_engine.hpp"
#include "support/counted.hpp"

namespace {

using namespace janji;
using namespace janji::model;

constexpr std::int64_t kDayMs = 86'400'000;
// Monday 2026-03-02, 08:30 in Kuala Lumpur (UTC+8).
constexpr Day kMonday{20514};
constexpr std::int64_t kStart = kMonday.value * kDayMs + (8 * 60 + 30 - 8 * 60) * 60'000;

// Two offices, three services of which two share a scope; small slots that fill quickly.
std::shared_ptr<const Catalogue> small_town() {
  CatalogueBuilder builder;
  const auto west = builder.add_branch(
      {"west", "West", "Selangor", "MY-10", "branch", "Shah Alam", "Asia/Kuala_Lumpur"});
  const auto east =
      builder.add_branch({"east", "East", "Sarawak", "MY-13", "branch", "Kuching", "Asia/Kuching"});
  const auto service = [&](const char* id, const char* scope, std::uint8_t categories,
                           std::int64_t hold_ms, std::int64_t lead_ms, std::uint16_t seats_max) {
    Service made;
    made.id = id;
    made.name = {id, id, id};
    made.categories = categories;
    made.rules.hold_ms = hold_ms;
    made.rules.lead_ms = lead_ms;
    made.rules.horizon_days = 5;
    made.rules.seats_max = seats_max;
    made.rules.scope_name = scope;
    return builder.add_service(std::move(made));
  };
  const std::uint8_t citizens = category_bit(Category::citizen);
  const std::uint8_t everyone = static_cast<std::uint8_t>(
      citizens | category_bit(Category::foreigner) | category_bit(Category::employer));
  const auto passport = service("passport", "person", citizens, 60'000, 0, 1);
  const auto permit = service("permit", "person", everyone, 45'000, 1'800'000, 3);
  const auto enquiry = service("enquiry", "", everyone, 20'000, 0, 2);
  OpeningWeek weekdays = OpeningWeek::every_day(9 * 60, 13 * 60);
  weekdays.days[5] = weekdays.days[6] = OpeningDay{};
  const auto open = builder.add_week(weekdays);
  const auto lane = [&](std::uint32_t branch, std::uint32_t of, std::uint16_t capacity,
                        Day last = kLastPlannedDay) {
    CatalogueBuilder::Lane made;
    made.branch = branch;
    made.service = of;
    made.week = open;
    made.slot_minutes = 60;
    made.capacity = capacity;
    made.last_day = last;
    builder.add_lane(made);
  };
  lane(west, passport, 2);
  lane(west, permit, 4);
  lane(east, passport, 1, Day{kMonday.value + 2});
  lane(east, enquiry, 3);
  builder.add_holiday("MY-13", Day{kMonday.value + 1}, "a holiday");
  return builder.build().value();
}

// One run: chooses operations, asks the model, asks the engine, compares.
class Run {
 public:
  explicit Run(std::uint64_t seed) : random_(seed), watched_(options(), kStart) {
    check(watched_.catch_up());
  }

  void step() {
    ++steps_;
    const std::uint64_t dice = random_.below(1000);
    if (watched_.undecided_now()) {
      // Only what the deadline decides by itself can be foretold now.
      if (random_.percent(50)) return use_expired();
      return check(watched_.advance(1000));
    }
    if (dice < 500) return claim();
    if (dice < 720) return confirm();
    if (dice < 870) return cancel();
    if (dice < 993) return check(watched_.advance(random_.between(0, 6) * 1000));
    if (dice < 997) return correct_wall_clock();
    check(watched_.advance(random_.between(1, 9) * 3'600'000));
  }
  void compare() { check(watched_.compare()); }
  const std::map<std::string, int>& seen() const { return seen_; }

 private:
  static Options options() {
    Options options;
    options.catalogue = small_town();
    options.slots_max = 4096;
    options.bookings_max = 512;
    options.operations_max = 512;
    options.record_blocks = 1024;
    options.callers_max = 4;
    options.details_in_flight = 16;
    options.retention_ms = 90'000;
    options.huge_pages = false;
    return options;
  }

  void check(const std::string& wrong) {
    INFO("step " << steps_);
    REQUIRE(wrong == "");
  }

  OperationId new_operation() {
    return random_.percent(10) ? OperationId{} : OperationId{7, ++ids_};
  }
  // Mostly a new id, now and then one that was used before.
  OperationId some_operation() {
    if (ids_ == 0 || random_.percent(70)) return new_operation();
    return OperationId{7, 1 + random_.below(ids_)};
  }

  LaneId some_lane() {
    if (random_.percent(2)) return LaneId{static_cast<std::uint32_t>(random_.below(8))};
    return watched_.engine().lane(random_.below(4));
  }
  Day some_day() {
    const auto today =
        static_cast<std::int32_t>((watched_.engine().civil_now().value + 8 * 3'600'000) / kDayMs);
    return Day{today + static_cast<std::int32_t>(
                           random_.percent(94) ? random_.between(0, random_.percent(70) ? 1 : 4)
                                               : random_.between(-2, 7))};
  }
  SlotKey some_slot() {
    if (random_.percent(1)) return SlotKey{random_.next()};
    const std::int64_t minute =
        random_.percent(97) ? 540 + 60 * random_.between(0, 3) : random_.between(0, 2047);
    return SlotKey(some_lane(), some_day(), Minute{static_cast<std::uint16_t>(minute)});
  }

  ClaimRequest some_claim() {
    ClaimRequest request;
    if (random_.percent(60)) {
      request.slot = some_slot();
    } else {
      request.lane = some_lane();
      request.first_day = some_day();
      request.last_day =
          Day{request.first_day.value + static_cast<std::int32_t>(random_.percent(96)
                                                                      ? random_.between(0, 3)
                                                                      : random_.between(-1, 101))};
    }
    request.seats = static_cast<std::uint16_t>(random_.percent(80) ? 1 : random_.between(0, 4));
    request.category = random_.percent(90) ? Category::citizen : Category::foreigner;
    if (!random_.percent(1)) request.applicant = {1, 1 + random_.below(60)};
    request.operation = new_operation();
    request.payload = random_.below(2);
    return request;
  }

  void claim() {
    ClaimRequest request = some_claim();
    if (!claims_.empty() && random_.percent(20)) {
      // The same again, or the same id for something else.
      request = claims_[random_.below(claims_.size())];
      if (random_.percent(30)) request.payload ^= 1;
    } else if (random_.percent(10)) {
      request.operation = some_operation();
    }
    const Expected expected = watched_.operations().claim(request, watched_.engine().civil_now());
    Patience patience;
    const Decision decision = watched_.engine().try_claim(request, patience);
    judge("claim", expected, decision);
    if (decision.verdict != janji::Verdict::granted || decision.replayed) return;
    claims_.push_back(request);
    bookings_.push_back(decision.booking);
    watched_.operations().granted(request);
    check(watched_.catch_up());
    const ModelBooking* made = watched_.model().find_booking(decision.booking);
    REQUIRE(made != nullptr);
    REQUIRE(made->lsn == decision.lsn);
    INFO(expected.words() << ", taken: " << name(made->slot));
    REQUIRE(made->slot == expected.slot);
    REQUIRE(made->applicant == request.applicant);
    REQUIRE(made->seats == request.seats);
    const Service& service = *watched_.operations().service(made->slot.lane());
    REQUIRE(made->deadline_ms == watched_.engine().ledger_now().value + service.rules.hold_ms);
    REQUIRE(made->scope == service.rules.scope);
  }

  BookingId some_booking() {
    if (bookings_.empty() || random_.percent(3)) return BookingId{random_.next()};
    const std::size_t recent = std::min<std::size_t>(bookings_.size(), 24);
    return bookings_[bookings_.size() - 1 - random_.below(recent)];
  }

  void confirm() {
    ConfirmRequest request;
    request.booking = some_booking();
    request.operation = some_operation();
    request.payload = random_.below(2);
    if (!confirms_.empty() && random_.percent(20)) {
      request = confirms_[random_.below(confirms_.size())];
      if (random_.percent(30)) request.payload ^= 1;
    }
    std::vector<std::byte> details(random_.percent(50) ? random_.below(200) : 0);
    if (random_.percent(2)) details.resize(kDetailsMax + random_.below(2));
    for (std::byte& byte : details) byte = static_cast<std::byte>(random_.next());
    request.details = details;
    const Expected expected =
        watched_.operations().confirm(request, watched_.engine().ledger_now());
    Patience patience;
    const Decision decision = watched_.engine().try_confirm(request, patience);
    judge("confirm", expected, decision);
    if (decision.verdict != janji::Verdict::granted || decision.replayed) return;
    request.details = {};
    confirms_.push_back(request);
    watched_.operations().granted(request);
    check(watched_.catch_up());
    if (details.empty()) return;
    const auto stored = watched_.engine().details(request.booking);
    REQUIRE(stored.ok());
    REQUIRE(*stored == details);
  }

  void cancel() {
    CancelRequest request;
    request.booking = some_booking();
    request.operation = some_operation();
    if (!cancels_.empty() && random_.percent(20)) {
      request = cancels_[random_.below(cancels_.size())];
      if (random_.percent(30)) request.payload ^= 1;
    }
    cancel(request);
  }
  void cancel(const CancelRequest& request) {
    const Expected expected = watched_.operations().cancel(request, watched_.engine().ledger_now());
    Patience patience;
    const Decision decision = watched_.engine().try_cancel(request, patience);
    judge("cancel", expected, decision);
    if (decision.verdict == janji::Verdict::granted && !decision.replayed) {
      cancels_.push_back(request);
      watched_.operations().granted(request);
    }
    check(watched_.catch_up());
  }

  // A hold past its deadline, whether it was swept already or not.
  void use_expired() {
    const std::int64_t now = watched_.engine().ledger_now().value;
    for (const auto& [id, booking] : watched_.model().bookings()) {
      if (booking.state == BookingState::held && booking.deadline_ms <= now) {
        CancelRequest request;
        request.booking = id;
        request.operation = new_operation();
        return cancel(request);
      }
    }
    check(watched_.advance(1000));
  }

  void correct_wall_clock() {
    const std::int64_t right = kStart + watched_.clock().monotonic_ms() - 5'000'000;
    watched_.clock().set_civil(right + random_.between(-2, 2) * 3'600'000);
    check(watched_.catch_up());
  }

  void judge(const char* what, const Expected& expected, const Decision& decision) {
    const char* verdict = decision.verdict == janji::Verdict::granted ? "granted"
                          : decision.verdict == janji::Verdict::wait  ? "wait"
                                                                      : "refused";
    ++seen_[std::string(what) + " " + (decision.replayed ? "replayed" : to_string(decision.code))];
    INFO("step " << steps_ << ", " << what << ": the engine says " << verdict << " "
                 << to_string(decision.code) << (decision.replayed ? " (replayed)" : "")
                 << ", the model " << expected.words());
    REQUIRE(expected.allows(decision));
  }

  Random random_;
  WatchedEngine watched_;
  std::uint64_t ids_{0};
  int steps_{0};
  std::vector<BookingId> bookings_;
  std::vector<ClaimRequest> claims_;
  std::vector<ConfirmRequest> confirms_;
  std::vector<CancelRequest> cancels_;
  std::map<std::string, int> seen_;
};

TEST_CASE("the engine answers as the model says, step by step") {
  const std::uint64_t seed = number_from("JANJI_MODEL_SEED", 1);
  const std::uint64_t steps = number_from("JANJI_MODEL_STEPS", 6000);
  for (std::uint64_t run = seed; run < seed + 3; ++run) {
    INFO("JANJI_MODEL_SEED=" << run);
    Run one(run);
    for (std::uint64_t i = 0; i < steps; ++i) {
      one.step();
      if (i % 50 == 0) one.compare();
    }
    one.compare();
    // A run that never met an answer proves nothing about it.
    for (const char* what : {"claim ok",
                             "claim replayed",
                             "claim slot_full",
                             "claim already_booked",
                             "claim too_late",
                             "claim closed",
                             "claim slot_not_found",
                             "claim outside_horizon",
                             "claim category_not_allowed",
                             "claim seats_exceeded",
                             "claim operation_mismatch",
                             "claim invalid_argument",
                             "confirm ok",
                             "confirm replayed",
                             "confirm hold_expired",
                             "confirm illegal_transition",
                             "confirm booking_not_found",
                             "confirm operation_mismatch",
                             "cancel ok",
                             "cancel replayed",
                             "cancel hold_expired",
                             "cancel illegal_transition",
                             "cancel booking_not_found"}) {
      INFO(what << " never happened");
      REQUIRE(one.seen().contains(what));
    }
  }
  test::counted(3 * steps, "steps");
}

}  // namespace
