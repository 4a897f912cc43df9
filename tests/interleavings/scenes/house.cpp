#include "scenes/house.hpp"

#include <janji/catalogue_builder.hpp>

#include "checker/arena.hpp"

namespace janji::interleavings {

namespace {

constexpr Day kDay{20782};
constexpr std::int64_t kMidnightMs = 1'795'536'000'000;
constexpr std::int64_t kCivilMs = kMidnightMs - 3'600'000;
constexpr int kHour = 60;

std::int64_t now_ms = 0;

// Of the program, not of one execution: it is read only.
const std::shared_ptr<const Catalogue>& the_catalogue() {
  static const std::shared_ptr<const Catalogue> catalogue = [] {
    const ArenaDoor shut(false);
    CatalogueBuilder builder;
    Service service;
    service.id = "s";
    service.name = {"s", "s", "s"};
    service.categories = 0xFF;
    service.rules.scope_name = "one";
    CatalogueBuilder::Lane lane;
    lane.service = builder.add_service(std::move(service));
    lane.branch =
        builder.add_branch({"b0", "b0", "state", "state", "branch", "city", "Asia/Kuala_Lumpur"});
    lane.week = builder.add_week(OpeningWeek::every_day(0, 2 * kHour));
    lane.slot_minutes = kHour;
    lane.capacity = 1;
    builder.add_lane(lane);
    lane.pool = Pool::kiosk;
    builder.add_lane(lane);
    auto made = builder.build();
    JANJI_CHECK(made.ok());
    return *made;
  }();
  return catalogue;
}

}  // namespace

class House::TestClock final : public janji::Clock {
 public:
  std::int64_t monotonic_ms() const noexcept override { return now_ms; }
  std::int64_t civil_ms() const noexcept override { return kCivilMs + now_ms; }
  static const TestClock& instance() {
    static const TestClock clock;
    return clock;
  }
};

// Takes chunks and forgets them: the audit has the records.
class House::NoDisk final : public store::JournalStore {
 public:
  Status begin() override { return success(); }
  Result<std::span<std::byte>> append(Lsn, std::size_t size) override {
    JANJI_CHECK(size <= sizeof chunk);
    return std::span<std::byte>(chunk, size);
  }
  Status put_details(Lsn, std::span<const std::byte>) override { return success(); }
  Status erase_details(Lsn) override { return success(); }
  Result<std::size_t> trim(Lsn, std::size_t) override { return std::size_t{0}; }
  Status commit(bool) override { return success(); }
  void abandon() noexcept override {}
  Result<std::vector<store::StoredChunk>> read(Lsn, std::size_t) const override {
    return std::vector<store::StoredChunk>{};
  }
  Result<std::vector<std::byte>> details(Lsn) const override { return std::vector<std::byte>{}; }
  Result<store::JournalBounds> bounds() const override { return store::JournalBounds{}; }
  std::string name() const override { return "nowhere"; }
  Result<std::size_t> free_bytes() const override { return std::size_t{1} << 30; }

  static NoDisk& instance() {
    static NoDisk disk;
    return disk;
  }

