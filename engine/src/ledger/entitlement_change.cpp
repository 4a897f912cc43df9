// Staff grants entitlements and changes them (rule 6, hazard 15): any thread. The mark is set by a
// CAS that finds nothing pending, so all that was taken on the terms of before stands before the
// change in the journal, and nothing behind it rests on them.
#include <algorithm>
#include <array>

#include "base/step.hpp"
#include "ledger/entitlement_parts.hpp"

namespace janji::ledger {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr auto release = std::memory_order_release;
constexpr std::int32_t kDayMax = (1 << SlotKey::kDayBits) - 1;

bool is_span(Day from, Day until) noexcept {
  return from.value >= 0 && from <= until && until.value <= kDayMax;
}

std::uint64_t word_of_days(Day from, Day until) noexcept {
  return word_of(from.value) << 32 | (word_of(until.value) & 0xFFFF'FFFFU);
}

std::uint64_t payload_of(const EntitlementGrantRequest& r) noexcept {
  const std::uint64_t who = base::mix(r.holder.hi, r.holder.lo, r.payload);
  const std::uint64_t what = std::uint64_t{r.service} << 32 | r.quota << 1 | (r.listed ? 1U : 0U);
  return base::mix(0x6772616E74ULL, base::mix(what, word_of_days(r.from, r.until), 1), who);
}

std::uint64_t payload_of(const EntitlementChangeRequest& r) noexcept {
  const std::uint64_t named = (r.quota ? 1U : 0U) | (r.from ? 2U : 0U) | (r.until ? 4U : 0U) |
                              (r.listed ? 8U : 0U) | (r.listed.value_or(false) ? 16U : 0U);
  const std::uint64_t what = std::uint64_t{r.quota.value_or(0)} << 8 | named;
  const std::uint64_t days = word_of_days(r.from.value_or(Day{}), r.until.value_or(Day{}));
  return base::mix(0x7465726D73ULL + r.entitlement.value, base::mix(what, days, 2), r.payload);
}

std::uint64_t payload_of(const EligibleRequest& r) noexcept {
  std::uint64_t who = base::mix(r.add.size(), r.remove.size(), r.payload);
  for (const ApplicantKey& key : r.add) who = base::mix(who, key.hi, key.lo);
  for (const ApplicantKey& key : r.remove) who = base::mix(who, key.hi, key.lo);
  return base::mix(0x6C697374ULL, r.entitlement.value, who);
}

// Not too many, each a key, and none twice.
bool is_sound(const EligibleRequest& r) noexcept {
  std::array<ApplicantKey, kEligibleAtOnce> keys;
  const std::size_t many = r.add.size() + r.remove.size();
  if (r.add.size() > keys.size() || r.remove.size() > keys.size() || many == 0 ||
      many > keys.size()) {
    return false;
  }
  const auto end = std::copy(r.remove.begin(), r.remove.end(),
                             std::copy(r.add.begin(), r.add.end(), keys.begin()));
  std::sort(keys.begin(), end);
  return !keys.front().empty() && std::adjacent_find(keys.begin(), end) == end;
}

}  // namespace

Decision Ledger::try_grant(const EntitlementGrantRequest& request, Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed || now == Gate::closed) return refuse(why_shut(now));
  if (request.holder.empty() || request.service >= service_keys_.size() || request.quota == 0 ||
      request.quota > kEntitlementUnitsMax || !is_span(request.from, request.until)) {
    return refuse(Code::invalid_argument);
  }
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  Staffing staffing{*this,
                    patience,
                    *caller,
                    record::Type::entitlement,
                    EntitlementId{},
                    request.operation,
                    payload_of(request),
                    request.actor};
  const Decision decision = now == Gate::read_only ? refuse_staffing(staffing, Code::read_only, {})
                                                   : grant(staffing, request);
  count(*caller, decision, (*caller).count.acts);
  return decision;
}

Decision Ledger::try_change_entitlement(const EntitlementChangeRequest& request,
                                        Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed || now == Gate::closed) return refuse(why_shut(now));
  const bool names_any = request.quota || request.from || request.until || request.listed;
  if (!names_any || request.quota.value_or(0) > kEntitlementUnitsMax ||
      !is_span(request.from.value_or(Day{0}), request.until.value_or(Day{kDayMax}))) {
    return refuse(Code::invalid_argument);
  }
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  Staffing staffing{*this,
                    patience,
                    *caller,
                    record::Type::entitlement,
                    request.entitlement,
                    request.operation,
                    payload_of(request),
                    request.actor};
  const Decision decision = now == Gate::read_only ? refuse_staffing(staffing, Code::read_only, {})
                                                   : change_terms(staffing, request);
  count(*caller, decision, (*caller).count.acts);
  return decision;
}

