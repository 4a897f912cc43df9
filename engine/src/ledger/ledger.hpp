// The ledger: every slot and every live booking, and the decisions on them.
//
// The house: claim.cpp with take.cpp, walk_in.cpp, and change.cpp with reschedule.cpp, act.cpp and
// next.cpp, decide on callers' threads, group_*.cpp for groups. sweep.cpp, patrol.cpp and
// give_back.cpp are the writer's: what falls due, and what comes back after a commit. read.cpp and
// query.cpp answer questions. erase.cpp takes details away. join.cpp and hand_out.cpp are the
// waitlists. block.cpp says who may claim nothing, entitlement*.cpp what groups may claim under.
// fall_back.cpp, tranche.cpp and later.cpp bring seats at their time. archive.cpp ends days.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <janji/block.hpp>
#include <janji/booking.hpp>
#include <janji/booking_query.hpp>
#include <janji/counters.hpp>
#include <janji/decision.hpp>
#include <janji/entitlement.hpp>
#include <janji/erasure.hpp>
#include <janji/group.hpp>
#include <janji/options.hpp>
#include <janji/result.hpp>
#include <janji/waitlist.hpp>

#include "base/magazines.hpp"
#include "base/time_keeper.hpp"
#include "ledger/block_cells.hpp"
#include "ledger/booking_slab.hpp"
#include "ledger/caller_slots.hpp"
#include "ledger/day_table.hpp"
#include "ledger/details_buffers.hpp"
#include "ledger/entitlement_cells.hpp"
#include "ledger/expiry_wheel.hpp"
#include "ledger/gate.hpp"
#include "ledger/halls.hpp"
#include "ledger/key_index.hpp"
#include "ledger/later_seats.hpp"
#include "ledger/place_links.hpp"
#include "ledger/queue_numbers.hpp"
#include "ledger/restored.hpp"
#include "ledger/retention_queue.hpp"
#include "ledger/waitlist.hpp"
#include "ledger/writer_counts.hpp"
#include "record/block_image.hpp"
#include "record/entitlement_image.hpp"
#include "record/group_records.hpp"
#include "record/image.hpp"

namespace janji::ledger {

// Problem: decide who gets a seat, on any thread, without locks, so that no thread and no crash can
// make what was said untrue.
// Operation: docs/concurrency.md. Callers take by CAS and publish; the writer commits, gives back.
// Concurrency: try_* and the reads by any thread; those marked so by the writer's thread only; the
// restore functions before the writer starts.
// Limits: Options.
class Ledger {
 public:
  Ledger(const Options& options, std::uint32_t lanes_max, std::uint32_t ring_days, Journal journal,
         const base::TimeKeeper& time, std::uint64_t seed);

  // ---- decisions, any thread ----
  Decision try_claim(const ClaimRequest& request, Patience& patience) noexcept;
  Decision try_walk_in(const WalkInRequest& request, Patience& patience) noexcept;
  Decision try_confirm(const ConfirmRequest& request, Patience& patience) noexcept;
  Decision try_cancel(const CancelRequest& request, Patience& patience) noexcept;
  Decision try_reschedule(const RescheduleRequest& request, Patience& patience) noexcept;
  Decision try_act(const ActRequest& request, Patience& patience) noexcept;
  Decision try_claim_group(const GroupClaimRequest& request, Patience& patience) noexcept;
  Decision try_move_group(const GroupMoveRequest& request, Patience& patience) noexcept;
  Decision try_next(const NextRequest& request, Patience& patience) noexcept;
  Decision try_change_slot(const SlotChangeRequest& request, Patience& patience) noexcept;
  // For one who changes the catalogue: gives the slot what the new one plans, in place of what the
  // old one gave it; what staff or the hour made of it otherwise stays. Also before serving.
  Decision try_plan_slot(SlotKey slot, record::Planned planned, ActorId actor,
                         Patience& patience) noexcept;
  // Publishes that such a change begins, or is done.
  Decision try_note_catalogue(std::uint64_t digest, bool done, ActorId actor) noexcept;
  // As in CallerSlots, for whoever forbids something and decides nothing himself.
  Decision wait(Patience& patience) noexcept;
  std::uint64_t begin_phase() noexcept { return callers_.begin_phase(); }
  void look_at_waiters() noexcept { seats_undone_.exchange(true, std::memory_order_acq_rel); }
  bool ended_before(std::uint64_t phase) const noexcept {
    return callers_.ended_before(phase, nullptr);
  }
  Decision try_block(const BlockRequest& request, Patience& patience) noexcept;
  Decision try_grant(const EntitlementGrantRequest& request, Patience& patience) noexcept;
  Decision try_change_entitlement(const EntitlementChangeRequest& request,
                                  Patience& patience) noexcept;
  Decision try_change_eligible(const EligibleRequest& request, Patience& patience) noexcept;
  Decision try_join(const JoinRequest& request, Patience& patience) noexcept;
  Decision try_join_group(const GroupJoinRequest& request, Patience& patience) noexcept;
  Decision try_erase(const EraseRequest& request, Patience& patience) noexcept;
  ErasePage erase_all(const EraseQuery& query, EraseCursor& cursor) noexcept;
  void prepare(const ClaimRequest& request) const noexcept;

