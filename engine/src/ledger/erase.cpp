// Erasing details: on callers' threads, a booking or group at a time, under its busy mark.
#include <algorithm>

#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

constexpr std::size_t kPlacesACall = 1U << 16;
constexpr std::uint32_t kErasedACall = 256;
constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto acquire = std::memory_order_acquire;

// Of one that is being changed: whether it can be what is meant. Who it is for stays; and when one
// that hasn't ended does now, that is no time ago.
bool may_be_erased(const BookingCell& cell, BookingWord word, const EraseQuery& query) noexcept {
  const ApplicantKey applicant{cell.applicant_hi.load(acquire), cell.applicant_lo.load(acquire)};
  if (!query.applicant.empty()) return query.applicant == applicant;
  return has_ended(word.state()) || word.state() == BookingState::group;
}

}  // namespace

// What became of one booking.
struct Ledger::Erased {
  enum class What : std::uint8_t {
    done,
    nothing,  // it brought no details
    gone,     // its details were erased
    active,   // it has some, and has not ended
    busy,     // somebody changes it, or has just now
    no_room
  };
  What what;
  Lsn lsn{};  // what it rests on
};

// The entry of its own that brought details, or kNothing. Bounded, since it may change.
std::uint32_t Ledger::entry_with_details(const BookingCell& cell) const noexcept {
  std::uint32_t at = cell.operations.load(acquire);
  for (std::size_t i = 0; i < record::kOperationsPerBooking && at < operations_.size(); ++i) {
    const OperationCell& entry = operations_[at];
    // acquire: each keeps the second look at the booking's word behind it.
    const auto type = static_cast<record::Type>(entry.type.load(acquire));
    if (record::brings_details(type) && entry.details_size.load(acquire) != 0) return at;
    at = entry.next.load(acquire);
  }
  return kNothing;
}

// A booking; or every member of a group: none of them begins anew while the head has its place.
bool Ledger::has_all_ended(const BookingCell& cell, BookingWord word) const noexcept {
  if (word.state() != BookingState::group) return has_ended(word.state());
  Place at = GroupLife{cell.time_ms.load(acquire)}.first();
  for (std::size_t i = 0; i < kGroupMembersMax && at < bookings_.size(); ++i) {
    const BookingCell& member = bookings_[at];
    // acquire: the record that ended it was published before, and has the lesser LSN.
    if (!has_ended(BookingWord{member.word.load(acquire)}.state())) return false;
    at = static_cast<Place>(member.payload.load(acquire));
  }
  return true;
}

// `word`: of a booking or a head at rest.
Ledger::Erased Ledger::erase_at(CallerSlot& caller, Place place, BookingWord word,
                                const EraseRequest& request) noexcept {
  using What = Erased::What;
  BookingCell& cell = bookings_[place];
  const std::uint32_t index = entry_with_details(cell);
  const bool ended = has_all_ended(cell, word);
  const Lsn last{cell.lsn.load(acquire)};
  const std::uint32_t size = index == kNothing ? 0 : operations_[index].details_size.load(acquire);
  if (cell.word.load(relaxed) != word.bits) return {What::busy};
  if (index == kNothing) return {What::nothing, last};
  if (size == record::kDetailsErased) return {What::gone, last};
  if (!ended) return {What::active, last};
  // Rule 3. What is kept for confirm and cancel isn't for this.
  if (!has_block(caller, false)) return {What::no_room};
  const BookingWord before = word;
  JANJI_STEP("before_erase_mark");
  // acq_rel: as in change(). If it succeeds, all that was read above is still so.
  if (!cell.word.compare_exchange_strong(word.bits, word.with_busy().bits,
                                         std::memory_order_acq_rel, relaxed)) {
    return {What::busy};
  }
  JANJI_STEP("erase_marked");
  const std::uint32_t block_index = take_block(caller, false);
  JANJI_CHECK(block_index != kNothing);  // as above
  OperationCell& entry = operations_[index];
  journal::RecordBlock& block = journal_.blocks[block_index];
  auto& made = block.begin<record::Erase>();
  made.header.actor = request.actor.value;
  made.booking = before.id(place).value;
  made.details_lsn = entry.lsn.load(relaxed);
  made.decided_ms = time_.ledger_now().value;
  made.acted_ms = time_.civil_now().value;
  made.reason = request.reason;
  made.is_group = before.state() == BookingState::group ? 1 : 0;
  block.slot = kNothing;
  block.place = place;
  block.operation = kNothing;
  block.details = kNothing;
  // release: as every field of a booking that is changed under its mark.
  entry.details_size.store(record::kDetailsErased, std::memory_order_release);
  const Lsn lsn = publish(block_index);
  JANJI_CHECK(lsn > last);  // promise 7, within a booking
  // A member's says which steps of its group were its own, see is_of_member().
  const bool is_member = head_of(cell) != record::kNoPlace && head_of(cell) != place;
  if (!is_member) cell.lsn.store(lsn.value, std::memory_order_release);
  // Rule 2: published first, then no longer busy.
  cell.word.store(before.moved_to(before.state()).bits, std::memory_order_release);
  CallerSlot::add_one(caller.count.erasures);
  journal_.rounds.wake_if_idle();
  return {What::done, lsn};
}

