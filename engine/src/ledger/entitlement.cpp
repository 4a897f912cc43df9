// Questions about entitlements: any thread; nothing here changes anything or waits.
#include <algorithm>

#include "ledger/entitlement_parts.hpp"

namespace janji::ledger {

namespace {

constexpr auto acquire = std::memory_order_acquire;
constexpr std::size_t kCellsACall = 1U << 14;

}  // namespace

std::uint32_t Ledger::service_of(ServiceKey key) const noexcept {
  const auto at = std::find(service_keys_.begin(), service_keys_.end(), key);
  return at == service_keys_.end() ? Entitlement::kNoService
                                   : static_cast<std::uint32_t>(at - service_keys_.begin());
}

// What the cell has, if it is granted: the terms of before while staff is busy with it. False: it
// was changed meanwhile.
bool Ledger::read_entitlement(std::uint32_t at, Entitlement& made) const noexcept {
  const EntitlementCell& cell = entitlements_[at];
  // acquire: pairs with the writer's stores of the word, as in Units::look().
  const EntitlementWord word{cell.word.load(acquire)};
  made.id = EntitlementId{word.granted() ? cell.id.load(acquire) : 0};
  made.holder = {cell.holder_hi.load(acquire), cell.holder_lo.load(acquire)};
  made.service = service_of(ServiceKey{cell.service.load(acquire)});
  made.quota = word.quota();
  made.used = word.used();
  // The two are raised one after the other.
  made.spent = std::min(made.used, cell.spent.load(acquire));
  made.from = Day{cell.from.load(acquire)};
  made.until = Day{cell.until.load(acquire)};
  made.listed = cell.listed.load(acquire) != 0;
  made.eligible = cell.many.load(acquire);
  made.since = CivilTime{static_cast<std::int64_t>(cell.acted_ms.load(acquire))};
  made.actor = ActorId{cell.actor.load(acquire)};
  made.lsn = Lsn{cell.lsn.load(acquire)};
  // relaxed: behind all of the above. Under the mark the writer may be at it.
  const EntitlementWord now{cell.word.load(std::memory_order_relaxed)};
  return !word.staff_busy() && now.same_terms(word);
}

Result<Entitlement> Ledger::find_entitlement(EntitlementId id) const noexcept {
  const std::uint32_t at = record::cell_of(id);
  Entitlement made;
  if (id.value == 0 || at >= entitlements_.size()) return Error{Code::entitlement_not_found, {}};
  for (int look = 0; look < kLooksMax; ++look) {
    if (!read_entitlement(at, made)) continue;
    if (made.id != id) return Error{Code::entitlement_not_found, {}};
    return made;
  }
  return Error{Code::retry, {}};
}

std::size_t Ledger::entitlements(ApplicantKey holder, EntitlementCursor& cursor,
                                 std::span<Entitlement> out) const noexcept {
  std::size_t found = 0;
  const std::size_t end = std::min<std::size_t>(entitlements_.size(), cursor.cell + kCellsACall);
  for (; cursor.cell < end && found < out.size(); ++cursor.cell) {
    Entitlement& made = out[found];
    if (!read_entitlement(cursor.cell, made)) return found;  // the next call goes on here
    if (made.id.value != 0 && (holder.empty() || made.holder == holder)) ++found;
  }
  cursor.at_end = cursor.cell >= entitlements_.size();
  return found;
}

std::size_t Ledger::eligible(EntitlementId id, EntitlementCursor& cursor,
                             std::span<ApplicantKey> out) const noexcept {
  const std::uint32_t at = record::cell_of(id);
  Entitlement of;
  if (at >= entitlements_.size() || !read_entitlement(at, of)) return 0;
  if (of.id != id) {
    cursor.at_end = true;
    return 0;
  }
  const EntitlementCursor before = cursor;
  std::size_t found = 0;
  const std::size_t end = std::min<std::size_t>(eligible_.size(), cursor.cell + kCellsACall);
  for (; cursor.cell < end && found < out.size(); ++cursor.cell) {
    const EligibleCell& cell = eligible_[cursor.cell];
    // acquire: pairs with EligibleKeys::link().
    if (cell.owner.load(acquire) != id.value) continue;
    out[found++] = {cell.hi.load(acquire), cell.lo.load(acquire)};
  }
  cursor.at_end = cursor.cell >= eligible_.size();
  // Who left the list meanwhile may have left his cell to another.
  Entitlement now;
  if (read_entitlement(at, now) && now.lsn == of.lsn && now.id == id) return found;
  cursor = before;
  return 0;
}

}  // namespace janji::ledger
