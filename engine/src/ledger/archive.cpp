// A finished day goes, and its row and words serve another one (hazard 7). The writer's thread
// only. Bookings keep a day: the writer counts them as it gives their records back, so that only
// those whose record isn't committed yet are left out, and their seats are pending in the words.
#include "base/step.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

// Rule 6: first no more seats can be taken, then it is seen that none is, then it is told.
Ledger::Archiving Ledger::try_archive(LaneId lane, Day day) noexcept {
  DayView view;
  JANJI_CHECK(days_.find(lane, day, view));
  if (days_.bookings(lane, day) != 0) return Archiving::unfinished;
  if (!joins_settled(lane, day, view)) return Archiving::unfinished;
  // Rule 3: room for the record before any word is touched.
  const std::uint32_t index = journal_.blocks.take_small();
  if (index == kNothing) return Archiving::no_room;
  if (!close_words(day, view)) {
    journal_.blocks.give_back(index);
    return Archiving::unfinished;
  }
  JANJI_STEP("archive_closed");
  journal::RecordBlock& block = journal_.blocks[index];
  auto& made = block.begin<record::Archive>();
  made.lane = lane.value;
  made.day = day.value;
  block.slot = kNothing;
  block.place = kNothing;
  block.operation = kNothing;
  block.details = kNothing;
  publish(index);
  return Archiving::published;
}

// Whoever joins a waitlist takes nothing in the word, so by the words alone he couldn't be told
// from nobody. But he sets a mark there before his record. First the marks are taken away, so that
// whoever comes now sets one again, which close_words() meets; then all decisions are waited for
// that had begun before, by their phase; and what these published must be given back, and so be
// counted. False: ask again later, as the writer does once a minute.
bool Ledger::joins_settled(LaneId lane, Day day, const DayView& view) noexcept {
  DayTable::Settling& settling = days_.settling(lane, day);
  bool any = false;
  for (std::uint32_t i = 0; i < view.slots; ++i) {
    std::atomic<std::uint64_t>& at = days_.word(view.first_slot + i);
    if (!SlotWord{at.load(std::memory_order_relaxed)}.joined()) continue;
    at.fetch_and(~SlotWord::kJoined, std::memory_order_seq_cst);  // M in CallerSlots' comment
    any = true;
  }
  if (any) {
    settling = {callers_.begin_phase(), {}};
    return false;
  }
  if (settling.phase == 0) return true;  // nobody ever joined
  if (settling.published.value == 0) {
    if (!callers_.ended_before(settling.phase, nullptr)) return false;
    settling.published = journal_.list.last();
  }
  return settling.published <= journal_.rounds.committed();
}

// Each word by itself, so callers may meet some closed and some open: at a closed one they wait for
// a round, and what they took at an open one is seen when its turn comes. False: somebody has a
// seat, and all is as it was.
bool Ledger::close_words(Day day, const DayView& view) noexcept {
  for (std::uint32_t i = 0; i < view.slots; ++i) {
    std::atomic<std::uint64_t>& at = days_.word(view.first_slot + i);
    // relaxed, all of them: nothing is read on the strength of the word. What counts is that the
    // CAS is one step with the look, and reads the newest: a claim's comes before it, and is seen,
    // or behind it, and fails.
    SlotWord word{at.load(std::memory_order_relaxed)};
    do {
      JANJI_CHECK(word.tag() == SlotWord::tag_of(day));
      if (!word.at_rest()) {
        open_words(view, i);
        return false;
      }
    } while (!at.compare_exchange_weak(word.bits, word.with_gone().bits, std::memory_order_relaxed,
                                       std::memory_order_relaxed));
    JANJI_STEP("archive_closing");
  }
  return true;
}

void Ledger::open_words(const DayView& view, std::uint32_t many) noexcept {
  for (std::uint32_t i = 0; i < many; ++i) {
    // relaxed: as above. Who met it closed waits for a round that begins after this one.
    days_.word(view.first_slot + i).fetch_and(~SlotWord::kGone, std::memory_order_relaxed);
  }
}

// The record is committed: no crash brings the day back.
void Ledger::archived(const record::Archive& archive) noexcept {
  const LaneId lane{archive.lane};
  const Day day{archive.day};
  for (std::uint32_t i = days_.first_grant(lane, day); i != kNothing;) {
    const std::uint32_t next = operations_[i].next.load(std::memory_order_relaxed);
    forget_operation(i);
    i = next;
  }
  days_.forget_day(lane, day);
}

}  // namespace janji::ledger