  // ---- reads, any thread ----
  Result<Booking> find(BookingId id) const noexcept;
  Result<Group> find_group(BookingId id, std::span<BookingId> members) const noexcept;
  std::size_t bookings(const BookingQuery& query, BookingCursor& cursor,
                       std::span<Booking> out) const noexcept;
  Result<DetailsAt> details_at(BookingId id) const noexcept;
  std::size_t days(LaneId lane, Day first, std::span<DayAvailability> out,
                   Day today) const noexcept;
  std::size_t slots(LaneId lane, Day day, std::span<SlotAvailability> out) const noexcept;
  std::size_t now_serving(std::uint32_t branch, std::span<HallCall> out) const noexcept;
  std::size_t blocks(BlockCursor& cursor, std::span<Block> out) const noexcept;
  Result<Entitlement> find_entitlement(EntitlementId id) const noexcept;
  std::size_t entitlements(ApplicantKey holder, EntitlementCursor& cursor,
                           std::span<Entitlement> out) const noexcept;
  std::size_t eligible(EntitlementId id, EntitlementCursor& cursor,
                       std::span<ApplicantKey> out) const noexcept;
  Counters counters() const noexcept;
  void set_gate(Gate gate) noexcept { gate_.store(gate, std::memory_order_release); }
  Gate gate() const noexcept { return gate_.load(std::memory_order_acquire); }

  // ---- the writer's thread ----
  // Publishes what has fallen due, at most `budget` records.
  void sweep(LedgerTime now, std::size_t budget) noexcept;
  // Offers seats that came free to those who wait, at most `budget` records. Whether somebody is
  // still to be looked at: handing_out().
  void hand_out_all(CivilTime civil, LedgerTime now, std::size_t budget,
                    bool clock_is_right) noexcept;
  bool handing_out() const noexcept { return waitlist_.noted() != 0; }
  // Walks past some of the places: displaces the bookings whose slot was closed, reinstates those
  // whose slot is open again and, if `visits_end`, for which `civil` must be believed, ends those
  // whose visit is over and that nobody ended. Whether the walk isn't finished yet: patrolling().
  void patrol(CivilTime civil, LedgerTime now, std::size_t budget, bool visits_end) noexcept;
  bool patrolling() const noexcept { return patrol_at_ != 0 || doors_changed_; }
  // Walks past some of the blocks: forgets those that are over, if `clock_is_right`.
  void patrol_blocks(CivilTime civil, LedgerTime now, std::size_t budget,
                     bool clock_is_right) noexcept;
  // The same of entitlements whose last date is past and that no group names any more.
  void patrol_entitlements(CivilTime civil, LedgerTime now, std::size_t budget,
                           bool clock_is_right) noexcept;
  // Publishes that an open day, past by its caller's word, is archived, if nobody is left in it.
  enum class Archiving : std::uint8_t { published, unfinished, no_room };
  Archiving try_archive(LaneId lane, Day day) noexcept;
  // Publishes that the seats of a pool's slot that nobody has are the general lane's, if there are
  // any, nobody waits for them, and both slots are there and open. Whether they are due is for the
  // caller to say. nothing: there is nothing to move, or not now.
  enum class Falling : std::uint8_t { published, nothing, no_room };
  Falling try_fall_back(SlotKey from, CivilTime civil, LedgerTime now) noexcept;
  // Likewise, that of the seats that are kept back of a slot only so many still are, if it is open.
  Falling try_tranche(SlotKey slot, std::uint32_t keep, CivilTime civil, LedgerTime now) noexcept;
  // As journal::RoundWork.
  std::span<const std::byte> details(const journal::RecordBlock& block) noexcept;
  std::size_t gone(const journal::RecordBlock& block, Lsn first, GoneDetails out) const noexcept;
  // Fetches what give_back() of this block will touch; prefetch_far(), some blocks earlier, what
  // prefetch() itself must read for that.
  void prefetch_far(const journal::RecordBlock& block) const noexcept;
  void prefetch(const journal::RecordBlock& block) const noexcept;
  // Gives back what the committed record in this block took or freed, then the block itself.
  void give_back(Lsn lsn, std::uint32_t block) noexcept;
  void end_round() noexcept;
  bool anything_timed() const noexcept {
    return wheel_.linked() != 0 || !retention_.empty() || !later_.empty();
  }
  bool holds_live() const noexcept { return wheel_.linked() != 0; }
  Lsn newest_erasure() const noexcept {
    return Lsn{newest_erasure_.load(std::memory_order_acquire)};  // pairs with give_back()
  }

