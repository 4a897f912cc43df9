// From a slot's key to its word: lanes, their rows of days, and the slots of each day.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <janji/catalogue.hpp>
#include <janji/result.hpp>
#include <janji/types.hpp>

#include "base/region.hpp"
#include "ledger/asked_slots.hpp"
#include "ledger/caller_slots.hpp"
#include "ledger/lane_rules.hpp"
#include "ledger/slot_word.hpp"
#include "ledger/word_runs.hpp"
#include "record/planned.hpp"
#include "record/record.hpp"

namespace janji::ledger {

// The times of a day's slots. Shared by all days with the same ones; never freed while the engine
// lives, so a reader may keep a pointer. There are as many as the catalogue has kinds of days.
struct DayShape {
  static constexpr int kMinutes = 2048;
  static constexpr std::uint16_t kNoSlot = 0xFFFF;

  std::vector<std::uint16_t> start;  // ascending
  std::vector<std::uint16_t> length;
  std::array<std::uint16_t, kMinutes> index_of_minute;  // which slot starts there

  explicit DayShape(std::span<const record::DaySlot> slots);
};

// One day of one lane. A row is reused for another day when its day is archived: readers read `tag`
// before and after the other fields, and the slot's own word carries the day's tag (hazard 7).
struct alignas(64) DayRow {
  static constexpr std::uint64_t kOpen = 1ULL << 32;

  std::atomic<std::uint64_t> tag;         // kOpen | day, or 0
  std::atomic<std::uint64_t> first_slot;  // index in the slot table
  std::atomic<std::uint64_t> slots;
  std::atomic<const DayShape*> shape;
  std::atomic<std::int64_t> midnight_ms;  // civil time of the branch's local midnight
  // How often a seat came back in this row (hazard 9). Raised by the writer after the seat is
  // free and before the durable LSN is published. Goes on when the row serves another day: a count
  // that fell could make up for one that rose elsewhere.
  std::atomic<std::uint64_t> give_backs;
  // Changes of its slots under operation ids (slot_change.cpp): those on their way too, and those
  // that are committed, which the writer counts.
  std::atomic<std::uint32_t> grants, granted;

  static constexpr std::uint64_t tag_of(Day day) {
    return kOpen | static_cast<std::uint32_t>(day.value);
  }
};

// A row copied at one moment.
struct DayView {
  const DayShape* shape{nullptr};
  std::uint64_t first_slot{0};
  std::uint32_t slots{0};
  std::int64_t midnight_ms{0};
  DayRow* row{nullptr};
};

// Problem: find a slot's word in a few nanoseconds, while the writer opens new days and uses the
// rows and words of finished ones again.
// Operation: a table of lanes, each with a ring of rows, one a day; a row names a run of words. The
// writer counts the bookings of each row, apart from it, so that no look-up meets its stores.
// Concurrency: look-ups by any thread, wait-free; the rest by the writer (or before serving) only.
// Limits: `slots_max` words; `kMaxLanes` lanes, room for them fixed at construction; a ring must be
// longer than the horizon. Lanes are added before serving only; set_lane() by one thread at a time.
class DayTable {
 public:
  DayTable(std::uint32_t slots_max, std::uint32_t lanes_max, std::uint32_t ring_days,
           bool huge_pages);

  // ---- any thread ----

  std::uint32_t lanes() const noexcept { return lanes_.load(std::memory_order_acquire); }
  // What its bookings go by now. They are there as long as the table, whatever comes after them:
  // whoever needs several of them to fit together asks once.
  const LaneRules& rules(LaneId lane) const noexcept {
    // seq_cst: pairs with set_lane(). A decision looks behind taking its caller's slot: L of
    // CallerSlots, whose M is there.
    return *rules_[lane.value].load(std::memory_order_seq_cst);
  }
  // False when the day isn't open (or the row was just reused).
  bool find(LaneId lane, Day day, DayView& out) const noexcept;
  std::atomic<std::uint64_t>& word(std::uint64_t slot) noexcept { return words_[slot]; }
  const std::atomic<std::uint64_t>& word(std::uint64_t slot) const noexcept { return words_[slot]; }
  AskedSlots& asked() noexcept { return asked_; }
  // Seats of the slot that are kept back, beside those in its word: the writer's to change. Who
  // reads it looks at the word behind it: if that serves the day, this is the day's.
  std::atomic<std::uint16_t>& kept(std::uint64_t slot) noexcept { return kept_[slot]; }
  const std::atomic<std::uint16_t>& kept(std::uint64_t slot) const noexcept { return kept_[slot]; }
  // What the catalogue gives the slot: given by the writer, or before serving.
  record::Planned planned(std::uint64_t slot) const noexcept {
    return record::Planned{planned_[slot].load(std::memory_order_acquire)};  // pairs with plan()
  }
  DayRow& row(LaneId lane, Day day) noexcept { return rows_[row_index(lane, day)]; }
  const DayRow& row(LaneId lane, Day day) const noexcept { return rows_[row_index(lane, day)]; }

  // ---- whoever changes the catalogue, one at a time, or before serving ----

  // Gives the lane these rules; while serving, only a lane that is there. False when the table is
  // full. What was there is kept, and used again when it comes back: as much memory as there are
  // different rules, but no reader has to say that he reads.
  bool set_lane(LaneId lane, const LaneRules& rules);

