// The sequential model: a ledger that is plain, slow and obviously right.
//
// It is given the journal's records one by one, in LSN order, and says which promise the next
// one breaks. It was written from the promises alone and shares no code with the engine but the
// layout of the records; what it holds, it holds in maps, and looks everything up.
//
// Not thread-safe. After a violation the model is as it was before that record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <janji/types.hpp>

#include "model/parse.hpp"
#include "model/violation.hpp"
#include "record/planned.hpp"
#include "record/record.hpp"

namespace janji::model {

struct ModelSlot {
  std::uint16_t length_minutes{};
  std::uint32_t capacity{};
  // Seats of active bookings, and those that come later; above the capacity only if that was
  // lowered.
  std::uint32_t taken{};
  std::uint32_t later{};  // of these: given up, and not yet to be claimed
  std::uint32_t kept{};   // beside the capacity: kept back
  bool closed{};
  record::Planned planned;           // what the catalogue gives it
  std::map<Lsn, BookingId> waiting;  // who waits for it, in the order of their joins; a group once

  std::uint32_t left() const { return taken >= capacity ? 0 : capacity - taken; }
  // Seats are given up, by a record with these flags.
  void give_up(std::uint32_t seats, std::uint8_t flags) {
    ((flags & record::Header::kLater) != 0 ? later += seats : taken -= seats);
  }
  // For whoever doesn't wait.
  std::uint32_t free() const { return waiting.empty() ? left() : 0; }
};

// Under what somebody waits, once: his slot, or the day, of which this slot is one of those that he
// wants.
constexpr SlotKey wait_key(SlotKey slot, bool for_several) {
  return for_several ? SlotKey(slot.lane(), slot.day(), Minute{2047}) : slot;
}

// It ends by itself at its deadline.
constexpr bool lasts_until_deadline(BookingState state) {
  return state == BookingState::held || state == BookingState::awaiting;
}

struct ModelBooking {
  BookingId id;
  BookingId group;  // of which it is a member; 0: of none
  BookingState state{BookingState::none};
  std::uint16_t version{};
  std::uint16_t seats{};
  std::uint8_t category{};
  ScopeId scope;
  SlotKey slot;
  SlotKey wants_from, wants_until;  // it waits, or waited, for several slots: from which to which
  ApplicantKey applicant;
  std::int64_t created_ms{};
  std::int64_t deadline_ms{};
  std::int64_t decided_ms{};    // of the last change, ledger time
  std::int64_t submitted_ms{};  // 0: never submitted
  std::int64_t confirmed_ms{};  // 0: never confirmed
  std::int64_t checked_in_ms{};
  std::int64_t served_ms{};
  std::int64_t ended_ms{};    // 0: not ended
  std::uint32_t moves{};      // reschedules
  std::uint32_t own_moves{};  // those that weren't its whole group's
  std::uint32_t extensions{};
  std::uint32_t calls{};  // to a counter
  std::uint32_t reissues{};
  std::vector<std::uint32_t> stages;  // that its progress came to, in order
  std::int64_t progress_ms{};
  std::uint32_t queue_number{};
  std::uint32_t counter{};
  std::uint32_t refuse_reason{};
  std::uint32_t details_size{};
  std::uint64_t details_hash{};
  bool details_erased{};
  Lsn details_lsn;                      // of the confirm that brought them, also when erased
  Lsn lsn;                              // of the last change
  std::vector<OperationId> operations;  // granted ones, the claim's first
};

struct ModelGroup {
  BookingId id;
  std::uint16_t version{};
  std::uint8_t category{};
  LaneId lane;
  ApplicantKey applicant;
  EntitlementId entitlement;  // 0: none
  std::int64_t created_ms{};
  std::int64_t decided_ms{};  // of the last step of the whole group
  std::uint32_t moves{};
  std::uint32_t extensions{};
  Lsn lsn;          // likewise, or of the erasure of its details
  Lsn details_lsn;  // of the step that brought them, also when erased
  bool details_erased{};
  std::vector<BookingId> members;
  std::vector<OperationId> operations;
};

// Who stands in a line: a booking, or a group with those of its members that still wait.
struct ModelWaiter {
  bool waits{};
  bool is_group{};
  std::size_t seats{};       // that are wanted
  std::size_t joined_for{};  // likewise, when it joined
  SlotKey from, until;       // the slots that it wants, the same if it is one
};

struct ModelBlock {
  std::uint32_t cell{};
  std::int64_t until_ms{};  // by the wall clock; 0: lifted
  std::int64_t acted_ms{};  // of the last change, likewise
  std::int64_t decided_ms{};
  std::uint32_t reason{};
  std::uint32_t actor{};
  Lsn lsn;
  std::uint32_t changes{};
  std::vector<OperationId> operations;
};

struct ModelEntitlement {
  EntitlementId id;
  ApplicantKey holder;
  std::uint32_t service{};
  std::uint32_t quota{};
  Day from, until;
  bool listed{};
  std::set<ApplicantKey> eligible;
  std::vector<BookingId> groups;  // under it, that aren't forgotten
  std::uint32_t forgotten{};      // units of members that used theirs and are forgotten
  std::int64_t acted_ms{};        // of the last change by staff
  std::int64_t decided_ms{};
  std::uint32_t actor{};
  Lsn lsn;
  std::uint32_t changes{};
  std::vector<OperationId> operations;
};

struct ModelOperation {
  record::Type type{};
  BookingId booking;
  std::uint64_t payload{};
  Lsn lsn;
  EntitlementId entitlement{};  // of staff's
};

class LedgerModel {
 public:
  // `records` must follow in LSN order from 1. Nothing, or what the record would have broken.
  Finding apply(Lsn lsn, std::span<const std::byte> record);