  // ---- before serving; errors: damaged, limit_reached ----
  DayTable& day_table() noexcept { return days_; }
  const DayTable& day_table() const noexcept { return days_; }
  void set_epoch(std::uint32_t random) noexcept { epoch_ = random; }
  void set_newest_erasure(Lsn lsn) noexcept {
    newest_erasure_.store(lsn.value, std::memory_order_relaxed);
  }
  Status restore_slot(SlotKey slot, std::uint32_t capacity, bool closed, record::Planned planned);
  Status restore_grant(SlotKey slot, const record::SlotGrant& grant);
  void restore_later(SlotKey slot, std::uint32_t seats) { restored_.later[slot.value] += seats; }
  Status restore_booking(Place place, const record::BookingImage& image);
  Status restore_block(std::uint32_t cell, const record::BlockImage& image);
  // Before the bookings under it.
  Status restore_entitlement(std::uint32_t cell, const record::EntitlementImage& image);
  Status restore_eligible(std::uint32_t cell, const record::EligibleKeys& keys);
  Status restore_record(Lsn lsn, const record::Header& header);
  void restore_day(LaneId lane, Day day, std::int64_t midnight_ms,
                   std::span<const record::DaySlot> slots, std::span<const std::uint32_t> taken);
  // Rebuilds indexes, timers and free places; counts every slot again and compares. Every hold
  // gets at least until `grace_until`, as the epoch's record says.
  Status finish_restore(LedgerTime now, LedgerTime grace_until);

 private:
  struct ClaimPlan;
  struct Seating;
  struct NewSeat;
  class Visit;
  struct Asked;
  struct Change;
  struct Moment;
  class SharedEntry;
  enum class Attempt : std::uint8_t;
  class Caller;

  // common.cpp
  Decision refuse(Code code, Lsn lsn = {}) const noexcept;
  Lsn rests_on() const noexcept;
  Decision replay_entry(record::Type type, OperationId operation, std::uint64_t payload,
                        Patience& patience, std::uint32_t reference) noexcept;
  base::Stock* block_stock(CallerSlot& caller, bool may_use_reserve) noexcept;
  bool has_block(CallerSlot& caller, bool may_use_reserve) noexcept;
  std::uint32_t take_block(CallerSlot& caller, bool may_use_reserve) noexcept;
  bool has_place(CallerSlot& caller) noexcept;
  std::uint32_t take_place(CallerSlot& caller) noexcept;
  Code has_room(CallerSlot& caller) noexcept;
  std::uint32_t take_operation(CallerSlot& caller) noexcept;
  Lsn publish(std::uint32_t block) noexcept;
  void count(CallerSlot& caller, const Decision& decision,
             std::atomic<std::uint64_t>& granted) noexcept;
  std::uint64_t operation_hash(OperationId id) const noexcept;
  std::uint64_t applicant_hash(ApplicantKey key, ScopeId scope) const noexcept;
  KeyIndex::Walk walk_operation(OperationId id, std::uint64_t hash) const noexcept;
  bool is_operation(std::uint32_t reference, OperationId id) const noexcept;
  bool is_applicant(std::uint32_t place, ApplicantKey key, ScopeId scope) const noexcept;

