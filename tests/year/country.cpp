#include "year/country.hpp"

#include <algorithm>
#include <set>

namespace janji::test {
namespace {

constexpr std::int64_t kMinute = 60'000;
constexpr std::int64_t kHour = 60 * kMinute;

constexpr int kRush = 1'500;      // claims when a day is opened
constexpr int kOrdinary = 1'000;  // in the course of a day
constexpr int kRoundsOfPatrol = 72;
constexpr std::size_t kMostActive = 1U << 18;  // as many as fit into the engine

}  // namespace

Country::Country(Engine& engine, ManualClock& clock) : engine_(engine), clock_(clock) {
  std::uint32_t most = 0;
  const auto lanes = static_cast<std::uint32_t>(engine.catalogue().lanes().size());
  for (std::uint32_t lane = 0; lane < lanes; ++lane) {
    most = std::max(most, engine.catalogue().max_slots(lane));
  }
  slots_.resize(most);
  confirmed_.assign(kMostActive, {});
  taken_.assign(kMostActive, {});
  applicants_of_.assign(kMostActive, {});
  waiting_families_.reserve(kFamiliesMax);
  for (std::uint32_t i = 0; i < lanes; ++i) {
    if (engine.catalogue().lanes()[i].pool == Pool::kiosk) kiosks_.push_back(engine.lane(i));
  }
}

std::uint64_t Country::next() {
  state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
  return state_ >> 33;
}

Day Country::today() const {
  return engine_.catalogue().local_day(0, engine_.civil_now());
}

void Country::pass(std::int64_t ms) {
  clock_.advance(ms);
  REQUIRE(engine_.settle().ok());
}

LaneId Country::some_lane() {
  return engine_.lane(below(engine_.catalogue().lanes().size()));
}

// One of those who may book there.
Category Country::category_of(LaneId lane) const {
  const LaneSpec& spec = engine_.catalogue().lanes()[engine_.catalogue_index(lane)];
  const std::uint8_t may = engine_.catalogue().services()[spec.service].categories;
  for (const Category category : {Category::employer, Category::foreigner}) {
    if ((may & category_bit(category)) != 0) return category;
  }
  return Category::citizen;
}

ClaimRequest Country::new_claim(LaneId lane, Day first, Day last) {
  const LaneSpec& spec = engine_.catalogue().lanes()[engine_.catalogue_index(lane)];
  const Service& service = engine_.catalogue().services()[spec.service];
  ClaimRequest request;
  request.lane = lane;
  request.first_day = first;
  request.last_day = last;
  request.seats = static_cast<std::uint16_t>(1 + below(service.rules.seats_max));
  request.category = category_of(lane);
  // One in fifty tries again who has booked, or did.
  const std::uint64_t who = percent(2) ? 1 + below(applicants_ + 1) : ++applicants_;
  request.applicant = {0x4D59, who};
  request.operation = operation();
  return request;
}

void Country::claim(const ClaimRequest& request) {
  const Decision decision =
      decide([&](Patience& patience) { return engine_.try_claim(request, patience); });
  if (decision.verdict == Verdict::granted) {
    ++figures_.claimed;
    return settle_with(decision.booking);
  }
  const std::set<Code> usual{Code::slot_full,    Code::already_booked,  Code::closed,
                             Code::not_released, Code::outside_horizon, Code::too_late};
  INFO(to_string(decision.code));
  REQUIRE(usual.contains(decision.code));
  figures_.refused_full += decision.code == Code::slot_full;
  if (decision.code != Code::slot_full || !percent(20)) return;
  // Who finds a day full waits for one of its slots, or for any.
  const std::size_t many = engine_.slots(request.lane, request.first_day, slots_);
  if (many == 0) return;
  JoinRequest join;
  if (percent(50)) {
    join.slot = slots_[below(many)].slot;
  } else {
    join.lane = request.lane;
    join.day = request.first_day;
  }
  join.category = request.category;
  join.applicant = request.applicant;
  join.operation = operation();
  Patience patience;
  figures_.waited += engine_.try_join(join, patience).verdict == Verdict::granted;
}

// Seven in ten confirm, one thinks better of it, the others forget.
void Country::settle_with(BookingId id) {
  const std::uint64_t dice = below(10);
  Patience patience;
  if (dice < 7) {
    const Decision done = engine_.try_confirm({id, operation(), 0, {}}, patience);
    REQUIRE(done.verdict == Verdict::granted);
    ++figures_.confirmed;
    confirmed_.push_back(id);
  } else if (dice == 7) {
    REQUIRE(engine_.try_cancel({id, operation(), 0}, patience).verdict == Verdict::granted);
    ++figures_.cancelled;
  }
}

// A new day was opened at midnight, everywhere: more come than it has places for.
void Country::rush() {
  for (int i = 0; i < kRush; ++i) {
    const LaneId lane = some_lane();
    const LaneSpec& spec = engine_.catalogue().lanes()[engine_.catalogue_index(lane)];
    const Day last{today().value + engine_.catalogue().services()[spec.service].rules.horizon_days -
                   1};
    claim(new_claim(lane, last, last));
    if (percent(6)) claim_family(lane, last);
  }
}

void Country::ordinary_claims(int many) {
  for (int i = 0; i < many; ++i) {
    const Day first{today().value + static_cast<std::int32_t>(below(60))};
    claim(new_claim(some_lane(), first, Day{first.value + static_cast<std::int32_t>(below(6))}));
    if (percent(6)) claim_family(some_lane(), first);
  }
}

// Some cancel, some move.
void Country::change_minds(int many) {
  for (int i = 0; i < many && !confirmed_.empty(); ++i) {
    const std::size_t at = below(confirmed_.size());
    const BookingId id = confirmed_[at];
    const auto booking = engine_.find(id);
    if (!booking.ok() || booking->state != BookingState::confirmed) continue;  // it is over
    Patience patience;
    if (percent(60)) {
      figures_.cancelled +=
          engine_.try_cancel({id, operation(), 0}, patience).verdict == Verdict::granted;
      continue;
    }
    const Day to{today().value + 1 + static_cast<std::int32_t>(below(80))};
    const std::size_t slots = engine_.slots(booking->slot.lane(), to, slots_);
    if (slots == 0) continue;
    RescheduleRequest move;
    move.booking = id;
    move.slot = slots_[below(slots)].slot;
    move.operation = operation();
    figures_.moved += engine_.try_reschedule(move, patience).verdict == Verdict::granted;
  }
}

// Whose slot begins soon comes, three in four; who was checked in before is done.
void Country::receive_visitors() {
  BookingQuery query;
  query.first_day = query.last_day = today();
  query.states = state_bit(BookingState::confirmed) | state_bit(BookingState::checked_in);
  BookingCursor cursor;
  std::vector<Booking> here;
  while (!cursor.at_end) {
    const std::size_t many = engine_.bookings(query, cursor, page_);
    here.insert(here.end(), page_.begin(), page_.begin() + static_cast<std::ptrdiff_t>(many));
  }
  for (const Booking& booking : here) {
    ActRequest act;
    act.booking = booking.id;
    act.operation = operation();
    act.act = booking.state == BookingState::checked_in ? Act::complete : Act::check_in;
    if (act.act == Act::check_in && !percent(75)) continue;
    Patience patience;
    const Decision done = engine_.try_act(act, patience);
    if (done.verdict != Verdict::granted) continue;  // too early, too late
    ++(act.act == Act::complete ? figures_.completed : figures_.checked_in);
  }
}

// A holiday that is declared ten days ahead: every slot of the state's offices is closed.
void Country::close_for_holiday() {
  const Catalogue& catalogue = engine_.catalogue();
  const State& state = catalogue.states()[below(catalogue.states().size())];
  const Day day{today().value + 10};
  for (std::size_t i = 0; i < catalogue.lanes().size(); ++i) {
    const std::uint32_t branch = catalogue.lanes()[i].branch;
    if (std::find(state.branches.begin(), state.branches.end(), branch) == state.branches.end()) {
      continue;
    }
    const std::size_t many = engine_.slots(engine_.lane(i), day, slots_);
    for (std::size_t slot = 0; slot < many; ++slot) {
      REQUIRE(engine_.change_slot({slots_[slot].slot, SlotChangeRequest::Doors::closed}).ok());
      ++figures_.closed_slots;
    }
  }
}

// A colleague more or less at some offices.
void Country::change_capacities() {
  for (int i = 0; i < 20; ++i) {
    const Day day{today().value + 1 + static_cast<std::int32_t>(below(60))};
    const std::size_t many = engine_.slots(some_lane(), day, slots_);
    if (many == 0) continue;
    const SlotAvailability& slot = slots_[below(many)];
    SlotChangeRequest change;
    change.slot = slot.slot;
    const bool raises = percent(50);
    if (!raises && slot.capacity < 2) continue;
    change.capacity = static_cast<std::uint16_t>(slot.capacity + (raises ? 1 : -1));
    REQUIRE(engine_.change_slot(change).ok());
    ++(raises ? figures_.raised : figures_.lowered);
  }
}

// Whose slot was closed moves, or gives up.
void Country::help_the_displaced() {
  BookingQuery query;
  query.states = state_bit(BookingState::displaced);
  BookingCursor cursor;
  while (!cursor.at_end) {
    const std::size_t many = engine_.bookings(query, cursor, page_);
    for (std::size_t i = 0; i < many; ++i) {
      ++figures_.displaced;
      const Day to{page_[i].slot.day().value + 1 + static_cast<std::int32_t>(below(5))};
      const std::size_t slots = engine_.slots(page_[i].slot.lane(), to, slots_);
      RescheduleRequest move;
      move.booking = page_[i].id;
      move.operation = operation();
      if (slots != 0) move.slot = slots_[below(slots)].slot;
      Patience patience;
      if (slots != 0 && engine_.try_reschedule(move, patience).verdict == Verdict::granted) {
        ++figures_.moved;
      } else if (percent(50)) {
        Patience again;
        figures_.cancelled +=
            engine_.try_cancel({page_[i].id, operation(), 0}, again).verdict == Verdict::granted;
      }
    }
  }
}

void Country::live_a_day() {
  pass(kMinute);
  rush();
  // When holds of the rush have expired, those who waited are offered their seats.
  pass(20 * kMinute);
  hear_of_offers();
  pass(7 * kHour - 21 * kMinute);
  const int day = today().value;
  if (day % 20 == 0) close_for_holiday();
  change_capacities();
  for (int hour = 7; hour < 19; ++hour) {
    ordinary_claims(kOrdinary / 12);
    change_minds(30);
    receive_visitors();
    walk_in(20);
    hear_of_offers();
    pass(kHour);
  }
  help_the_displaced();
  pass(5 * kHour);
  // Holds of the evening, visits that nobody ended: a patrol passes a few thousand places a round.
  for (int rounds = 0; rounds < kRoundsOfPatrol; ++rounds) REQUIRE(engine_.settle().ok());
  figures_.expired = engine_.counters().expiries;
  figures_.missed = engine_.counters().lapses;
}

// Every seat that is taken is somebody's, nobody has two, nothing is above its capacity but what
// staff lowered, what is over is over, and days count the bookings that there are.
std::string Country::audit() {
  confirmed_.clear();
  taken_.clear();
  applicants_of_.clear();
  BookingQuery query;
  std::uint64_t in_days = 0;
  BookingCursor cursor;
  while (!cursor.at_end) {
    const std::size_t many = engine_.bookings(query, cursor, page_);
    in_days += many;
    for (std::size_t i = 0; i < many; ++i) {
      const Booking& booking = page_[i];
      if (!is_active(booking.state)) continue;
      taken_.emplace_back(booking.slot, booking.seats);
      applicants_of_.emplace_back(booking.applicant, booking.scope);
      if (booking.state == BookingState::confirmed) confirmed_.push_back(booking.id);
      const bool over = booking.slot.day() < Day{today().value - 1};
      if (over && booking.state != BookingState::displaced) return "a visit that never ends";
    }
  }
  std::sort(applicants_of_.begin(), applicants_of_.end());
  if (std::adjacent_find(applicants_of_.begin(), applicants_of_.end()) != applicants_of_.end()) {
    return "somebody has two";
  }
  std::sort(taken_.begin(), taken_.end());
  const auto taken_in = [&](SlotKey slot) {
    std::uint32_t seats = 0;
    for (auto at = std::lower_bound(taken_.begin(), taken_.end(), std::pair(slot, 0U));
         at != taken_.end() && at->first == slot; ++at) {
      seats += at->second;
    }
    return seats;
  };
  const Catalogue& catalogue = engine_.catalogue();
  std::size_t found = 0;
  for (std::size_t i = 0; i < catalogue.lanes().size(); ++i) {
    const LaneId lane = engine_.lane(i);
    const LaneSpec& spec = catalogue.lanes()[i];
    const std::int32_t ahead = catalogue.services()[spec.service].rules.horizon_days;
    for (std::int32_t d = -4; d < ahead; ++d) {
      const Day day{today().value + d};
      const std::size_t many = engine_.slots(lane, day, slots_);
      if (d >= 0 && many != catalogue.plan(static_cast<std::uint32_t>(i), day).slots.size()) {
        return "a day of the horizon isn't as planned";
      }
      for (std::size_t slot = 0; slot < many; ++slot) {
        const SlotAvailability& is = slots_[slot];
        const std::uint32_t taken = taken_in(is.slot);
        found += taken;
        const std::uint32_t left = taken >= is.capacity ? 0 : is.capacity - taken;
        // One that is closed, late, or waited for, offers nothing.
        if (is.free != left && is.free != 0) return "a slot has other seats free than it should";
        if (taken > is.capacity + 1U) return "a seat too many";  // staff takes one away
      }
    }
  }
  std::size_t all = 0;
  for (const auto& [slot, seats] : taken_) all += seats;
  if (found != all) return "bookings in slots that aren't there";
  if (engine_.counters().bookings_in_days != in_days) return "days count other bookings";
  if (engine_.counters().days_not_opened != 0) return "a day was not opened";
  if (!engine_.last_problem().empty()) return engine_.last_problem();
  return engine_.health() == Health::serving ? "" : "it doesn't serve";
}

}  // namespace janji::test
