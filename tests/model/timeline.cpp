#include "model/timeline.hpp"

#include <algorithm>
#include <limits>
#include <set>

namespace janji::model {
namespace {

// A slot that isn't open has no room to lack.
constexpr std::uint32_t kNotOpen = std::numeric_limits<std::uint32_t>::max();

// A closed one has none.
std::uint32_t room_of(const ModelSlot& slot) {
  return slot.closed ? 0 : slot.free();
}

}  // namespace

template <class T, class Visit>
bool Timeline::any(const Changes<T>& changes, T before, Lsn low, Lsn high, Visit&& visit) {
  auto next = std::upper_bound(changes.begin(), changes.end(), low,
                               [](Lsn lsn, const auto& change) { return lsn < change.first; });
  if (visit(next == changes.begin() ? before : std::prev(next)->second)) return true;
  for (; next != changes.end() && next->first <= high; ++next) {
    if (visit(next->second)) return true;
  }
  return false;
}

void Timeline::note(Lsn lsn, std::span<const std::byte> record, const LedgerModel& model) {
  const auto parsed = parse(record);
  const auto& what = std::get<Parsed>(parsed);
  if (const auto* day = std::get_if<DayRecord>(&what)) {
    for (const record::DaySlot& slot : day->slots) {
      const SlotKey key(day->lane, day->day, Minute{slot.minute});
      free_[key].emplace_back(lsn, slot.capacity);
      capacity_[key].emplace_back(lsn, slot.capacity);
    }
  } else if (const auto* change = std::get_if<record::Slot>(&what)) {
    const ModelSlot& slot = *model.find_slot(SlotKey{change->slot});
    free_[SlotKey{change->slot}].emplace_back(lsn, room_of(slot));
    closed_[SlotKey{change->slot}].emplace_back(lsn, slot.closed);
    capacity_[SlotKey{change->slot}].emplace_back(lsn, slot.capacity);
  } else if (const auto* back = std::get_if<record::GiveBack>(&what)) {
    free_[SlotKey{back->slot}].emplace_back(lsn, room_of(*model.find_slot(SlotKey{back->slot})));
  } else if (const auto* fall = std::get_if<record::FallBack>(&what)) {
    for (const SlotKey slot : {SlotKey{fall->from}, SlotKey{fall->slot}}) {
      free_[slot].emplace_back(lsn, room_of(*model.find_slot(slot)));
      capacity_[slot].emplace_back(lsn, model.find_slot(slot)->capacity);
    }
  } else if (const auto* tranche = std::get_if<record::Tranche>(&what)) {
    const SlotKey slot{tranche->slot};
    free_[slot].emplace_back(lsn, room_of(*model.find_slot(slot)));
    capacity_[slot].emplace_back(lsn, tranche->capacity);
  } else if (const auto* block = std::get_if<record::Block>(&what)) {
    blocks_[{block->applicant_hi, block->applicant_lo}].emplace_back(lsn, block->until_ms);
  } else if (const auto* forget = std::get_if<record::ForgetBlock>(&what)) {
    blocks_[{forget->applicant_hi, forget->applicant_lo}].emplace_back(lsn, 0);
  } else if (const auto* terms = std::get_if<record::Entitlement>(&what)) {
    note_terms(lsn, EntitlementId{terms->entitlement}, model);
  } else if (const auto* list = std::get_if<EligibleRecord>(&what)) {
    note_terms(lsn, EntitlementId{list->head.entitlement}, model);
  } else if (const auto* gone = std::get_if<record::ForgetEntitlement>(&what)) {
    note_terms(lsn, EntitlementId{gone->entitlement}, model);
  } else if (std::holds_alternative<record::Erase>(what) ||
             std::holds_alternative<record::Catalogue>(what)) {
    // Whatever it was of stays as it is; of a catalogue's slots each has its own.
  } else if (const auto* freed = std::get_if<record::Free>(&what)) {
    states_[BookingId{freed->booking}].emplace_back(lsn, BookingState::none);
  } else if (const auto* archive = std::get_if<record::Archive>(&what)) {
    for (auto& [slot, changes] : free_) {
      if (slot.lane().value == archive->lane && slot.day().value == archive->day) {
        changes.emplace_back(lsn, kNotOpen);
      }
    }
  } else if (const auto* group = std::get_if<GroupChangeRecord>(&what);
             group != nullptr && group->head.step == record::Type::free) {
    for (const std::uint64_t member : group->members) {
      states_[BookingId{member}].emplace_back(lsn, BookingState::none);
    }
    states_[BookingId{group->head.booking}].emplace_back(lsn, BookingState::none);
  } else {
    std::visit(
        [&](const auto& made) {
          if constexpr (requires {
                          made.members.front();
                          made.head;
                        }) {
            states_[BookingId{made.head.booking}].emplace_back(lsn, BookingState::group);
            for (const auto& member : made.members) {
              if constexpr (requires { member.from; }) {
                const SlotKey from{member.from};
                free_[from].emplace_back(lsn, room_of(*model.find_slot(from)));
              }
              note_booking(lsn, BookingId{record::id_of(member)}, model);
            }
          } else if constexpr (requires { made.booking; }) {
            if constexpr (requires { made.from; }) {
              const SlotKey from{made.from};
              free_[from].emplace_back(lsn, room_of(*model.find_slot(from)));
            }
            note_booking(lsn, BookingId{made.booking}, model);
          }
        },
        what);
  }
}

void Timeline::note_booking(Lsn lsn, BookingId id, const LedgerModel& model) {
  const ModelBooking& booking = *model.find_booking(id);
  states_[id].emplace_back(lsn, booking.state);
  free_[booking.slot].emplace_back(lsn, room_of(*model.find_slot(booking.slot)));
  note_units(lsn, booking, model);
  const bool had_one = model.active_booking(booking.applicant, booking.scope).value != 0;
  active_[{booking.applicant, booking.scope}].emplace_back(lsn, had_one);
  for (const SlotKey key : {booking.slot, wait_key(booking.slot, true)}) {
    const bool waits = model.waiting_booking(booking.applicant, key).value != 0;
    waits_[{booking.applicant, key}].emplace_back(lsn, waits);
  }
  // Who comes to wait for several slots, or waits no longer, changes what is free in each.
  if (booking.wants_until.value == 0) return;
  const auto end = free_.upper_bound(booking.wants_until);
  for (auto slot = free_.lower_bound(booking.wants_from); slot != end; ++slot) {
    // A booking that was moved away may outlive the day that it once waited for.
    if (slot->second.back().second == kNotOpen) continue;
    slot->second.emplace_back(lsn, room_of(*model.find_slot(slot->first)));
  }
}

// What is left of the entitlement of a member's group, if that changed.
void Timeline::note_units(Lsn lsn, const ModelBooking& booking, const LedgerModel& model) {
  const ModelGroup* group = model.find_group(booking.group);
  if (group == nullptr || group->entitlement.value == 0) return;
  const bool gave_back = booking.state == BookingState::cancelled ||
                         booking.state == BookingState::expired ||
                         booking.state == BookingState::refused;
  const bool changed = gave_back ? uses_.erase(booking.id) != 0 : uses_.insert(booking.id).second;
  if (!changed) return;
  std::int64_t& used = used_[group->entitlement];
  used += gave_back ? -1 : 1;
  const std::int64_t quota = model.find_entitlement(group->entitlement)->quota;
  left_[group->entitlement].emplace_back(lsn, quota - used);
}

void Timeline::note_terms(Lsn lsn, EntitlementId id, const LedgerModel& model) {
  const ModelEntitlement* now = model.find_entitlement(id);
  terms_[id].emplace_back(lsn, now == nullptr ? nullptr : std::make_shared<ModelEntitlement>(*now));
  if (now != nullptr) left_[id].emplace_back(lsn, std::int64_t{now->quota} - used_[id]);
}

bool Timeline::entitlement_was(EntitlementId id,
                               const std::function<bool(const ModelEntitlement*)>& asked, Lsn low,
                               Lsn high) const {
  const auto found = terms_.find(id);
  if (found == terms_.end()) return asked(nullptr);
  return any(found->second, std::shared_ptr<const ModelEntitlement>{}, low, high,
             [&](const auto& one) { return asked(one.get()); });
}

bool Timeline::units_lacked(EntitlementId id, std::size_t units, Lsn low, Lsn high) const {
  const auto found = left_.find(id);
  return found != left_.end() &&
         any(found->second, std::int64_t{0}, low, high,
             [&](std::int64_t left) { return left < static_cast<std::int64_t>(units); });
}

bool Timeline::slot_lacked(SlotKey slot, std::uint32_t seats, Lsn low, Lsn high) const {
  const auto found = free_.find(slot);
  return found != free_.end() &&
         any(found->second, kNotOpen, low, high, [&](std::uint32_t free) { return free < seats; });
}

bool Timeline::slot_was_closed(SlotKey slot, Lsn low, Lsn high) const {
  const auto found = closed_.find(slot);
  return found != closed_.end() &&
         any(found->second, false, low, high, [](bool closed) { return closed; });
}

bool Timeline::slot_was_smaller(SlotKey slot, std::uint32_t seats, Lsn low, Lsn high) const {
  const auto found = capacity_.find(slot);
  return found != capacity_.end() &&
         any(found->second, kNotOpen, low, high, [&](std::uint32_t all) { return all < seats; });
}

bool Timeline::days_lacked(std::span<const LaneId> lanes, Day first, Day last, std::uint32_t seats,
                           Lsn low, Lsn high, const std::function<bool(SlotKey)>& left_out) const {
  std::set<Lsn> moments;
  for (const LaneId lane : lanes) {
    moments.merge(moments_of(SlotKey(lane, first, Minute{0}),
                             SlotKey(lane, Day{last.value + 1}, Minute{0}), low, high));
  }
  return std::any_of(moments.begin(), moments.end(), [&](Lsn moment) {
    bool any_open = false;
    for (const LaneId lane : lanes) {
      const auto end = free_.lower_bound(SlotKey(lane, Day{last.value + 1}, Minute{0}));
      for (auto slot = free_.lower_bound(SlotKey(lane, first, Minute{0})); slot != end; ++slot) {
        if (left_out(slot->first)) continue;
        bool room = false;
        any(slot->second, kNotOpen, moment, moment, [&](std::uint32_t free) {
          any_open = any_open || free != kNotOpen;
          room = free != kNotOpen && free >= seats;
          return true;
        });
        if (room) return false;
      }
    }
    return any_open;
  });
}

// Only these moments can differ from the one before.
std::set<Lsn> Timeline::moments_of(SlotKey first, SlotKey last, Lsn low, Lsn high) const {
  std::set<Lsn> moments{low};
  for (auto slot = free_.lower_bound(first); slot != free_.end() && slot->first < last; ++slot) {
    for (const auto& [lsn, free] : slot->second) {
      if (low < lsn && lsn <= high) moments.insert(lsn);
    }
  }
  return moments;
}

bool Timeline::part_lacked(LaneId lane, const GroupPart& part, Lsn low, Lsn high,
                           const std::function<bool(SlotKey)>& left_out) const {
  const SlotKey first(lane, part.day, part.first);
  const SlotKey last{SlotKey(lane, part.day, part.last).value + 1};
  const std::set<Lsn> moments = moments_of(first, last, low, high);
  return std::any_of(moments.begin(), moments.end(), [&](Lsn moment) {
    bool any_open = false;
    std::uint64_t room = 0;
    for (auto slot = free_.lower_bound(first); slot != free_.end() && slot->first < last; ++slot) {
      if (left_out(slot->first)) continue;
      any(slot->second, kNotOpen, moment, moment, [&](std::uint32_t free) {
        any_open = any_open || free != kNotOpen;
        room += free == kNotOpen ? 0 : free;
        return true;
      });
    }
    return any_open && room < part.members;
  });
}

bool Timeline::applicant_had_one(ApplicantKey applicant, ScopeId scope, Lsn low, Lsn high) const {
  const auto found = active_.find({applicant, scope});
  return found != active_.end() &&
         any(found->second, false, low, high, [](bool had_one) { return had_one; });
}

bool Timeline::block_was(ApplicantKey applicant, const std::function<bool(std::int64_t)>& asked,
                         Lsn low, Lsn high) const {
  const auto found = blocks_.find(applicant);
  if (found == blocks_.end()) return asked(0);
  return any(found->second, std::int64_t{0}, low, high, asked);
}

std::vector<SlotKey> Timeline::slots_between(SlotKey first, SlotKey last) const {
  std::vector<SlotKey> found;
  const auto end = capacity_.upper_bound(last);
  for (auto slot = capacity_.lower_bound(first); slot != end; ++slot) found.push_back(slot->first);
  return found;
}

bool Timeline::waited_for(ApplicantKey applicant, SlotKey slot, Lsn low, Lsn high) const {
  const auto found = waits_.find({applicant, slot});
  return found != waits_.end() &&
         any(found->second, false, low, high, [](bool waits) { return waits; });
}

bool Timeline::was_ever_blocked(ApplicantKey applicant, Lsn high) const {
  const auto found = blocks_.find(applicant);
  return found != blocks_.end() && found->second.front().first <= high;
}

bool Timeline::booking_was(BookingId booking, const std::function<bool(BookingState)>& asked,
                           Lsn low, Lsn high) const {
  const auto found = states_.find(booking);
  if (found == states_.end()) return asked(BookingState::none);
  return any(found->second, BookingState::none, low, high, asked);
}

}  // namespace janji::model