  // claim.cpp
  void decide_claim(ClaimPlan& plan, Gate now) noexcept;
  void claim_slot(ClaimPlan& plan) noexcept;
  Decision refuse_claim(const ClaimPlan& plan, Code code, Lsn lsn) noexcept;
  Decision replay_claim(const ClaimPlan& plan, std::uint32_t reference) noexcept;
  Decision meet_applicant(const ClaimPlan& plan, std::uint32_t place) noexcept;
  Decision replay_under(OperationId operation, std::uint64_t payload, Patience& patience,
                        std::uint32_t reference) noexcept;
  Lsn active_since(std::uint32_t place, ApplicantKey applicant, ScopeId scope) const noexcept;
  Code why_no_day(CivilTime civil, LaneId lane, Day day) const noexcept;

  // claim_range.cpp
  struct RangeSeen;
  template <std::size_t kMost>
  class RangeWalk;
  Code why_not_together(const ClaimRequest& request) const noexcept;
  std::uint64_t give_backs_of(const ClaimRequest& request) const noexcept;
  template <std::size_t kMost>
  bool scan_range(ClaimPlan& plan, RangeSeen& seen) noexcept;
  void claim_range(ClaimPlan& plan) noexcept;

  // take.cpp
  static Attempt judge(SlotWord word, Day day, std::uint32_t seats) noexcept;
  Attempt take_at(ClaimPlan& plan, const DayView& view, Day day, std::uint32_t i) noexcept;
  void finish_claim(ClaimPlan& plan, const Seating& seating) noexcept;
  void fill_claim(const ClaimPlan& plan, const Seating& seating, Place place, std::uint32_t block,
                  BookingId id) noexcept;
  void undo_seats(std::uint32_t seats, std::uint64_t slot_index) noexcept;

  // group_claim.cpp, group_seats.cpp
  class GroupPlaces;
  class GroupSeats;
  class Units;
  struct GroupPlan;
  Decision claim_group(GroupPlan& plan) noexcept;
  Decision refuse_entitlement(const GroupPlan& plan, Code code, std::uint32_t member) noexcept;
  Decision finish_group(GroupPlan& plan, GroupSeats& seats, Units& units, GroupPlaces& places,
                        std::uint32_t block, const KeyIndex::Walk& operation) noexcept;
  BookingId fill_group(const GroupPlan& plan, const GroupSeats& seats, const GroupPlaces& places,
                       std::uint32_t block) noexcept;
  Decision refuse_group(const GroupPlan& plan, Code code, Lsn lsn) noexcept;
  Decision refuse_seats(const GroupPlan& plan, const NewSeat& got) noexcept;
  Decision replay_group(const GroupPlan& plan, std::uint32_t reference) noexcept;
  Decision meet_member(const GroupPlan& plan, std::uint32_t place,
                       const ApplicantKey& applicant) noexcept;

  // group_change.cpp, group_move.cpp
  class BusyMembers;
  struct GroupStep;
  Decision change_group(Change& change, BookingWord before) noexcept;
  Decision change_members(GroupStep& step) noexcept;
  Decision refuse_members(GroupStep& step, Code code) noexcept;
  Code why_not_stepped(const GroupStep& step) const noexcept;
  bool take_details(GroupStep& step) noexcept;
  Decision enter_step(GroupStep& step) noexcept;
  void fill_step(GroupStep& step) noexcept;
  template <class Settle>
  Decision publish_step(GroupStep& step, Settle&& settle) noexcept;
  Code why_group_not_moved(const GroupStep& step) const noexcept;
  Decision move_members(GroupStep& step) noexcept;

  // reschedule.cpp
  NewSeat take_new_seat(const Change& change) noexcept;
  Code why_not_moved(const Change& change, CivilTime civil) const noexcept;
  std::uint32_t live_slot(SlotKey slot, DayView& view) const noexcept;
  Decision refuse_unmarked(Change& change, const NewSeat& seat, Lsn lsn) noexcept;

  // act.cpp: what acts ask for beside their booking's state
  Code why_not_acted(const Change& change, CivilTime civil) const noexcept;
  std::uint32_t queue_number(const Change& change, CivilTime civil) noexcept;
  std::uint32_t times(const BookingCell& cell, record::Type type) const noexcept;
  Code why_no_progress(const BookingCell& cell, const LaneRules& rules,
                       std::uint32_t stage) const noexcept;

