// Details that are gone from a journal, until the record comes that took them.
#pragma once

#include <cstdint>
#include <map>

#include <janji/types.hpp>

#include "record/apply.hpp"

namespace janji::record {

// For whoever reads a journal in the order of its records. One thread.
class TakenDetails {
 public:
  // Those that the record at `lsn` brought to a booking, or to a group, are gone.
  void add(BookingId booking, Lsn lsn) { awaited_[booking.value] = lsn; }
  // An erasure, or what frees a booking's place, or a group's, explains it.
  void see(const Header& header) {
    if (awaited_.empty()) return;
    const auto* bytes = reinterpret_cast<const std::byte*>(&header);
    const bool is_group =
        header.type == Type::group_change && as<GroupChange>(bytes).step == Type::free;
    if (header.type == Type::erase && !has(as<Erase>(bytes))) return;
    if (header.type != Type::erase && header.type != Type::free && !is_group) return;
    for_each_booking(header, [&](BookingId id) { awaited_.erase(id.value); });
  }
  bool has(const Erase& erase) const {
    const auto at = awaited_.find(erase.booking);
    return at != awaited_.end() && at->second.value == erase.details_lsn;
  }
  bool empty() const noexcept { return awaited_.empty(); }
  Lsn some() const { return awaited_.begin()->second; }  // not empty

 private:
  std::map<std::uint64_t, Lsn> awaited_;  // by booking: each place has details once
};

}  // namespace janji::record
