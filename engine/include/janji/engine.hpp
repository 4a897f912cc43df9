// The engine: decides who gets a slot, and never forgets what it said.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <janji/backup.hpp>
#include <janji/block.hpp>
#include <janji/booking.hpp>
#include <janji/booking_query.hpp>
#include <janji/catalogue_change.hpp>
#include <janji/counters.hpp>
#include <janji/decision.hpp>
#include <janji/entitlement.hpp>
#include <janji/erasure.hpp>
#include <janji/feed.hpp>
#include <janji/group.hpp>
#include <janji/options.hpp>
#include <janji/progress.hpp>
#include <janji/result.hpp>
#include <janji/types.hpp>
#include <janji/waitlist.hpp>

namespace janji {

enum class Health : std::uint8_t { serving, read_only, failed, closed };

// One engine owns one data directory. All functions are thread-safe unless they say otherwise.
//
// The try_ functions decide at once on the caller's thread: they never block, allocate or call
// the system, but for waking an idle writer. What they grant is real at once, and may be told to
// the outside when its LSN is durable: wait_durable(), a listener, or durable_lsn().
class Engine {
 public:
  // Opens or makes the data directory, recovers what is there, opens the days of the horizon.
  // Errors: locked, damaged (names file and place), limit_reached (names the option),
  // invalid_argument (names the option), io_error.
  static Result<std::unique_ptr<Engine>> open(Options options);

  // Flushes what was decided, stops the threads, closes the files. No other call may be running.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Refusals: slot_full, already_booked, blocked, slot_not_found, not_released, outside_horizon,
  // closed, too_late, category_not_allowed, seats_exceeded, operation_mismatch, limit_reached,
  // overloaded, retry, read_only, outcome_unknown, invalid_argument, stopped.
  Decision try_claim(const ClaimRequest& request, Patience& patience) noexcept;

  // Refusals: as try_claim, and slot_not_allowed (the lane is of another pool than kiosk),
  // illegal_transition (its service waits for payment or approval), too_early (check-in hasn't
  // begun for any slot that has room), limit_reached (the branch's waiting hall is full).
  Decision try_walk_in(const WalkInRequest& request, Patience& patience) noexcept;

  // Refusals: booking_not_found, hold_expired, illegal_transition, operation_mismatch,
  // limit_reached, overloaded, retry, read_only, outcome_unknown, invalid_argument, stopped.
  Decision try_confirm(const ConfirmRequest& request, Patience& patience) noexcept;

  // Refusals: as try_confirm.
  Decision try_cancel(const CancelRequest& request, Patience& patience) noexcept;

  // Refusals: as try_confirm, and slot_full, slot_not_found, slot_not_allowed, not_released,
  // outside_horizon, closed, too_late, change_too_late, changes_exceeded.
  Decision try_reschedule(const RescheduleRequest& request, Patience& patience) noexcept;

  // Refusals: as try_confirm, and changes_exceeded (extend, serve, reissue, progress: as often as
  // may be), too_early (check_in, no_show), too_late (check_in: its time is over), wrong_branch
  // (any act). A progress to a stage that the booking's service hasn't is invalid_argument, one
  // that doesn't lie behind the last is an illegal_transition.
  Decision try_act(const ActRequest& request, Patience& patience) noexcept;

  // For all members or for none; the decision names the group. Refusals: as try_claim, and
  // group_invalid. already_booked: one of the members is. blocked: one of them is, or who claims.
  // entitlement_not_found, entitlement_not_valid, not_eligible (the decision says which member),
  // entitlement_exhausted: of the entitlement that it names, looked at before the seats.
  Decision try_claim_group(const GroupClaimRequest& request, Patience& patience) noexcept;
  // Refusals: as try_reschedule, and group_invalid; illegal_transition when a member that hasn't
  // ended can't be moved; entitlement_not_valid: not on that date (also of try_reschedule, for a
  // member).
  Decision try_move_group(const GroupMoveRequest& request, Patience& patience) noexcept;
  // Granted with the booking that was called. Refusals: nobody_waiting, operation_mismatch,
  // limit_reached, overloaded, retry, read_only, outcome_unknown, invalid_argument, stopped.
  Decision try_next(const NextRequest& request, Patience& patience) noexcept;