Decision Ledger::try_change_eligible(const EligibleRequest& request, Patience& patience) noexcept {
  const Gate now = gate();
  if (now == Gate::failed || now == Gate::closed) return refuse(why_shut(now));
  if (!is_sound(request)) return refuse(Code::invalid_argument);
  Caller caller(callers_);
  if (!caller) return refuse(Code::overloaded);
  Staffing staffing{*this,
                    patience,
                    *caller,
                    record::Type::eligible,
                    request.entitlement,
                    request.operation,
                    payload_of(request),
                    request.actor};
  const Decision decision = now == Gate::read_only ? refuse_staffing(staffing, Code::read_only, {})
                                                   : change_list(staffing, request);
  count(*caller, decision, (*caller).count.acts);
  return decision;
}

// Hazard 4: decided first, looked up last. Nothing is marked any more.
Decision Ledger::refuse_staffing(const Staffing& staffing, Code code, Lsn lsn) noexcept {
  JANJI_STEP("before_last_look_up");
  if (staffing.named) {
    const KeyIndex::Walk walk = walk_operation(staffing.operation, staffing.operation_hash);
    if (walk.found != KeyIndex::kNone) return replay_staffing(staffing, walk.found);
  }
  return refuse(code, lsn);
}

Decision Ledger::replay_staffing(const Staffing& staffing, std::uint32_t reference) noexcept {
  constexpr auto acquire = std::memory_order_acquire;  // as in replay_entry()
  Lsn lsn;
  EntitlementId id;
  bool is_same = false;
  if (is_entry(reference)) {
    const OperationCell& entry = operations_[entry_of(reference)];
    lsn = Lsn{entry.lsn.load(acquire)};
    const auto type = static_cast<record::Type>(entry.type.load(acquire));
    is_same = type == staffing.type && entry.payload.load(acquire) == staffing.payload;
    const std::uint32_t cell = entry.details_size.load(acquire);
    if (is_same && cell < entitlements_.size()) {
      id = EntitlementId{entitlements_[cell].id.load(acquire)};
    }
  } else {
    lsn = Lsn{bookings_[reference].lsn.load(acquire)};
  }
  // In flight, taken back, or reused since it was found: look again.
  if (lsn.value == 0 || !is_operation(reference, staffing.operation)) {
    return wait(staffing.patience);
  }
  if (!is_same) return refuse(Code::operation_mismatch, lsn);
  Decision decision{Verdict::granted, Code::ok, true, {}, lsn, 0};
  decision.entitlement = id;
  return decision;
}

// Looked at before anything is taken; and room for what is small (rule 3).
std::optional<Decision> Ledger::open_staffing(Staffing& staffing) noexcept {
  if (staffing.named) {
    staffing.walk = walk_operation(staffing.operation, staffing.operation_hash);
    if (staffing.walk.found != KeyIndex::kNone) {
      return replay_staffing(staffing, staffing.walk.found);
    }
  }
  if (!staffing.shared || take_operation(staffing.caller) == kNothing) {
    return refuse_staffing(staffing, Code::limit_reached, {});
  }
  return {};
}

// Finds the entitlement and marks it; or says why not.
std::optional<Decision> Ledger::mark_entitlement(Staffing& staffing) noexcept {
  if (staffing.id.value == 0 || staffing.cell >= entitlements_.size()) {
    return refuse_staffing(staffing, Code::entitlement_not_found, {});
  }
  EntitlementCell& cell = staffing.at();
  // acquire: pairs with the writer's stores: what was done before is committed.
  EntitlementWord word{cell.word.load(std::memory_order_acquire)};
  do {
    const bool is_it = cell.id.load(std::memory_order_acquire) == staffing.id.value;
    if (!word.granted() || !is_it) {
      return refuse_staffing(staffing, Code::entitlement_not_found, rests_on());
    }
    // Whoever took units before may still publish: first let him finish.
    if (word.staff_busy() || word.pending() != 0) return wait(staffing.patience);
    // acq_rel: from here on nobody takes a unit of it; who read the word before loses his CAS. Its
    // version says that it is the one whose id was read.
  } while (!cell.word.compare_exchange_weak(word.bits, word.with_staff_busy().bits,
                                            std::memory_order_acq_rel, std::memory_order_acquire));
  JANJI_STEP("entitlement_marked");
  return {};
}

