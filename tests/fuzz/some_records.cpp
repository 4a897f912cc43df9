#include "fuzz/some_records.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <set>
#include <string_view>
#include <variant>

#include "model/parse.hpp"
#include "model/small_town.hpp"

namespace janji::fuzz {
namespace {

using model::Bytes;

// Those of the small town first, then some that no catalogue has any more.
constexpr std::string_view kLaneKeys[] = {
    "west/passport/general",
    "west/permit/general",
    "west/permit/priority",
    "east/passport/general",
    "east/enquiry/general",
    "gone/passport/general",
    "x",
};
constexpr std::uint64_t kHoldMsMax = 16'384;
constexpr std::uint64_t kDays = 8;

template <class Map>
auto any_of(const Map& map, model::Random& random) {
  return std::next(map.begin(), static_cast<std::ptrdiff_t>(random.below(map.size())));
}

}  // namespace

std::vector<Bytes> SomeRecords::opening() {
  std::vector<Bytes> made;
  const auto keep = [&](Bytes record) {
    accepted(record);
    made.push_back(std::move(record));
  };
  keep(epoch());
  for (std::uint32_t i = 0; i < 2; ++i) keep(model::lane_record(i, kLaneKeys[i]));
  for (std::uint32_t i = 0; i < 4; ++i) keep(day(i % 2, static_cast<std::int32_t>(i / 2)));
  return made;
}

Bytes SomeRecords::next() {
  now_ms_ = std::max(now_ms_, so_far_.ledger_ms());
  const std::uint64_t kind = random_.below(256);
  wild_ = kind % 8 == 7;
  if (epochs_ == 0 && !wild_) return epoch();
  switch (kind / 8) {
    case 0: return raw();
    case 1: return archive();
    case 2: return tick();
    case 3: return lane();
    case 4: return epoch();
    case 5:
    case 6: {
      const std::uint32_t lane = some_lane();  // first: compilers differ in the order of arguments
      return day(lane, static_cast<std::int32_t>(random_.below(kDays)));
    }
    case 7:
    case 8:
    case 9:
    case 10: return some_step();
    case 11: return random_.below(2) == 0 ? reschedule() : extend();
    case 12:
    case 13:
    case 14:
    case 15: return cancel();
    case 16:
    case 17:
    case 18: return expire();
    case 19:
    case 20:
    case 21: return free_place();
    case 30: return random_.below(3) == 0 ? promote() : join();
    case 31:
      switch (random_.below(10)) {
        case 6: return fall_back();
        case 7: return slot();
        case 8: return catalogue();
        case 9: return tranche();
        case 5: return walk_in();
        case 0: return forget_block();
        case 1: return entitlement();
        case 2: return eligible();
        case 3: return forget_entitlement();
        default: return block();
      }
    default: return claim();
  }
}

void SomeRecords::accepted(const Bytes& record) {
  const auto parsed = model::parse(record);
  const auto* what = std::get_if<model::Parsed>(&parsed);
  if (what == nullptr) return;
  if (const auto* epoch = std::get_if<record::Epoch>(what)) {
    epochs_ = epoch->number;
    epoch_random_ = epoch->random;
  } else if (const auto* lane = std::get_if<model::LaneRecord>(what)) {
    lanes_ = std::min(std::max(lanes_, lane->lane.value + 1), kMaxLanes);
  } else if (const auto* free = std::get_if<record::Free>(what)) {
    const record::Place place = record::place_of(BookingId{free->booking});
    if (place < kPlaces) ++generations_[place];
  }
}

// Any bytes behind a header with the right size: else nothing else of it would be looked at.
Bytes SomeRecords::raw() {
  Bytes bytes(8 * (1 + random_.below(40)));
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(random_.below(256));
  const auto size = static_cast<std::uint16_t>(bytes.size());
  bytes[2] = static_cast<std::byte>(size & 255);
  bytes[3] = static_cast<std::byte>(size >> 8);
  return bytes;
}

// Most often a number at which something ends.
std::uint64_t SomeRecords::anything() {
  constexpr std::uint64_t kTop = std::uint64_t{1} << 63;
  constexpr std::uint64_t kLedgerMax = std::uint64_t{1} << 53;
  constexpr std::uint64_t kEnds[] = {0, 1, ~std::uint64_t{0}, kTop, kTop - 1, kLedgerMax};
  const std::uint64_t dice = random_.below(2 * std::size(kEnds));
  if (dice >= std::size(kEnds)) return random_.next();
  return kEnds[dice] - random_.below(2);
}

std::int64_t SomeRecords::some_time() {
  std::int64_t time = now_ms_;
  spoil(time);
  return time;
}

std::int64_t SomeRecords::decided() {
  const auto dice = static_cast<std::int64_t>(random_.below(256));
  now_ms_ += dice * dice / 32;  // mostly little, at most two seconds
  return some_time();
}

// A bit later; behind the end of all times it is anything.
std::int64_t SomeRecords::later(std::int64_t time) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(time) + 1 +
                                   random_.below(kHoldMsMax));
}