  // Counts everything anew from the bookings and compares. For the end of a replay.
  Finding audit() const;

  Lsn last_lsn() const { return last_lsn_; }
  std::uint64_t epoch() const { return epoch_; }
  std::int64_t ledger_ms() const { return ledger_ms_; }  // the greatest that any record named

  const ModelSlot* find_slot(SlotKey key) const;
  const ModelBooking* find_booking(BookingId id) const;
  const ModelGroup* find_group(BookingId id) const;
  // Whether some member hasn't ended; false for what is no group.
  bool group_lives(BookingId group) const;
  const ModelOperation* find_operation(OperationId id) const;
  // The applicant's active booking in the scope; 0 when there is none, or no such rule.
  BookingId active_booking(ApplicantKey applicant, ScopeId scope) const;

  // Who waits for what wait_key() says; 0: he doesn't.
  BookingId waiting_booking(ApplicantKey applicant, SlotKey key) const;
  ModelWaiter waiter(BookingId id) const;
  // Seats of those slots, between the two, that who joined then wants and could be offered.
  std::size_t seats_for(Lsn joined, SlotKey from, SlotKey until,
                        const std::function<bool(SlotKey)>& is_out) const;
  // He waits, and some slot that he waits for has seats for him; of a group, all of them together.
  bool may_be_offered(const ModelBooking& booking) const;
  bool anyone_waits() const { return !waits_.empty(); }
  std::size_t how_many_wait() const { return waits_.size(); }

  const ModelBlock* find_block(ApplicantKey applicant) const;
  // May claim nothing at that time of the wall clock.
  bool is_blocked(ApplicantKey applicant, std::int64_t civil_ms) const;
  const std::map<ApplicantKey, ModelBlock>& blocks() const { return blocks_; }

  const ModelEntitlement* find_entitlement(EntitlementId id) const;
  std::uint32_t service_of(LaneId lane) const;  // 0: there is no such lane
  // Of one that is there: units of members that are booked, and for good; and of these for good.
  std::uint32_t units_used(EntitlementId id) const;
  std::uint32_t units_spent(EntitlementId id) const;
  const std::map<EntitlementId, ModelEntitlement>& entitlements() const { return entitlements_; }

  const std::map<BookingId, ModelBooking>& bookings() const { return bookings_; }
  const std::map<BookingId, ModelGroup>& groups() const { return groups_; }
  const std::map<SlotKey, ModelSlot>& slots() const { return slots_; }
  // Digest of the change of the catalogue that was begun; 0: none was.
  std::uint64_t changing() const { return changing_; }
  const std::map<LaneId, std::string>& lanes() const { return lanes_; }
  const std::map<std::pair<LaneId, Day>, bool>& days() const { return days_; }  // true: archived

 private:
  Finding on(const record::Epoch& epoch);
  Finding on(const LaneRecord& lane);
  Finding on(const DayRecord& day);
  Finding on(const record::Claim& claim);
  Finding on(const record::WalkIn& walk_in);
  template <class R>
  Finding check_claim(const R& record) const;
  template <class R>
  ModelBooking& begin(const R& record, BookingState state);
  Finding on(const record::Confirm& confirm);
  Finding on(const record::Cancel& cancel);
  Finding on(const record::Expire& expire);
  Finding on(const record::Free& free);
  Finding on(const record::Tick& tick);
  Finding on(const record::Archive& archive);
  Finding on(const record::Reschedule& move);
  Finding on(const record::Extend& extend);
  Finding on(const record::Submit& submit);
  Finding on(const record::Approve& act);
  Finding on(const record::Refuse& act);
  Finding on(const record::CheckIn& act);
  Finding on(const record::Serve& act);
  Finding on(const record::Complete& act);
  Finding on(const record::NoShow& act);
  Finding on(const record::Reissue& act);
  Finding on(const record::Progress& act);
  Finding on(const record::Lapse& lapse);
  Finding on(const record::Slot& change);
  Finding on(const record::GiveBack& made);
  Finding on(const record::FallBack& fall);    // pool_rules.cpp
  Finding on(const record::Tranche& tranche);  // likewise
  Finding on(const record::Displace& turn);
  Finding on(const record::Reinstate& turn);