// Keys that were entered and taken out again may have been seen: the word is another one then, so
// that no claim rests on them.
void Ledger::unmark_entered(std::uint32_t cell) noexcept {
  std::atomic<std::uint64_t>& at = entitlements_[cell].word;
  EntitlementWord word{at.load(relaxed)};
  // release: as below; what was taken out stays out for whoever sees the new version. Only the
  // writer's counts come between.
  while (!at.compare_exchange_weak(word.bits, word.changed_to(word.quota(), true).bits, release,
                                   relaxed)) {
  }
  journal_.rounds.request_round();
}

void Ledger::unmark_entitlement(std::uint32_t cell) noexcept {
  // release: pairs with whoever marks it next.
  entitlements_[cell].word.fetch_and(~EntitlementWord::kStaffBusy, release);
  journal_.rounds.request_round();
}

// An entry that nobody else knows of yet, whose LSN comes with the commit; and its id's place in
// the index, taken last. Nothing: it may be published.
std::optional<Decision> Ledger::enter_staffing(Staffing& staffing) noexcept {
  staffing.entry = take_operation(staffing.caller);
  JANJI_CHECK(staffing.entry != kNothing);  // open_staffing() saw that there is one
  operations_[staffing.entry].fill(staffing.operation, staffing.payload, staffing.type,
                                   staffing.civil, staffing.cell);
  if (staffing.named) {
    const auto same = [&](std::uint32_t other) { return is_operation(other, staffing.operation); };
    const auto entered = operation_index_.insert(staffing.operation_hash,
                                                 staffing.entry | kEntryBit, staffing.walk, same);
    if (entered.outcome == KeyIndex::Insert::exists)
      return replay_staffing(staffing, entered.found);
    if (entered.outcome == KeyIndex::Insert::full) return refuse(Code::limit_reached);
  }
  staffing.caller.operation = kNothing;  // the entry is in use now
  staffing.shared.keep();
  return {};
}

Decision Ledger::publish_staffing(Staffing& staffing, std::uint32_t block_index) noexcept {
  journal::RecordBlock& block = journal_.blocks[block_index];
  block.slot = block.place = block.details = kNothing;
  block.operation = staffing.entry;
  const Lsn lsn = publish(block_index);
  journal_.rounds.wake_if_idle();
  Decision decision{Verdict::granted, Code::ok, false, {}, lsn, 0};
  decision.entitlement = staffing.id;
  return decision;
}

namespace {

template <class R, class S>
void fill_staffing(R& made, const S& staffing, LedgerTime now) noexcept {
  made.header.actor = staffing.actor.value;
  made.entitlement = staffing.id.value;
  made.operation_hi = staffing.operation.hi;
  made.operation_lo = staffing.operation.lo;
  made.payload = staffing.payload;
  made.decided_ms = now.value;
  made.acted_ms = staffing.civil.value;
}

}  // namespace

// A cell that nobody knows of until the decision is told: nothing to forbid.
Decision Ledger::grant(Staffing& staffing, const EntitlementGrantRequest& request) noexcept {
  if (const std::optional<Decision> met = open_staffing(staffing)) return *met;
  if (!has_block(staffing.caller, true)) return refuse(Code::overloaded);
  staffing.cell = entitlements_.take();
  if (staffing.cell == EntitlementCells::kNone) {
    return refuse_staffing(staffing, Code::limit_reached, {});
  }
  EntitlementCell& cell = staffing.at();
  JANJI_CHECK(!EntitlementWord{cell.word.load(relaxed)}.granted());
  staffing.id = record::make_entitlement_id(staffing.cell, cell.generation.load(relaxed), epoch_);
  cell.id.store(staffing.id.value, release);
  JANJI_STEP("entitlement_taken");
  if (const std::optional<Decision> met = enter_staffing(staffing)) {
    entitlements_.put_back(staffing.cell);
    return *met;
  }
  const std::uint32_t block = take_block(staffing.caller, true);
  JANJI_CHECK(block != kNothing);  // has_block() said so
  auto& made = journal_.blocks[block].begin<record::Entitlement>();
  fill_staffing(made, staffing, time_.ledger_now());
  made.holder_hi = request.holder.hi;
  made.holder_lo = request.holder.lo;
  made.service = service_keys_[request.service].value;
  made.quota = request.quota;
  made.from = request.from.value;
  made.until = request.until.value;
  made.listed = request.listed ? 1 : 0;
  made.granted = 1;
  return publish_staffing(staffing, block);
}