  // ---- the writer, or before serving ----

  // Whether open_day() would succeed. Errors: limit_reached (no words left), retry (the ring's row
  // holds another day, or this one), damaged (no such lane). The detail says what to do.
  Status can_open(LaneId lane, Day day, std::uint32_t slots) const;
  // Sets words aside for a day whose record is on its way. can_open() must have said yes.
  std::uint64_t reserve(std::uint32_t slots) { return runs_.take(slots); }
  // The day, whose words reserve() gave, is visible afterwards. can_open() must have said yes.
  void open_day(LaneId lane, Day day, std::int64_t midnight_ms,
                std::span<const record::DaySlot> slots, std::uint64_t first_slot);
  // Both at once.
  void open_day(LaneId lane, Day day, std::int64_t midnight_ms,
                std::span<const record::DaySlot> slots);
  // release: whoever sees it sees the slot that it is of.
  void plan(std::uint64_t slot, record::Planned planned) noexcept {
    planned_[slot].store(planned.bits, std::memory_order_release);  // pairs with planned()
  }
  // A day that is open and has no bookings left is found no more, its row and words are free.
  // Nobody may be able to take a seat there.
  void forget_day(LaneId lane, Day day);

  // Bookings whose place isn't free yet, ended ones included; of a day that is open.
  void count_booking(SlotKey slot, int by) noexcept;
  std::uint32_t bookings(LaneId lane, Day day) const noexcept {
    return notes_[row_index(lane, day)].bookings;
  }
  void count_no_bookings() noexcept;
  // Of all days together; any thread.
  std::uint64_t bookings() const noexcept {
    return bookings_.load(std::memory_order_relaxed);  // a count, on which nothing rests
  }

  // The first of the entries in the operation slab that keep the ids of its slots' changes.
  std::uint32_t& first_grant(LaneId lane, Day day) noexcept {
    return notes_[row_index(lane, day)].first_grant;
  }

  // How far the writer is with the joins of a day that it wants to archive (archive.cpp).
  struct Settling {
    std::uint64_t phase{0};  // 0: there was none
    Lsn published{};         // 0: not known yet
  };
  Settling& settling(LaneId lane, Day day) noexcept {
    return notes_[row_index(lane, day)].settling;
  }

  // No day up to this one may be opened in this life of the table: hazard 7 rests on it.
  Day newest_forgotten(LaneId lane) const noexcept { return forgotten_[lane.value]; }
  // How many were forgotten: as long as it is the same, what had no room has none.
  std::uint64_t forgets() const noexcept { return forgets_; }
  // And how many were opened.
  std::uint64_t opens() const noexcept { return opens_; }
  // What was forgotten until now, before serving, doesn't count for that.
  void begin_serving() noexcept;

  // The rows one after another, to look them over: false where no day is.
  std::size_t rows() const noexcept { return std::size_t{lanes()} * ring_days_; }
  bool day_at(std::size_t row, LaneId& lane, Day& day) const noexcept;

  bool is_open(LaneId lane, Day day) const noexcept;
  // Whether seats of any slot of the lane are kept back.
  bool keeps_any(LaneId lane) const noexcept;
  // Whether another day is in the row that this one would have.
  bool row_is_taken(LaneId lane, Day day) const noexcept;

  // Words that are in use or set aside.
  std::uint64_t slots_used() const noexcept { return runs_.used(); }
  // Behind the last of them.
  std::uint64_t slots_end() const noexcept { return runs_.end(); }
  std::uint64_t slots_max() const noexcept { return slots_max_; }
  std::uint32_t ring_days() const noexcept { return ring_days_; }

 private:
  std::size_t row_index(LaneId lane, Day day) const noexcept {
    return std::size_t{lane.value} * ring_days_ +
           (static_cast<std::uint32_t>(day.value) & (ring_days_ - 1));
  }
  const DayShape* shape_for(std::span<const record::DaySlot> slots);

  static constexpr std::int32_t kNoDay = INT32_MIN;
  struct Note {
    std::int32_t day{kNoDay};
    std::uint32_t bookings{0};
    Settling settling{};
    std::uint32_t first_grant{kNothing};
  };

  // constant
  std::uint32_t slots_max_, lanes_max_, ring_days_;
  // shared
  base::Region<std::atomic<std::uint64_t>> words_;
  base::Region<std::atomic<std::uint16_t>> kept_;     // by word
  base::Region<std::atomic<std::uint16_t>> planned_;  // likewise
  base::Region<DayRow> rows_;
  std::atomic<std::uint32_t> lanes_{0};
  std::atomic<std::uint64_t> bookings_{0};
  AskedSlots asked_;
  std::unique_ptr<std::atomic<const LaneRules*>[]> rules_;  // by lane
  // of set_lane()
  std::vector<std::vector<std::unique_ptr<const LaneRules>>> kept_rules_;  // by lane
  // the writer's
  WordRuns runs_;
  std::vector<Note> notes_;     // by row
  std::vector<Day> forgotten_;  // by lane
  std::uint64_t forgets_{0}, opens_{0};
  std::map<std::string, std::unique_ptr<DayShape>> shapes_;
};

}  // namespace janji::ledger
