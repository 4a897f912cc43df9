#include "failpoints/load.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <vector>

#include <janji/catalogue_builder.hpp>
#include <janji/check.hpp>

#include "model/random.hpp"
#include "simulation/clock.hpp"
#include "simulation/scheduler.hpp"

namespace janji::failpoints {
namespace {

constexpr std::int64_t kStart = 20514LL * 86'400'000;  // 2026-03-02, 08:00 in Kuala Lumpur
constexpr Day kTomorrow{20515};
constexpr int kCallers = 4;
constexpr int kLives = 2;
constexpr int kCalls = 60;  // of a caller in a life
constexpr std::size_t kBoard = 4;
constexpr std::int64_t kDaysAtTheEnd = 4;

// Lane 0, and a pool that falls back to it, of which some slots do so at once. Half of the pool's
// seats of the day behind tomorrow come while days pass. `edited`: with a seat more in each slot,
// and a holiday.
std::shared_ptr<const Catalogue> office(bool edited = false) {
  CatalogueBuilder builder;
  Service service;
  service.id = "s";
  service.name = {"s", "s", "s"};
  service.categories = category_bit(Category::citizen) | category_bit(Category::foreigner) |
                       category_bit(Category::employer);
  service.rules.hold_ms = 2000;
  service.rules.offer_ms = 2000;
  service.rules.freed_seats = {1, 500};
  service.rules.horizon_days = 3;
  service.rules.seats_max = 2;
  service.rules.scope_name = "person";
  service.rules.check_in_ms = kMaxVisitMs;
  CatalogueBuilder::Lane lane;
  lane.service = builder.add_service(std::move(service));
  lane.branch =
      builder.add_branch({"b0", "b0", "state", "state", "branch", "city", "Asia/Kuala_Lumpur"});
  lane.week = builder.add_week(OpeningWeek::every_day(0, 3 * 60));
  lane.slot_minutes = 60;
  lane.capacity = edited ? 3 : 2;
  if (edited) builder.add_holiday("state", kTomorrow, "Founders' Day");
  builder.add_lane(lane);
  lane.pool = Pool::priority;
  lane.fall_back_ms = 17 * 3'600'000;
  lane.tranches = {{50, 5 * 60, 1}};
  builder.add_lane(lane);
  lane.tranches.clear();
  lane.fall_back_ms = 0;
  lane.pool = Pool::kiosk;
  lane.week = builder.add_week(OpeningWeek::every_day(0, 24 * 60));
  lane.slot_minutes = 8 * 60;
  lane.capacity = 6;
  builder.add_lane(lane);
  return builder.build().value();
}

// Callers that are after the same few seats, under the same few ids.
class Load {
 public:
  Load(const std::filesystem::path& directory, std::uint64_t seed, Moment moment, int pipe)
      : random_(seed),
        clock_(kStart),
        scheduler_(seed + 1, {40, 5, 60, 30, 20}, clock_),
        moment_(std::move(moment)),
        pipe_(pipe) {
    options_ = options(directory);
    options_.catalogue = office();
    options_.clock = &clock_;
    options_.threads = &scheduler_;
    options_.seed = seed | 1;
    scheduler_.set_step_watcher([this](const char* name) {
      if (moment_.step == name && ++arrivals_ == moment_.count) kill(getpid(), SIGKILL);
    });
  }

  void run() {
    const auto director = scheduler_.spawn("the director", [this] { direct(); });
    JANJI_CHECK(scheduler_.run().empty());
  }

 private:
  // The first life is ended in order, so that the second begins with a recovery.
  void direct() {
    for (int life = 0; life < kLives; ++life) {
      engine_ = Engine::open(options_).value();
      std::vector<std::unique_ptr<Threads::Thread>> callers;
      for (int i = 0; i < kCallers; ++i) {
        callers.push_back(scheduler_.spawn("caller", [this] { call_often(); }));
      }
      for (const auto& caller : callers) caller->join();
      // Days go by: visits are over, and days without a booking are archived.
      if (life + 1 == kLives) let_days_pass();
      engine_.reset();
    }
  }

  // Nobody comes to the visits of tomorrow morning.
  void let_days_pass() {
    clock_.suspend(22 * 3'600'000);
    for (int rounds = 0; rounds < 4; ++rounds) (void)engine_->settle();
    clock_.suspend(kDaysAtTheEnd * 86'400'000);
    for (int rounds = 0; rounds < 4; ++rounds) (void)engine_->settle();
  }