  // Granted without a booking; without an operation id as `replayed` when the slot was so already.
  // Refusals: slot_not_found, changes_exceeded, operation_mismatch, limit_reached, retry,
  // overloaded, read_only, outcome_unknown, invalid_argument, stopped.
  Decision try_change_slot(const SlotChangeRequest& request, Patience& patience) noexcept;

  // Blocks an applicant, or lifts a block; granted without a booking. What was claimed before
  // stands before it, and from its LSN on no claim of the applicant is granted. It waits, by the
  // rounds that it names, until the decisions have ended that were under way when it was asked for;
  // while one of them stands still it is refused with retry. Refusals: too_late (`until` isn't
  // later than now), illegal_transition (there is no block to lift), changes_exceeded,
  // operation_mismatch, limit_reached, overloaded, retry, read_only, outcome_unknown,
  // invalid_argument, stopped.
  Decision try_block(const BlockRequest& request, Patience& patience) noexcept;

  // Granted with the entitlement's id, from the commit on, so it can be named as soon as it is
  // told. Refusals: operation_mismatch, limit_reached, overloaded, retry, read_only,
  // outcome_unknown, invalid_argument, stopped.
  Decision try_grant(const EntitlementGrantRequest& request, Patience& patience) noexcept;
  // What was claimed, or waits, under the entitlement before stands before the change, and from its
  // LSN on every claim goes by it, and every group that joins. Refusals: as try_grant, and
  // entitlement_not_found, changes_exceeded (64 changes of both kinds; the last only to withdraw
  // it: quota 0); retry while claims of it are under way.
  Decision try_change_entitlement(const EntitlementChangeRequest& request,
                                  Patience& patience) noexcept;
  Decision try_change_eligible(const EligibleRequest& request, Patience& patience) noexcept;
  // Granted with the booking that waits. Refusals: already_waiting, already_booked, blocked,
  // slot_not_found, not_released, outside_horizon, closed, too_late, category_not_allowed,
  // entitlement_not_found (only groups claim there), seats_exceeded (also: more than the slot has),
  // operation_mismatch, limit_reached, overloaded, retry, read_only, outcome_unknown,
  // invalid_argument, stopped.
  Decision try_join(const JoinRequest& request, Patience& patience) noexcept;
  // Granted with the group that waits. Refusals: as try_join, of whichever member, and
  // group_invalid; seats_exceeded also of more members than the service or its slots allow; of the
  // entitlement that it names as try_claim_group, looked at before the members.
  Decision try_join_group(const GroupJoinRequest& request, Patience& patience) noexcept;

  // Erases details; granted with the booking or group that had them, `replayed` when there are none
  // (any more). Nothing is remembered of a request, since a repeat does nothing. Refusals:
  // booking_not_found, illegal_transition (it hasn't ended, or one of a group's members hasn't),
  // retry, overloaded, read_only, outcome_unknown, stopped.
  Decision try_erase(const EraseRequest& request, Patience& patience) noexcept;
  // The same for many: walks on from `cursor` over a bounded number of bookings, each erasure a
  // record of its own, and says how it went. Until cursor.at_end; after a crash, from the
  // beginning: what was erased before is passed over.
  ErasePage try_erase_all(const EraseQuery& query, EraseCursor& cursor) noexcept;

  // Fetches what a coming try_claim will touch into the cache. Changes nothing.
  void prepare(const ClaimRequest& request) const noexcept;

  // Blocking forms: decide, wait until the answer is durable, return the booking as it is then (of
  // a group its first member).
  // Errors: the refusals above. In relaxed mode they don't wait for the disk.
  Result<Booking> claim(const ClaimRequest& request);
  Result<Booking> walk_in(const WalkInRequest& request);
  Result<Booking> confirm(const ConfirmRequest& request);
  Result<Booking> cancel(const CancelRequest& request);
  Result<Booking> reschedule(const RescheduleRequest& request);
  Result<Booking> act(const ActRequest& request);
  Result<Booking> next(const NextRequest& request);
  Result<Booking> join(const JoinRequest& request);
  Result<BookingId> join_group(const GroupJoinRequest& request);
  Status change_slot(const SlotChangeRequest& request);
  Status block(const BlockRequest& request);
  Status erase(const EraseRequest& request);
  // To the end; the sums of its pages. Errors: the codes of a page.
  Result<ErasePage> erase_all(const EraseQuery& query);
  Result<EntitlementId> grant(const EntitlementGrantRequest& request);
  Status change_entitlement(const EntitlementChangeRequest& request);
  Status change_eligible(const EligibleRequest& request);
  // Return the group's id.
  Result<BookingId> claim_group(const GroupClaimRequest& request);
  Result<BookingId> move_group(const GroupMoveRequest& request);