std::uint64_t SomeRecords::some_operation() {
  const std::uint64_t dice = random_.below(8);
  if (dice == 0) return 0;
  return dice == 1 ? random_.below(operations_ + 1) : ++operations_;
}

std::uint64_t SomeRecords::some_slot() {
  std::uint64_t slot = 0;
  if (!so_far_.slots().empty()) slot = any_of(so_far_.slots(), random_)->first.value;
  spoil(slot);
  return slot;
}

// The first place from this one on that no booking keeps; this one when there is none.
record::Place SomeRecords::free_from(record::Place first) const {
  std::set<record::Place> taken;
  for (const auto& [id, booking] : so_far_.bookings()) taken.insert(record::place_of(id));
  for (record::Place i = 0; i < kPlaces; ++i) {
    if (const record::Place place = (first + i) % kPlaces; !taken.contains(place)) return place;
  }
  return first;
}

const model::ModelBooking* SomeRecords::any_booking() {
  if (so_far_.bookings().empty()) return nullptr;
  return &any_of(so_far_.bookings(), random_)->second;
}

std::uint64_t SomeRecords::some_booking() {
  const model::ModelBooking* booking = any_booking();
  std::uint64_t id = booking == nullptr ? 1 : booking->id.value;
  spoil(id);
  return id;
}

Bytes SomeRecords::epoch() {
  record::Epoch made{};
  made.number = epochs_ + 1;
  spoil(made.number);
  made.random = 0xABC00 + static_cast<std::uint32_t>(epochs_);
  spoil(made.random);
  made.format = 1;
  made.ledger_ms = decided();
  made.grace_ms = static_cast<std::int64_t>(random_.below(kHoldMsMax));
  spoil(made.grace_ms);
  made.civil_ms = model::kTownStart;
  spoil(made.civil_ms);
  return model::to_bytes(made);
}

Bytes SomeRecords::lane() {
  std::uint32_t number = lanes_;
  std::uint64_t key = lanes_;
  spoil(number);
  if (key >= std::size(kLaneKeys) || wild_) key = random_.below(std::size(kLaneKeys));
  return model::lane_record(number, kLaneKeys[key]);
}

Bytes SomeRecords::day(std::uint32_t lane, std::int32_t ahead) {
  std::int32_t number = model::kTownMonday.value + ahead;
  spoil(number);
  std::vector<record::DaySlot> slots;
  for (std::uint64_t hours = random_.below(5), i = 0; i < hours; ++i) {
    record::DaySlot& slot = slots.emplace_back();
    slot.minute = static_cast<std::uint16_t>(540 + 60 * i);
    slot.length_minutes = 60;
    slot.capacity = static_cast<std::uint16_t>(1 + random_.below(4));
    slot.kept = static_cast<std::uint16_t>(random_.below(3));
    spoil(slot.minute);
    spoil(slot.length_minutes);
    spoil(slot.capacity);
    spoil(slot.kept);
  }
  return model::day_record(lane, number, slots);
}

