// Building the ledger at opening, before any thread but one exists: every store here is relaxed,
// since starting the threads publishes it all.
#include <algorithm>
#include <map>
#include <utility>

#include <janji/catalogue.hpp>

#include "base/words.hpp"
#include "ledger/decision_parts.hpp"
#include "record/apply.hpp"
#include "record/visit.hpp"

namespace janji::ledger {

namespace {

using base::Hex;
using base::words;

constexpr auto relaxed = std::memory_order_relaxed;
constexpr std::size_t kAhead = 16;  // how many bookings ahead memory is fetched

Error damaged(std::string words) {
  return Error{Code::damaged, std::move(words)};
}

// Why a key didn't enter its index: it is there, which is damage, or there is no room for it.
Error not_entered(KeyIndex::Insert outcome, std::string twice, const char* options) {
  if (outcome == KeyIndex::Insert::exists) return damaged(std::move(twice));
  return Error{Code::limit_reached, words(options, ": no room left in an index; raise it")};
}

}  // namespace

void Ledger::restore_day(LaneId lane, Day day, std::int64_t midnight_ms,
                         std::span<const record::DaySlot> slots,
                         std::span<const std::uint32_t> taken) {
  days_.open_day(lane, day, midnight_ms, slots);
  DayView view;
  JANJI_CHECK(days_.find(lane, day, view));
  for (std::size_t i = 0; i < taken.size(); ++i) {
    days_.word(view.first_slot + i)
        .store(SlotWord::make(day, slots[i].capacity, taken[i]).bits, relaxed);
  }
}

Status Ledger::restore_booking(Place place, const record::BookingImage& image) {
  if (place >= bookings_.size()) {
    return Error{
        Code::limit_reached,
        words("bookings_max: the data has ", image.booking == 0 ? "had " : "",
              "a booking at place ", place, ", but only ", bookings_.size(), " fit; raise it")};
  }
  return store_image(place, image);
}

record::BookingImage Ledger::image(Place place) const {
  const BookingCell& cell = bookings_[place];
  const BookingWord word{cell.word.load(relaxed)};
  record::BookingImage made{};
  made.generation = word.generation();
  if (word.state() == BookingState::none) return made;
  const bool ended = has_ended(word.state());
  const Kin kin{cell.kin.load(relaxed)};
  made.booking = word.id(place).value;
  if (const Place head = kin.head(); head < bookings_.size()) {  // else relink() complains of it
    made.group = BookingWord{bookings_[head].word.load(relaxed)}.id(head).value;
  }
  if (const Place head = kin.head(); head < bookings_.size()) {
    const auto of = restored_.entitlements.find(entitlement_of(bookings_[head]));
    if (of != restored_.entitlements.end()) made.entitlement = of->second.image.entitlement;
  }
  made.slot = cell.slot.load(relaxed);
  made.applicant_hi = cell.applicant_hi.load(relaxed);
  made.applicant_lo = cell.applicant_lo.load(relaxed);
  made.operation_hi = cell.operation_hi.load(relaxed);
  made.operation_lo = cell.operation_lo.load(relaxed);
  made.payload = cell.payload.load(relaxed);
  const auto time = static_cast<std::int64_t>(cell.time_ms.load(relaxed));
  made.ledger_ms = ended ? restored_.ended_at[place] : time;
  made.only_waited = ended && restored_.only_waited[place] ? 1 : 0;
  if (word.state() == BookingState::group) made.ledger_ms = GroupLife{word_of(time)}.first();
  made.ended_ms = ended ? time : 0;
  made.created_ms = static_cast<std::int64_t>(cell.created_ms.load(relaxed));
  made.lsn = cell.lsn.load(relaxed);
  made.seats = cell.seats.load(relaxed);
  made.scope = cell.scope.load(relaxed);
  made.category = kin.category();
  made.state = static_cast<std::uint8_t>(word.state());
  made.version = word.version();
  // The chain is newest first, the image oldest first.
  for (std::uint32_t i = cell.operations.load(relaxed); i != kNothing;
       i = operations_[i].next.load(relaxed)) {
    const OperationCell& entry = operations_[i];
    JANJI_CHECK(made.operations < record::kOperationsPerBooking);
    record::OperationImage& to = made.operation[made.operations++];
    to.operation_hi = entry.operation_hi.load(relaxed);
    to.operation_lo = entry.operation_lo.load(relaxed);
    to.payload = entry.payload.load(relaxed);
    to.lsn = entry.lsn.load(relaxed);
    to.details_hash = entry.details_hash.load(relaxed);
    to.at_ms = static_cast<std::int64_t>(entry.at_ms.load(relaxed));
    to.details_size = entry.details_size.load(relaxed);
    to.type = entry.type.load(relaxed);
  }
  std::reverse(made.operation.begin(), made.operation.begin() + made.operations);
  return made;
}

Status Ledger::store_image(Place place, const record::BookingImage& image) {
  BookingCell& cell = bookings_[place];
  const BookingWord before{cell.word.load(relaxed)};
  const auto state = static_cast<BookingState>(image.state);
  // A group's head isn't in its slot.
  const auto has_slot = [](BookingState of) {
    return of != BookingState::none && of != BookingState::group;
  };
  const SlotKey left{has_slot(before.state()) ? cell.slot.load(relaxed) : 0};
  if (const SlotKey slot{image.booking != 0 && has_slot(state) ? image.slot : 0}; left != slot) {
    recount_booking(left, -1);
    recount_booking(slot, 1);
  }
  // A group keeps its entitlement.
  if (before.state() == BookingState::group && image.booking == 0) {
    const auto of = restored_.entitlements.find(entitlement_of(cell));
    if (of != restored_.entitlements.end()) --of->second.groups;
  }
  if (before.state() != BookingState::group && state == BookingState::group && image.booking != 0) {
    std::uint32_t of = kNothing;
    if (image.entitlement != 0) {
      if (Status named = restore_group_of(image.entitlement); !named.ok()) return named;
      of = record::cell_of(EntitlementId{image.entitlement});
    }
    cell.slot_index.store(of, relaxed);
  }
  if (image.booking == 0) {
    for (std::uint32_t i = before.state() == BookingState::none ? kNothing
                                                                : cell.operations.load(relaxed);
         i != kNothing;) {
      const std::uint32_t next = operations_[i].next.load(relaxed);
      free_operations_.push(i, operation_links());
      i = next;
    }
    const BookingId id = record::make_booking_id(place, image.generation, 0);
    cell.word.store(BookingWord::make(id, BookingState::none, 0, 0).bits, relaxed);
    return success();
  }
  if (has_ended(state)) {
    if (restored_.ended_at.empty()) {
      restored_.ended_at.resize(bookings_.size());
      restored_.only_waited.resize(bookings_.size());
    }
    restored_.ended_at[place] = image.ledger_ms;
    restored_.only_waited[place] = image.only_waited != 0;
  }
  std::uint32_t known = 0;
  std::uint32_t head = kNothing;
  if (before.state() != BookingState::none) {
    head = cell.operations.load(relaxed);
    for (std::uint32_t i = head; i != kNothing; i = operations_[i].next.load(relaxed)) ++known;
  }
  for (; known < image.operations; ++known) {
    const std::uint32_t index = free_operations_.pop(operation_links());
    if (index == base::IndexStack::kNone) {
      return Error{Code::limit_reached, "operations_max: the data holds more; raise it"};
    }
    const record::OperationImage& from = image.operation[known];
    OperationCell& entry = operations_[index];
    entry.operation_hi.store(from.operation_hi, relaxed);
    entry.operation_lo.store(from.operation_lo, relaxed);
    entry.payload.store(from.payload, relaxed);
    entry.lsn.store(from.lsn, relaxed);
    entry.at_ms.store(word_of(from.at_ms), relaxed);
    entry.details_hash.store(from.details_hash, relaxed);
    entry.place.store(place, relaxed);
    entry.next.store(head, relaxed);
    entry.details_size.store(from.details_size, relaxed);
    entry.type.store(from.type, relaxed);
    head = index;
  }
  cell.operations.store(head, relaxed);
  cell.applicant_hi.store(image.applicant_hi, relaxed);
  cell.applicant_lo.store(image.applicant_lo, relaxed);
  cell.operation_hi.store(image.operation_hi, relaxed);
  cell.operation_lo.store(image.operation_lo, relaxed);
  cell.payload.store(image.payload, relaxed);
  cell.slot.store(image.slot, relaxed);
  cell.time_ms.store(word_of(has_ended(state) ? image.ended_ms : image.ledger_ms), relaxed);
  cell.created_ms.store(word_of(image.created_ms), relaxed);
  cell.lsn.store(image.lsn, relaxed);
  cell.seats.store(image.seats, relaxed);
  cell.scope.store(image.scope, relaxed);
  const Place group =
      image.group == 0 ? record::kNoPlace : record::place_of(BookingId{image.group});
  cell.kin.store(Kin::make(image.category, group).bits, relaxed);
  cell.word.store(BookingWord::make(BookingId{image.booking}, state, image.version, 0).bits,
                  relaxed);
  return success();
}

Status Ledger::restore_record(Lsn lsn, const record::Header& header) {
  if (header.type == record::Type::epoch) {
    const auto& epoch = record::as<record::Epoch>(reinterpret_cast<const std::byte*>(&header));
    extend_holds(epoch.ledger_ms + epoch.grace_ms);
    return success();
  }
  if (header.type == record::Type::archive) {
    return restore_archive(
        record::as<record::Archive>(reinterpret_cast<const std::byte*>(&header)));
  }
  if (header.type == record::Type::slot) {
    const auto& slot = record::as<record::Slot>(reinterpret_cast<const std::byte*>(&header));
    Status changed = restore_slot(SlotKey{slot.slot}, slot.capacity, slot.closed != 0,
                                  record::Planned{slot.planned});
    if (changed.ok()) {
      changed = restore_grant(SlotKey{slot.slot},
                              {slot.operation_hi, slot.operation_lo, slot.payload, lsn.value});
    }
    if (changed.ok()) return changed;
    return damaged(words("record ", lsn.value, ": ", changed.error().detail));
  }
  if (header.type == record::Type::catalogue) return success();  // its slots have their own
  if (header.type == record::Type::give_back) {
    Status back = restore_give_back(
        record::as<record::GiveBack>(reinterpret_cast<const std::byte*>(&header)));
    if (back.ok()) return back;
    return damaged(words("record ", lsn.value, ": ", back.error().detail));
  }
  if (header.type == record::Type::fall_back) {
    Status moved = restore_fall_back(
        record::as<record::FallBack>(reinterpret_cast<const std::byte*>(&header)));
    if (moved.ok()) return moved;
    return damaged(words("record ", lsn.value, ": ", moved.error().detail));
  }
  if (header.type == record::Type::tranche) {
    Status came =
        restore_tranche(record::as<record::Tranche>(reinterpret_cast<const std::byte*>(&header)));
    if (came.ok()) return came;
    return damaged(words("record ", lsn.value, ": ", came.error().detail));
  }
  if (header.type == record::Type::block || header.type == record::Type::forget_block) {
    return restore_block(lsn, header);
  }
  if (header.type == record::Type::entitlement || header.type == record::Type::eligible ||
      header.type == record::Type::forget_entitlement) {
    return restore_entitlement(lsn, header);
  }
  // Days and lanes come by their own functions.
  Status restored = success();
  record::for_each_booking(header, [&](BookingId id) {
    if (restored.ok()) restored = restore_place(record::place_of(id), lsn, header);
  });
  return restored;
}

Status Ledger::restore_place(Place place, Lsn lsn, const record::Header& header) {
  if (place >= bookings_.size()) {
    return Error{Code::limit_reached,
                 "bookings_max: the journal names a place beyond it; raise it"};
  }
  record::BookingImage changed = image(place);
  const std::uint64_t booking = changed.booking;
  const record::Units units = record::units_of(changed);
  const std::uint32_t before = record::seats_taken(changed);
  const SlotKey old_slot{changed.slot};
  if (Status applied = record::apply_booking(changed, place, lsn, header); !applied.ok()) {
    return applied;
  }
  const std::uint32_t after = record::seats_taken(changed);
  const SlotKey slot{changed.slot};
  if (before != after || (before != 0 && old_slot != slot)) {
    Status moved = success();
    // They stay taken in a slot that was there, since they were.
    if (before != 0 && (header.flags & record::Header::kLater) != 0) {
      restore_later(old_slot, before);
    } else if (before != 0) {
      moved = restore_seats(old_slot, -static_cast<int>(before));
    }
    if (moved.ok() && after != 0) moved = restore_seats(slot, static_cast<int>(after));
    if (!moved.ok()) return damaged(words("record ", lsn.value, ": ", moved.error().detail));
  }
  if (Status moved = restore_units(booking, units, changed); !moved.ok()) {
    return damaged(words("record ", lsn.value, ": ", moved.error().detail));
  }
  if (header.type == record::Type::erase) restore_erased(place, changed);
  return store_image(place, changed);
}

Status Ledger::restore_seats(SlotKey slot, int seats) {
  DayView view;
  if (!slot.valid() || !days_.find(slot.lane(), slot.day(), view)) {
    return damaged("it takes a seat on a day that was never opened");
  }
  const std::uint16_t i = view.shape->index_of_minute[slot.minute().value];
  if (i == DayShape::kNoSlot) return damaged("it takes a seat in a slot that doesn't exist");
  std::atomic<std::uint64_t>& at = days_.word(view.first_slot + i);
  const SlotWord word{at.load(relaxed)};
  const int taken = static_cast<int>(word.taken()) + seats;
  if (taken < 0 || (seats > 0 && taken > static_cast<int>(word.capacity()))) {
    return damaged(words("it would leave ", taken, " of ", word.capacity(), " seats taken in slot ",
                         Hex{slot.value}));
  }
  // Whatever else the word says stays.
  at.store(word.bits - word.taken() + static_cast<std::uint32_t>(taken), relaxed);
  return success();
}

// Which bookings a day has, while records are replayed; relink() counts for good. A slot that
// isn't there is told of by then.
void Ledger::recount_booking(SlotKey slot, int by) noexcept {
  if (!slot.valid() || !days_.is_open(slot.lane(), slot.day())) return;
  if (by < 0 && days_.bookings(slot.lane(), slot.day()) == 0) return;  // it came before its day
  days_.count_booking(slot, by);
}

// The writer archives a day only when its last booking's place is free.
Status Ledger::restore_archive(const record::Archive& archive) {
  const LaneId lane{archive.lane};
  const Day day{archive.day};
  if (!days_.is_open(lane, day)) {
    return damaged(
        words("it archives day ", day.value, " of lane ", lane.value, ", which isn't open"));
  }
  if (const std::uint32_t left = days_.bookings(lane, day); left != 0) {
    return damaged(words("it archives day ", day.value, " of lane ", lane.value, ", where ", left,
                         " bookings still are"));
  }
  days_.forget_day(lane, day);
  restored_.grants.erase(SlotKey(lane, day, Minute{0}).value);
  return success();
}

void Ledger::extend_holds(std::int64_t until_ms) noexcept {
  for (std::size_t place = 0; place < bookings_.size(); ++place) {
    BookingCell& cell = bookings_[place];
    if (!record::has_deadline(BookingWord{cell.word.load(relaxed)}.state())) continue;
    const auto deadline = static_cast<std::int64_t>(cell.time_ms.load(relaxed));
    cell.time_ms.store(word_of(std::max(deadline, until_ms)), relaxed);
  }
}

Status Ledger::finish_restore(LedgerTime now, LedgerTime grace_until) {
  wheel_.start_at(now);
  extend_holds(grace_until.value);
  days_.begin_serving();
  days_.count_no_bookings();
  std::vector<std::uint16_t> recount(days_.slots_end(), 0);
  // From the highest place down, so that the lowest is handed out first: neighbours in time are
  // then neighbours in the state's blocks.
  for (std::size_t i = bookings_.size(); i-- > 0;) {
    if (i >= 2 * kAhead) prefetch_operations(static_cast<Place>(i - 2 * kAhead));
    if (i >= kAhead) prefetch_links(static_cast<Place>(i - kAhead));
    const auto place = static_cast<Place>(i);
    const BookingWord word{bookings_[place].word.load(relaxed)};
    if (word.state() == BookingState::none) {
      free_places_.give_back(place, FreePlaces{*this});
      continue;
    }
    if (Status linked = relink(place, recount); !linked.ok()) return linked;
  }
  end_round();
  if (Status waiting = restore_waiting(); !waiting.ok()) return waiting;
  retain_ended();
  restore_calls();
  if (Status linked = relink_blocks(); !linked.ok()) return linked;
  if (Status linked = relink_entitlements(); !linked.ok()) return linked;
  if (Status linked = relink_grants(); !linked.ok()) return linked;
  if (Status linked = relink_later(now, recount); !linked.ok()) return linked;
  return compare_counts(recount);
}

// The retention goes on where it was: the queue holds ended bookings as they ended.
void Ledger::retain_ended() {
  std::vector<std::pair<std::int64_t, Place>> ended;
  std::map<Place, std::int64_t> groups;  // all of whose members have
  for (std::size_t i = 0; i < restored_.ended_at.size(); ++i) {
    const auto place = static_cast<Place>(i);
    const BookingCell& cell = bookings_[place];
    const BookingState state = BookingWord{cell.word.load(relaxed)}.state();
    if (!has_ended(state)) continue;
    const Place head = Kin{cell.kin.load(relaxed)}.head();
    if (head == record::kNoPlace) {
      ended.emplace_back(restored_.ended_at[i], place);
    } else if (GroupLife{bookings_[head].time_ms.load(relaxed)}.live() == 0) {
      std::int64_t& at = groups[head];  // the last of its members
      at = std::max(at, restored_.ended_at[i]);
    }
  }
  for (const auto& [head, at] : groups) ended.emplace_back(at, head);
  std::sort(ended.begin(), ended.end());
  for (const auto& [at, place] : ended) retention_.push(place, LedgerTime{at});
  restored_.ended_at = {};
  restored_.only_waited = {};
}

// What relink() will touch; prefetch_operations() first.
void Ledger::prefetch_links(Place place) const noexcept {
  const BookingState state = BookingWord{bookings_[place].word.load(relaxed)}.state();
  if (state == BookingState::none) return;
  prefetch_operation_keys(place);
  if (is_active(state)) prefetch_applicant_key(place);
}

Status Ledger::relink(Place place, std::vector<std::uint16_t>& recount) {
  BookingCell& cell = bookings_[place];
  const BookingWord word{cell.word.load(relaxed)};
  counts_.in_use.store(counts_.in_use.load(relaxed) + 1, relaxed);
  const auto enter = [&](OperationId id, std::uint32_t reference) {
    if (id.empty()) return KeyIndex::Insert::done;
    const auto same = [&](std::uint32_t other) { return is_operation(other, id); };
    const std::uint64_t hash = operation_hash(id);
    return operation_index_.insert(hash, reference, operation_index_.walk(hash, same), same)
        .outcome;
  };
  const OperationId claim{cell.operation_hi.load(relaxed), cell.operation_lo.load(relaxed)};
  KeyIndex::Insert entered = enter(claim, place);
  for (std::uint32_t i = cell.operations.load(relaxed);
       i != kNothing && entered == KeyIndex::Insert::done; i = operations_[i].next.load(relaxed)) {
    const OperationCell& entry = operations_[i];
    restore_use(cell, entry);
    entered =
        enter({entry.operation_hi.load(relaxed), entry.operation_lo.load(relaxed)}, i | kEntryBit);
  }
  if (entered != KeyIndex::Insert::done) {
    return not_entered(
        entered,
        words("an operation id of booking ", Hex{word.id(place).value}, " was granted twice"),
        "operations_max or bookings_max");
  }
  if (word.state() == BookingState::group) return relink_group(place);
  const SlotKey slot{cell.slot.load(relaxed)};
  DayView view;
  if (!slot.valid() || !days_.find(slot.lane(), slot.day(), view) ||
      view.shape->index_of_minute[slot.minute().value] == DayShape::kNoSlot) {
    return damaged(words("booking ", Hex{word.id(place).value}, " lies in slot ", Hex{slot.value},
                         ", which doesn't exist"));
  }
  const std::uint64_t slot_index =
      view.first_slot + view.shape->index_of_minute[slot.minute().value];
  cell.slot_index.store(static_cast<std::uint32_t>(slot_index), relaxed);
  if (const Place head = Kin{cell.kin.load(relaxed)}.head(); head != record::kNoPlace) {
    const bool there =
        head < bookings_.size() &&
        BookingWord{bookings_[head].word.load(relaxed)}.state() == BookingState::group;
    if (!there) {
      return damaged(
          words("booking ", Hex{word.id(place).value}, " is of a group that isn't there"));
    }
    const std::uint32_t entitlement = entitlement_of(bookings_[head]);
    if (entitlement != kNothing && !has_ended(word.state())) ++restored_.live_units[entitlement];
  }
  days_.count_booking(slot, 1);
  restore_hall(place);
  if (has_ended(word.state())) return success();  // retain_ended() takes it up
  if (word.state() == BookingState::waiting) {    // restore_waiting() does
    const Place head = head_of(cell);
    const Place in_line = head == record::kNoPlace ? place : head;
    restored_.waiting.emplace(cell.lsn.load(relaxed), in_line);
    ++restored_.waiters;
    return success();
  }
  recount[slot_index] = static_cast<std::uint16_t>(recount[slot_index] + cell.seats.load(relaxed));
  if (record::has_deadline(word.state())) {
    wheel_.link(place, static_cast<std::int64_t>(cell.time_ms.load(relaxed)));
  }
  const ScopeId scope{cell.scope.load(relaxed)};
  if (scope == kNoScope) return success();
  const ApplicantKey key{cell.applicant_hi.load(relaxed), cell.applicant_lo.load(relaxed)};
  const auto same = [&](std::uint32_t other) { return is_applicant(other, key, scope); };
  const std::uint64_t hash = applicant_hash(key, scope);
  const KeyIndex::Insert found =
      applicant_index_.insert(hash, place, applicant_index_.walk(hash, same), same).outcome;
  if (found == KeyIndex::Insert::done) return success();
  return not_entered(found,
                     words("the applicant of booking ", Hex{word.id(place).value},
                           " has another active one in its scope"),
                     "bookings_max");
}

// Its members are bookings that are there and know it; those that haven't ended are counted.
Status Ledger::relink_group(Place head) {
  BookingCell& cell = bookings_[head];
  const GroupLife life{cell.time_ms.load(relaxed)};
  const std::uint32_t many = cell.seats.load(relaxed);
  std::uint64_t live = 0;
  std::uint32_t met = 0;
  Place at = life.first();
  for (; at != record::kNoPlace && at < bookings_.size() && met < many; ++met) {
    const BookingCell& member = bookings_[at];
    const BookingState state = BookingWord{member.word.load(relaxed)}.state();
    if (state == BookingState::none || state == BookingState::group ||
        Kin{member.kin.load(relaxed)}.head() != head) {
      break;
    }
    if (!has_ended(state)) ++live;
    at = static_cast<Place>(member.payload.load(relaxed));
  }
  if (met != many || at != record::kNoPlace) {
    return damaged(words("group ", Hex{BookingWord{cell.word.load(relaxed)}.id(head).value},
                         " has other members than the ", many, " that it was claimed for"));
  }
  cell.time_ms.store(GroupLife::make(life.first(), live).bits, relaxed);
  return success();
}

// What the operation used up beside its entry.
void Ledger::restore_use(const BookingCell& cell, const OperationCell& entry) noexcept {
  const auto type = static_cast<record::Type>(entry.type.load(relaxed));
  if (!has_own_entry(type)) shared_operations_.fetch_add(1, relaxed);
  if (type != record::Type::check_in) return;
  const SlotKey slot{cell.slot.load(relaxed)};
  if (!slot.valid() || slot.lane().value >= days_.lanes()) return;  // relink() complains of it
  const LaneRules& rules = days_.rules(slot.lane());
  if (rules.catalogue_index == kNoLane) return;
  const CivilTime at{static_cast<std::int64_t>(entry.at_ms.load(relaxed))};
  restored_.draws.push_back({entry.lsn.load(relaxed), rules.branch,
                             catalogue_.local_day(rules.branch, at),
                             entry.details_size.load(relaxed)});
}

// Who waits goes on waiting, and who was called is shown.
void Ledger::restore_hall(Place place) {
  const BookingCell& cell = bookings_[place];
  const BookingWord word{cell.word.load(relaxed)};
  const std::uint32_t branch = branch_of(cell);
  if (branch == kNoLane) return;
  std::uint32_t number = 0;
  Day day;
  bool called = false;
  const std::size_t calls = restored_.calls.size();
  for (std::uint32_t i = cell.operations.load(relaxed); i != kNothing;
       i = operations_[i].next.load(relaxed)) {
    const OperationCell& entry = operations_[i];
    const CivilTime at{static_cast<std::int64_t>(entry.at_ms.load(relaxed))};
    const auto type = static_cast<record::Type>(entry.type.load(relaxed));
    const std::uint32_t argument = entry.details_size.load(relaxed);
    if (type == record::Type::check_in) {
      number = argument;
      day = catalogue_.local_day(branch, at);
    } else if (type == record::Type::serve) {
      called = true;
      restored_.calls.push_back({entry.lsn.load(relaxed), branch, {0, argument, at}});
    }
  }
  for (std::size_t i = calls; i < restored_.calls.size(); ++i) {
    restored_.calls[i].call.queue_number = number;
  }
  const bool waits = word.state() == BookingState::checked_in && !called;
  // A journal may name any number; only those that a hall can tell apart are given.
  if (waits && number != 0 && number <= Halls::kNumberMax) {
    halls_.restore(branch, day, {number, place});
  }
}

void Ledger::restore_calls() {
  std::sort(restored_.draws.begin(), restored_.draws.end(),
            [](const Restored::Draw& a, const Restored::Draw& b) { return a.lsn < b.lsn; });
  for (const Restored::Draw& drawn : restored_.draws) {
    queue_numbers_.restore(drawn.branch, drawn.day, drawn.number);
  }
  restored_.draws = {};
  std::sort(restored_.calls.begin(), restored_.calls.end(),
            [](const Restored::Call& a, const Restored::Call& b) { return a.lsn < b.lsn; });
  for (const Restored::Call& past : restored_.calls) {
    if (past.call.queue_number != 0) halls_.call(past.branch, past.call);
  }
  restored_.calls = {};
}

Status Ledger::compare_counts(const std::vector<std::uint16_t>& recount) const {
  for (std::size_t i = 0; i < recount.size(); ++i) {
    const SlotWord word{days_.word(i).load(relaxed)};
    if (word.taken() != recount[i]) {
      return damaged(words("recount: slot ", i, " has ", word.taken(),
                           " seats taken, but its bookings hold ", recount[i]));
    }
  }
  return success();
}

}  // namespace janji::ledger
