#include "model/compare.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "model/names.hpp"

namespace janji::model {
namespace {

constexpr std::int64_t kLateMs = 1000;                   // how late a hold may expire
constexpr std::int64_t kKeptTooLongMs = 80 * 3'600'000;  // more than a test ever jumps

}  // namespace

std::string differs(const Booking& booking, const ModelBooking& wanted) {
  const auto unequal = [&](const char* field, auto have, auto want) {
    return name(wanted.id) + ": " + field + " is " + std::to_string(have) + ", not " +
           std::to_string(want);
  };
  if (booking.id != wanted.id) return name(booking.id) + " was found for " + name(wanted.id);
  if (booking.state != wanted.state) {
    return name(wanted.id) + " is " + name(booking.state) + ", not " + name(wanted.state);
  }
  if (booking.group != wanted.group) return name(wanted.id) + " is of another group";
  if (booking.slot != wanted.slot) return name(wanted.id) + " is in " + name(booking.slot);
  if (booking.applicant != wanted.applicant) return name(wanted.id) + ": another applicant";
  if (booking.version != wanted.version) {
    return unequal("version", booking.version, wanted.version);
  }
  if (booking.seats != wanted.seats) return unequal("seats", booking.seats, wanted.seats);
  if (booking.scope != wanted.scope) {
    return unequal("scope", booking.scope.value, wanted.scope.value);
  }
  if (booking.lsn != wanted.lsn) return unequal("lsn", booking.lsn.value, wanted.lsn.value);
  if (static_cast<std::uint8_t>(booking.category) != wanted.category) {
    return unequal("category", static_cast<int>(booking.category), wanted.category);
  }
  if (booking.created_at.value != wanted.created_ms) {
    return unequal("created_at", booking.created_at.value, wanted.created_ms);
  }
  if (lasts_until_deadline(booking.state) && booking.deadline.value != wanted.deadline_ms) {
    return unequal("deadline", booking.deadline.value, wanted.deadline_ms);
  }
  const struct {
    const char* field;
    std::int64_t have, want;
  } numbers[] = {
      {"last_slot", static_cast<std::int64_t>(booking.last_slot.value),
       booking.state == BookingState::waiting ? static_cast<std::int64_t>(wanted.wants_until.value)
                                              : 0},
      {"submitted_at", booking.submitted_at.value, wanted.submitted_ms},
      {"checked_in_at", booking.checked_in_at.value, wanted.checked_in_ms},
      {"served_at", booking.served_at.value, wanted.served_ms},
      {"queue_number", booking.queue_number, wanted.queue_number},
      {"counter", booking.counter, wanted.counter},
      {"refuse_reason", booking.refuse_reason, wanted.refuse_reason},
      {"extensions", booking.extensions, wanted.extensions},
      {"moves", booking.moves, wanted.moves},
      {"reissues", booking.reissues, wanted.reissues},
      {"progress", booking.progress.value, wanted.stages.empty() ? 0 : wanted.stages.back()},
      {"progress_at", booking.progress_at.value, wanted.progress_ms},
  };
  for (const auto& [field, have, want] : numbers) {
    if (have != want) return unequal(field, have, want);
  }
  if (booking.confirmed_at.value != wanted.confirmed_ms) {
    return unequal("confirmed_at", booking.confirmed_at.value, wanted.confirmed_ms);
  }
  if (booking.ended_at.value != wanted.ended_ms) {
    return unequal("ended_at", booking.ended_at.value, wanted.ended_ms);
  }
  if (booking.details_size != wanted.details_size) {
    return unequal("details_size", booking.details_size, wanted.details_size);
  }
  if (booking.details_erased != wanted.details_erased) {
    return unequal("details_erased", booking.details_erased, wanted.details_erased);
  }
  return {};
}

std::string compare_bookings(const Engine& engine, const LedgerModel& model) {
  for (const auto& [id, wanted] : model.bookings()) {
    const Result<Booking> found = engine.find(id);
    if (!found.ok()) return name(id) + " isn't found: " + to_string(found.code());
    if (std::string words = differs(*found, wanted); !words.empty()) return words;
  }
  for (const auto& [id, wanted] : model.groups()) {
    std::array<BookingId, kGroupMembersMax> members;
    const Result<Group> found = engine.find_group(id, members);
    if (!found.ok()) return "group " + name(id) + " isn't found: " + to_string(found.code());
    const bool same =
        found->version == wanted.version && found->applicant == wanted.applicant &&
        found->lsn == wanted.lsn && found->lane == wanted.lane &&
        found->entitlement == wanted.entitlement &&
        static_cast<std::uint8_t>(found->category) == wanted.category &&
        found->created_at.value == wanted.created_ms &&
        std::equal(members.begin(), members.begin() + static_cast<std::ptrdiff_t>(found->members),
                   wanted.members.begin(), wanted.members.end());
    if (!same) return "group " + name(id) + " is another, or has other members";
  }
  if (engine.counters().waiting != model.how_many_wait()) {
    return std::to_string(engine.counters().waiting) + " wait, not " +
           std::to_string(model.how_many_wait());
  }
  const std::uint64_t in_use = engine.counters().bookings_in_use;
  const std::size_t wanted = model.bookings().size() + model.groups().size();
  const std::uint64_t in_days = engine.counters().bookings_in_days;
  if (in_days != model.bookings().size()) {
    return std::to_string(in_days) + " bookings are counted in their days, not " +
           std::to_string(model.bookings().size());
  }
  if (in_use != wanted) {
    return std::to_string(in_use) + " bookings in use, not " + std::to_string(wanted);
  }
  return {};
}

std::string compare_calendar(const Engine& engine, const OperationModel& operations,
                             const LedgerModel& model) {
  const CivilTime civil = engine.civil_now();
  std::array<SlotAvailability, 512> slots;
  for (const auto& [key, archived] : model.days()) {
    const auto [lane, day] = key;
    // Nobody is shown a lane that the catalogue lost: it has no rules left to show it by.
    if (operations.lane_spec(lane) == nullptr) continue;
    const auto wanted = operations.slots(lane, day, civil);
    const std::size_t many = engine.slots(lane, day, slots);
    if (many != wanted.size())
      return "another number of slots on day " + name(SlotKey(lane, day, {}));
    for (std::size_t i = 0; i < many; ++i) {
      const bool same = slots[i].slot == wanted[i].slot && slots[i].free == wanted[i].free &&
                        slots[i].capacity == wanted[i].capacity &&
                        slots[i].kept == wanted[i].kept && slots[i].status == wanted[i].status &&
                        slots[i].length_minutes == wanted[i].length_minutes;
      if (!same) {
        return name(wanted[i].slot) + " has " + std::to_string(slots[i].free) + " free, not " +
               std::to_string(wanted[i].free) + " (or another status)";
      }
    }
    std::array<DayAvailability, 1> one;
    if (engine.days(lane, day, day, one) != 1) return "no day " + name(SlotKey(lane, day, {}));
    const DayAvailability day_wanted = operations.day(lane, day, civil);
    if (one[0].free != day_wanted.free || one[0].capacity != day_wanted.capacity ||
        one[0].status != day_wanted.status || one[0].day != day) {
      return "day " + name(SlotKey(lane, day, {})) + " has " + std::to_string(one[0].free) +
             " free, not " + std::to_string(day_wanted.free) + " (or another status)";
    }
  }
  return {};
}

std::string overdue(const LedgerModel& model, LedgerTime time, std::int64_t retention_ms) {
  const std::int64_t now = time.value;
  // It says what its applicant gave up for as long as he, or his group, waits there, which by a
  // clock that isn't believed never ends.
  const auto is_remembered = [&](const ModelBooking& ended) {
    for (const bool several : {false, true}) {
      const BookingId waits = model.waiting_booking(ended.applicant, wait_key(ended.slot, several));
      if (waits.value != 0 && model.find_booking(waits)->lsn < ended.lsn) return true;
    }
    return false;
  };
  const auto due_at = [&](const ModelBooking& booking) {
    if (lasts_until_deadline(booking.state)) return booking.deadline_ms + kLateMs;
    if (!has_ended(booking.state)) return std::numeric_limits<std::int64_t>::max();
    // Those of a group keep their places until the last one has ended.
    if (model.group_lives(booking.group)) return std::numeric_limits<std::int64_t>::max();
    // An ended booking may keep its place longer than it must, but not for ever. A group's is kept
    // from the last change of any of them on.
    std::int64_t kept_since = std::max(booking.decided_ms, booking.deadline_ms);
    if (is_remembered(booking)) return std::numeric_limits<std::int64_t>::max();
    if (const ModelGroup* group = model.find_group(booking.group)) {
      for (const BookingId member : group->members) {
        if (is_remembered(*model.find_booking(member))) {
          return std::numeric_limits<std::int64_t>::max();
        }
        kept_since = std::max(kept_since, model.find_booking(member)->decided_ms);
      }
    }
    return kept_since + retention_ms + kKeptTooLongMs;
  };
  for (const auto& [id, booking] : model.bookings()) {
    const ModelSlot* slot = model.find_slot(booking.slot);
    const bool closed = slot != nullptr && slot->closed;
    if (closed && booking.state == BookingState::confirmed) {
      return name(id) + " had to be displaced from a closed slot";
    }
    if (!closed && booking.state == BookingState::displaced) {
      return name(id) + " had to be reinstated in an open slot";
    }
    if (due_at(booking) > now) continue;
    return name(id) + ", " + name(booking.state) + ", had to change by " +
           std::to_string(due_at(booking)) + " ms; now it is " + std::to_string(now);
  }
  return {};
}

std::string compare_entitlements(const Engine& engine, const LedgerModel& model) {
  std::size_t met = 0;
  std::array<Entitlement, 3> some;
  for (EntitlementCursor cursor; !cursor.at_end;) {
    const std::uint32_t cell = cursor.cell;
    const std::size_t many = engine.entitlements({}, cursor, some);
    for (std::size_t i = 0; i < many; ++i) {
      const Entitlement& one = some[i];
      const std::string words = "entitlement " + std::to_string(one.id.value);
      const ModelEntitlement* wanted = model.find_entitlement(one.id);
      if (wanted == nullptr) return words + " isn't in the journal";
      std::set<ApplicantKey> listed;
      std::array<ApplicantKey, 5> keys;
      for (EntitlementCursor at; !at.at_end;) {
        const std::size_t found = engine.eligible(one.id, at, keys);
        listed.insert(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(found));
      }
      const bool same = one.holder == wanted->holder && one.quota == wanted->quota &&
                        one.from == wanted->from && one.until == wanted->until &&
                        one.listed == wanted->listed && one.lsn == wanted->lsn &&
                        one.since.value == wanted->acted_ms && one.actor.value == wanted->actor &&
                        one.eligible == wanted->eligible.size();
      if (!same) return words + " is otherwise than by the journal";
      if (listed != wanted->eligible) return words + " has another list than by the journal";
      if (one.used != model.units_used(one.id) || one.spent != model.units_spent(one.id)) {
        return words + " has " + std::to_string(one.used) + " units used, " +
               std::to_string(one.spent) + " for good, by the journal " +
               std::to_string(model.units_used(one.id)) + " and " +
               std::to_string(model.units_spent(one.id));
      }
    }
    met += many;
    if (many == 0 && cursor.cell == cell && !cursor.at_end) return "an entitlement is changed";
  }
  if (met == model.entitlements().size()) return {};
  return std::to_string(met) + " entitlements, by the journal " +
         std::to_string(model.entitlements().size());
}

std::string unserved(const LedgerModel& model, const std::function<bool(SlotKey)>& too_late) {
  for (const auto& [key, slot] : model.slots()) {
    if (slot.closed || slot.waiting.empty() || too_late(key)) continue;
    for (const auto& [joined, id] : slot.waiting) {
      const ModelWaiter who = model.waiter(id);
      const auto is_out = [&](SlotKey other) {
        return too_late(other) || model.find_slot(other)->closed;
      };
      const std::size_t left =
          who.is_group ? model.seats_for(joined, who.from, who.until, is_out) : slot.left();
      if (who.seats > left) continue;
      return name(id) + " waits for " + name(key) + ", where " + std::to_string(left) +
             " seats are free";
    }
  }
  return {};
}

std::string compare_blocks(const Engine& engine, const LedgerModel& model) {
  std::size_t met = 0;
  std::array<Block, 3> some;
  for (BlockCursor cursor; !cursor.at_end;) {
    const std::uint32_t cell = cursor.cell;
    const std::size_t many = engine.blocks(cursor, some);
    for (std::size_t i = 0; i < many; ++i) {
      const Block& block = some[i];
      const ModelBlock* wanted = model.find_block(block.applicant);
      const bool same = wanted != nullptr && block.until.value == wanted->until_ms &&
                        block.since.value == wanted->acted_ms && block.reason == wanted->reason &&
                        block.actor.value == wanted->actor && block.lsn == wanted->lsn;
      if (!same) return name(block.applicant) + " is blocked otherwise than by the journal";
    }
    met += many;
    if (many == 0 && cursor.cell == cell && !cursor.at_end) return "a block is being changed";
  }
  const std::int64_t civil = engine.civil_now().value;
  const auto in_force = static_cast<std::size_t>(
      std::count_if(model.blocks().begin(), model.blocks().end(),
                    [&](const auto& one) { return civil < one.second.until_ms; }));
  if (met == in_force) return {};
  return std::to_string(met) + " are blocked, by the journal " + std::to_string(in_force);
}

}  // namespace janji::model
