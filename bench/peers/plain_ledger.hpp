// The ledger for one thread at a time: the same decisions, indexes, timers and records as
// ledger::Ledger, without a single atomic. What makes it safe is put around it: a lock
// (mutex_peer.hpp) or a thread of its own (owner_peer.hpp).
#pragma once

#include <cstddef>
#include <cstdint>

#include <janji/decision.hpp>
#include <janji/options.hpp>
#include <janji/types.hpp>

#include "base/mix.hpp"
#include "base/region.hpp"
#include "ledger/day_table.hpp"
#include "ledger/expiry_wheel.hpp"
#include "ledger/place_links.hpp"
#include "ledger/retention_queue.hpp"
#include "peers/open_index.hpp"
#include "peers/record_ring.hpp"
#include "record/record.hpp"

namespace janji::bench::peers {

using record::Place;

struct Moment {
  LedgerTime ledger;
  CivilTime civil;
};

// A claim with all that can be worked out before the ledger is entered, by any thread.
struct Task {
  ApplicantKey applicant;
  OperationId operation;
  std::uint64_t payload, applicant_hash, operation_hash;
  SlotKey slot;
  std::int64_t hold_ms;
  std::uint32_t slot_index;
  std::uint16_t seats, scope;
  Category category;
  bool is_new;
};

// What lone access allows that CAS doesn't: a slot knows the LSN of the last claim on it, so a
// refusal is told when that is durable, and nobody counts `pending` up and down. Seats and
// applicants come back after the commit of what freed them, as in the engine.
// Concurrency: plan(), prefetch() by any thread; the rest by one at a time.
// Limits: Options, as in the engine; one claim has one slot (no ranges), no confirm.
class PlainLedger {
 public:
  // The journal begins with its epoch record, and the timers at `now`.
  PlainLedger(const Options& options, std::uint64_t seed, LedgerTime now);

  // ---- any thread ----

  // `ok`, or why the claim fails whatever the bookings are.
  Code plan(const ClaimRequest& request, CivilTime now, Task& task) const noexcept;
  void prefetch(const Task& task) const noexcept;

  // ---- one thread at a time; it publishes the ring when it is done ----

  Decision claim(const Task& task, Moment now) noexcept;
  Decision cancel(const CancelRequest& request, Moment now) noexcept;
  // Publishes what has fallen due, at most `budget` records.
  void sweep(Moment now, std::size_t budget) noexcept;
  // All up to `durable` is committed: gives back what ended and what was freed by then, at most
  // `many` bookings. False: there is more.
  bool give_back(Lsn durable, std::size_t many, LedgerTime now) noexcept;

  RecordRing& ring() noexcept { return ring_; }
  const RecordRing& ring() const noexcept { return ring_; }
  std::uint64_t in_use() const noexcept { return in_use_; }
  const ledger::DayTable& day_table() const noexcept { return days_; }
  std::uint32_t taken(std::uint64_t slot) const noexcept { return slots_[slot].taken(); }
  std::uint32_t capacity(std::uint64_t slot) const noexcept { return slots_[slot].capacity(); }

 private:
  struct Slot {
    static constexpr int kSeatBits = 14;
    std::uint64_t bits;  // taken 14, capacity 14, LSN of the last claim 36
    std::uint32_t taken() const { return bits & ((1U << kSeatBits) - 1); }
    std::uint32_t capacity() const { return (bits >> kSeatBits) & ((1U << kSeatBits) - 1); }
    Lsn last() const { return Lsn{bits >> (2 * kSeatBits)}; }
    void take(std::uint32_t seats, Lsn lsn) {
      bits = (lsn.value << (2 * kSeatBits)) | ((bits + seats) & ((1U << (2 * kSeatBits)) - 1));
    }
  };
  static_assert(sizeof(Slot) == 8);

  struct Booking {  // as much as ledger::BookingCell has
    BookingId id;
    ApplicantKey applicant;
    OperationId operation;
    std::uint64_t payload;
    SlotKey slot;
    std::int64_t time_ms, created_ms;
    Lsn lsn;
    std::uint32_t slot_index;
    std::uint32_t operations;  // or the next free place
    std::uint16_t seats, scope;
    Category category;
    BookingState state;
    std::uint16_t generation;
  };
  static_assert(sizeof(Booking) == 96);

  struct Operation {  // as much as ledger::OperationCell has
    OperationId operation;
    std::uint64_t payload;
    Lsn lsn;
    std::int64_t at_ms;
    std::uint64_t details_hash;
    Place place;
    std::uint32_t next;
    std::uint64_t type;
  };
  static_assert(sizeof(Operation) == 64);

  struct Owed {  // to be given back when the record is durable
    Lsn lsn;
    Place place;
    bool freed;
  };

  static constexpr std::uint32_t kNothing = ~0U;
  static constexpr std::uint32_t kEntryBit = 1U << 31;

  void open_days(const Options& options);
  Decision refuse_claim(const Task& task, Code code, Lsn lsn) noexcept;
  Decision replay(std::uint32_t reference, std::uint64_t payload) const noexcept;
  void remember(Lsn lsn, Place place, bool freed) noexcept;
  void end_booking(Place place, LedgerTime now) noexcept;
  void free_booking(Place place) noexcept;
  std::uint32_t find_operation(OperationId id, std::uint64_t hash) const noexcept;
  std::uint64_t operation_hash(OperationId id) const noexcept {
    return base::mix(seed_, id.hi, id.lo);
  }
  std::uint64_t applicant_hash(ApplicantKey key, std::uint16_t scope) const noexcept {
    return base::mix(seed_ + scope, key.hi, key.lo);
  }

  std::uint64_t seed_;
  ledger::DayTable days_;  // only for finding a slot's index
  base::Region<Slot> slots_;
  base::Region<Booking> bookings_;
  base::Region<Operation> operations_;
  OpenIndex applicants_, operation_ids_;
  ledger::PlaceLinks timers_;
  ledger::ExpiryWheel wheel_;
  ledger::RetentionQueue retention_;
  RecordRing ring_;
  base::Region<Owed> owed_;  // in LSN order; as many at most as there are undurable records
  std::size_t owed_head_{0}, owed_tail_{0};
  std::uint32_t free_place_{kNothing}, free_operation_{kNothing};
  std::uint64_t in_use_{0};
  Lsn durable_;
};

}  // namespace janji::bench::peers