  // The booking as it is; it may rest on an undurable record: compare `lsn` with durable_lsn().
  // Errors: booking_not_found; retry when a change of it is in flight. In relaxed mode a booking
  // whose place was freed a moment ago is found again after a crash: whoever must know settles.
  Result<Booking> find(BookingId id) const noexcept;

  // A group, and the ids of its members in their order, as many as `members` has room for (100 is
  // enough). Errors: as find(); booking_not_found also for the id of a booking, whatever it does.
  Result<Group> find_group(BookingId id, std::span<BookingId> members) const noexcept;

  // The bytes given at confirm; of a group's member those of its group. Reads the disk. Errors:
  // booking_not_found (none given), details_erased, io_error, damaged (they don't match the
  // record's hash), retry (their record is not durable yet).
  Result<std::vector<std::byte>> details(BookingId id) const;

  // Fills `out` with bookings that `query` wants, from `cursor` on, and moves the cursor behind
  // what was looked at: to the end, or as far as `out` has room or a bounded number of places
  // reaches. Returns how many. Call again until cursor.at_end. A booking that somebody is changing
  // at this moment is waited for by stopping in front of it: when nothing came and the cursor
  // stands still, ask again after a round. Some ten nanoseconds a place; no allocation.
  std::size_t bookings(const BookingQuery& query, BookingCursor& cursor,
                       std::span<Booking> out) const noexcept;

  // Fills `out` with whom the branch (an index of Catalogue::branches()) called today, newest
  // first, each queue number once; returns how many: eight at most. All of it is durable but in
  // relaxed mode. No allocation.
  std::size_t now_serving(std::uint32_t branch, std::span<HallCall> out) const noexcept;

  // Fills `out` with the blocks that are in force, from `cursor` on, as bookings() does. One that
  // is being changed at this moment stops the page in front of it: ask again after a round.
  std::size_t blocks(BlockCursor& cursor, std::span<Block> out) const noexcept;

  // An entitlement as it is, but for changes by staff that aren't committed; claims that aren't are
  // in `used`. Errors: entitlement_not_found; retry when it is being changed.
  Result<Entitlement> find_entitlement(EntitlementId id) const noexcept;
  // Fills `out` with entitlements, the holder's or (empty key) all, as blocks() does; and with the
  // applicants on one's list: if that is changed meanwhile the page is empty and to be asked again.
  std::size_t entitlements(ApplicantKey holder, EntitlementCursor& cursor,
                           std::span<Entitlement> out) const noexcept;
  std::size_t eligible(EntitlementId id, EntitlementCursor& cursor,
                       std::span<ApplicantKey> out) const noexcept;

  // Fills `out` with one entry per day from `first` on; returns how many. No allocation.
  std::size_t days(LaneId lane, Day first, Day last, std::span<DayAvailability> out) const noexcept;

  // Fills `out` with the day's slots in time order; returns how many (0: no such open day).
  std::size_t slots(LaneId lane, Day day, std::span<SlotAvailability> out) const noexcept;

  // The lane's number, by its index in catalogue().lanes(), and back.
  LaneId lane(std::size_t catalogue_index) const noexcept;
  std::size_t catalogue_index(LaneId lane) const noexcept;  // npos when the catalogue lacks it
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  // Fills `out` with the events behind LSN `after` (0: from the beginning), in the order of their
  // LSNs and never past durable_lsn(), and says how many and behind which LSN to read on. That one
  // moves over records that are no events, so a page may be short, or empty: the end is reached
  // when it is durable_lsn(), and wait_durable() waits for more. Reads the disk, some hundred
  // chunks at most. Errors: gap (the journal is no longer kept that far back, see
  // Options::journal_retain_lsn and feed_begin()), invalid_argument (`after` is ahead of
  // durable_lsn(), or `out` has no room for the events of one group, at most kGroupMembersMax),
  // damaged (names file and place), io_error, outcome_unknown (the engine failed).
  Result<FeedPage> read_feed(Lsn after, std::span<Event> out) const;
  // The least LSN behind which read_feed() still has everything. The writer's next trim raises it.
  // Errors: io_error, damaged, outcome_unknown.
  Result<Lsn> feed_begin() const;

