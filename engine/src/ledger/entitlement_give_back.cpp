// What comes back of entitlements after a commit, what staff made of them, and how they are
// forgotten: the writer's thread only.
#include "base/step.hpp"
#include "ledger/entitlement_parts.hpp"

namespace janji::ledger {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto release = std::memory_order_release;
constexpr std::size_t kCellsARound = 512;
constexpr std::int64_t kWalkMs = 1'000;
constexpr std::int64_t kDayMs = 86'400'000;

// Of whatever zone: a date is over everywhere when two days of UTC have begun since.
std::int64_t over_ms(std::int32_t until) noexcept {
  return (std::int64_t{until} + 2) * kDayMs;
}

}  // namespace

// A change by staff is committed. Its operation stays with the entitlement.
void Ledger::settle_staffing(Lsn lsn, std::uint32_t at, std::uint32_t actor,
                             std::int64_t decided_ms, std::int64_t acted_ms,
                             std::uint32_t operation) noexcept {
  EntitlementCell& cell = entitlements_[at];
  cell.lsn.store(lsn.value, release);
  cell.decided_ms.store(word_of(decided_ms), release);
  cell.acted_ms.store(word_of(acted_ms), release);
  cell.actor.store(actor, release);
  OperationCell& entry = operations_[operation];
  entry.next.store(cell.operations.load(relaxed), release);
  cell.operations.store(operation, release);
  cell.changes.store(cell.changes.load(relaxed) + 1, release);
}

void Ledger::settle_entitlement(Lsn lsn, const record::Entitlement& made,
                                std::uint32_t operation) noexcept {
  const std::uint32_t at = record::cell_of(EntitlementId{made.entitlement});
  EntitlementCell& cell = entitlements_[at];
  EntitlementWord word{cell.word.load(relaxed)};
  JANJI_CHECK(cell.id.load(relaxed) == made.entitlement);
  JANJI_CHECK(word.granted() == (made.granted == 0) && word.staff_busy() == word.granted());
  if (made.granted != 0) {
    cell.holder_hi.store(made.holder_hi, release);
    cell.holder_lo.store(made.holder_lo, release);
    cell.service.store(made.service, release);
    cell.spent.store(0, release);
    cell.groups.store(0, release);
    cell.operations.store(kNothing, release);
    cell.changes.store(0, release);
    cell.eligible.store(EligibleKeys::kNone, release);
    cell.many.store(0, release);
  }
  cell.from.store(made.from, release);
  cell.until.store(made.until, release);
  cell.listed.store(made.listed, release);
  settle_staffing(lsn, at, made.header.actor, made.decided_ms, made.acted_ms, operation);
  JANJI_CHECK(word.pending() == 0);  // nobody takes anything under the mark
  // release: pairs with the claims' acquire; whoever sees the version sees all of the above.
  cell.word.store(word.changed_to(made.quota, true).bits, release);
  // Last: whoever repeats the request and hears that it was granted finds what was.
  operations_[operation].lsn.store(lsn.value, release);
}

void Ledger::settle_eligible(Lsn lsn, const record::Eligible& change,
                             std::uint32_t operation) noexcept {
  const EntitlementId id{change.entitlement};
  const std::uint32_t at = record::cell_of(id);
  EntitlementCell& cell = entitlements_[at];
  const EntitlementWord word{cell.word.load(relaxed)};
  JANJI_CHECK(word.granted() && word.staff_busy() && word.pending() == 0);
  for (const ApplicantKey& key : record::removed_in(change)) {
    const std::uint64_t hash = eligible_hash(at, key);
    const std::uint32_t found = eligible_.find(hash, at, key);
    JANJI_CHECK(found != EligibleKeys::kNone);
    eligible_.remove(hash, found, cell.eligible);
  }
  for (const ApplicantKey& key : record::added_in(change)) {
    const std::uint32_t found = eligible_.find(eligible_hash(at, key), at, key);
    JANJI_CHECK(found != EligibleKeys::kNone);
    eligible_.link(found, cell.eligible, id);
  }
  cell.many.store(cell.many.load(relaxed) + change.added - change.removed, release);
  settle_staffing(lsn, at, change.header.actor, change.decided_ms, change.acted_ms, operation);
  // release, both: as in settle_entitlement().
  cell.word.store(word.changed_to(word.quota(), true).bits, release);
  operations_[operation].lsn.store(lsn.value, release);
}

// What a claim took, or a move rests on, is durable.
void Ledger::settle_units(std::uint32_t at, std::uint32_t units) noexcept {
  if (at == kNothing) return;
  // release: whoever finds nothing pending sees all that was given back before.
  const EntitlementWord before{entitlements_[at].word.fetch_sub(
      EntitlementWord::made_durable(units), std::memory_order_acq_rel)};
  JANJI_CHECK(before.granted() && before.pending() >= units);
}

// Those of a new group, if it names an entitlement.
void Ledger::settle_group_units(EntitlementId of, std::uint32_t members) noexcept {
  if (of.value == 0) return;
  const std::uint32_t at = record::cell_of(of);
  std::atomic<std::uint32_t>& groups = entitlements_[at].groups;
  // relaxed: this thread's. Before the units are no longer pending: see forget_entitlement().
  groups.store(groups.load(relaxed) + 1, relaxed);
  settle_units(at, members);
}