Decision Ledger::try_erase(const EraseRequest& request, Patience& patience) noexcept {
  using What = Erased::What;
  if (const Code shut = why_shut(gate()); shut != Code::ok) return refuse(shut);
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  BookingId id = request.booking;
  // At most two: a member whose details are its group's.
  for (int look = 0; look < 2; ++look) {
    const Place place = record::place_of(id);
    if (id.value == 0 || place >= bookings_.size()) return refuse(Code::booking_not_found);
    const BookingCell& cell = bookings_[place];
    // acquire: pairs with the release of whoever changed the booking last.
    const BookingWord word{cell.word.load(acquire)};
    if (!word.names(id) || word.state() == BookingState::none) {
      return refuse(Code::booking_not_found, rests_on());
    }
    if (word.busy()) return wait(patience);
    const Place head = Kin{cell.kin.load(acquire)}.head();
    const Erased erased = erase_at(*caller, place, word, request);
    switch (erased.what) {
      case What::done: return Decision{Verdict::granted, Code::ok, false, id, erased.lsn, 0};
      case What::active: return refuse(Code::illegal_transition, erased.lsn);
      case What::no_room: return refuse(Code::overloaded);
      case What::busy: return wait(patience);
      case What::gone: return Decision{Verdict::granted, Code::ok, true, id, erased.lsn, 0};
      case What::nothing: break;
    }
    if (head == place || head >= bookings_.size()) {
      if (!has_all_ended(cell, word)) return refuse(Code::illegal_transition, erased.lsn);
      return Decision{Verdict::granted, Code::ok, true, id, erased.lsn, 0};
    }
    id = BookingWord{bookings_[head].word.load(acquire)}.id(head);
  }
  return wait(patience);  // the group was freed, and its place serves another
}

bool Ledger::is_to_be_erased(Place place, BookingWord word,
                             const EraseQuery& query) const noexcept {
  const BookingCell& cell = bookings_[place];
  // acquire: erase_at() looks at the word again behind these.
  const ApplicantKey applicant{cell.applicant_hi.load(acquire), cell.applicant_lo.load(acquire)};
  if (!query.applicant.empty() && query.applicant != applicant) return false;
  if (query.ended_before.value == 0) return true;
  const auto ended_in_time = [&](const BookingCell& one) {
    const auto state = BookingWord{one.word.load(acquire)}.state();
    const auto at = static_cast<std::int64_t>(one.time_ms.load(acquire));
    return has_ended(state) && at < query.ended_before.value;
  };
  if (word.state() != BookingState::group) return ended_in_time(cell);
  Place at = GroupLife{cell.time_ms.load(acquire)}.first();
  for (std::size_t i = 0; i < kGroupMembersMax && at < bookings_.size(); ++i) {
    if (!ended_in_time(bookings_[at])) return false;
    at = static_cast<Place>(bookings_[at].payload.load(acquire));
  }
  return true;
}

ErasePage Ledger::erase_all(const EraseQuery& query, EraseCursor& cursor) noexcept {
  using What = Erased::What;
  ErasePage page;
  if (query.applicant.empty() && query.ended_before.value == 0) {
    page.code = Code::invalid_argument;
    return page;
  }
  Caller caller(callers_);
  page.code = !caller ? Code::overloaded : why_shut(gate());
  if (page.code != Code::ok) return page;
  const std::size_t end = std::min(bookings_.size(), cursor.place + kPlacesACall);
  for (; cursor.place < end && page.erased < kErasedACall; ++cursor.place) {
    // acquire: as in try_erase().
    const BookingWord word{bookings_[cursor.place].word.load(acquire)};
    if (word.state() == BookingState::none) continue;
    Erased erased{What::busy};
    if (word.busy()) {
      if (!may_be_erased(bookings_[cursor.place], word, query)) continue;
    } else {
      if (!is_to_be_erased(cursor.place, word, query)) continue;
      erased =
          erase_at(*caller, cursor.place, word, {word.id(cursor.place), query.reason, query.actor});
    }
    if (erased.what == What::busy) {
      page.round = journal_.rounds.next_round();
      journal_.rounds.request_round();
      return page;
    }
    if (erased.what == What::no_room) {
      page.code = Code::overloaded;
      return page;
    }
    if (erased.what == What::active) ++page.active;
    if (erased.what == What::done) {
      ++page.erased;
      page.lsn = erased.lsn;
    }
  }
  cursor.at_end = cursor.place >= bookings_.size();
  return page;
}

// The writer keeps what it frees busy, and has it yet to give back: its entries are still there.
std::size_t Ledger::gone(const journal::RecordBlock& block, Lsn first,
                         GoneDetails out) const noexcept {
  std::size_t many = 0;
  const auto add = [&](Lsn lsn) {
    if (lsn >= first) out[many++] = lsn;
  };
  const auto add_of = [&](Place place) {
    const BookingCell& cell = bookings_[place];
    // relaxed: as said. Most were trimmed long ago, with all that they brought.
    if (cell.lsn.load(relaxed) < first.value) return;
    const std::uint32_t at = entry_with_details(cell);
    if (at == kNothing || !record::is_there(operations_[at].details_size.load(relaxed))) return;
    add(Lsn{operations_[at].lsn.load(relaxed)});
  };
  const record::Header& header = block.header();
  if (header.type == record::Type::erase)
    add(Lsn{record::as<record::Erase>(block.bytes).details_lsn});
  if (header.type == record::Type::free) add_of(block.place);
  if (header.type != record::Type::group_change) return many;
  const auto& change = record::as<record::GroupChange>(block.bytes);
  if (change.step != record::Type::free) return many;
  add_of(block.place);
  for (const std::uint64_t member : record::members_of(change)) {
    add_of(record::place_of(BookingId{member}));
  }
  return many;
}

void Ledger::restore_erased(Place place, const record::BookingImage& image) noexcept {
  std::uint32_t at = bookings_[place].operations.load(relaxed);  // newest first
  for (std::uint32_t i = image.operations; i-- > 0 && at != kNothing;) {
    operations_[at].details_size.store(image.operation[i].details_size, relaxed);
    at = operations_[at].next.load(relaxed);
  }
}

}  // namespace janji::ledger