  // next.cpp: the waiting halls
  Decision call_next(std::uint32_t service, Asked& asked, CallerSlot& caller,
                     Patience& patience) noexcept;
  NextInHall look_over_hall(Day today, std::uint32_t service, std::uint32_t branch) const noexcept;
  Decision refuse_next(const Asked& asked, CallerSlot& caller, Patience& patience, Code code,
                       Lsn lsn) noexcept;
  bool is_of_service(SlotKey slot, std::uint32_t service) const noexcept;
  std::uint32_t branch_of(const BookingCell& cell) const noexcept;
  void enter_hall(Place place, std::uint32_t number, CivilTime at) noexcept;
  void leave_hall(Place place) noexcept;
  void show_call(Place place, const record::Serve& serve) noexcept;

  // change.cpp: what all changes of a booking share
  Decision try_change(const Asked& asked, Patience& patience,
                      std::atomic<std::uint64_t> CallerCounters::*granted) noexcept;
  Decision change(Change& change) noexcept;
  Decision change_busy(Change& change, BookingWord before, KeyIndex::Walk operation,
                       SharedEntry& shared) noexcept;
  void fill_operation(const Change& change, std::uint32_t index, const Moment& moment,
                      std::uint32_t details, std::uint64_t hash) noexcept;
  void settle_terms(Change& change, std::int64_t deadline_ms, Moment& moment) noexcept;
  template <class R>
  static R& begin_change(const Change& change, journal::RecordBlock& block,
                         const Moment& moment) noexcept;
  template <class R>
  void fill_act(const Change& change, journal::RecordBlock& block, const Moment& moment) noexcept;
  void fill_change(const Change& change, std::uint32_t block, std::uint64_t hash,
                   const Moment& moment) noexcept;
  Decision refuse_change(Change& change, Code code, Lsn lsn) noexcept;
  Decision replay_change(Change& change, std::uint32_t reference) noexcept;
  template <class R>
  Lsn publish_by_rule(Place place, BookingWord before, std::uint32_t block,
                      LedgerTime now) noexcept;

  // read.cpp
  struct Chain;
  Chain chain_of(const BookingCell& cell) const noexcept;

  // erase.cpp
  struct Erased;
  Erased erase_at(CallerSlot& caller, Place place, BookingWord word,
                  const EraseRequest& request) noexcept;
  std::uint32_t entry_with_details(const BookingCell& cell) const noexcept;
  bool has_all_ended(const BookingCell& cell, BookingWord word) const noexcept;
  bool is_to_be_erased(Place place, BookingWord word, const EraseQuery& query) const noexcept;
  void restore_erased(Place place, const record::BookingImage& image) noexcept;

  // query.cpp
  bool is_wanted(const BookingQuery& query, const Booking& booking) const noexcept;

  // sweep.cpp
  bool sweep_hold(Place place, LedgerTime now) noexcept;
  bool is_kept_on(Place place) noexcept;
  bool mark_ended(Place first) noexcept;
  bool sweep_ended(Place place) noexcept;
  bool sweep_group(Place head, BookingWord before) noexcept;

  // patrol.cpp
  record::Type due(const BookingCell& cell, BookingState state, CivilTime civil,
                   bool visits_end) const noexcept;
  void decide_by_rule(record::Type what, Place place, BookingWord before, std::uint32_t block,
                      LedgerTime now) noexcept;

  // slot_change.cpp
  class SlotChange;
  void change_doors(Lsn lsn, journal::RecordBlock& block) noexcept;

  // fall_back.cpp
  bool find_open_slot(SlotKey slot, std::uint64_t& slot_index) const noexcept;
  bool add_seats(std::uint64_t slot_index, Day day, std::uint32_t seats) noexcept;
  void seats_added(std::uint64_t slot_index, SlotKey slot, std::uint32_t seats) noexcept;
  void fell_back(std::uint64_t slot_index, const record::FallBack& fall) noexcept;