Decision Ledger::change_terms(Staffing& staffing,
                              const EntitlementChangeRequest& request) noexcept {
  if (const std::optional<Decision> met = open_staffing(staffing)) return *met;
  if (!has_block(staffing.caller, true)) return refuse(Code::overloaded);
  if (const std::optional<Decision> met = mark_entitlement(staffing)) return *met;
  // relaxed: what the CAS of the mark acquired stays while it is there.
  const EntitlementCell& cell = staffing.at();
  const EntitlementWord word{cell.word.load(relaxed)};
  const std::uint32_t quota = request.quota.value_or(word.quota());
  const Day from = request.from.value_or(Day{cell.from.load(relaxed)});
  const Day until = request.until.value_or(Day{cell.until.load(relaxed)});
  const std::uint32_t listed =
      request.listed ? (*request.listed ? 1U : 0U) : cell.listed.load(relaxed);
  // The last change is kept for withdrawing it.
  const bool withdraws = quota == 0 && word.quota() != 0;
  const std::size_t room = record::kOperationsPerEntitlement - (withdraws ? 0 : 1);
  const Code why = !is_span(from, until)                ? Code::invalid_argument
                   : cell.changes.load(relaxed) >= room ? Code::changes_exceeded
                                                        : Code::ok;
  if (why != Code::ok) {
    unmark_entitlement(staffing.cell);
    return refuse_staffing(staffing, why, rests_on());
  }
  if (const std::optional<Decision> met = enter_staffing(staffing)) {
    unmark_entitlement(staffing.cell);
    return *met;
  }
  const std::uint32_t block = take_block(staffing.caller, true);
  JANJI_CHECK(block != kNothing);  // has_block() said so
  auto& made = journal_.blocks[block].begin<record::Entitlement>();
  fill_staffing(made, staffing, time_.ledger_now());
  made.holder_hi = cell.holder_hi.load(relaxed);
  made.holder_lo = cell.holder_lo.load(relaxed);
  made.service = cell.service.load(relaxed);
  made.quota = quota;
  made.from = from.value;
  made.until = until.value;
  made.listed = listed;
  return publish_staffing(staffing, block);
}

// Keys that come are entered here, under the mark: no claim relies on what it sees meanwhile. The
// writer takes out those that go.
Decision Ledger::change_list(Staffing& staffing, const EligibleRequest& request) noexcept {
  if (const std::optional<Decision> met = open_staffing(staffing)) return *met;
  const std::uint32_t block = journal_.blocks.take_group(false);
  if (block == kNothing) return refuse(Code::overloaded);
  std::array<EligibleKeys::Entered, kEligibleAtOnce> entered;
  std::size_t added = 0;
  const auto give_up = [&](bool marked) {
    const bool seen = added != 0;
    while (added != 0) eligible_.retract(entered[--added]);
    if (marked) seen ? unmark_entered(staffing.cell) : unmark_entitlement(staffing.cell);
    journal_.blocks.put_group(block);
  };
  if (const std::optional<Decision> met = mark_entitlement(staffing)) {
    give_up(false);
    return *met;
  }
  const std::uint32_t of = staffing.cell;
  if (staffing.at().changes.load(relaxed) + 1 >= record::kOperationsPerEntitlement) {
    give_up(true);
    return refuse_staffing(staffing, Code::changes_exceeded, rests_on());
  }
  const std::size_t most = request.add.size() + request.remove.size();
  auto& made = journal_.blocks[block].begin<record::Eligible>(sizeof(record::Eligible) +
                                                              most * sizeof(ApplicantKey));
  auto* key = reinterpret_cast<ApplicantKey*>(&made + 1);
  for (const ApplicantKey& one : request.add) {
    const std::uint64_t hash = eligible_hash(of, one);
    if (eligible_.find(hash, of, one) != EligibleKeys::kNone) continue;
    const KeyIndex::Insert outcome = eligible_.enter(hash, of, one, entered[added]);
    if (outcome != KeyIndex::Insert::done) {
      give_up(true);
      if (outcome == KeyIndex::Insert::exists) return wait(staffing.patience);
      return refuse_staffing(staffing, Code::limit_reached, {});
    }
    ++added;
    *key++ = one;
    JANJI_STEP("eligible_entered");
  }
  std::uint32_t removed = 0;
  for (const ApplicantKey& one : request.remove) {
    if (eligible_.find(eligible_hash(of, one), of, one) == EligibleKeys::kNone) continue;
    ++removed;
    *key++ = one;
  }
  if (const std::optional<Decision> met = enter_staffing(staffing)) {
    give_up(true);
    return *met;
  }
  fill_staffing(made, staffing, time_.ledger_now());
  made.added = static_cast<std::uint32_t>(added);
  made.removed = removed;
  made.header.size = static_cast<std::uint16_t>(sizeof(record::Eligible) +
                                                (added + removed) * sizeof(ApplicantKey));
  return publish_staffing(staffing, block);
}

}  // namespace janji::ledger