  void call_often() {
    for (int i = 0; i < kCalls; ++i) {
      if (random_.percent(15)) scheduler_.sleep(random_.between(1, 700));
      const std::uint64_t dice = random_.below(10);
      if (dice == 0) claim_group();
      if (dice == 1 && random_.percent(30)) move_group();
      if (dice > 1 && dice < 5) claim();
      if (dice == 5) confirm();
      if (dice == 6) reschedule();
      if (dice == 7) random_.percent(70) ? act() : next();
      if (dice == 8 && random_.percent(40)) change_slot();
      if (dice == 8 && random_.percent(15)) change_catalogue();
      if (dice == 9 && random_.percent(40)) block();
      if (dice == 9 && random_.percent(40)) entitle();
      if (dice == 9 && random_.percent(30)) join();
      if (dice == 6 && random_.percent(60)) walk_in();
      if (dice == 8 && random_.percent(40)) join_group();
      if (dice > 7) cancel();
      if (random_.percent(10)) erase();
    }
  }

  template <class Try>
  Decision decide(Try&& attempt) {
    Patience patience;
    Decision decision = attempt(patience);
    while (decision.verdict == Verdict::wait) {
      (void)engine_->wait_round(decision.round);
      decision = attempt(patience);
    }
    return decision;
  }
  void acknowledge(Acknowledged::Kind kind, const Decision& decision) {
    if (decision.verdict != Verdict::granted || decision.replayed) return;
    if (!engine_->wait_durable(decision.lsn)) return;
    const Acknowledged told{kind, decision.booking.value, decision.lsn.value};
    JANJI_CHECK(write(pipe_, &told, sizeof told) == sizeof told);
  }