Bytes SomeRecords::claim() {
  record::Claim made{};
  auto place = static_cast<record::Place>(random_.below(kPlaces));
  if (!wild_) place = free_from(place);
  made.booking = record::make_booking_id(place, generations_[place], epoch_random_).value;
  spoil(made.booking);
  made.slot = some_slot();
  made.applicant_lo = 1 + random_.below(32);
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.deadline_ms = later(made.decided_ms);
  spoil(made.deadline_ms);
  made.created_ms = model::kTownStart;
  spoil(made.created_ms);
  const std::uint64_t dice = random_.below(16);
  made.seats = static_cast<std::uint16_t>(dice < 4 ? 2 : 1);
  spoil(made.seats);
  made.scope = static_cast<std::uint16_t>(dice % 2);
  made.category = static_cast<std::uint8_t>(dice % 3);
  return model::to_bytes(made);
}

Bytes SomeRecords::confirm() {
  record::Confirm made{};
  made.booking = some_booking();
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.confirmed_ms = model::kTownStart;
  spoil(made.confirmed_ms);
  spoil(made.details_hash);
  if (made.details_hash != 0) made.details_size = static_cast<std::uint32_t>(random_.below(5000));
  return model::to_bytes(made);
}

Bytes SomeRecords::extend() {
  record::Extend made{};
  const model::ModelBooking* booking = any_booking();
  made.booking = booking == nullptr ? 1 : booking->id.value;
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.acted_ms = model::kTownStart;
  spoil(made.acted_ms);
  made.deadline_ms =
      std::max(later(made.decided_ms), booking == nullptr ? 0 : booking->deadline_ms);
  spoil(made.deadline_ms);
  return model::to_bytes(made);
}

Bytes SomeRecords::submit() {
  record::Submit made{};
  const model::ModelBooking* booking = any_booking();
  made.booking = booking == nullptr ? 1 : booking->id.value;
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.acted_ms = model::kTownStart;
  spoil(made.details_hash);
  if (made.details_hash != 0) made.details_size = static_cast<std::uint32_t>(random_.below(5000));
  made.deadline_ms =
      std::max(later(made.decided_ms), booking == nullptr ? 0 : booking->deadline_ms);
  spoil(made.deadline_ms);
  return model::to_bytes(made);
}

template <class R>
Bytes SomeRecords::act() {
  R made{};
  made.booking = some_booking();
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.acted_ms = model::kTownStart;
  spoil(made.acted_ms);
  spoil(made.argument);
  return model::to_bytes(made);
}

Bytes SomeRecords::lapse() {
  record::Lapse made{};
  made.booking = some_booking();
  made.decided_ms = decided();
  made.ended_ms = model::kTownStart;
  spoil(made.ended_ms);
  return model::to_bytes(made);
}

// Everything between a claim and its end but what has a case of its own above.
Bytes SomeRecords::some_step() {
  switch (random_.below(11)) {
    case 0: return submit();
    case 1: return act<record::Approve>();
    case 2: return act<record::Refuse>();
    case 3: return act<record::CheckIn>();
    case 4: return act<record::Serve>();
    case 5: return act<record::Complete>();
    case 6: return act<record::NoShow>();
    case 7: return lapse();
    case 8: return act<record::Reissue>();
    case 9: return act<record::Progress>();
    default: return confirm();
  }
}

// Of applicants who claim, too.
Bytes SomeRecords::block() {
  record::Block made{};
  made.applicant_lo = 1 + random_.below(32);
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.acted_ms = model::kTownStart;
  if (random_.below(3) != 0) made.until_ms = made.acted_ms + 1000;
  made.cell = static_cast<std::uint32_t>(made.applicant_lo % 8);
  spoil(made.applicant_lo);
  spoil(made.until_ms);
  spoil(made.cell);
  return model::to_bytes(made);
}