  // join.cpp
  struct JoinPlan;
  Code find_slots(JoinPlan& plan) const noexcept;
  Decision join_slot(JoinPlan& plan) noexcept;
  Decision enter_list(JoinPlan& plan) noexcept;
  void fill_join(const JoinPlan& plan, Place place, std::uint32_t block, BookingId id) noexcept;
  Decision refuse_join(const JoinPlan& plan, Code code, Lsn lsn) noexcept;
  Decision replay_join(const JoinPlan& plan, std::uint32_t reference) noexcept;
  Decision meet_waiter(const JoinPlan& plan, std::uint32_t place, ApplicantKey key) noexcept;
  Code mark_join(const JoinPlan& plan) noexcept;
  class JoiningGroup;  // group_join.cpp
  std::uint64_t waiter_hash(ApplicantKey key, SlotKey waits_for) const noexcept;
  bool is_waiter(std::uint32_t place, ApplicantKey key, SlotKey waits_for) const noexcept;

  // hand_out.cpp
  bool hand_out(std::uint64_t slot_index, HandOut& round) noexcept;
  SlotKey slot_of(SlotKey day, std::uint64_t slot_index) const noexcept;
  Turn take_turn(Place place, std::uint64_t slot_index, std::uint32_t free,
                 HandOut& round) noexcept;
  Turn offer(Place place, BookingWord before, OfferedSlot slot, const HandOut& round) noexcept;
  Turn end_wait(Place place, BookingWord before, LedgerTime now) noexcept;
  bool can_be_claimed(SlotKey slot, CivilTime civil) const noexcept;
  std::array<Place, 2> waits_of(Place ended) const noexcept;
  void pass_over(Place place, std::uint64_t slot_index) noexcept;
  bool is_remembered(Place ended) const noexcept;
  void enter_waitlist(Place place, SlotKey slot, std::uint16_t last) noexcept;
  void joined(Place place, const record::Join& join) noexcept;
  void promoted(Place place, std::uint64_t slot_index, const record::Promote& promote) noexcept;
  class GroupTurn;
  void joined(const record::GroupJoin& join) noexcept;
  void promoted(const record::GroupPromote& promote) noexcept;
  void forget_waiter(Place place, Place in_line) noexcept;
  void leave_line(Place in_line) noexcept;
  void leave_waitlist(Place place) noexcept;
  void leave_group(Place head) noexcept;
  void look_for_waiters(SlotKey day, Waitlist::Span slots) noexcept;
  Status restore_waiting();  // waitlist_restore.cpp
  class WaitersRestored;

  // block.cpp
  struct BlockPlan;
  Blocked look_for_block(ApplicantKey applicant, CivilTime civil) const noexcept;
  Decision refuse_block(const BlockPlan& plan, Code code, Lsn lsn) noexcept;
  Decision block_applicant(BlockPlan& plan) noexcept;
  std::optional<Decision> ask_for_block(BlockPlan& plan) noexcept;
  std::optional<Decision> enter_block(BlockPlan& plan, std::uint64_t hash) noexcept;
  void withdraw(const BlockPlan& plan) noexcept;
  Decision publish_block(BlockPlan& plan) noexcept;
  void settle_block(Lsn lsn, const record::Block& made, std::uint32_t operation) noexcept;
  bool is_over(const BlockCell& cell, CivilTime civil, LedgerTime now) const noexcept;
  void free_unused_block(std::uint32_t at, BlockWord word) noexcept;
  bool forget_block(std::uint32_t at, BlockWord word, CivilTime civil, LedgerTime now) noexcept;
  void free_block(std::uint32_t at) noexcept;

  // entitlement_claim.cpp
  std::uint32_t entitlement_of(const BookingCell& head) const noexcept;
  bool may_move_to(std::uint32_t cell, Day first, Day last) const noexcept;
  Code take_move(std::uint32_t cell, Day first, Day last) noexcept;
  void undo_move(std::uint32_t cell) noexcept;
  void undo_units(std::uint32_t cell, std::uint64_t taken) noexcept;

  // entitlement.cpp, entitlement_change.cpp
  struct Staffing;
  Decision refuse_staffing(const Staffing& staffing, Code code, Lsn lsn) noexcept;
  Decision replay_staffing(const Staffing& staffing, std::uint32_t reference) noexcept;
  std::optional<Decision> open_staffing(Staffing& staffing) noexcept;
  std::optional<Decision> mark_entitlement(Staffing& staffing) noexcept;
  std::optional<Decision> enter_staffing(Staffing& staffing) noexcept;
  void unmark_entitlement(std::uint32_t cell) noexcept;
  void unmark_entered(std::uint32_t cell) noexcept;
  Decision publish_staffing(Staffing& staffing, std::uint32_t block) noexcept;
  Decision grant(Staffing& staffing, const EntitlementGrantRequest& request) noexcept;
  Decision change_terms(Staffing& staffing, const EntitlementChangeRequest& request) noexcept;
  Decision change_list(Staffing& staffing, const EligibleRequest& request) noexcept;
  std::uint64_t eligible_hash(std::uint32_t cell, ApplicantKey key) const noexcept;
  std::uint32_t service_of(ServiceKey key) const noexcept;
  bool read_entitlement(std::uint32_t at, Entitlement& made) const noexcept;