  void claim() {
    ClaimRequest request;
    ++front_;
    const std::uint64_t number = front_ - random_.below(std::min<std::uint64_t>(front_, 4));
    const Minute minute{static_cast<std::uint16_t>(number % 3 * 60)};
    if (number % 4 == 0) {
      request.lane = engine_->lane(0);
      request.first_day = request.last_day = kTomorrow;
    } else {
      request.slot = SlotKey(engine_->lane(random_.percent(15) ? 1 : 0), kTomorrow, minute);
    }
    // Now and then the id of one request comes with somebody else's.
    request.applicant = {9, 1 + (random_.percent(80) ? number : random_.below(7)) % 7};
    request.operation = {8, number};
    const Decision decision =
        decide([&](Patience& patience) { return engine_->try_claim(request, patience); });
    if (decision.verdict == Verdict::granted) board_[random_.below(kBoard)] = decision.booking;
    acknowledge(Acknowledged::Kind::claim, decision);
  }
  void confirm() {
    std::array<std::byte, 40> details{};
    ConfirmRequest request;
    request.booking = board_[random_.below(kBoard)];
    request.operation = {request.booking.value, 1 + random_.below(2)};
    if (random_.percent(50)) request.details = details;
    acknowledge(Acknowledged::Kind::confirm, decide([&](Patience& patience) {
                  return engine_->try_confirm(request, patience);
                }));
  }
  // Those that lie on the board have mostly been cancelled by somebody.
  void erase() {
    const EraseRequest request{board_[random_.below(kBoard)], 1, ActorId{1}};
    acknowledge(Acknowledged::Kind::erase,
                decide([&](Patience& patience) { return engine_->try_erase(request, patience); }));
  }
  void reschedule() {
    RescheduleRequest request;
    request.booking = board_[random_.below(kBoard)];
    request.operation = {request.booking.value, 5 + random_.below(2)};
    // Now and then the id of somebody's claim.
    if (random_.percent(30)) request.operation = {8, 1 + random_.below(front_ + 1)};
    request.slot = SlotKey(engine_->lane(0), kTomorrow,
                           Minute{static_cast<std::uint16_t>(random_.below(3) * 60)});
    acknowledge(Acknowledged::Kind::reschedule, decide([&](Patience& patience) {
                  return engine_->try_reschedule(request, patience);
                }));
  }
  void act() {
    ActRequest request;
    request.booking = board_[random_.below(kBoard)];
    request.act = random_.percent(50) ? Act::extend : Act::check_in;
    request.operation = {request.booking.value, 7 + random_.below(2)};
    acknowledge(Acknowledged::Kind::act,
                decide([&](Patience& patience) { return engine_->try_act(request, patience); }));
  }
  std::vector<GroupPart> anywhere(std::uint16_t members, std::int32_t days = 0) {
    const Minute first{static_cast<std::uint16_t>(random_.below(3) * 60)};
    return {{Day{kTomorrow.value + days}, first, Minute{120}, members}};
  }
  void claim_group() {
    const std::uint64_t number = random_.below(3);
    const std::vector<ApplicantKey> members{{9, 20 + number}, {9, 21 + number}};
    const std::vector<GroupPart> parts = anywhere(2, static_cast<std::int32_t>(number % 2));
    GroupClaimRequest request;
    request.lane = engine_->lane(0);
    request.parts = parts;
    request.members = members;
    request.applicant = {9, 20};
    request.operation = {10, ++front_ - random_.below(2)};
    if (random_.percent(70)) request.entitlement = entitlement_;
    const Decision decision =
        decide([&](Patience& patience) { return engine_->try_claim_group(request, patience); });
    if (decision.verdict == Verdict::granted) board_[random_.below(kBoard)] = decision.booking;
    acknowledge(Acknowledged::Kind::claim_group, decision);
  }
  void move_group() {
    const std::vector<GroupPart> parts = anywhere(2, 1);
    GroupMoveRequest request;
    request.group = board_[random_.below(kBoard)];
    request.lane = engine_->lane(0);
    request.parts = parts;
    request.operation = {request.group.value, 9 + random_.below(2)};
    acknowledge(Acknowledged::Kind::move_group, decide([&](Patience& patience) {
                  return engine_->try_move_group(request, patience);
                }));
  }
  void next() {
    NextRequest request;
    request.counter = static_cast<std::uint32_t>(random_.below(3));
    request.operation = {10, 1 + random_.below(front_ + 1)};
    acknowledge(Acknowledged::Kind::act,
                decide([&](Patience& patience) { return engine_->try_next(request, patience); }));
  }
  void change_slot() {
    SlotChangeRequest request;
    request.slot = SlotKey(engine_->lane(random_.percent(40) ? 1 : 0), kTomorrow,
                           Minute{static_cast<std::uint16_t>(random_.below(3) * 60)});
    request.doors =
        random_.percent(30) ? SlotChangeRequest::Doors::closed : SlotChangeRequest::Doors::open;
    request.capacity = static_cast<std::uint16_t>(1 + random_.below(3));
    if (random_.percent(60)) request.operation = {12, 1 + random_.below(front_ + 1)};
    (void)decide([&](Patience& patience) { return engine_->try_change_slot(request, patience); });
  }
  void change_catalogue() {
    const auto to = office(random_.percent(60));
    const auto preview = engine_->preview_catalogue(to);
    if (!preview.ok()) return;
    const CatalogueChangeRequest request{to, preview->digest, ActorId{1}};
    (void)decide(
        [&](Patience& patience) { return engine_->try_change_catalogue(request, patience); });
  }
  void join() {
    JoinRequest request;
    const Minute minute{static_cast<std::uint16_t>(random_.below(3) * 60)};
    const std::uint64_t number = 1 + random_.below(200);
    if (number % 2 == 0) {
      request.slot = SlotKey(engine_->lane(0), kTomorrow, minute);
    } else {
      request.lane = engine_->lane(0);
      request.day = kTomorrow;
      request.from = minute;
    }
    request.applicant = {9, 1 + random_.below(12)};
    request.operation = {78, number};
    const Decision decision =
        decide([&](Patience& patience) { return engine_->try_join(request, patience); });
    if (decision.verdict == Verdict::granted) {
      board_[random_.below(kBoard)] = decision.booking;
    }
    acknowledge(Acknowledged::Kind::join, decision);
  }
  void walk_in() {
    std::array<std::byte, 30> details{};
    WalkInRequest request;
    request.lane = engine_->lane(2);
    request.applicant = {9, 1 + random_.below(12)};
    request.operation = {76, 1 + random_.below(30)};
    if (random_.percent(50)) request.details = details;
    const Decision decision =
        decide([&](Patience& patience) { return engine_->try_walk_in(request, patience); });
    if (decision.verdict == Verdict::granted) board_[random_.below(kBoard)] = decision.booking;
    acknowledge(Acknowledged::Kind::walk_in, decision);
  }
  void join_group() {
    const std::uint64_t number = random_.below(40);
    const std::vector<ApplicantKey> members{{9, 1 + number % 12}, {9, 1 + (number + 1) % 12}};
    GroupJoinRequest request;
    request.lane = engine_->lane(0);
    request.day = kTomorrow;
    if (number % 3 == 0) request.slot = SlotKey(engine_->lane(0), kTomorrow, Minute{60});
    request.members = members;
    request.applicant = {9, 20};
    request.operation = {79, number};
    if (random_.percent(70)) request.entitlement = entitlement_;
    const Decision decision =
        decide([&](Patience& patience) { return engine_->try_join_group(request, patience); });
    if (decision.verdict == Verdict::granted) board_[random_.below(kBoard)] = decision.booking;
    acknowledge(Acknowledged::Kind::join_group, decision);
  }
  void block() {
    BlockRequest request;
    request.applicant = {9, 1 + random_.below(3)};
    if (random_.percent(60)) {
      request.until = CivilTime{engine_->civil_now().value + random_.between(1, 40) * 3'600'000};
    }
    request.operation = {77, 1 + random_.below(40)};
    acknowledge(Acknowledged::Kind::block,
                decide([&](Patience& patience) { return engine_->try_block(request, patience); }));
  }
  // Grants one, and then changes it.
  void entitle() {
    if (entitlement_.value == 0 || random_.percent(10)) {
      EntitlementGrantRequest request;
      request.holder = {9, 20};
      request.quota = static_cast<std::uint32_t>(1 + random_.below(6));
      request.from = Day{kTomorrow.value - 9};
      request.until = Day{kTomorrow.value + 9};
      request.operation = {78, 1 + random_.below(40)};
      const Decision decision =
          decide([&](Patience& patience) { return engine_->try_grant(request, patience); });
      if (decision.verdict == Verdict::granted) entitlement_ = decision.entitlement;
      acknowledge(Acknowledged::Kind::grant, decision);
    } else if (random_.percent(50)) {
      EntitlementChangeRequest request;
      request.entitlement = entitlement_;
      request.quota = static_cast<std::uint32_t>(random_.below(8));
      request.operation = {79, 1 + random_.below(40)};
      acknowledge(Acknowledged::Kind::grant, decide([&](Patience& patience) {
                    return engine_->try_change_entitlement(request, patience);
                  }));
    } else {
      const std::vector<ApplicantKey> some{{9, 20 + random_.below(3)}, {9, 30}};
      EligibleRequest request;
      request.entitlement = entitlement_;
      (random_.percent(60) ? request.add : request.remove) = some;
      request.operation = {80, 1 + random_.below(40)};
      acknowledge(Acknowledged::Kind::list, decide([&](Patience& patience) {
                    return engine_->try_change_eligible(request, patience);
                  }));
    }
  }
  void cancel() {
    CancelRequest request;
    request.booking = board_[random_.below(kBoard)];
    request.operation = {request.booking.value, 3 + random_.below(2)};
    acknowledge(Acknowledged::Kind::cancel,
                decide([&](Patience& patience) { return engine_->try_cancel(request, patience); }));
  }

