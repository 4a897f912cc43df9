// What a start finds and the ledger needs until it serves.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include <janji/decision.hpp>

#include "record/block_image.hpp"
#include "record/booking_id.hpp"
#include "record/entitlement_image.hpp"
#include "record/slot_grant.hpp"

namespace janji::ledger {

// Plain, for one thread; emptied part by part as the ledger's own tables are built of it.
struct Restored {
  // A call to a counter.
  struct Call {
    std::uint64_t lsn;
    std::uint32_t branch;
    HallCall call;
  };
  // A queue number that was drawn.
  struct Draw {
    std::uint64_t lsn;
    std::uint32_t branch;
    Day day;
    std::uint32_t number;
  };
  struct Entitlement {
    record::EntitlementImage image{};
    record::EligibleKeys keys;
    std::uint32_t groups{0};  // that name it
  };

  std::vector<std::int64_t> ended_at;  // by place: when an ended booking did, in ledger time
  std::vector<bool> only_waited;       // likewise: it never had a seat, BookingImage::only_waited
  std::vector<Call> calls;
  std::vector<Draw> draws;
  std::map<std::uint64_t, record::Place> waiting;  // by the LSN of the join; of a group its head
  std::size_t waiters{0};                          // with each of its members
  std::map<std::uint64_t, std::uint32_t> later;    // seats that come later, by slot
  std::map<std::uint64_t, std::vector<record::SlotGrant>> grants;  // by the day at minute 0
  std::map<std::uint32_t, record::BlockImage> blocks;              // by cell
  std::map<std::uint32_t, Entitlement> entitlements;               // likewise
  std::map<std::uint32_t, std::uint32_t> live_units;  // likewise, of members that haven't ended
};

}  // namespace janji::ledger