  Lsn durable_lsn() const noexcept;

  // True when `lsn` is durable; false on time-out (negative: none) or failure.
  bool wait_durable(Lsn lsn, std::int64_t timeout_ms = -1) const noexcept;
  // True when `round` is complete.
  bool wait_round(std::uint64_t round, std::int64_t timeout_ms = -1) const noexcept;

  // `listener` must outlive the engine or be removed; remove returns when no call of it runs.
  void add_listener(ProgressListener& listener);
  void remove_listener(ProgressListener& listener);

  // The catalogue in use. The reference ends with the next change of it: whoever may run beside one
  // takes a share instead, which locks for a moment. The edition is another with each change, and
  // no two engines of a process have had one in common.
  const Catalogue& catalogue() const noexcept;
  std::shared_ptr<const Catalogue> share_catalogue() const;
  std::uint64_t catalogue_edition() const noexcept;
  CivilTime civil_now() const noexcept;
  LedgerTime ledger_now() const noexcept;
  Health health() const noexcept;
  // What went wrong last in the background (a commit, the checkpoint, opening a day), for people;
  // empty when nothing did.
  std::string last_problem() const;
  Counters counters() const noexcept;

  // What another catalogue would change: rules of lanes, and slots of open days that haven't begun,
  // with the bookings that would be displaced. Looks at every booking there is. Errors:
  // invalid_argument (offices, services or lanes differ, or none is given).
  Result<CataloguePreview> preview_catalogue(const std::shared_ptr<const Catalogue>& to) const;

  // Makes another catalogue the one in use, as its preview said. Bookings in slots that are closed
  // by it become `displaced`, one by one, within moments; nobody is cancelled. Days that are opened
  // from then on are its own. What is granted while it begins goes by the old rules or the new
  // ones, behind its first record by the new ones alone. A crash in between is made up for by the
  // next opening, under whichever catalogue that has. One at a time; another one that is asked for
  // takes its place. Whoever was told to wait asks again, or it stands where it is, maybe with the
  // new rules in force. Granted without a booking. Refusals: operation_mismatch (the digest isn't
  // that of what would be done by now: preview it again), invalid_argument (as
  // preview_catalogue()), retry (a decision of before, or seats of a slot, stand still: ask again,
  // it goes on where it was), overloaded, read_only, outcome_unknown, stopped. It allocates, and
  // isn't for the decision path.
  Decision try_change_catalogue(const CatalogueChangeRequest& request, Patience& patience);
  // The same, to the end; asks again for some seconds while it hears retry. Errors: the refusals.
  Status change_catalogue(const CatalogueChangeRequest& request);

  // Runs the writer once and waits for it: whatever was decided before is durable then, and what
  // had fallen due (holds, retention, new days) has been dealt with.
  // The writer does all of it by itself; tests and simulations with a clock of their own call it.
  // Errors: outcome_unknown, stopped.
  Status settle();

  // Writes both files anew, now: when this returns, nothing in them tells of what was erased before
  // the call, nor of other details that are no longer kept. One at a time; others wait for theirs.
  // Errors: invalid_argument (without Options::checkpoint), io_error (no room for it, with the
  // file), outcome_unknown, stopped.
  Status complete_erasures();
  std::int64_t erase_within_ms() const noexcept;  // Options

  // Copies the data directory, while everything else goes on, into `to`, which is missing (it is
  // made, mode 0700) or empty: a directory that open() opens as any other, on the disk when this
  // returns. It has every decision that was granted before the call, whatever the durability mode.
  // Until it is complete its file FORMAT says that it isn't; what an error leaves is removed.
  // Runs on the caller's thread (not a listener's), for as long as the copy takes, one at a time.
  // Meanwhile the journal isn't trimmed, and what the checkpointer replaces in the state can't be
  // used again: before either makes room so short that the engine becomes read_only, the backup
  // ends. Errors: invalid_argument when something is in `to` (named), and in Durability::memory;
  // retry while another backup runs; io_error, from either disk, with the file, and when room is
  // short; damaged when what is to be copied isn't what was written; outcome_unknown; stopped, also
  // soon after somebody set `give_up`, for whoever wants to close the engine before it is through.
  Result<BackupReport> backup(const std::filesystem::path& to,
                              const std::atomic<bool>* give_up = nullptr);

  class Impl;

 private:
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace janji
