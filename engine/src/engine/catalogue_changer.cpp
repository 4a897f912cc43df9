#include "engine/catalogue_changer.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

#include "base/step.hpp"
#include "engine/lane_terms.hpp"

namespace janji {

namespace {

constexpr std::size_t kBookingsAPage = 256;
constexpr int kBusyRounds = 10;  // that a preview waits for a booking that is being changed
constexpr std::int64_t kBusyRoundMs = 10;
constexpr std::size_t kSlotsARound = 1024;  // of finish(): each round is a commit

constexpr std::uint32_t kWouldBeDisplaced = state_bit(BookingState::held) |
                                            state_bit(BookingState::awaiting) |
                                            state_bit(BookingState::confirmed);

Decision refused(Code code) {
  Decision decision;
  decision.code = code;
  return decision;
}

bool is_granted(const Decision& decision) {
  return decision.verdict == Verdict::granted;
}

}  // namespace

CatalogueChanger::CatalogueChanger(ledger::Ledger& ledger, const LaneBook& lanes,
                                   journal::Rounds& rounds, const base::TimeKeeper& time,
                                   CatalogueShelf& shelf)
    : ledger_(ledger), lanes_(lanes), rounds_(rounds), time_(time), shelf_(shelf) {}

CataloguePlan CatalogueChanger::plan(const Catalogue& to) const {
  return plan_catalogue(ledger_.day_table(), lanes_, to, time_.civil_now());
}

// A booking that somebody keeps busy for long is left out: it is a forecast.
void CatalogueChanger::count_displaced(CataloguePlan& plan) const {
  std::unordered_map<std::uint64_t, std::uint32_t> shut;  // by slot: the day
  for (const CataloguePlan::SlotChange& slot : plan.slots) {
    if (slot.is_shut) shut.emplace(slot.slot.value, slot.day);
  }
  if (shut.empty()) return;
  BookingQuery query;
  query.states = kWouldBeDisplaced;
  std::array<Booking, kBookingsAPage> some;
  int busy = 0;
  for (BookingCursor cursor; !cursor.at_end;) {
    const std::uint32_t before = cursor.place;
    const std::size_t many = ledger_.bookings(query, cursor, some);
    for (std::size_t i = 0; i < many; ++i) {
      const auto at = shut.find(some[i].slot.value);
      if (at != shut.end()) ++plan.preview.days[at->second].displaced;
    }
    if (many != 0 || cursor.place != before || cursor.at_end) continue;
    if (busy++ < kBusyRounds) {
      const std::uint64_t round = rounds_.next_round();
      rounds_.request_round();
      (void)rounds_.wait_round(round, kBusyRoundMs);
    } else {
      ++cursor.place;
    }
  }
}

Result<CataloguePreview> CatalogueChanger::preview(const std::shared_ptr<const Catalogue>& to) {
  if (!to) return Error{Code::invalid_argument, "catalogue: there is none"};
  if (Status same = check_same_places(*shelf_.take().catalogue, *to); !same.ok())
    return same.error();
  CataloguePlan made = plan(*to);
  count_displaced(made);
  return std::move(made.preview);
}

Decision CatalogueChanger::try_change(const CatalogueChangeRequest& request, Patience& patience) {
  if (!request.catalogue || !check_same_places(*shelf_.take().catalogue, *request.catalogue).ok()) {
    return refused(Code::invalid_argument);
  }
  // acquire: pairs with the release of whoever went on with it before.
  if (is_busy_.exchange(true, std::memory_order_acquire)) return ledger_.wait(patience);
  const Decision decision = take_turn(request, patience);
  is_busy_.store(false, std::memory_order_release);
  return decision;
}

Decision CatalogueChanger::take_turn(const CatalogueChangeRequest& request, Patience& patience) {
  const bool is_another = request_.digest != request.digest;
  if (step_ == Step::none || is_another) {
    const Decision begun = begin(request);  // refused: whatever is under way goes on
    // Done before: somebody lost the answer. Files that were edited since are another matter.
    if (begun.code == Code::operation_mismatch && request.digest == done_digest_ &&
        plan(*request.catalogue).is_empty()) {
      return Decision{Verdict::granted, Code::ok, true, {}, done_lsn_, 0};
    }
    if (!is_granted(begun)) return begun;
  }
  return go_on(patience);
}

Decision CatalogueChanger::begin(const CatalogueChangeRequest& request) {
  switch (ledger_.gate()) {
    case ledger::Gate::failed: return refused(Code::outcome_unknown);
    case ledger::Gate::closed: return refused(Code::stopped);
    case ledger::Gate::read_only: return refused(Code::read_only);
    default: break;
  }
  // What is done is what was seen.
  if (plan(*request.catalogue).preview.digest != request.digest) {
    return refused(Code::operation_mismatch);
  }
  request_ = request;
  // First the rules, then the phase: M and F of CallerSlots.
  give_lanes(*request.catalogue);
  JANJI_STEP("catalogue_rules_given");
  phase_ = ledger_.begin_phase();
  step_ = Step::letting_finish;
  return Decision{Verdict::granted, Code::ok, false, {}, {}, 0};
}

void CatalogueChanger::give_lanes(const Catalogue& of) {
  ledger::DayTable& table = ledger_.day_table();
  for (std::size_t i = 0; i < of.lanes().size(); ++i) {
    const LaneId lane = lanes_.lane(i);
    ledger::LaneRules rules = rules_of(of, i);
    rules.general = table.rules(lane).general;
    JANJI_CHECK(table.set_lane(lane, rules));
  }
  // Whose turn it wasn't by the rules of before, it may be now.
  ledger_.look_at_waiters();
  rounds_.request_round();
}

// A decision that stands still keeps the old rules in force: they come back, and it is refused.
Decision CatalogueChanger::let_finish(Patience& patience) {
  Decision decision;
  if (!ledger_.ended_before(phase_)) {
    decision = ledger_.wait(patience);
  } else {
    decision = ledger_.try_note_catalogue(request_.digest, false, request_.actor);
  }
  if (decision.verdict == Verdict::refused) {
    give_lanes(*shelf_.take().catalogue);
    step_ = Step::none;
  }
  return decision;
}

// Whatever is granted here is a step on the way; only the last one is the whole.
Decision CatalogueChanger::go_on(Patience& patience) {
  for (;;) {
    switch (step_) {
      case Step::letting_finish: {
        const Decision begun = let_finish(patience);
        if (!is_granted(begun)) return begun;
        JANJI_STEP("catalogue_begun");
        lsn_ = begun.lsn;
        old_ = shelf_.take().catalogue;
        shelf_.put(request_.catalogue);
        round_ = rounds_.next_round();
        rounds_.request_round();
        step_ = Step::adopting;
        break;
      }
      case Step::adopting:
        if (rounds_.completed() < round_) return ledger_.wait(patience);
        JANJI_STEP("catalogue_adopted");
        old_.reset();
        slots_.clear();
        step_ = Step::slots;
        break;
      case Step::slots: {
        const Decision changed = change_slots(patience);
        if (!is_granted(changed)) return changed;
        step_ = Step::settling;
        break;
      }
      case Step::settling:
        if (rounds_.committed() < lsn_) return ledger_.wait(patience);
        // What isn't given to its slot by now was left out, or came since.
        slots_ = plan(*request_.catalogue).slots;
        next_ = 0;
        step_ = slots_.empty() ? Step::done : Step::slots;
        break;
      case Step::done: {
        const Decision noted = ledger_.try_note_catalogue(request_.digest, true, request_.actor);
        if (!is_granted(noted)) return noted;
        JANJI_STEP("catalogue_done");
        done_digest_ = request_.digest;
        done_lsn_ = noted.lsn;
        request_ = {};
        step_ = Step::none;
        return noted;
      }
      case Step::none: return refused(Code::retry);
    }
    patience = Patience{};  // it came on
  }
}

Decision CatalogueChanger::change_slots(Patience& patience) {
  for (; next_ < slots_.size(); ++next_) {
    const CataloguePlan::SlotChange& slot = slots_[next_];
    const Decision changed = ledger_.try_plan_slot(slot.slot, slot.to, request_.actor, patience);
    if (changed.code == Code::slot_not_found) continue;  // its day is archived
    if (!is_granted(changed)) return changed;
    lsn_ = std::max(lsn_, changed.lsn);
    patience = Patience{};
  }
  return Decision{Verdict::granted, Code::ok, false, {}, {}, 0};
}

// Nobody is served yet, so whatever is published is soon written and nothing is in the way.
Status CatalogueChanger::finish(std::uint64_t digest, const std::function<Status()>& write) {
  for (;;) {
    const std::vector<CataloguePlan::SlotChange> left = plan(shelf_.now()).slots;
    if (left.empty()) break;
    for (std::size_t i = 0; i < left.size(); ++i) {
      Patience patience;
      (void)ledger_.try_plan_slot(left[i].slot, left[i].to, {}, patience);
      if (i % kSlotsARound + 1 != kSlotsARound) continue;
      if (Status written = write(); !written.ok()) return written;
    }
    if (Status written = write(); !written.ok()) return written;
  }
  (void)ledger_.try_note_catalogue(digest, true, {});
  return write();
}

}  // namespace janji
