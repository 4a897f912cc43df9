// The public face: each function here is one call into the part that does the work.
#include <janji/engine.hpp>

#include <algorithm>
#include <array>

#include "base/words.hpp"
#include "engine/engine_impl.hpp"
#include "engine/feed_reader.hpp"
#include "ledger/details_buffers.hpp"

namespace janji {

namespace {

// Longer than any commit should take; a blocking call then says that it doesn't know.
constexpr std::int64_t kRoundTimeoutMs = 30'000;

}  // namespace

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Engine::~Engine() = default;

Decision Engine::try_claim(const ClaimRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_claim(request, patience);
}

Decision Engine::try_walk_in(const WalkInRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_walk_in(request, patience);
}

Decision Engine::try_confirm(const ConfirmRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_confirm(request, patience);
}

Decision Engine::try_cancel(const CancelRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_cancel(request, patience);
}

Decision Engine::try_reschedule(const RescheduleRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_reschedule(request, patience);
}

Decision Engine::try_act(const ActRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_act(request, patience);
}

Decision Engine::try_claim_group(const GroupClaimRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_claim_group(request, patience);
}

Decision Engine::try_move_group(const GroupMoveRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_move_group(request, patience);
}

Decision Engine::try_next(const NextRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_next(request, patience);
}

Decision Engine::try_change_slot(const SlotChangeRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_change_slot(request, patience);
}

Decision Engine::try_block(const BlockRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_block(request, patience);
}

Decision Engine::try_grant(const EntitlementGrantRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_grant(request, patience);
}

Decision Engine::try_change_entitlement(const EntitlementChangeRequest& request,
                                        Patience& patience) noexcept {
  return impl_->ledger->try_change_entitlement(request, patience);
}

Decision Engine::try_change_eligible(const EligibleRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_change_eligible(request, patience);
}

Decision Engine::try_join(const JoinRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_join(request, patience);
}

Decision Engine::try_join_group(const GroupJoinRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_join_group(request, patience);
}

Decision Engine::try_erase(const EraseRequest& request, Patience& patience) noexcept {
  return impl_->ledger->try_erase(request, patience);
}

ErasePage Engine::try_erase_all(const EraseQuery& query, EraseCursor& cursor) noexcept {
  return impl_->ledger->erase_all(query, cursor);
}

void Engine::prepare(const ClaimRequest& request) const noexcept {
  impl_->ledger->prepare(request);
}

namespace {

// How long a granted booking may stay busy with somebody else before its reader gives up.
constexpr int kBusyRounds = 100;
constexpr std::int64_t kBusyRoundMs = 10;
constexpr int kCatalogueTries = 100;  // each as long as a Patience lasts, 50 ms and more

Error refusal(Code code) {
  if (code == Code::limit_reached) {
    return {code,
            "bookings_max or operations_max is used up by what is live or within retention_ms, or "
            "of days that aren't archived, or waiters_max by those who wait"};
  }
  return {code, {}};
}

// The booking that a decision granted. What is returned is durable: another may have changed it
// since.
Result<Booking> read_granted(Engine& engine, journal::Rounds& rounds, bool relaxed, BookingId id) {
  for (int look = 0; look < kBusyRounds; ++look) {
    BookingId first = id;
    std::array<BookingId, 1> members;
    if (engine.find_group(id, members).ok()) first = members[0];
    Result<Booking> booking = engine.find(first);
    if (booking.ok()) {
      if (relaxed || engine.wait_durable(booking->lsn)) return booking;
      return Error{Code::outcome_unknown, engine.last_problem()};
    }
    if (booking.code() != Code::retry) {
      return Error{booking.code(), "it was granted, and its retention ended before it was read"};
    }
    if (rounds.failed()) return Error{Code::outcome_unknown, engine.last_problem()};
    // Somebody else is changing it this very moment, or was stopped while he did.
    const std::uint64_t round = rounds.next_round();
    rounds.request_round();
    (void)rounds.wait_round(round, kBusyRoundMs);
  }
  return Error{Code::outcome_unknown,
               "it was granted, but another caller keeps the booking busy: look it up again"};
}

// Tries until the decision stands, then until it is durable. The decision, or why it isn't known.
template <class Try>
Result<Decision> settle_on(Engine& engine, bool relaxed, Try&& attempt) {
  Patience patience;
  Decision decision = attempt(patience);
  while (decision.verdict == Verdict::wait) {
    if (!engine.wait_round(decision.round, kRoundTimeoutMs) && engine.health() == Health::failed) {
      return Error{Code::outcome_unknown, engine.last_problem()};
    }
    decision = attempt(patience);
  }
  if (!relaxed && decision.lsn.value != 0 && !engine.wait_durable(decision.lsn)) {
    return Error{Code::outcome_unknown, engine.last_problem()};
  }
  return decision;
}

template <class Try>
Result<Booking> decide(Engine& engine, journal::Rounds& rounds, bool relaxed, Try&& attempt) {
  const Result<Decision> decision = settle_on(engine, relaxed, std::forward<Try>(attempt));
  if (!decision.ok()) return decision.error();
  if (decision->verdict == Verdict::refused) return refusal(decision->code);
  return read_granted(engine, rounds, relaxed, decision->booking);
}

template <class Try>
Result<BookingId> decide_group(Engine& engine, bool relaxed, Try&& attempt) {
  const Result<Decision> decision = settle_on(engine, relaxed, std::forward<Try>(attempt));
  if (!decision.ok()) return decision.error();
  if (decision->verdict == Verdict::refused) {
    Error error = refusal(decision->code);
    if (decision->code == Code::not_eligible) {
      error.detail = base::words("members[", decision->member, "]");
    }
    return error;
  }
  return decision->booking;
}

}  // namespace

Result<Booking> Engine::claim(const ClaimRequest& request) {
  return decide(*this, impl_->rounds, impl_->options.durability == Durability::relaxed,
                [&](Patience& patience) { return try_claim(request, patience); });
}

Result<Booking> Engine::walk_in(const WalkInRequest& request) {
  return decide(*this, impl_->rounds, impl_->options.durability == Durability::relaxed,
                [&](Patience& patience) { return try_walk_in(request, patience); });
}

Result<Booking> Engine::confirm(const ConfirmRequest& request) {
  return decide(*this, impl_->rounds, impl_->options.durability == Durability::relaxed,
                [&](Patience& patience) { return try_confirm(request, patience); });
}

Result<Booking> Engine::cancel(const CancelRequest& request) {
  return decide(*this, impl_->rounds, impl_->options.durability == Durability::relaxed,
                [&](Patience& patience) { return try_cancel(request, patience); });
}

Result<Booking> Engine::reschedule(const RescheduleRequest& request) {
  return decide(*this, impl_->rounds, impl_->options.durability == Durability::relaxed,
                [&](Patience& patience) { return try_reschedule(request, patience); });
}

Result<Booking> Engine::act(const ActRequest& request) {
  return decide(*this, impl_->rounds, impl_->options.durability == Durability::relaxed,
                [&](Patience& patience) { return try_act(request, patience); });
}

Result<BookingId> Engine::claim_group(const GroupClaimRequest& request) {
  return decide_group(*this, impl_->options.durability == Durability::relaxed,
                      [&](Patience& patience) { return try_claim_group(request, patience); });
}

Result<BookingId> Engine::move_group(const GroupMoveRequest& request) {
  return decide_group(*this, impl_->options.durability == Durability::relaxed,
                      [&](Patience& patience) { return try_move_group(request, patience); });
}

Result<Booking> Engine::join(const JoinRequest& request) {
  return decide(*this, impl_->rounds, impl_->options.durability == Durability::relaxed,
                [&](Patience& patience) { return try_join(request, patience); });
}

Result<BookingId> Engine::join_group(const GroupJoinRequest& request) {
  return decide_group(*this, impl_->options.durability == Durability::relaxed,
                      [&](Patience& patience) { return try_join_group(request, patience); });
}

Result<Booking> Engine::next(const NextRequest& request) {
  return decide(*this, impl_->rounds, impl_->options.durability == Durability::relaxed,
                [&](Patience& patience) { return try_next(request, patience); });
}

Status Engine::change_slot(const SlotChangeRequest& request) {
  const bool relaxed = impl_->options.durability == Durability::relaxed;
  const Result<Decision> decision = settle_on(
      *this, relaxed, [&](Patience& patience) { return try_change_slot(request, patience); });
  if (!decision.ok()) return decision.error();
  return decision->verdict == Verdict::refused ? Status(refusal(decision->code)) : success();
}

Status Engine::block(const BlockRequest& request) {
  const bool relaxed = impl_->options.durability == Durability::relaxed;
  const Result<Decision> decision =
      settle_on(*this, relaxed, [&](Patience& patience) { return try_block(request, patience); });
  if (!decision.ok()) return decision.error();
  if (decision->verdict == Verdict::granted) return success();
  if (decision->code != Code::limit_reached) return refusal(decision->code);
  return Error{Code::limit_reached,
               "blocks_max or operations_max is used up by what is in force or within "
               "retention_ms"};
}

Status Engine::erase(const EraseRequest& request) {
  const bool relaxed = impl_->options.durability == Durability::relaxed;
  const Result<Decision> decision =
      settle_on(*this, relaxed, [&](Patience& patience) { return try_erase(request, patience); });
  if (!decision.ok()) return decision.error();
  return decision->verdict == Verdict::refused ? Status(refusal(decision->code)) : success();
}

Result<ErasePage> Engine::erase_all(const EraseQuery& query) {
  ErasePage sum;
  EraseCursor cursor;
  while (!cursor.at_end) {
    const ErasePage page = try_erase_all(query, cursor);
    sum.erased += page.erased;
    sum.active += page.active;
    sum.lsn = std::max(sum.lsn, page.lsn);
    // A page at a time: what is undurable has a bound.
    std::uint64_t round = page.round;
    if (page.code == Code::overloaded) {
      round = impl_->rounds.next_round();
      impl_->rounds.request_round();
    } else if (page.code != Code::ok) {
      return Error{page.code, page.code == Code::invalid_argument ? "nothing says whose" : ""};
    }
    const bool reached = round == 0 || wait_round(round, kRoundTimeoutMs);
    if (!reached && health() == Health::failed) return Error{Code::outcome_unknown, last_problem()};
  }
  const bool relaxed = impl_->options.durability == Durability::relaxed;
  if (!relaxed && sum.lsn.value != 0 && !wait_durable(sum.lsn)) {
    return Error{Code::outcome_unknown, last_problem()};
  }
  return sum;
}

namespace {

Error staff_refusal(Code code) {
  if (code != Code::limit_reached) return refusal(code);
  return {code,
          "entitlements_max, eligible_max or operations_max is used up by what is valid or within "
          "retention_ms"};
}

}  // namespace

Result<EntitlementId> Engine::grant(const EntitlementGrantRequest& request) {
  const bool relaxed = impl_->options.durability == Durability::relaxed;
  const Result<Decision> decision =
      settle_on(*this, relaxed, [&](Patience& patience) { return try_grant(request, patience); });
  if (!decision.ok()) return decision.error();
  if (decision->verdict == Verdict::refused) return staff_refusal(decision->code);
  return decision->entitlement;
}

Status Engine::change_entitlement(const EntitlementChangeRequest& request) {
  const bool relaxed = impl_->options.durability == Durability::relaxed;
  const Result<Decision> decision = settle_on(*this, relaxed, [&](Patience& patience) {
    return try_change_entitlement(request, patience);
  });
  if (!decision.ok()) return decision.error();
  return decision->verdict == Verdict::refused ? Status(staff_refusal(decision->code)) : success();
}

Status Engine::change_eligible(const EligibleRequest& request) {
  const bool relaxed = impl_->options.durability == Durability::relaxed;
  const Result<Decision> decision = settle_on(
      *this, relaxed, [&](Patience& patience) { return try_change_eligible(request, patience); });
  if (!decision.ok()) return decision.error();
  return decision->verdict == Verdict::refused ? Status(staff_refusal(decision->code)) : success();
}

Result<Entitlement> Engine::find_entitlement(EntitlementId id) const noexcept {
  return impl_->ledger->find_entitlement(id);
}

std::size_t Engine::entitlements(ApplicantKey holder, EntitlementCursor& cursor,
                                 std::span<Entitlement> out) const noexcept {
  return impl_->ledger->entitlements(holder, cursor, out);
}

std::size_t Engine::eligible(EntitlementId id, EntitlementCursor& cursor,
                             std::span<ApplicantKey> out) const noexcept {
  return impl_->ledger->eligible(id, cursor, out);
}

std::size_t Engine::blocks(BlockCursor& cursor, std::span<Block> out) const noexcept {
  return impl_->ledger->blocks(cursor, out);
}

Result<Group> Engine::find_group(BookingId id, std::span<BookingId> members) const noexcept {
  return impl_->ledger->find_group(id, members);
}

Result<Booking> Engine::find(BookingId id) const noexcept {
  return impl_->ledger->find(id);
}

Result<std::vector<std::byte>> Engine::details(BookingId id) const {
  const auto at = impl_->ledger->details_at(id);
  if (!at.ok()) return at.error();
  Result<std::vector<std::byte>> stored = impl_->read_details(at->lsn);
  if (stored.code() == Code::details_erased) {  // since that look, or it was freed
    const auto now = impl_->ledger->details_at(id);
    return now.ok() ? stored.error() : now.error();
  }
  if (!stored.ok()) return stored;
  if (stored->size() < ledger::kDetailsSalt ||
      ledger::details_hash({stored->data(), stored->size()}) != at->hash) {
    return Error{Code::damaged,
                 base::words("the details of LSN ", at->lsn.value, ", in ",
                             impl_->stores->journal().name(), " or ", impl_->stores->state().name(),
                             ", don't match the hash in their record")};
  }
  stored->erase(stored->begin(), stored->begin() + ledger::kDetailsSalt);
  return stored;
}

std::size_t Engine::bookings(const BookingQuery& query, BookingCursor& cursor,
                             std::span<Booking> out) const noexcept {
  return impl_->ledger->bookings(query, cursor, out);
}

std::size_t Engine::now_serving(std::uint32_t branch, std::span<HallCall> out) const noexcept {
  return impl_->ledger->now_serving(branch, out);
}

std::size_t Engine::days(LaneId lane, Day first, Day last,
                         std::span<DayAvailability> out) const noexcept {
  const std::size_t index = catalogue_index(lane);
  if (index == npos || last < first) return 0;
  const Catalogue& places = *impl_->options.catalogue;
  const std::uint32_t branch = places.lanes()[index].branch;
  const auto many =
      static_cast<std::size_t>(std::int64_t{last.value} - std::int64_t{first.value}) + 1;
  return impl_->ledger->days(lane, first, out.first(std::min(many, out.size())),
                             places.local_day(branch, civil_now()));
}

std::size_t Engine::slots(LaneId lane, Day day, std::span<SlotAvailability> out) const noexcept {
  return impl_->ledger->slots(lane, day, out);
}

LaneId Engine::lane(std::size_t catalogue_index) const noexcept {
  return impl_->lanes.lane(catalogue_index);
}

std::size_t Engine::catalogue_index(LaneId lane) const noexcept {
  return impl_->lanes.catalogue_index(lane);
}

Result<FeedPage> Engine::read_feed(Lsn after, std::span<Event> out) const {
  return FeedReader(impl_->stores->journal(), impl_->rounds.durable(), after, out).run();
}

Result<Lsn> Engine::feed_begin() const {
  const auto bounds = impl_->stores->journal().bounds();
  if (!bounds) return bounds.error();
  return Lsn{bounds->first.value - std::min<std::uint64_t>(bounds->first.value, 1)};
}

Lsn Engine::durable_lsn() const noexcept {
  return impl_->rounds.durable();
}

bool Engine::wait_durable(Lsn lsn, std::int64_t timeout_ms) const noexcept {
  return impl_->rounds.wait_durable(lsn, timeout_ms);
}

bool Engine::wait_round(std::uint64_t round, std::int64_t timeout_ms) const noexcept {
  return impl_->rounds.wait_round(round, timeout_ms);
}

void Engine::add_listener(ProgressListener& listener) {
  impl_->writer->listeners().add(listener);
}

void Engine::remove_listener(ProgressListener& listener) {
  impl_->writer->listeners().remove(listener);
}

const Catalogue& Engine::catalogue() const noexcept {
  return impl_->shelf.now();
}

std::shared_ptr<const Catalogue> Engine::share_catalogue() const {
  return impl_->shelf.take().catalogue;
}

std::uint64_t Engine::catalogue_edition() const noexcept {
  return impl_->shelf.edition();
}

Result<CataloguePreview> Engine::preview_catalogue(
    const std::shared_ptr<const Catalogue>& to) const {
  return impl_->changer->preview(to);
}

Decision Engine::try_change_catalogue(const CatalogueChangeRequest& request, Patience& patience) {
  return impl_->changer->try_change(request, patience);
}

Status Engine::change_catalogue(const CatalogueChangeRequest& request) {
  const bool relaxed = impl_->options.durability == Durability::relaxed;
  for (int tries = 1;; ++tries) {
    const Result<Decision> decision = settle_on(*this, relaxed, [&](Patience& patience) {
      return try_change_catalogue(request, patience);
    });
    if (!decision.ok()) return decision.error();
    if (decision->verdict == Verdict::granted) return success();
    const bool again = decision->code == Code::retry || decision->code == Code::overloaded;
    if (again && tries < kCatalogueTries) {
      const std::uint64_t round = impl_->rounds.next_round();
      impl_->rounds.request_round();
      (void)impl_->rounds.wait_round(round, kBusyRoundMs);
      continue;
    }
    if (decision->code == Code::operation_mismatch) {
      return Error{Code::operation_mismatch,
                   "digest: the change would come to something else by now; preview it again"};
    }
    if (decision->code != Code::invalid_argument) return refusal(decision->code);
    const auto why = preview_catalogue(request.catalogue);  // with its words
    return why.ok() ? Status(refusal(decision->code)) : why.error();
  }
}

CivilTime Engine::civil_now() const noexcept {
  return impl_->time.civil_now();
}

LedgerTime Engine::ledger_now() const noexcept {
  return impl_->time.ledger_now();
}

Health Engine::health() const noexcept {
  switch (impl_->ledger->gate()) {
    case ledger::Gate::open:
    case ledger::Gate::backlog: return Health::serving;
    case ledger::Gate::read_only: return Health::read_only;
    case ledger::Gate::failed: return Health::failed;
    case ledger::Gate::closed: break;
  }
  return Health::closed;
}

std::string Engine::last_problem() const {
  return impl_->problem();
}

Counters Engine::counters() const noexcept {
  Counters made = impl_->ledger->counters();
  made.commits = impl_->writer->commits();
  made.durable = impl_->rounds.durable();
  made.applied = impl_->applied();
  made.records = made.durable.value;
  made.days_opened = impl_->days->opened();
  made.days_not_opened = impl_->days->not_opened();
  made.days_archived = impl_->archiver->archived();
  made.days_kept = impl_->archiver->kept();
  if (impl_->compactor) {
    made.compactions = impl_->compactor->compactions();
    made.erasure_pending_ms = impl_->compactor->pending_ms(impl_->time.ledger_now());
  }
  return made;
}

Status Engine::settle() {
  return impl_->settle();
}

Status Engine::complete_erasures() {
  return impl_->complete_erasures();
}

std::int64_t Engine::erase_within_ms() const noexcept {
  return impl_->options.erase_within_ms;
}

Result<BackupReport> Engine::backup(const std::filesystem::path& to,
                                    const std::atomic<bool>* give_up) {
  return impl_->backup(to, give_up);
}

}  // namespace janji