Bytes SomeRecords::forget_block() {
  record::ForgetBlock made{};
  made.applicant_lo = 1 + random_.below(32);
  if (!so_far_.blocks().empty()) made.applicant_lo = any_of(so_far_.blocks(), random_)->first.lo;
  made.decided_ms = decided();
  made.ended_ms = model::kTownStart + 2000;
  made.cell = static_cast<std::uint32_t>(made.applicant_lo % 8);
  spoil(made.ended_ms);
  spoil(made.cell);
  return model::to_bytes(made);
}

// One that there is, or a new one of this opening.
EntitlementId SomeRecords::some_entitlement() {
  const auto& all = so_far_.entitlements();
  if (!all.empty() && random_.below(4) != 0) return any_of(all, random_)->first;
  const auto cell = static_cast<std::uint32_t>(random_.below(8));
  return record::make_entitlement_id(cell, ++entitlements_, epoch_random_);
}

Bytes SomeRecords::entitlement() {
  const EntitlementId id = some_entitlement();
  const model::ModelEntitlement* before = so_far_.find_entitlement(id);
  record::Entitlement made{};
  made.entitlement = id.value;
  made.holder_lo = before == nullptr ? 1 + random_.below(32) : before->holder.lo;
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.acted_ms = model::kTownStart;
  made.service = before == nullptr ? service_key("permit").value : before->service;
  made.quota = static_cast<std::uint32_t>(random_.below(100));
  made.from = static_cast<std::int32_t>(20'000 + random_.below(1000));
  made.until = made.from + static_cast<std::int32_t>(random_.below(1000));
  made.listed = static_cast<std::uint32_t>(random_.below(2));
  made.granted = before == nullptr ? 1 : 0;
  spoil(made.entitlement);
  spoil(made.quota);
  spoil(made.until);
  spoil(made.granted);
  return model::to_bytes(made);
}

Bytes SomeRecords::eligible() {
  const EntitlementId id = some_entitlement();
  const model::ModelEntitlement* of = so_far_.find_entitlement(id);
  std::set<ApplicantKey> added, removed;
  for (std::uint64_t i = random_.below(6); i > 0; --i) added.insert({0, 1 + random_.below(64)});
  if (of != nullptr && !wild_) {
    for (const ApplicantKey& key : of->eligible) added.erase(key);
    if (!of->eligible.empty() && random_.below(2) == 0) removed.insert(*of->eligible.begin());
  }
  std::vector<ApplicantKey> keys(added.begin(), added.end());
  keys.insert(keys.end(), removed.begin(), removed.end());
  record::Eligible made{};
  made.header.type = record::Type::eligible;
  made.header.size = static_cast<std::uint16_t>(sizeof made + keys.size() * sizeof(ApplicantKey));
  made.entitlement = id.value;
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.acted_ms = model::kTownStart;
  made.added = static_cast<std::uint32_t>(added.size());
  made.removed = static_cast<std::uint32_t>(removed.size());
  spoil(made.entitlement);
  spoil(made.added);
  Bytes bytes(made.header.size);
  std::memcpy(bytes.data(), &made, sizeof made);
  if (!keys.empty()) {
    std::memcpy(bytes.data() + sizeof made, keys.data(), keys.size() * sizeof(ApplicantKey));
  }
  return bytes;
}

Bytes SomeRecords::forget_entitlement() {
  constexpr std::int64_t kDayMs = 86'400'000;
  const EntitlementId id = some_entitlement();
  const model::ModelEntitlement* of = so_far_.find_entitlement(id);
  record::ForgetEntitlement made{};
  made.entitlement = id.value;
  made.decided_ms = decided();
  made.ended_ms = (of == nullptr ? 1 : of->until.value + 2) * kDayMs;
  spoil(made.entitlement);
  spoil(made.ended_ms);
  return model::to_bytes(made);
}

// Of slots that are full, or not.
Bytes SomeRecords::join() {
  const Bytes like = claim();
  record::Claim claim{};
  std::memcpy(&claim, like.data(), sizeof claim);
  record::Join made{};
  made.booking = claim.booking;
  made.slot = claim.slot;
  made.applicant_hi = claim.applicant_hi;
  made.applicant_lo = claim.applicant_lo;
  made.operation_hi = claim.operation_hi;
  made.operation_lo = claim.operation_lo;
  made.payload = claim.payload;
  made.decided_ms = claim.decided_ms;
  made.created_ms = claim.created_ms;
  made.seats = claim.seats;
  made.scope = claim.scope;
  made.category = claim.category;
  if (random_.below(3) == 0) {
    made.last = static_cast<std::uint16_t>(SlotKey{claim.slot}.minute().value +
                                           60 * (1 + random_.below(2)));
    spoil(made.last);
  }
  return model::to_bytes(made);
}

Bytes SomeRecords::walk_in() {
  const Bytes like = claim();
  record::Claim claim{};
  std::memcpy(&claim, like.data(), sizeof claim);
  record::WalkIn made{};
  made.booking = claim.booking;
  made.slot = claim.slot;
  made.applicant_hi = claim.applicant_hi;
  made.applicant_lo = claim.applicant_lo;
  made.operation_hi = claim.operation_hi;
  made.operation_lo = claim.operation_lo;
  made.payload = claim.payload;
  made.decided_ms = claim.decided_ms;
  made.created_ms = claim.created_ms;
  made.queue_number = static_cast<std::uint32_t>(1 + random_.below(20));
  spoil(made.queue_number);
  spoil(made.details_hash);
  if (made.details_hash != 0) made.details_size = static_cast<std::uint32_t>(random_.below(5000));
  made.seats = claim.seats;
  made.scope = claim.scope;
  made.category = claim.category;
  return model::to_bytes(made);
}

// By staff, or while the catalogue is changed.
Bytes SomeRecords::slot() {
  record::Slot made{};
  made.slot = some_slot();
  made.decided_ms = decided();
  made.changed_ms = model::kTownStart;
  spoil(made.changed_ms);
  made.capacity = static_cast<std::uint32_t>(1 + random_.below(4));
  spoil(made.capacity);
  made.closed = static_cast<std::uint16_t>(random_.below(2));
  spoil(made.closed);
  const bool may_plan = so_far_.changing() != 0 || wild_;
  if (may_plan) made.planned = record::Planned::of(made.capacity, made.closed != 0).bits;
  spoil(made.planned);
  if (made.planned == 0) made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  return model::to_bytes(made);
}

// Begins a change, or ends the one that was begun.
Bytes SomeRecords::catalogue() {
  record::Catalogue made{};
  made.done = static_cast<std::uint32_t>(so_far_.changing() != 0 ? random_.below(2) : 0);
  made.digest = made.done != 0 ? so_far_.changing() : 1 + random_.below(1000);
  spoil(made.digest);
  spoil(made.done);
  made.decided_ms = decided();
  made.changed_ms = model::kTownStart;
  spoil(made.changed_ms);
  return model::to_bytes(made);
}

// Mostly from a pool to its general lane.
Bytes SomeRecords::fall_back() {
  constexpr std::uint32_t kPool = 2, kGeneral = 1;
  SlotKey from{some_slot()};
  for (const auto& [key, slot] : so_far_.slots()) {
    if (key.lane() == LaneId{kPool} && slot.free() != 0 && !wild_) from = key;
  }
  record::FallBack made{};
  made.from = from.value;
  made.slot = SlotKey(LaneId{kGeneral}, from.day(), from.minute()).value;
  spoil(made.slot);
  const model::ModelSlot* left = so_far_.find_slot(from);
  const model::ModelSlot* entered = so_far_.find_slot(SlotKey{made.slot});
  made.decided_ms = decided();
  made.fell_ms = model::kTownStart;
  spoil(made.fell_ms);
  made.seats =
      static_cast<std::uint16_t>(left == nullptr ? 1 : 1 + random_.below(left->free() + 1));
  made.from_capacity =
      static_cast<std::uint16_t>(left == nullptr ? 0 : left->capacity - made.seats);
  made.capacity =
      static_cast<std::uint16_t>((entered == nullptr ? 1 : entered->capacity) + made.seats);
  spoil(made.from_capacity);
  spoil(made.capacity);
  return model::to_bytes(made);
}

// Mostly to some slot of which seats are kept back.
Bytes SomeRecords::tranche() {
  SlotKey to{some_slot()};
  for (const auto& [key, slot] : so_far_.slots()) {
    if (slot.kept != 0 && !slot.closed && !wild_) to = key;
  }
  const model::ModelSlot* slot = so_far_.find_slot(to);
  const std::uint32_t kept = slot == nullptr ? 1 : slot->kept;
  record::Tranche made{};
  made.slot = to.value;
  spoil(made.slot);
  made.decided_ms = decided();
  made.came_ms = model::kTownStart;
  spoil(made.came_ms);
  made.seats = static_cast<std::uint16_t>(1 + random_.below(kept + 1));
  made.capacity = static_cast<std::uint16_t>((slot == nullptr ? 1 : slot->capacity) + made.seats);
  made.kept = static_cast<std::uint16_t>(kept - made.seats);
  spoil(made.capacity);
  spoil(made.kept);
  return model::to_bytes(made);
}

// Mostly whoever waits for some slot longest.
Bytes SomeRecords::promote() {
  record::Promote made{};
  made.booking = some_booking();
  for (const auto& [key, slot] : so_far_.slots()) {
    if (slot.waiting.empty()) continue;
    if (so_far_.waiter(slot.waiting.begin()->second).is_group) continue;
    made.booking = slot.waiting.begin()->second.value;
    made.slot = key.value;
    if (random_.below(2) == 0) break;
  }
  if (made.slot == 0) made.slot = some_slot();
  spoil(made.slot);
  made.decided_ms = decided();
  made.deadline_ms = later(made.decided_ms);
  made.promoted_ms = model::kTownStart;
  spoil(made.deadline_ms);
  return model::to_bytes(made);
}

Bytes SomeRecords::cancel() {
  record::Cancel made{};
  made.booking = some_booking();
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.decided_ms = decided();
  made.ended_ms = model::kTownStart;
  spoil(made.ended_ms);
  return model::to_bytes(made);
}

Bytes SomeRecords::reschedule() {
  record::Reschedule made{};
  const model::ModelBooking* booking = any_booking();
  made.booking = booking == nullptr ? 1 : booking->id.value;
  made.operation_lo = some_operation();
  made.payload = made.operation_lo % 3;
  made.from = booking == nullptr ? some_slot() : booking->slot.value;
  spoil(made.from);
  made.slot = some_slot();
  made.decided_ms = decided();
  made.moved_ms = model::kTownStart;
  spoil(made.moved_ms);
  return model::to_bytes(made);
}

Bytes SomeRecords::expire() {
  record::Expire made{};
  const model::ModelBooking* booking = any_booking();
  made.booking = booking == nullptr ? 1 : booking->id.value;
  if (booking != nullptr && !wild_) now_ms_ = std::max(now_ms_, booking->deadline_ms);
  made.decided_ms = decided();
  made.ended_ms = model::kTownStart;
  spoil(made.ended_ms);
  return model::to_bytes(made);
}

Bytes SomeRecords::free_place() {
  record::Free made{};
  made.booking = some_booking();
  return model::to_bytes(made);
}

Bytes SomeRecords::tick() {
  record::Tick made{};
  made.ledger_ms = decided();
  return model::to_bytes(made);
}

Bytes SomeRecords::archive() {
  record::Archive made{};
  made.lane = some_lane();
  made.day = static_cast<std::int32_t>(model::kTownMonday.value + random_.below(kDays));
  spoil(made.day);
  return model::to_bytes(made);
}

}  // namespace janji::fuzz
