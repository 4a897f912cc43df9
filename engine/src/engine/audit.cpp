#include "engine/audit.hpp"

#include <algorithm>

#include <janji/check.hpp>

#include "base/words.hpp"
#include "record/apply.hpp"
#include "record/names.hpp"
#include "record/visit.hpp"
#include "state/row.hpp"
#include "store/details_row.hpp"

namespace janji {
namespace {

using base::Hex;
using base::words;

std::string name_of_day(std::uint64_t key) {
  const SlotKey slot = state::first_slot_of(key);
  return words("day ", slot.day().value, " of lane ", slot.lane().value);
}

}  // namespace

Error Audit::breaks(Check check, std::string text) {
  if (!broken_) broken_ = check;
  return Error{Code::damaged, std::move(text)};
}

// ---- the state ----

Status Audit::on_meta(const state::StateMeta& meta, std::span<const state::EpochRow> epochs) {
  changing_ = meta.catalogue;
  for (const state::EpochRow& epoch : epochs) {
    if (Status status = add_opening(epoch.random); !status.ok()) return status;
  }
  return success();
}

Status Audit::on_lane(LaneId lane, std::string_view key) {
  if (!lanes_.emplace(lane.value, key).second || !lane_keys_.emplace(key).second) {
    return breaks(Check::ids, words("lane ", lane.value, " or its key ", key, " is given twice"));
  }
  return success();
}

Status Audit::on_day(LaneId lane, Day day, std::span<const state::DayRowSlot> slots,
                     std::span<const record::SlotGrant> grants) {
  const std::uint64_t key = state::day_key(lane, day);
  if (!lanes_.contains(lane.value)) {
    return breaks(Check::ids, words(name_of_day(key), " is open, and there is no such lane"));
  }
  days_.emplace(key, std::vector<state::DayRowSlot>(slots.begin(), slots.end()));
  for (const record::SlotGrant& grant : grants) {
    if (Status status = keep_grant(key, grant); !status.ok()) return status;
  }
  return success();
}

Status Audit::on_booking(record::Place place, const Image& image) {
  bookings_.emplace(place, image);
  if (image.booking == 0) return success();
  if (Status status = check_new_id(place, image, false); !status.ok()) return status;
  const Image none{};
  // Seats are in the days already, and recounted when all bookings are known.
  if (Status status = move_applicant(none, image); !status.ok()) return status;
  if (Status status = move_waiting(place, none, image); !status.ok()) return status;
  return move_operations(none, image);
}

Status Audit::on_block(std::uint32_t cell, const record::BlockImage& image) {
  const auto [at, added] = blocked_.emplace(Key{image.applicant_hi, image.applicant_lo, 0}, cell);
  if (!added) {
    return breaks(Check::ids, words("cells ", at->second, " and ", cell, " block one applicant"));
  }
  for (std::uint32_t i = 0; i < image.operations; ++i) {
    const record::OperationImage& entry = image.operation[i];
    const Key id{entry.operation_hi, entry.operation_lo, 0};
    if (Status status = add_operation(id, 0); !status.ok()) return status;
  }
  blocks_.emplace(cell, image);
  return success();
}

Status Audit::on_state_loaded() {
  for (const auto& [place, image] : bookings_) note_given_up(image);
  if (Status status = recount(); !status.ok()) return status;
  if (Status status = check_details(); !status.ok()) return status;
  state_is_loaded_ = true;
  return success();
}

// The seats of all active bookings, against what the days say.
Status Audit::recount() {
  std::unordered_map<std::uint64_t, std::uint64_t> counted;  // by slot
  for (const auto& [place, image] : bookings_) {
    const std::uint32_t seats = record::seats_taken(image);
    if (seats == 0) continue;
    if (find_slot(SlotKey{image.slot}) == nullptr) {
      return breaks(Check::recount, words("booking ", Hex{image.booking}, " lies in slot ",
                                          Hex{image.slot}, ", which doesn't exist"));
    }
    counted[image.slot] += seats;
  }
  for (const auto& [key, slots] : days_) {
    for (const state::DayRowSlot& slot : slots) {
      const SlotKey at(state::first_slot_of(key).value + slot.minute);
      const auto found = counted.find(at.value);
      const std::uint64_t seats = found == counted.end() ? 0 : found->second;
      if (seats + slot.later == slot.taken) continue;
      return breaks(
          Check::recount,
          words(name_of_day(key), ": ", slot.taken, " seats are taken in slot ", Hex{at.value},
                ", but its bookings hold ", seats, ", and ", slot.later, " come later"));
    }
  }
  return recount_units();
}

// Those of the bookings that the state has, and no others: what was freed is gone.
Status Audit::check_details() {
  std::vector<Details> wanted;
  for (const auto& [place, image] : bookings_) {
    for (std::uint32_t i = 0; i < image.operations; ++i) {
      const record::OperationImage& entry = image.operation[i];
      if (!record::has_details(entry)) continue;
      wanted.push_back({entry.lsn, entry.details_hash, entry.details_size});
    }
  }
  std::sort(wanted.begin(), wanted.end(),
            [](const Details& a, const Details& b) { return a.lsn < b.lsn; });
  auto next = wanted.begin();
  const auto missing = [&](std::uint64_t lsn) {
    return breaks(Check::details,
                  words(state_.name(), ": the details of LSN ", lsn, " are missing"));
  };
  const Status scanned = state_.scan(
      store::StateTable::details, 0,
      [&](std::uint64_t lsn, store::StateStore::Bytes row) -> Status {
        const auto details = store::decode_details_row(state_.name(), Lsn{lsn}, row);
        const bool erased = details.code() == Code::details_erased;
        if (!details && !erased) return breaks(Check::details, details.error().detail);
        if (next != wanted.end() && next->lsn < lsn) return missing(next->lsn);
        if (next == wanted.end() || next->lsn != lsn) {
          return breaks(Check::details, words(state_.name(), ": there are details of LSN ", lsn,
                                              ", which belong to no booking any more"));
        }
        // A record behind the state must have done it.
        if (erased) {
          to_be_erased_.insert(lsn);
          ++next;
          return success();
        }
        if (!details_match(*details, next->size, next->hash)) {
          return breaks(Check::details, words(state_.name(), ": the details of LSN ", lsn,
                                              " don't match the hash in their record"));
        }
        ++details_rows_;
        ++next;
        return success();
      });
  if (!scanned.ok()) return scanned;
  return next == wanted.end() ? success() : missing(next->lsn);
}

// ---- records ----

Status Audit::on_record(Lsn lsn, const record::Header& header) {
  Status status =
      record::visit_record(header, [&](const auto& record) -> Status { return take(lsn, record); });
  // Whoever gave no other reason found that it doesn't apply.
  if (status.code() == Code::damaged && !broken_) broken_ = Check::records;
  return status;
}

Status Audit::take(Lsn, const record::Epoch& epoch) {
  if (Status status = add_opening(epoch.random); !status.ok()) return status;
  for (auto& [place, image] : bookings_) record::apply(image, epoch);
  return success();
}

Status Audit::take(Lsn, const record::Lane& lane) {
  return on_lane(LaneId{lane.lane}, record::key_of(lane));
}

Status Audit::take(Lsn, const record::Day& day) {
  const std::uint64_t key = state::day_key(LaneId{day.lane}, Day{day.day});
  if (days_.contains(key)) {
    return breaks(Check::records, words(name_of_day(key), " is opened twice"));
  }
  std::vector<state::DayRowSlot> slots;
  for (const record::DaySlot& slot : record::slots_of(day)) {
    slots.push_back(state::DayRowSlot::opened(slot));
  }
  return on_day(LaneId{day.lane}, Day{day.day}, slots, {});
}

Status Audit::take(Lsn lsn, const record::Block& block) {
  record::BlockImage image{};
  if (const auto at = blocks_.find(block.cell); at != blocks_.end()) image = at->second;
  if (Status applied = record::apply(image, lsn, block); !applied.ok()) return applied;
  if (image.operations == 1) return on_block(block.cell, image);
  const Key id{block.operation_hi, block.operation_lo, 0};
  if (Status status = add_operation(id, 0); !status.ok()) return status;
  blocks_[block.cell] = image;
  return success();
}

Status Audit::take(Lsn lsn, const record::ForgetBlock& forget) {
  record::BlockImage image{};
  if (const auto at = blocks_.find(forget.cell); at != blocks_.end()) image = at->second;
  const record::BlockImage before = image;
  if (Status applied = record::apply(image, lsn, forget); !applied.ok()) return applied;
  for (std::uint32_t i = 0; i < before.operations; ++i) {
    operations_.erase(Key{before.operation[i].operation_hi, before.operation[i].operation_lo, 0});
  }
  blocked_.erase(Key{forget.applicant_hi, forget.applicant_lo, 0});
  blocks_.erase(forget.cell);
  return success();
}

// Nobody who is blocked claims anything (rule 6).
Status Audit::check_blocked(std::int64_t civil_ms, std::uint64_t hi, std::uint64_t lo) {
  const auto at = blocked_.find(Key{hi, lo, 0});
  if (at == blocked_.end()) return success();
  const auto cell = static_cast<std::uint32_t>(at->second);
  if (!record::is_in_force(blocks_.at(cell), civil_ms)) return success();
  return breaks(Check::applicants, words("the applicant of a claim is blocked in cell ", cell));
}

Status Audit::take(Lsn lsn, const record::Claim& claim) {
  Status status = check_blocked(claim.created_ms, claim.applicant_hi, claim.applicant_lo);
  return status.ok() ? take_booking(lsn, claim.header) : status;
}

Status Audit::take(Lsn lsn, const record::WalkIn& walk_in) {
  Status status = check_blocked(walk_in.created_ms, walk_in.applicant_hi, walk_in.applicant_lo);
  return status.ok() ? take_booking(lsn, walk_in.header) : status;
}

Status Audit::take(Lsn lsn, const record::GroupClaim& claim) {
  Status status = check_blocked(claim.created_ms, claim.applicant_hi, claim.applicant_lo);
  for (const record::NewMember& member : record::members_of(claim)) {
    if (status.ok()) {
      status = check_blocked(claim.created_ms, member.applicant_hi, member.applicant_lo);
    }
  }
  if (status.ok()) status = check_entitled(claim);
  return status.ok() ? take_booking(lsn, claim.header) : status;
}

// Those of a group go when the last of its members has ended.
Status Audit::take(Lsn lsn, const record::Erase& erase) {
  const auto head = bookings_.find(record::place_of(BookingId{erase.booking}));
  if (erase.is_group != 0 && head != bookings_.end()) {
    auto at = static_cast<record::Place>(head->second.ledger_ms);
    for (std::uint32_t i = 0; i < head->second.seats && bookings_.contains(at); ++i) {
      const Image& member = bookings_.at(at);
      if (!has_ended(record::state_of(member))) {
        return breaks(Check::records, words("booking ", Hex{member.booking},
                                            " hasn't ended, and its group's details are erased"));
      }
      at = record::next_member(member);
    }
  }
  to_be_erased_.erase(erase.details_lsn);
  return take_booking(lsn, erase.header);
}

Status Audit::take(Lsn, const record::Archive& archive) {
  const std::uint64_t key = state::day_key(LaneId{archive.lane}, Day{archive.day});
  const auto day = days_.find(key);
  if (day == days_.end()) return breaks(Check::records, name_of_day(key) + " isn't open");
  for (const state::DayRowSlot& slot : day->second) {
    if (slot.taken == 0) continue;
    return breaks(Check::records, name_of_day(key) + " still has active bookings");
  }
  for (const auto& [slot, waiting] : waiting_) {
    if (state::day_key(SlotKey{slot}) != key) continue;
    return breaks(Check::records, name_of_day(key) + " still has somebody who waits");
  }
  days_.erase(day);
  forget_grants(key);
  return success();
}

Status Audit::add_opening(std::uint64_t random) {
  last_opening_ = random;
  if (random != 0 && openings_.insert(random).second) return success();
  return breaks(Check::ids, words("two openings have the random part ", Hex{random}));
}

Status Audit::take_booking(Lsn lsn, const record::Header& header) {
  Status status = success();
  record::for_each_booking(header, [&](BookingId id) {
    if (status.ok()) status = take_place(record::place_of(id), lsn, header);
  });
  return status;
}

Status Audit::take_place(record::Place place, Lsn lsn, const record::Header& header) {
  Image& image = bookings_.try_emplace(place, Image{}).first->second;
  const Image before = image;
  Image after = image;
  if (Status status = record::apply_booking(after, place, lsn, header); !status.ok()) return status;
  if (before.booking == 0 && after.booking != 0) {
    if (Status status = check_new_id(place, after, true); !status.ok()) return status;
  }
  const bool later = (header.flags & record::Header::kLater) != 0;
  if (Status status = move_seats(before, after, later); !status.ok()) return status;
  if (Status status = move_units(before, after); !status.ok()) return status;
  if (Status status = move_applicant(before, after); !status.ok()) return status;
  if (Status status = move_waiting(place, before, after); !status.ok()) return status;
  if (Status status = move_operations(before, after); !status.ok()) return status;
  // With its place go its details.
  for (std::uint32_t i = 0; before.booking != after.booking && i < before.operations; ++i) {
    to_be_erased_.erase(before.operation[i].lsn);
  }
  image = after;
  return success();
}

// An id is its place, how often that was freed, and an opening that there was.
Status Audit::check_new_id(record::Place place, const Image& image, bool by_this_opening) {
  const BookingId id{image.booking};
  constexpr std::uint32_t kMask = (1U << record::kGenerationBits) - 1;
  const char* wrong = nullptr;
  if (record::place_of(id) != place) wrong = "lies at another place than its id says";
  if (record::generation_of(id) != (image.generation & kMask)) {
    wrong = "has another generation than its place";
  }
  const std::uint64_t opening = record::epoch_of(id);
  if (by_this_opening ? opening != last_opening_ : !openings_.contains(opening)) {
    wrong = "has the random part of no opening, or of an earlier one";
  }
  if (wrong == nullptr) return success();
  return breaks(Check::ids, words("booking ", Hex{image.booking}, " at place ", place, " ", wrong));
}

// ---- what bookings take ----

Status Audit::move_seats(const Image& before, const Image& after, bool later) {
  const std::int64_t had = record::seats_taken(before);
  const std::int64_t has = record::seats_taken(after);
  if (had == has && (had == 0 || before.slot == after.slot)) return success();
  if (had != 0) {
    const SlotKey left{before.slot};
    Status status = later ? give_up_seats(left, had) : add_seats(left, -had);
    if (!status.ok()) return status;
  }
  return has == 0 ? success() : add_seats(SlotKey{after.slot}, has);
}

Status Audit::add_seats(SlotKey slot, std::int64_t seats) {
  state::DayRowSlot* at = find_slot(slot);
  if (at == nullptr) {
    return breaks(Check::records, words("slot ", Hex{slot.value}, " isn't open"));
  }
  const std::int64_t taken = std::int64_t{at->taken} + seats;
  if (taken < 0 || (seats > 0 && taken > at->capacity)) {
    return breaks(Check::capacity, words("it would leave ", taken, " of ", at->capacity,
                                         " seats taken in slot ", Hex{slot.value}));
  }
  at->taken = static_cast<std::uint16_t>(taken);
  return success();
}

// They stay taken, though nobody has them.
Status Audit::give_up_seats(SlotKey slot, std::int64_t seats) {
  state::DayRowSlot* at = find_slot(slot);
  if (at == nullptr) {
    return breaks(Check::records, words("slot ", Hex{slot.value}, " isn't open"));
  }
  const std::int64_t later = std::int64_t{at->later} + seats;
  if (later > at->taken) {
    return breaks(Check::capacity, words("it would leave ", later, " of ", at->taken,
                                         " taken seats to come later in slot ", Hex{slot.value}));
  }
  at->later = static_cast<std::uint16_t>(later);
  return success();
}

// Those that were given up so, and no others.
Status Audit::take(Lsn, const record::GiveBack& made) {
  const SlotKey slot{made.slot};
  state::DayRowSlot* at = find_slot(slot);
  if (at == nullptr) {
    return breaks(Check::records, words("slot ", Hex{slot.value}, " isn't open"));
  }
  if (made.seats > at->later) {
    return breaks(Check::capacity, words(made.seats, " seats come of ", at->later,
                                         " that are to in slot ", Hex{slot.value}));
  }
  at->later = static_cast<std::uint16_t>(at->later - made.seats);
  return add_seats(slot, -std::int64_t{made.seats});
}

Status Audit::move_applicant(const Image& before, const Image& after) {
  const auto key_of = [](const Image& image) {
    const bool counts = record::seats_taken(image) != 0 && ScopeId{image.scope} != kNoScope;
    return counts ? Key{image.applicant_hi, image.applicant_lo, image.scope} : Key{};
  };
  const Key had = key_of(before);
  const Key has = key_of(after);
  if (had == has) return success();
  if (had != Key{}) applicants_.erase(had);
  if (has == Key{}) return success();
  const auto [at, added] = applicants_.emplace(has, after.booking);
  if (added) return success();
  return breaks(Check::applicants,
                words("the applicant of booking ", Hex{after.booking},
                      " has another active one in scope ", after.scope, ": ", Hex{at->second}));
}

// What was granted stays with its booking until its place is freed.
Status Audit::move_operations(const Image& before, const Image& after) {
  if (before.booking != after.booking && before.booking != 0) {
    operations_.erase(Key{before.operation_hi, before.operation_lo, 0});
    for (std::uint32_t i = 0; i < before.operations; ++i) {
      const record::OperationImage& entry = before.operation[i];
      operations_.erase(Key{entry.operation_hi, entry.operation_lo, 0});
    }
  }
  if (after.booking == 0) return success();
  std::uint32_t known = 0;
  if (before.booking == after.booking) {
    known = before.operations;
  } else {
    const Key id{after.operation_hi, after.operation_lo, 0};
    if (Status status = add_operation(id, after.booking); !status.ok()) return status;
  }
  for (; known < after.operations; ++known) {
    const record::OperationImage& entry = after.operation[known];
    const Key id{entry.operation_hi, entry.operation_lo, 0};
    if (Status status = add_operation(id, after.booking); !status.ok()) return status;
  }
  return success();
}

Status Audit::add_operation(const Key& id, std::uint64_t booking) {
  if (id == Key{}) return success();  // its caller gave up that protection
  const auto [at, added] = operations_.emplace(id, booking);
  if (added) return success();
  return breaks(Check::operations,
                words("the operation id ", Hex{id.hi}, " ", Hex{id.lo}, " of booking ",
                      Hex{booking}, " was granted before, on booking ", Hex{at->second}));
}

state::DayRowSlot* Audit::find_slot(SlotKey slot) {
  if (!slot.valid()) return nullptr;
  const auto day = days_.find(state::day_key(slot));
  if (day == days_.end()) return nullptr;
  const auto at = std::lower_bound(
      day->second.begin(), day->second.end(), slot.minute().value,
      [](const state::DayRowSlot& one, std::uint16_t minute) { return one.minute < minute; });
  return at != day->second.end() && at->minute == slot.minute().value ? &*at : nullptr;
}

// ---- the end ----

// Once more, of all that was replayed.
Status Audit::finish() {
  if (!to_be_erased_.empty()) {
    return breaks(Check::details,
                  words(state_.name(), ": the details of LSN ", *to_be_erased_.begin(),
                        " are gone, and no record took them"));
  }
  return recount();
}

void Audit::count(VerifyTotals& totals) const {
  totals.openings = openings_.size();
  totals.lanes = lanes_.size();
  totals.days = days_.size();
  for (const auto& [key, slots] : days_) {
    totals.slots += slots.size();
    for (const state::DayRowSlot& slot : slots) {
      totals.capacity += slot.capacity;
      totals.taken += slot.taken;
    }
  }
  totals.details += details_rows_;
  for (const auto& [place, image] : bookings_) {
    // A group's head is no booking: each of its members is one.
    if (image.booking == 0 || image.state == static_cast<std::uint8_t>(BookingState::group))
      continue;
    JANJI_CHECK(image.state < totals.bookings.size());
    ++totals.bookings[image.state];
  }
}

}  // namespace janji