  // entitlement_give_back.cpp
  void settle_entitlement(Lsn lsn, const record::Entitlement& made,
                          std::uint32_t operation) noexcept;
  void settle_eligible(Lsn lsn, const record::Eligible& change, std::uint32_t operation) noexcept;
  void settle_staffing(Lsn lsn, std::uint32_t cell, std::uint32_t actor, std::int64_t decided_ms,
                       std::int64_t acted_ms, std::uint32_t operation) noexcept;
  void settle_units(std::uint32_t cell, std::uint32_t units) noexcept;
  void settle_group_units(EntitlementId of, std::uint32_t members) noexcept;
  void end_units(Place head, bool come_back) noexcept;
  bool forget_entitlement(std::uint32_t at, CivilTime civil, LedgerTime now) noexcept;
  void free_entitlement(std::uint32_t at) noexcept;

  // entitlement_restore.cpp
  Status restore_entitlement(Lsn lsn, const record::Header& header);
  Status restore_group_of(std::uint64_t id);
  Status restore_units(std::uint64_t booking, record::Units had, const record::BookingImage& after);
  Status relink_entitlements();
  Status relink_entitlement(std::uint32_t at, const Restored::Entitlement& from);

  // give_back.cpp
  void forget_operation(std::uint32_t index) noexcept;
  void prefetch_operations(Place place) const noexcept;
  void prefetch_operation_keys(Place place) const noexcept;
  void prefetch_applicant_key(Place place) const noexcept;
  void settle_claimed(SlotKey slot, std::uint64_t slot_index, std::uint32_t seats) noexcept;
  void settle_seats(SlotKey slot, std::uint64_t slot_index, std::uint32_t seats) noexcept;
  void leave_slot(SlotKey slot, std::uint64_t slot_index, std::uint32_t seats) noexcept;

  // later.cpp
  std::uint8_t later_flag(SlotKey slot, CivilTime civil, std::uint32_t entries) noexcept;
  std::uint8_t later_flag(const BookingCell& cell, CivilTime civil) noexcept;
  void leave_slot_later(SlotKey slot, std::uint64_t slot_index, std::uint32_t seats) noexcept;
  void give_up(SlotKey slot, std::uint64_t slot_index, std::uint32_t seats, bool later) noexcept;
  std::uint8_t later_flag_of(const GroupStep& step) noexcept;
  std::int64_t draw_delay(SlotKey slot) noexcept;
  void sweep_later(LedgerTime now, std::size_t& budget) noexcept;
  void came_back(std::uint64_t slot_index, const record::GiveBack& made) noexcept;
  Status restore_give_back(const record::GiveBack& made);
  Status relink_later(LedgerTime now, std::vector<std::uint16_t>& recount);

  template <class R>
  void end_booking(std::uint32_t block) noexcept;
  void end_at(Place place, BookingId id, std::uint64_t slot_index, LedgerTime decided,
              bool units_come_back, bool later) noexcept;
  void retire(Place place, LedgerTime decided) noexcept;

  // group_give_back.cpp
  void settle_claimed(SlotKey slot, std::uint32_t seats) noexcept;
  void settle_seats(SlotKey slot, std::uint32_t seats) noexcept;
  void give_back_group(const record::GroupClaim& claim) noexcept;
  void give_back_group(const record::GroupChange& change, std::uint32_t details) noexcept;
  void give_back_group(const record::GroupMove& move) noexcept;
  void free_booking(Place place, BookingId freed) noexcept;
  void free_place(Place place) noexcept;
  void keep_on(Place place) noexcept;

  // archive.cpp
  bool joins_settled(LaneId lane, Day day, const DayView& view) noexcept;
  bool close_words(Day day, const DayView& view) noexcept;
  void open_words(const DayView& view, std::uint32_t many) noexcept;
  void archived(const record::Archive& archive) noexcept;