// A member ended: its unit comes back, or is used for good.
void Ledger::end_units(Place head, bool come_back) noexcept {
  const std::uint32_t at = entitlement_of(bookings_[head]);
  if (at == kNothing) return;
  EntitlementCell& cell = entitlements_[at];
  if (!come_back) {
    cell.spent.store(cell.spent.load(relaxed) + 1, release);
    JANJI_CHECK(EntitlementWord{cell.word.load(relaxed)}.used() >= cell.spent.load(relaxed));
    return;
  }
  JANJI_STEP("before_unit_back");
  // release: pairs with the claims' acquire of the word.
  const EntitlementWord before{
      cell.word.fetch_sub(EntitlementWord::given_back(1), std::memory_order_acq_rel)};
  JANJI_CHECK(before.granted() && before.used() > cell.spent.load(relaxed));
}

// Forgets what is over since the retention and named by no group; some cells in each round, and all
// of them once a second.
void Ledger::patrol_entitlements(CivilTime civil, LedgerTime now, std::size_t budget,
                                 bool clock_is_right) noexcept {
  if (entitlement_at_ == 0) {
    if (now.value / kWalkMs == entitlement_walk_) return;
    entitlement_walk_ = now.value / kWalkMs;
  }
  if (!clock_is_right || gate() == Gate::failed || gate() == Gate::read_only) return;
  const std::size_t end =
      std::min<std::size_t>(entitlements_.size(), entitlement_at_ + kCellsARound);
  for (; entitlement_at_ < end; ++entitlement_at_) {
    const auto at = static_cast<std::uint32_t>(entitlement_at_);
    const EntitlementCell& cell = entitlements_[at];
    // relaxed: all but the word is this thread's, and the word is compared by a CAS.
    const EntitlementWord word{cell.word.load(relaxed)};
    if (!word.granted() || word.staff_busy() || cell.groups.load(relaxed) != 0) continue;
    const auto decided = static_cast<std::int64_t>(cell.decided_ms.load(relaxed));
    if (now.value - decided < retention_ms_ ||
        civil.value - over_ms(cell.until.load(relaxed)) < retention_ms_) {
      continue;
    }
    if (budget == 0 || journal_.blocks.small_left() == 0) return;  // goes on here
    if (forget_entitlement(at, civil, now)) --budget;
  }
  if (entitlement_at_ == entitlements_.size()) entitlement_at_ = 0;
}

bool Ledger::forget_entitlement(std::uint32_t at, CivilTime civil, LedgerTime now) noexcept {
  EntitlementCell& cell = entitlements_[at];
  EntitlementWord word{cell.word.load(relaxed)};
  if (word.staff_busy() || word.pending() != 0) return false;
  // acq_rel: from here on nobody takes a unit or changes it. Nothing was pending, so no group is on
  // its way that isn't counted yet.
  if (!cell.word.compare_exchange_strong(word.bits, word.with_staff_busy().bits,
                                         std::memory_order_acq_rel, relaxed)) {
    return false;
  }
  const std::uint32_t index = journal_.blocks.take_small();
  JANJI_CHECK(index != kNothing);  // patrol_entitlements() saw that there is one
  journal::RecordBlock& block = journal_.blocks[index];
  auto& made = block.begin<record::ForgetEntitlement>();
  made.entitlement = cell.id.load(relaxed);
  made.decided_ms = now.value;
  made.ended_ms = civil.value;
  block.slot = block.place = block.operation = block.details = kNothing;
  publish(index);
  return true;
}

// Nothing keeps the cell any more.
void Ledger::free_entitlement(std::uint32_t at) noexcept {
  EntitlementCell& cell = entitlements_[at];
  const EntitlementWord word{cell.word.load(relaxed)};
  JANJI_CHECK(word.granted() && word.staff_busy() && word.pending() == 0);
  JANJI_CHECK(cell.groups.load(relaxed) == 0);
  for (std::uint32_t i = cell.eligible.load(relaxed); i != EligibleKeys::kNone;
       i = cell.eligible.load(relaxed)) {
    const EligibleCell& one = eligible_[i];
    const ApplicantKey key{one.hi.load(relaxed), one.lo.load(relaxed)};
    eligible_.remove(eligible_hash(at, key), i, cell.eligible);
  }
  for (std::uint32_t i = cell.operations.load(relaxed); i != kNothing;) {
    const std::uint32_t next = operations_[i].next.load(relaxed);
    forget_operation(i);
    i = next;
  }
  const std::uint32_t generation = cell.generation.load(relaxed) + 1;
  cell.generation.store(generation, relaxed);
  // release: pairs with whoever takes the cell next, and with readers of what it had. The counts go
  // with what they counted.
  const EntitlementWord freed = word.changed_to(0, false);
  cell.word.store(freed.bits & EntitlementWord::kTerms, release);
  // As a place: the last generation isn't used up before the opening, and every id, changes.
  if (generation < (1U << record::kGenerationBits)) entitlements_.put_back(at);
}

}  // namespace janji::ledger