 private:
  std::byte chunk[4096];
};

Options House::options(Size size) {
  Options made;
  made.catalogue = the_catalogue();
  made.slots_max = 4;
  made.bookings_max = size.bookings;
  made.operations_max = 12;  // a quarter is for others than confirms and cancels
  made.blocks_max = 2;
  made.entitlements_max = 2;
  made.eligible_max = 256;
  made.waiters_max = 4;
  made.details_in_flight = 1;
  made.callers_max = 3;
  made.retention_ms = 0;
  made.huge_pages = false;
  return made;
}

House::House(std::uint32_t callers, Size size)
    : callers_(callers),
      blocks_(8, 1, false),
      time_(TestClock::instance()),
      options_(options(size)),
      ledger_(options_, 2, 1, ledger::Journal{blocks_, list_, rounds_}, time_, 42),
      writer_(NoDisk::instance(), blocks_, list_, rounds_, work_, time_, {}),
      crew_(rounds_, callers),
      audit_(size.capacity) {
  now_ms = 0;
  const auto capacity = static_cast<std::uint16_t>(size.capacity);
  const record::DaySlot slots[] = {{0, kHour, capacity, 0}, {kHour, kHour, capacity, 0}};
  const std::uint32_t none_taken[] = {0, 0};
  for (const std::uint32_t lane : {0U, 1U}) {
    ledger::LaneRules rules;
    rules.catalogue_index = 0;
    rules.hold_ms = size.hold_ms;
    rules.offer_ms = size.hold_ms;
    rules.horizon_days = 7;
    rules.seats_max = 2;
    rules.reschedules_max = 2;
    rules.extensions_max = 1;
    rules.group_max = 4;
    rules.check_in_ms = 2 * kHour * 60'000;
    rules.no_show_ms = kCivilMs + kBothVisitsOverMs - kMidnightMs - kHour * 60'000;
    rules.scope = ScopeId{static_cast<std::uint16_t>(lane + 1U)};
    rules.categories = 0xFF;
    if (lane == 1) rules.general = 0;
    const bool lane_fits = ledger_.day_table().set_lane(LaneId{lane}, rules);
    require(lane_fits, "room for the lane");
    ledger_.restore_day(LaneId{lane}, kDay, kMidnightMs, slots, none_taken);
  }
  ledger_.set_epoch(5);
  const Status built = ledger_.finish_restore(LedgerTime{0}, LedgerTime{0});
  require(built.ok(), "an empty ledger is in order");
  ledger_.set_gate(ledger::Gate::open);
}

void House::start() {
  now_ms = start_ms_;
  begun_ = true;
  // Which caller's slot a thread tries first is remembered for the thread: begin with the first.
  ledger::CallerSlots one(1);
  one.release(*one.acquire());
}

void House::run(std::size_t thread) {
  if (thread == 0) {
    // Whoever keeps his turn is looked at again soon, whoever wakes the writer (sleep_ms()).
    run_rounds(rounds_, list_, [this] { return writer_.step() || ledger_.handing_out(); });
  } else {
    call(thread);
    crew_.one_is_done();
  }
}

// What is left when everybody has gone: the slots' words say what the journal says.
void House::finish() {
  require(audit_.last() == list_.last().value, "a record was published and never committed");
  finish_slots();
  // By which a finished day is archived.
  const ledger::DayTable& days = ledger_.day_table();
  LaneId lane;
  Day day;
  for (std::size_t row = 0; row < days.rows(); ++row) {
    if (!days.day_at(row, lane, day)) continue;
    require(days.bookings(lane, day) == audit_.in_day(lane, day), "a day counts other bookings");
  }
  audit_.each([this](BookingId booking, BookingState state) {
    const Result<Booking> found = ledger_.find(booking);
    // Retry: somebody left it busy.
    require(found.ok() && found->state == state, "a booking isn't what the journal says");
  });
}

void House::finish_slots() {
  for (int i = 0; i < 2; ++i) {
    const ledger::SlotWord word{
        ledger_.day_table().word(static_cast<std::uint64_t>(i)).load(std::memory_order_relaxed)};
    require(word.pending() == 0, "seats are pending for ever");
    require(word.taken() == audit_.taken(slot(i)), "other seats taken than the journal says");
  }
}

SlotKey House::slot(int i, std::uint32_t lane) {
  return SlotKey(LaneId{lane}, kDay, Minute{static_cast<std::uint16_t>(i * kHour)});
}

OperationId House::id_of(std::uint64_t operation) {
  return {operation * 16, operation};
}

ClaimRequest House::claim_of(std::uint64_t applicant, SlotKey slot, std::uint64_t operation) {
  ClaimRequest request;
  request.slot = slot;
  request.applicant = {applicant * 16, applicant};
  if (operation != 0) request.operation = id_of(operation);
  return request;
}

void House::set_now(std::int64_t ms) {
  now_ms = ms;
}

std::int64_t House::civil(std::int64_t ms) {
  return kCivilMs + ms;
}

template <class Try>
Decision House::decide(Try&& attempt) {
  Patience patience;
  for (;;) {
    const Decision decision = attempt(patience);
    // Overloaded: a thread that looks for a free caller's slot may find each of them taken for the
    // moment, one after another. It is the answer of a server with too few of them.
    const bool later = decision.verdict == Verdict::wait || decision.code == Code::overloaded;
    if (!later) return decision;
    require(rounds_.wait_round(decision.round, -1), "no round, but nothing failed");
  }
}

BookingId House::held(std::uint64_t applicant, SlotKey slot, std::uint64_t operation) {
  Patience patience;
  const Decision made = ledger().try_claim(claim_of(applicant, slot, operation), patience);
  require(made.verdict == Verdict::granted, "no hold to begin with");
  round();
  return made.booking;
}

BookingId House::confirmed(std::uint64_t applicant, SlotKey slot, std::uint64_t operation) {
  const BookingId booking = held(applicant, slot);
  Patience patience;
  ConfirmRequest request;
  request.booking = booking;
  request.operation = id_of(operation);
  require(ledger().try_confirm(request, patience).verdict == Verdict::granted, "not confirmed");
  round();
  patrols_ = true;
  return booking;
}

BookingId House::about_to_be_freed() {
  const BookingId booking = held(1, slot(0), 101);
  Patience patience;
  CancelRequest request;
  request.booking = booking;
  request.operation = id_of(102);
  ledger().try_cancel(request, patience);
  round();
  set_now(5000);  // past the hold's second in the wheel
  round();
  start_at(7000);  // past its retention
  return booking;
}

Decision House::claim(const ClaimRequest& request) {
  return decide([&](Patience& patience) { return ledger_.try_claim(request, patience); });
}

Decision House::confirm(BookingId booking, std::uint64_t operation,
                        std::span<const std::byte> details) {
  ConfirmRequest request;
  request.booking = booking;
  request.operation = id_of(operation);
  request.details = details;
  return decide([&](Patience& patience) { return ledger_.try_confirm(request, patience); });
}

Decision House::cancel(BookingId booking, std::uint64_t operation) {
  CancelRequest request;
  request.booking = booking;
  request.operation = id_of(operation);
  return decide([&](Patience& patience) { return ledger_.try_cancel(request, patience); });
}

Decision House::reschedule(BookingId booking, SlotKey slot, std::uint64_t operation) {
  RescheduleRequest request;
  request.booking = booking;
  request.slot = slot;
  request.operation = id_of(operation);
  return decide([&](Patience& patience) { return ledger_.try_reschedule(request, patience); });
}

Decision House::act(Act what, BookingId booking, std::uint64_t operation) {
  ActRequest request;
  request.act = what;
  request.booking = booking;
  request.operation = id_of(operation);
  return decide([&](Patience& patience) { return ledger_.try_act(request, patience); });
}

Decision House::change_slot(SlotKey slot, SlotChangeRequest::Doors doors, std::uint64_t operation) {
  SlotChangeRequest request;
  request.slot = slot;
  request.doors = doors;
  request.operation = id_of(operation);
  return decide([&](Patience& patience) { return ledger_.try_change_slot(request, patience); });
}

Decision House::block(std::uint64_t applicant, std::int64_t until_ms, std::uint64_t operation) {
  BlockRequest request;
  request.applicant = claim_of(applicant, slot(0)).applicant;
  if (until_ms != 0) request.until = CivilTime{civil(until_ms)};
  request.operation = id_of(operation);
  return decide([&](Patience& patience) { return ledger_.try_block(request, patience); });
}

Decision House::erase(BookingId booking) {
  const EraseRequest request{booking, 1, ActorId{1}};
  return decide([&](Patience& patience) { return ledger_.try_erase(request, patience); });
}

Decision House::join(std::uint64_t applicant, SlotKey slot, std::uint64_t operation) {
  JoinRequest request;
  request.slot = slot;
  request.applicant = claim_of(applicant, slot).applicant;
  request.operation = id_of(operation);
  return decide([&](Patience& patience) { return ledger_.try_join(request, patience); });
}

Decision House::join_day(std::uint64_t applicant, SlotKey slot, std::uint64_t operation) {
  JoinRequest request;
  request.lane = slot.lane();
  request.day = slot.day();
  request.applicant = claim_of(applicant, slot).applicant;
  request.operation = id_of(operation);
  return decide([&](Patience& patience) { return ledger_.try_join(request, patience); });
}

Decision House::join_group(Members applicants, SlotKey slot, bool whole_day,
                           std::uint64_t operation) {
  std::array<ApplicantKey, 4> members;
  require(applicants.size() <= members.size(), "a larger group than a scene has");
  std::size_t many = 0;
  for (const std::uint64_t one : applicants) members[many++] = claim_of(one, slot).applicant;
  GroupJoinRequest request;
  if (whole_day) {
    request.lane = slot.lane();
    request.day = slot.day();
  } else {
    request.slot = slot;
  }
  request.members = std::span(members).first(many);
  request.applicant = members[0];
  request.operation = id_of(operation);
  return decide([&](Patience& patience) { return ledger_.try_join_group(request, patience); });
}

Decision House::walk_in(std::uint64_t applicant, SlotKey slot, std::uint64_t operation) {
  WalkInRequest request;
  request.slot = slot;
  request.applicant = claim_of(applicant, slot).applicant;
  request.operation = id_of(operation);
  return decide([&](Patience& patience) { return ledger_.try_walk_in(request, patience); });
}

void House::open_kiosk() {
  ledger::LaneRules rules = ledger_.day_table().rules(LaneId{0});
  rules.catalogue_index = 1;
  require(ledger_.day_table().set_lane(LaneId{0}, rules), "room for the lane");
  start_at(kMidnightMs - kCivilMs + 60'000);
}

BookingId House::waits(std::uint64_t applicant, SlotKey slot, std::uint64_t operation) {
  const Decision made = join(applicant, slot, operation);
  require(made.verdict == Verdict::granted, "nobody waits to begin with");
  round();
  hand_out();
  return made.booking;
}

void House::forget_blocks() {
  ledger_.patrol_blocks(CivilTime{civil(now_ms)}, LedgerTime{now_ms}, 8, true);
}

void House::wait_durable(const Decision& decision) {
  if (decision.lsn.value == 0) return;
  require(rounds_.wait_durable(decision.lsn, -1), "not durable, but nothing failed");
}

void House::Work::fall_due(LedgerTime now, std::size_t budget) noexcept {
  house_.ledger_.sweep(now, budget);
  if (house_.hands_out_) {
    house_.ledger_.hand_out_all(CivilTime{civil(now.value)}, now, budget, true);
  }
  if (house_.patrols_) house_.ledger_.patrol(CivilTime{civil(now.value)}, now, budget, true);
  if (house_.begun_) house_.look_at_days();
}

std::span<const std::byte> House::Work::details(const journal::RecordBlock& block) const noexcept {
  const std::span<const std::byte> salted = house_.ledger_.details(block);
  if (block.header().type == record::Type::confirm) {
    const auto& confirm = record::as<record::Confirm>(block.bytes);
    require(salted.size() == confirm.details_size + ledger::kDetailsSalt &&
                ledger::details_hash(salted) == confirm.details_hash,
            "a confirm with another one's details");
  }
  return salted;
}

std::size_t House::Work::gone(const journal::RecordBlock& block, Lsn first,
                              std::span<Lsn, kGoneMax> out) const noexcept {
  return house_.ledger_.gone(block, first, out);
}

void House::Work::give_back(Lsn lsn, std::uint32_t block) noexcept {
  house_.audit_.add(lsn, house_.blocks_[block]);
  house_.ledger_.give_back(lsn, block);
}

void House::Work::end_round() noexcept {
  house_.ledger_.end_round();
}

}  // namespace janji::interleavings
