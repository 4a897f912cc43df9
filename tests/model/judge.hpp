// Whether the diaries of all clients agree with the journal.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "model/call.hpp"
#include "model/commit_points.hpp"
#include "model/history.hpp"
#include "model/journal_replay.hpp"
#include "model/timeline.hpp"

namespace janji::model {

class Judge {
 public:
  // Whether a slot can't be claimed any more at a time of the wall clock.
  using TooLate = std::function<bool(SlotKey, CivilTime)>;

  explicit Judge(
      const CommitPoints& commits, TooLate too_late = [](SlotKey, CivilTime) { return false; })
      : commits_(commits), too_late_(std::move(too_late)) {}

  // Whether nobody may ever move from one lane to the other: of another service or pool.
  void set_no_way(std::function<bool(LaneId, LaneId)> no_way) { no_way_ = std::move(no_way); }

  // After each record of the replay, in order.
  void note(Lsn lsn, std::span<const std::byte> record, const LedgerModel& ledger);
  // Then every call of every client, and conclude() once. Words of what is wrong, or none.
  std::string hear(const Call& call);
  std::string conclude();

  // How often each answer was given, e.g. "claim slot_full".
  const std::map<std::string, std::uint64_t>& answers() const { return answers_; }

 private:
  struct Acted {
    record::Type type;
    BookingId booking;
    OperationId operation;
    SlotKey slot;  // of a claim or a reschedule
  };
  // What a booking is from its claim on, and when it was changed.
  struct Known {
    ApplicantKey applicant;
    std::uint16_t seats;
    struct Change {
      Lsn lsn;
      SlotKey slot;  // from then on
      record::Type type;
    };
    std::vector<Change> changes;  // its claim first
    Lsn checked_in{};             // 0: never
    std::uint32_t queue_number{0};
    std::int64_t checked_in_ms{0};  // by the wall clock
    LaneId lane{};                  // in which it was then
    bool erased{false};             // a member, its own details
  };
  struct Moments {
    Lsn low, high;
  };

  std::string hear_granted(const Call& call);
  std::string hear_replayed(const Call& call) const;
  std::string hear_refused(const Call& call);
  std::string hear_found(const Call& call) const;
  bool is_whole(const Booking& found) const;
  bool explained(const Call& call, Moments moments) const;
  bool act_explained(const Call& call, Code code, Moments moments) const;
  bool was_issued(const Call& call) const;
  bool was_done(const Call& call, Moments moments) const;
  bool move_explained(const Call& call, Code code, Moments moments) const;
  bool claim_explained(const Call& call, Code code, Moments moments) const;
  bool was_blocked(const Call& call, ApplicantKey applicant, Moments moments) const;
  bool join_explained(const Call& call, Code code, Moments moments) const;
  bool group_join_explained(const Call& call, Code code, Moments moments) const;
  bool block_explained(const Call& call, Code code, Moments moments) const;
  // judge_halls.cpp
  bool waited(const Call& call, std::uint32_t below, CivilTime civil, Lsn end) const;
  bool hall_was_empty(const Call& call, Moments moments) const;
  std::string hear_called(const Call& call) const;
  bool walk_in_explained(const Call& call, Code code, Moments moments) const;
  // judge_groups.cpp
  bool group_claim_explained(const Call& call, Code code, Moments moments) const;
  // What a group names, and for which days.
  struct Entitled {
    EntitlementId id;
    ApplicantKey holder;
    const std::vector<ApplicantKey>* members;
    LaneId lane;
    Day first, last;
  };
  bool entitlement_explained(const Call& call, const Entitled& asked, Moments moments) const;
  template <class R>
  void note_entitlement(const R& made, BookingId member) {
    if (made.head.entitlement == 0) return;
    const EntitlementId under{made.head.entitlement};
    entitlement_of_[BookingId{made.head.booking}] = under;
    entitlement_of_[member] = under;
  }
  bool group_explained(const Call& call, Code code, Moments moments) const;
  bool parts_lacked(const Call& call, LaneId lane, const std::vector<GroupPart>& parts,
                    Moments moments) const;
  bool not_valid_there(const Call& call, Moments moments) const;
  bool group_step_was_done(const Call& call, Moments moments) const;
  Moments moments_of(const Call& call) const;

  const CommitPoints& commits_;
  const TooLate too_late_;
  std::function<bool(LaneId, LaneId)> no_way_;
  Timeline timeline_;
  std::map<Lsn, Acted> acted_;               // claims and what their owners did
  std::multimap<OperationId, Lsn> acts_of_;  // by operation id
  std::map<BookingId, Known> known_;
  std::map<BookingId, std::vector<BookingId>> groups_;  // and their members
  std::map<BookingId, EntitlementId> entitlement_of_;   // of groups and members that have one
  std::map<LaneId, std::uint32_t> services_;            // of lanes, as entitlements name them
  std::set<BookingId> members_;
  std::map<BookingId, Lsn> freed_;
  std::map<ApplicantKey, std::vector<Lsn>> forgotten_;  // whose block was, and when
  std::vector<GrantedCall> granted_;
  std::multimap<OperationId, const Call*> grants_of_;  // calls that were granted, not replayed
  std::vector<const Call*> refused_;
  std::map<std::string, std::uint64_t> answers_;
};

}  // namespace janji::model