  // restore.cpp, slot_restore.cpp, block_restore.cpp
  record::BookingImage image(Place place) const;
  Status store_image(Place place, const record::BookingImage& image);
  Status restore_place(Place place, Lsn lsn, const record::Header& header);
  Status restore_seats(SlotKey slot, int seats);
  Status restore_fall_back(const record::FallBack& fall);
  Status restore_tranche(const record::Tranche& tranche);
  Status relink_grants();
  Status relink_group(Place head);
  Status restore_archive(const record::Archive& archive);
  void recount_booking(SlotKey slot, int by) noexcept;
  void extend_holds(std::int64_t until_ms) noexcept;
  void prefetch_links(Place place) const noexcept;
  void restore_use(const BookingCell& cell, const OperationCell& entry) noexcept;
  void restore_hall(Place place);
  void restore_calls();
  Status relink(Place place, std::vector<std::uint16_t>& recount);
  void retain_ended();
  Status restore_block(Lsn lsn, const record::Header& header);
  Status relink_entry(const record::OperationImage& from, std::uint32_t& head, std::string_view of);
  Status relink_blocks();
  Status relink_block(std::uint32_t at, const record::BlockImage& image);
  Status compare_counts(const std::vector<std::uint16_t>& recount) const;

  struct FreePlaces;  // their links, as base::Magazines wants them
  auto operation_links() noexcept {
    return [this](std::uint32_t i) -> std::atomic<std::uint32_t>& { return operations_[i].next; };
  }

  // constant while serving
  const std::uint64_t seed_;
  const bool relaxed_;
  std::uint32_t epoch_{0};
  const base::TimeKeeper& time_;
  const Catalogue& catalogue_;
  const std::vector<ServiceKey> service_keys_;  // of the catalogue's services
  Journal journal_;
  Restored restored_;  // before serving only

  // shared
  std::atomic<Gate> gate_{Gate::closed};
  DayTable days_;
  BookingSlab bookings_;
  OperationSlab operations_;
  KeyIndex applicant_index_;
  KeyIndex operation_index_;
  KeyIndex waiting_index_;  // by applicant and record::waited_for()
  BlockCells block_cells_;
  EntitlementCells entitlements_;
  EligibleKeys eligible_;
  DetailsBuffers details_;
  CallerSlots callers_;
  base::Magazines free_places_;
  base::IndexStack free_operations_;
  // Entries in use by others than confirms and cancels, and how many these may have.
  const std::uint32_t shared_operations_max_;
  std::atomic<std::uint32_t> shared_operations_{0};
  // Who waits or is about to, and how many may.
  const std::uint32_t waiters_max_;
  std::atomic<std::uint32_t> waiters_{0};
  // Seats were undone in a slot where somebody waits, since the writer looked last.
  std::atomic<bool> seats_undone_{false};
  std::atomic<bool> staff_left_{false};  // a slot as it was, past which a patrol may have gone
  LaterSeats later_;
  QueueNumbers queue_numbers_;
  Halls halls_;

  // the writer's
  PlaceLinks timers_;
  ExpiryWheel wheel_;
  RetentionQueue retention_;
  std::vector<bool> kept_on_;  // by place: ended, and changed since it was queued
  Waitlist waitlist_;
  CivilTime handed_out_at_{};  // when the last round looked at who waits
  std::uint64_t delays_{0};    // drawn
  WriterCounts counts_;
  std::atomic<std::uint64_t> newest_erasure_{0};  // that is committed; the writer's
  const std::int64_t retention_ms_;
  std::size_t block_at_{0};        // next cell of the walk over blocks; 0: none is under way
  std::int64_t block_walk_{-1};    // of ledger time, the second in which the last one began
  std::size_t entitlement_at_{0};  // likewise, of entitlements
  std::int64_t entitlement_walk_{-1};
  std::size_t patrol_at_{0};             // next place; 0: no patrol is under way
  std::int64_t patrol_minute_{0};        // of civil time, when the last one began
  bool patrol_doors_{false};             // this one looks at the slots' doors, too
  bool doors_changed_{true};             // since the last one that did began
  std::atomic<bool> doors_used_{false};  // some slot was ever closed: confirms look at theirs
};

}  // namespace janji::ledger