  model::Random random_;
  simulation::SimulatedClock clock_;
  simulation::Scheduler scheduler_;
  const Moment moment_;
  const int pipe_;
  Options options_;
  std::unique_ptr<Engine> engine_;
  std::uint64_t arrivals_{0};
  std::uint64_t front_{0};
  EntitlementId entitlement_;
  std::array<BookingId, kBoard> board_{};
};

}  // namespace

Options options(const std::filesystem::path& directory) {
  Options options;
  options.directory = directory;
  options.catalogue = office();
  options.slots_max = 1024;
  options.bookings_max = 256;
  options.blocks_max = 64;
  options.entitlements_max = 64;
  options.eligible_max = 256;
  options.record_blocks = 64;
  options.details_in_flight = 8;
  options.callers_max = 8;
  options.grace_ms = 500;
  options.retention_ms = 3000;
  options.erase_within_ms = 1000;
  options.backlog_max = 40;               // the state is written from half as many records on
  options.journal_retain_lsn = 1U << 30;  // all of it, for the model
  options.journal_map_bytes = std::size_t{256} << 20;
  options.state_map_bytes = std::size_t{256} << 20;
  options.huge_pages = false;
  return options;
}

void run_until_killed(const std::filesystem::path& directory, std::uint64_t seed, Moment moment,
                      int pipe) {
  Load(directory, seed, std::move(moment), pipe).run();
}

}  // namespace janji::failpoints
