// What was true when: the states that a journal went through, LSN by LSN, to be asked whether an
// answer that changed nothing (a refusal) was true at some moment while it was being asked for.
//
// "From `low` to `high`" below means: in at least one of the states after LSN low, low + 1, ...,
// high. The state after LSN 0 is the empty ledger.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include <janji/group.hpp>

#include "model/ledger_model.hpp"

namespace janji::model {

class Timeline {
 public:
  // After `model` applied `record` as `lsn`; once for every record, in order.
  void note(Lsn lsn, std::span<const std::byte> record, const LedgerModel& model);

  // The slot had fewer free seats than `seats`. False for a slot that never was.
  bool slot_lacked(SlotKey slot, std::uint32_t seats, Lsn low, Lsn high) const;
  bool slot_was_closed(SlotKey slot, Lsn low, Lsn high) const;
  // It had fewer seats than that, taken ones included.
  bool slot_was_smaller(SlotKey slot, std::uint32_t seats, Lsn low, Lsn high) const;
  bool any_was_closed() const { return !closed_.empty(); }
  // All slots of the lanes' days lacked them at one and the same moment, but for those that are
  // `left_out`.
  bool days_lacked(std::span<const LaneId> lanes, Day first, Day last, std::uint32_t seats, Lsn low,
                   Lsn high, const std::function<bool(SlotKey)>& left_out) const;
  // The slots of a group's part lacked seats for all of it at one and the same moment.
  bool part_lacked(LaneId lane, const GroupPart& part, Lsn low, Lsn high,
                   const std::function<bool(SlotKey)>& left_out) const;
  bool applicant_had_one(ApplicantKey applicant, ScopeId scope, Lsn low, Lsn high) const;
  // The applicant's block lasted until a time for which `asked` is true; 0: there was none.
  bool block_was(ApplicantKey applicant, const std::function<bool(std::int64_t)>& asked, Lsn low,
                 Lsn high) const;
  // The applicant waited for what wait_key() says.
  bool waited_for(ApplicantKey applicant, SlotKey key, Lsn low, Lsn high) const;
  // Those that there ever were.
  std::vector<SlotKey> slots_between(SlotKey first, SlotKey last) const;
  bool was_ever_blocked(ApplicantKey applicant, Lsn high) const;
  // The entitlement was as `asked` says; null: there was none.
  bool entitlement_was(EntitlementId id, const std::function<bool(const ModelEntitlement*)>& asked,
                       Lsn low, Lsn high) const;
  // Fewer units than `units` were left of it.
  bool units_lacked(EntitlementId id, std::size_t units, Lsn low, Lsn high) const;
  // The booking was in a state for which `asked` is true; `none` before its claim and after its
  // place was freed.
  bool booking_was(BookingId booking, const std::function<bool(BookingState)>& asked, Lsn low,
                   Lsn high) const;

 private:
  template <class T>
  using Changes = std::vector<std::pair<Lsn, T>>;  // the value from that LSN on

  // Calls `visit` with each value that held from low to high, until it returns true.
  template <class T, class Visit>
  static bool any(const Changes<T>& changes, T before, Lsn low, Lsn high, Visit&& visit);

  // The moments from low to high at which some slot from `first` to `last` changed, and low.
  std::set<Lsn> moments_of(SlotKey first, SlotKey last, Lsn low, Lsn high) const;
  void note_booking(Lsn lsn, BookingId id, const LedgerModel& model);
  void note_units(Lsn lsn, const ModelBooking& booking, const LedgerModel& model);
  void note_terms(Lsn lsn, EntitlementId id, const LedgerModel& model);

  std::map<SlotKey, Changes<std::uint32_t>> free_;
  std::map<SlotKey, Changes<bool>> closed_;
  std::map<SlotKey, Changes<std::uint32_t>> capacity_;
  std::map<std::pair<ApplicantKey, ScopeId>, Changes<bool>> active_;
  std::map<BookingId, Changes<BookingState>> states_;
  std::map<std::pair<ApplicantKey, SlotKey>, Changes<bool>> waits_;
  std::map<ApplicantKey, Changes<std::int64_t>> blocks_;  // until when
  std::map<EntitlementId, Changes<std::shared_ptr<const ModelEntitlement>>> terms_;
  std::map<EntitlementId, Changes<std::int64_t>> left_;  // units
  std::map<EntitlementId, std::int64_t> used_;
  std::set<BookingId> uses_;  // members that have a unit, or used it up
};

}  // namespace janji::model
