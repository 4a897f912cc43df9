// What the writer counts for Counters.
#pragma once

#include <atomic>
#include <cstdint>

namespace janji::ledger {

// Written by the writer alone, read by counters(): every access is relaxed.
struct WriterCounts {
  std::atomic<std::uint64_t> promoted{0};
  std::atomic<std::uint64_t> in_use{0};    // bookings
  std::atomic<std::uint64_t> swept{0};     // holds that the sweep expired
  std::atomic<std::uint64_t> lapsed{0};    // visits that the patrol ended
  std::atomic<std::uint64_t> fallen{0};    // seats that fell back
  std::atomic<std::uint64_t> released{0};  // seats that had been kept back
};

}  // namespace janji::ledger