  // waitlist_rules.cpp
  Finding on(const record::Join& join);
  Finding on(const record::Promote& promote);
  Finding on(const GroupJoinRecord& join);
  Finding on(const GroupPromoteRecord& promote);
  Finding check_join(SlotKey first, std::uint16_t last) const;
  Finding check_turn(BookingId id, Lsn joined,
                     const std::map<SlotKey, std::uint32_t>& offered) const;
  ModelBooking& offer(BookingId id, SlotKey to, std::int64_t decided_ms, std::int64_t deadline_ms);
  void stand_in_line(BookingId id, SlotKey first, SlotKey last);
  void wait_no_longer(const ModelBooking& booking);
  void leave(ModelBooking& booking, std::int64_t ended_ms);
  void give_up(const ModelBooking& booking);

  // block_rules.cpp
  Finding on(const record::Block& block);
  Finding on(const record::ForgetBlock& forget);
  Finding check_not_blocked(ApplicantKey applicant, std::int64_t civil_ms) const;

  // entitlement_rules.cpp
  Finding on(const record::Entitlement& made);
  Finding on(const EligibleRecord& change);
  Finding on(const record::ForgetEntitlement& forget);
  Finding on(const record::Erase& erase);
  Finding on(const record::Catalogue& change);
  // `slots`: of the members, each his own, or one for all.
  template <class R>
  Finding check_entitled(const R& made, const std::vector<SlotKey>& slots) const;
  void name_entitlement(ModelGroup& group, std::uint64_t id);
  Finding check_valid_there(BookingId member, SlotKey slot) const;
  Finding check_staffing(EntitlementId id, OperationId operation, std::int64_t decided_ms) const;
  template <class R>
  void staff(ModelEntitlement& of, const R& record);
  void keep_spent(const ModelGroup& group);

  // group_rules.cpp
  Finding on(const GroupClaimRecord& claim);
  Finding on(const GroupChangeRecord& change);
  Finding on(const GroupMoveRecord& move);
  Finding check_group(BookingId id, std::int64_t decided_ms) const;
  Finding check_member(BookingId id, BookingId group, std::int64_t decided_ms) const;
  Finding check_step(const GroupChangeRecord& change, const ModelBooking& member) const;
  Finding check_whole(BookingId group, std::size_t named, record::Type step) const;
  Finding check_alone(BookingId id, const char* words) const;
  Finding forget_group(const GroupChangeRecord& change);
  ModelGroup& step_group(BookingId id, OperationId operation, record::Type type,
                         std::uint64_t payload, std::int64_t decided_ms);

  Finding check_slots(const DayRecord& day) const;
  Finding check_new_id(BookingId id) const;
  Finding check_seats(SlotKey slot, std::uint32_t seats) const;
  Finding check_applicant(ApplicantKey applicant, std::uint8_t category, ScopeId scope) const;
  Finding check_operation(OperationId operation) const;
  Finding check_time(std::int64_t decided_ms) const;
  Finding check_change(BookingId id, std::int64_t decided_ms) const;
  // Everything that any change by a caller must keep to.
  template <class R>
  Finding check_act(const R& record, BookingState from, const char* words) const;
  template <class R>
  ModelBooking& act(const R& record, BookingState to);
  // Of what has a deadline: whatever is done with it must have been decided before.
  Finding check_usable(const ModelBooking& booking, std::int64_t decided_ms) const;

  ModelBooking& change(BookingId id, BookingState to, std::int64_t decided_ms);
  void end(ModelBooking& booking, std::int64_t ended_ms, std::uint8_t flags = 0);
  void remember(OperationId operation, record::Type type, ModelBooking& booking,
                std::uint64_t payload);

  Violation breaks(Promise promise, std::string words) const;

  Lsn last_lsn_;
  Lsn now_;  // of the record that is being applied
  std::uint64_t epoch_{0};
  std::uint32_t epoch_random_{0};
  std::int64_t ledger_ms_{0};
  std::uint64_t changing_{0};  // digest of the change of the catalogue that is under way
  std::int64_t opened_ms_{0};  // ledger time at the current epoch's opening
  std::map<LaneId, std::string> lanes_;
  std::set<std::string> lane_keys_;
  std::map<std::pair<LaneId, Day>, bool> days_;
  std::map<std::pair<LaneId, Day>, std::uint64_t> archived_in_;  // the epoch, of archived days
  std::map<std::pair<LaneId, Day>, std::vector<OperationId>> slot_operations_;  // of others
  std::map<SlotKey, ModelSlot> slots_;  // of days that aren't archived
  std::map<BookingId, ModelBooking> bookings_;
  std::map<BookingId, ModelGroup> groups_;
  std::map<std::pair<ApplicantKey, ScopeId>, BookingId> active_;
  std::map<std::pair<ApplicantKey, SlotKey>, BookingId> waits_;  // by wait_key()
  std::map<OperationId, ModelOperation> operations_;
  std::map<ApplicantKey, ModelBlock> blocks_;
  std::map<EntitlementId, ModelEntitlement> entitlements_;
  std::set<EntitlementId> entitlement_ids_;    // every id there ever was
  std::map<std::uint32_t, BookingId> places_;  // whose booking keeps the place
  std::set<BookingId> ids_;                    // every id there ever was
};

}  // namespace janji::model
