#include "fuzz/some_records.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <set>
#include <string_view>
#include <variant>

#include "fuzz/any_of.hpp"
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
    case 29: return some_group_record();
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
  const auto freed = [&](std::uint64_t booking) {
    const record::Place place = record::place_of(BookingId{booking});
    if (place < kPlaces) ++generations_[place];
  };
  const auto parsed = model::parse(record);
  const auto* what = std::get_if<model::Parsed>(&parsed);
  if (what == nullptr) return;
  if (const auto* epoch = std::get_if<record::Epoch>(what)) {
    epochs_ = epoch->number;
    epoch_random_ = epoch->random;
  } else if (const auto* lane = std::get_if<model::LaneRecord>(what)) {
    lanes_ = std::min(std::max(lanes_, lane->lane.value + 1), kMaxLanes);
  } else if (const auto* free = std::get_if<record::Free>(what)) {
    freed(free->booking);
  } else if (const auto* change = std::get_if<model::GroupChangeRecord>(what);
             change != nullptr && change->head.step == record::Type::free) {
    freed(change->head.booking);
    for (const std::uint64_t member : change->members) freed(member);
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
  for (const auto& [id, group] : so_far_.groups()) taken.insert(record::place_of(id));
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
