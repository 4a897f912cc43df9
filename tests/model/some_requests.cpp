#include "model/some_requests.hpp"

#include <algorithm>
#include <iterator>

#include "model/acts.hpp"
#include "model/small_town.hpp"

namespace janji::model {

namespace {

// Lanes of one service, at offices that keep the same time; of two services; one that isn't there.
constexpr LaneId kBothOffices[] = {LaneId{0}, LaneId{2}};
constexpr LaneId kEastFirst[] = {LaneId{2}, LaneId{0}};
constexpr LaneId kUnlike[] = {LaneId{0}, LaneId{1}};
constexpr LaneId kUnknown[] = {LaneId{2}, LaneId{77}};

}  // namespace

OperationId SomeRequests::new_operation() {
  return random_.percent(10) ? OperationId{} : OperationId{7, ++ids_};
}

// Mostly a new id, now and then one that was used before.
OperationId SomeRequests::some_operation() {
  if (ids_ == 0 || random_.percent(70)) return new_operation();
  return OperationId{7, 1 + random_.below(ids_)};
}

LaneId SomeRequests::some_lane() {
  if (random_.percent(2)) return LaneId{static_cast<std::uint32_t>(random_.below(8))};
  return watched_.engine().lane(random_.below(kTownLanes));
}

Day SomeRequests::some_day() {
  const auto today =
      static_cast<std::int32_t>((watched_.engine().civil_now().value + kTownAheadMs) / kTownDayMs);
  return Day{today + static_cast<std::int32_t>(random_.percent(94)
                                                   ? random_.between(0, random_.percent(70) ? 1 : 4)
                                                   : random_.between(-2, 7))};
}

SlotKey SomeRequests::some_slot() {
  if (random_.percent(1)) return SlotKey{random_.next()};
  const std::int64_t minute =
      random_.percent(97) ? 540 + 60 * random_.between(0, 3) : random_.between(0, 2047);
  // One after the other: compilers differ in the order of arguments.
  const LaneId lane = some_lane();
  const Day day = some_day();
  return SlotKey(lane, day, Minute{static_cast<std::uint16_t>(minute)});
}

ClaimRequest SomeRequests::new_claim() {
  ClaimRequest request;
  if (random_.percent(60)) {
    request.slot = some_slot();
  } else {
    request.lane = some_lane();
    if (random_.percent(30)) {
      request.lanes = random_.percent(50) ? kBothOffices : kEastFirst;
      if (random_.percent(4)) request.lanes = random_.percent(50) ? kUnlike : kUnknown;
    }
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

ClaimRequest SomeRequests::claim() {
  ClaimRequest request = new_claim();
  if (!claims_.empty() && random_.percent(20)) {
    // The same again, or the same id for something else.
    request = claims_[random_.below(claims_.size())];
    if (random_.percent(30)) request.payload ^= 1;
  } else if (random_.percent(10)) {
    request.operation = some_operation();
  }
  return request;
}

BookingId SomeRequests::some_booking() {
  if (bookings_.empty() || random_.percent(3)) return BookingId{random_.next()};
  const std::size_t recent = std::min<std::size_t>(bookings_.size(), 24);
  return bookings_[bookings_.size() - 1 - random_.below(recent)];
}

ConfirmRequest SomeRequests::confirm() {
  ConfirmRequest request;
  request.booking = some_booking();
  request.operation = some_operation();
  request.payload = random_.below(2);
  if (!confirms_.empty() && random_.percent(20)) {
    request = confirms_[random_.below(confirms_.size())];
    if (random_.percent(30)) request.payload ^= 1;
  }
  return request;
}

std::vector<std::byte> SomeRequests::some_details() {
  std::vector<std::byte> details(random_.percent(50) ? random_.below(200) : 0);
  if (random_.percent(2)) details.resize(kDetailsMax + random_.below(2));
  // One choice for all of them: a fuzzer's bytes are dear.
  auto value = static_cast<std::uint8_t>(random_.below(256));
  for (std::byte& byte : details) byte = static_cast<std::byte>(value++);
  return details;
}

// Mostly to a slot of the same lane: of all slots few are of the same service.
RescheduleRequest SomeRequests::reschedule() {
  RescheduleRequest request;
  request.booking = some_booking();
  request.slot = some_slot();
  const ModelBooking* known = watched_.model().find_booking(request.booking);
  if (known != nullptr && random_.percent(60)) {
    request.slot = SlotKey(known->slot.lane(), request.slot.day(), request.slot.minute());
  }
  request.operation = some_operation();
  if (!moves_.empty() && random_.percent(20)) {
    request = moves_[random_.below(moves_.size())];
    if (random_.percent(30)) request.payload ^= 1;
  }
  return request;
}

// Mostly one that the booking's state allows.
Act SomeRequests::some_act(const ModelBooking* booking) {
  const Act any = kActs[random_.below(std::size(kActs))];
  if (booking == nullptr || random_.percent(25)) return any;
  const int likely = booking->reissues == 0 ? 10 : 40;  // or few get all that they may
  if (is_active(booking->state) && random_.percent(likely)) return Act::reissue;
  const bool first = random_.percent(60);
  switch (booking->state) {
    case BookingState::held: return Act::extend;
    case BookingState::awaiting: return first ? Act::approve : Act::refuse;
    case BookingState::confirmed: return first ? Act::check_in : Act::no_show;
    case BookingState::checked_in:
      if (random_.percent(25)) return Act::progress;
      return random_.percent(80) ? Act::serve : Act::complete;
    case BookingState::completed: return Act::progress;
    default: return any;
  }
}

// Who has checked in, if anybody has.
BookingId SomeRequests::someone_in_the_hall() {
  for (const auto& [id, booking] : watched_.model().bookings()) {
    if (booking.state == BookingState::checked_in) return id;
  }
  return some_booking();
}

ActRequest SomeRequests::act(BookingId booking) {
  ActRequest request;
  request.booking = booking;
  request.act = some_act(watched_.model().find_booking(request.booking));
  request.operation = some_operation();
  if (random_.percent(50)) request.branch = static_cast<std::uint32_t>(random_.below(2));
  if (has_argument(request.act) || random_.percent(3)) {
    request.argument = static_cast<std::uint32_t>(random_.below(9));
  }
  if (request.act == Act::progress && !random_.percent(15)) {
    const auto stages = town_stages();
    request.argument = progress_id(stages[random_.below(stages.size())]).value;
  }
  request.actor = ActorId{static_cast<std::uint32_t>(random_.below(3))};
  if (!acts_.empty() && random_.percent(15)) {
    request = acts_[random_.below(acts_.size())];
    if (random_.percent(30)) request.payload ^= 1;
  }
  return request;
}

NextRequest SomeRequests::next() {
  NextRequest request;
  request.branch = static_cast<std::uint32_t>(random_.percent(97) ? random_.below(2) : 7);
  if (random_.percent(40)) request.service = static_cast<std::uint32_t>(random_.below(3));
  request.counter = static_cast<std::uint32_t>(random_.below(2));
  request.operation = some_operation();
  if (!nexts_.empty() && random_.percent(20)) request = nexts_[random_.below(nexts_.size())];
  return request;
}

// Of some slot, or of one that somebody has booked; more often opened than closed.
// Mostly of whoever has ended, with details or without, or of a group.
EraseRequest SomeRequests::erase() {
  EraseRequest request;
  request.booking = some_booking();
  request.reason = static_cast<std::uint32_t>(random_.below(4));
  request.actor = ActorId{static_cast<std::uint32_t>(random_.below(3))};
  std::vector<BookingId> some;
  const bool with_details = random_.percent(70);
  for (const auto& [id, booking] : watched_.model().bookings()) {
    const bool has_some = booking.details_size != 0 || !with_details;
    if (has_ended(booking.state) && has_some) some.push_back(id);
  }
  if (random_.percent(20)) {
    for (const auto& [id, group] : watched_.model().groups()) some.push_back(id);
  }
  if (!some.empty() && random_.percent(80)) request.booking = some[random_.below(some.size())];
  return request;
}

SlotChangeRequest SomeRequests::change_slot() {
  SlotChangeRequest request;
  request.slot = some_slot();
  const ModelBooking* booking = watched_.model().find_booking(some_booking());
  if (booking != nullptr && random_.percent(60)) request.slot = booking->slot;
  if (random_.percent(40)) {
    for (const auto& [key, slot] : watched_.model().slots()) {
      if (slot.closed) request.slot = key;
    }
  }
  using Doors = SlotChangeRequest::Doors;
  const std::uint64_t dice = random_.below(10);
  request.doors = dice < 3 ? Doors::closed : dice < 8 ? Doors::open : Doors::as_they_are;
  if (random_.percent(30)) request.capacity = static_cast<std::uint16_t>(1 + random_.below(5));
  if (random_.percent(2)) request.capacity = 5000;
  request.actor = ActorId{4};
  if (random_.percent(60)) request.operation = some_operation();
  if (!slot_changes_.empty() && random_.percent(20)) {
    request = slot_changes_[random_.below(slot_changes_.size())];
    if (random_.percent(30)) request.capacity = 4;
  }
  return request;
}

// Mostly for seconds or minutes; lifted as often as not. Few are blocked: the others must book.
BlockRequest SomeRequests::block() {
  BlockRequest request;
  if (!random_.percent(2)) request.applicant = {1, 1 + random_.below(8)};
  request.reason = static_cast<std::uint32_t>(random_.below(3));
  request.operation = some_operation();
  request.payload = random_.below(2);
  request.actor = ActorId{5};
  const std::int64_t now = watched_.engine().civil_now().value;
  if (!random_.percent(40)) request.until = CivilTime{now + random_.between(-1, 90) * 1000};
  const auto& all = watched_.model().blocks();
  if (!all.empty() && random_.percent(70)) request.applicant = all.begin()->first;
  if (!blocks_.empty() && random_.percent(20)) {
    request = blocks_[random_.below(blocks_.size())];
    if (random_.percent(30)) request.payload ^= 1;
  }
  return request;
}

// Mostly of a slot that is full, and as often where somebody waits already.
JoinRequest SomeRequests::join() {
  JoinRequest request;
  request.slot = some_slot();
  std::vector<SlotKey> full;
  for (const auto& [key, slot] : watched_.model().slots()) {
    if (slot.free() == 0) full.push_back(key);
  }
  if (!full.empty() && random_.percent(75)) request.slot = full[random_.below(full.size())];
  if (random_.percent(40)) {  // or of several around it
    request.lane = request.slot.lane();
    request.day = request.slot.day();
    const std::int64_t minute = request.slot.minute().value;
    if (random_.percent(70)) {
      const auto within_day = [](std::int64_t of) {
        return Minute{static_cast<std::uint16_t>(std::clamp<std::int64_t>(of, 0, 2047))};
      };
      request.from = within_day(minute - random_.between(-15, 120));
      request.until = within_day(minute + random_.between(0, 120));
    }
    request.slot = SlotKey{};
  }
  request.seats = static_cast<std::uint16_t>(random_.percent(80) ? 1 : random_.between(0, 4));
  request.category = random_.percent(90) ? Category::citizen : Category::foreigner;
  if (!random_.percent(1)) request.applicant = {1, 1 + random_.below(60)};
  request.operation = some_operation();
  request.payload = random_.below(2);
  if (!joins_.empty() && random_.percent(40)) {
    request = joins_[random_.below(joins_.size())];
    if (random_.percent(20)) request.payload ^= 1;
    if (random_.percent(60)) request.operation = new_operation();
  }
  return request;
}

// Mostly where there is a kiosk that takes people in.
WalkInRequest SomeRequests::walk_in() {
  WalkInRequest request;
  request.lane = some_lane();
  const Catalogue& catalogue = watched_.engine().catalogue();
  if (random_.percent(85)) {
    const Pool pool = Pool::kiosk;
    for (std::size_t i = 0; i < catalogue.lanes().size(); ++i) {
      const LaneSpec& spec = catalogue.lanes()[i];
      const bool waits = catalogue.services()[spec.service].rules.approval_ms != 0;
      if (spec.pool == pool && !waits) request.lane = watched_.engine().lane(i);
    }
  }
  if (random_.percent(30)) {
    const SlotKey any = some_slot();
    const Day today = catalogue.local_day(0, watched_.engine().civil_now());
    request.slot = SlotKey(request.lane, random_.percent(90) ? today : any.day(), any.minute());
    if (random_.percent(5)) request.slot = any;
  }
  request.seats = static_cast<std::uint16_t>(random_.percent(85) ? 1 : random_.between(0, 4));
  request.category = random_.percent(93) ? Category::citizen : Category::foreigner;
  if (!random_.percent(1)) request.applicant = {1, 1 + random_.below(60)};
  request.operation = some_operation();
  request.payload = random_.below(2);
  request.actor = ActorId{3};
  if (!walk_ins_.empty() && random_.percent(20)) {
    request = walk_ins_[random_.below(walk_ins_.size())];
    if (random_.percent(30)) request.payload ^= 1;
  }
  return request;
}

GroupJoinCall SomeRequests::join_group() {
  GroupJoinCall call;
  if (!group_joins_.empty() && random_.percent(30)) {
    call = group_joins_[random_.below(group_joins_.size())];
    if (random_.percent(20)) call.asked.payload ^= 1;
    if (random_.percent(60)) call.asked.operation = new_operation();
    return call;
  }
  const JoinRequest like = join();
  call.asked.slot = like.slot;
  call.asked.lane = like.lane;
  call.asked.day = like.day;
  call.asked.from = like.from;
  call.asked.until = like.until;
  call.asked.category = like.category;
  call.asked.operation = some_operation();
  call.asked.payload = random_.below(2);
  call.asked.applicant = random_.percent(99) ? ApplicantKey{2, 1} : ApplicantKey{};
  const std::uint64_t many = random_.percent(97) ? 1 + random_.below(4) : random_.below(20);
  const std::uint64_t first = 1 + random_.below(60);
  const std::uint64_t step = random_.percent(97) ? 1 + random_.below(3) : 0;
  for (std::uint64_t i = 0; i < many; ++i) call.members.push_back({1, first + i * step});
  if (random_.percent(35)) {
    call.asked.entitlement = some_entitlement();
    // As of a claim, mostly where it is good.
    const ModelEntitlement* of = watched_.model().find_entitlement(call.asked.entitlement);
    if (of != nullptr && random_.percent(80)) {
      call.asked.applicant = of->holder;
      const LaneId lane = lane_of(ServiceKey{of->service}, like.lane);
      if (like.slot.value == 0) call.asked.lane = lane;
      if (like.slot.value != 0)
        call.asked.slot = SlotKey(lane, like.slot.day(), like.slot.minute());
    }
  }
  return call;
}

CancelRequest SomeRequests::cancel() {
  CancelRequest request;
  request.booking = some_booking();
  request.operation = some_operation();
  if (!cancels_.empty() && random_.percent(20)) {
    request = cancels_[random_.below(cancels_.size())];
    if (random_.percent(30)) request.payload ^= 1;
  }
  return request;
}

EntitlementId SomeRequests::some_entitlement() {
  const auto& all = watched_.model().entitlements();
  if (all.empty() || random_.percent(4)) return EntitlementId{random_.below(1000)};
  return std::next(all.begin(), static_cast<std::ptrdiff_t>(random_.below(all.size())))->first;
}

// Some lane of the service, if it has any.
LaneId SomeRequests::lane_of(ServiceKey service, LaneId otherwise) {
  const Catalogue& catalogue = watched_.engine().catalogue();
  for (std::size_t i = 0; i < catalogue.lanes().size(); ++i) {
    const Service& of = catalogue.services()[catalogue.lanes()[i].service];
    if (service_key(of.id) == service) return watched_.engine().lane(i);
  }
  return otherwise;
}

std::vector<ApplicantKey> SomeRequests::some_people() {
  std::vector<ApplicantKey> people;
  const std::uint64_t first = 1 + random_.below(60);
  for (std::uint64_t left = random_.below(30); left > 0; --left) {
    people.push_back({1, first + left});
  }
  return people;
}

EntitlementGrantRequest SomeRequests::grant_entitlement() {
  EntitlementGrantRequest request;
  if (!random_.percent(2)) request.holder = {2, 1 + random_.below(2)};
  request.service = static_cast<std::uint32_t>(random_.percent(97) ? random_.below(3) : 9);
  request.quota = static_cast<std::uint32_t>(random_.percent(97) ? 1 + random_.below(12) : 0);
  request.from = some_day();
  request.until = Day{request.from.value + static_cast<std::int32_t>(random_.between(-1, 6))};
  request.listed = random_.percent(30);
  request.operation = some_operation();
  request.payload = random_.below(2);
  request.actor = ActorId{6};
  if (!grants_.empty() && random_.percent(20)) {
    request = grants_[random_.below(grants_.size())];
    if (random_.percent(30)) request.payload ^= 1;
  }
  return request;
}

EntitlementChangeRequest SomeRequests::change_entitlement() {
  EntitlementChangeRequest request;
  request.entitlement = some_entitlement();
  if (random_.percent(60)) request.quota = static_cast<std::uint32_t>(random_.below(14));
  if (random_.percent(25)) request.from = some_day();
  if (random_.percent(25)) request.until = some_day();
  if (random_.percent(25)) request.listed = random_.percent(50);
  request.operation = some_operation();
  request.payload = random_.below(2);
  if (!terms_.empty() && random_.percent(20)) {
    request = terms_[random_.below(terms_.size())];
    if (random_.percent(30)) request.payload ^= 1;
  }
  return request;
}

EligibleCall SomeRequests::change_eligible() {
  EligibleCall request;
  request.entitlement = some_entitlement();
  request.add = some_people();
  if (random_.percent(40)) request.remove = some_people();
  request.operation = some_operation();
  request.payload = random_.below(2);
  if (!lists_.empty() && random_.percent(20)) {
    request = lists_[random_.below(lists_.size())];
    if (random_.percent(30)) request.payload ^= 1;
  }
  return request;
}

// One or two days, each for some of the members; now and then what can't be.
std::vector<GroupPart> SomeRequests::some_parts(std::uint16_t members) {
  std::vector<GroupPart> parts;
  const auto add = [&](Day day, std::uint16_t many) {
    const auto first = static_cast<std::uint16_t>(540 + 60 * random_.between(0, 3));
    const auto length = static_cast<std::uint16_t>(60 * random_.between(0, 3));
    parts.push_back({day, Minute{first}, Minute{static_cast<std::uint16_t>(first + length)}, many});
  };
  const Day day = some_day();
  const bool two = members > 1 && random_.percent(40);
  const auto some = static_cast<std::uint16_t>(two ? 1 + random_.below(members - 1U) : members);
  add(day, some);
  const auto later = static_cast<std::int32_t>(random_.percent(80) ? 1 : random_.between(-1, 2));
  if (two) add(Day{day.value + later}, static_cast<std::uint16_t>(members - some));
  return parts;
}

GroupClaimCall SomeRequests::claim_group() {
  GroupClaimCall request;
  if (!group_claims_.empty() && random_.percent(20)) {
    request = group_claims_[random_.below(group_claims_.size())];
    if (random_.percent(30)) request.payload ^= 1;
    return request;
  }
  request.lane = some_lane();
  const auto many =
      static_cast<std::uint16_t>(random_.percent(95) ? 1 + random_.below(5) : random_.below(20));
  const std::uint64_t first = 1 + random_.below(60);
  const std::uint64_t step = random_.percent(97) ? 1 + random_.below(3) : 0;
  for (std::uint64_t i = 0; i < many; ++i) request.members.push_back({1, first + i * step});
  request.parts = some_parts(random_.percent(97) ? many : static_cast<std::uint16_t>(many + 1));
  request.applicant = random_.percent(99) ? ApplicantKey{2, 1} : ApplicantKey{};
  if (random_.percent(35)) {
    request.entitlement = some_entitlement();
    // Mostly where it is good, and for whom.
    const ModelEntitlement* of = watched_.model().find_entitlement(request.entitlement);
    if (of != nullptr && random_.percent(80)) {
      request.applicant = of->holder;
      request.lane = lane_of(ServiceKey{of->service}, request.lane);
    }
  }
  request.category = random_.percent(90) ? Category::citizen : Category::foreigner;
  request.operation = random_.percent(10) ? some_operation() : new_operation();
  request.payload = random_.below(2);
  return request;
}

GroupMoveCall SomeRequests::move_group() {
  GroupMoveCall request;
  if (!group_moves_.empty() && random_.percent(20)) {
    request = group_moves_[random_.below(group_moves_.size())];
    if (random_.percent(30)) request.payload ^= 1;
    return request;
  }
  request.group =
      groups_.empty() || random_.percent(5)
          ? some_booking()
          : groups_[groups_.size() - 1 - random_.below(std::min<std::size_t>(groups_.size(), 8))];
  const ModelGroup* group = watched_.model().find_group(request.group);
  request.lane = group != nullptr && random_.percent(80) ? group->lane : some_lane();
  std::uint16_t live = 0;
  for (const BookingId id : group == nullptr ? std::vector<BookingId>{} : group->members) {
    live = static_cast<std::uint16_t>(
        live + (is_active(watched_.model().find_booking(id)->state) ? 1 : 0));
  }
  request.parts = some_parts(
      live == 0 || random_.percent(4) ? static_cast<std::uint16_t>(random_.below(4)) : live);
  const ModelEntitlement* of =
      group == nullptr ? nullptr : watched_.model().find_entitlement(group->entitlement);
  // Now and then where what it was claimed under is no longer good.
  if (of != nullptr && random_.percent(30)) {
    const std::int32_t later = std::max(0, of->until.value + 1 - request.parts.front().day.value);
    for (GroupPart& part : request.parts) part.day.value += later;
  }
  request.operation = some_operation();
  return request;
}

}  // namespace janji::model
