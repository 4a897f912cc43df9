// Exchanges the catalogue while the engine runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <janji/catalogue_change.hpp>
#include <janji/decision.hpp>
#include <janji/result.hpp>

#include "engine/catalogue_plan.hpp"
#include "engine/catalogue_shelf.hpp"
#include "engine/lane_book.hpp"
#include "journal/rounds.hpp"
#include "ledger/ledger.hpp"

namespace janji {

// Problem: a new holiday, other hours, stricter rules, while people book; nothing may be granted by
// the old ones behind the change (hazard 15), and a crash must leave no half of it.
// Operation: step by step, each of which ends or waits for a round:
//   1. The lanes get their new rules, and a phase begins: when no decision of before is under way,
//      none goes by the old ones (as in docs/concurrency.md, Blocks). A record says that it begins.
//   2. The new catalogue is on the shelf, and a round of the writer has seen it there: whatever day
//      is opened from then on is its own.
//   3. Slot by slot, as staff would: rule 6. What isn't durable yet is waited for, and then it is
//      looked whether anything is left.
//   4. A record says that it is done. Where only the first one is found, a start goes on with 3.
// Concurrency: any thread, one at a time; another one is told to wait for a round. Not for the
// decision path: it allocates. finish() before serving.
class CatalogueChanger {
 public:
  CatalogueChanger(ledger::Ledger& ledger, const LaneBook& lanes, journal::Rounds& rounds,
                   const base::TimeKeeper& time, CatalogueShelf& shelf);

  // What the catalogue would change. Errors: as check_same_places(); invalid_argument (none given).
  Result<CataloguePreview> preview(const std::shared_ptr<const Catalogue>& to);

  // Goes on as far as it can with this change; with another than the one that is under way, that is
  // given up where it stands.
  Decision try_change(const CatalogueChangeRequest& request, Patience& patience);

  // Goes on with what was interrupted. `write` writes what is published. Errors: those of `write`.
  Status finish(std::uint64_t digest, const std::function<Status()>& write);

 private:
  enum class Step : std::uint8_t { none, letting_finish, adopting, slots, settling, done };

  CataloguePlan plan(const Catalogue& to) const;
  Decision take_turn(const CatalogueChangeRequest& request, Patience& patience);
  Decision begin(const CatalogueChangeRequest& request);
  void give_lanes(const Catalogue& of);
  Decision go_on(Patience& patience);
  Decision let_finish(Patience& patience);
  Decision change_slots(Patience& patience);
  void count_displaced(CataloguePlan& plan) const;

  ledger::Ledger& ledger_;
  const LaneBook& lanes_;
  journal::Rounds& rounds_;
  const base::TimeKeeper& time_;
  CatalogueShelf& shelf_;

  std::atomic<bool> is_busy_{false};  // somebody goes on with it: what is below is his
  Step step_{Step::none};
  CatalogueChangeRequest request_;
  std::shared_ptr<const Catalogue> old_;  // let go of here, not on the writer's thread
  std::vector<CataloguePlan::SlotChange> slots_;
  std::size_t next_{0};
  std::uint64_t phase_{0};
  std::uint64_t round_{0};
  Lsn lsn_;                       // of the last record
  std::uint64_t done_digest_{0};  // of the last one that was done; and its record
  Lsn done_lsn_;
};

}  // namespace janji
