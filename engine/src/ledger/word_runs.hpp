// Which words of the slot table are in use.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace janji::ledger {

// Problem: each open day has a run of words, one for each of its slots; days end, and their words
// are wanted for others, of the same length mostly, sometimes of another.
// Operation: best fit. The shortest free run that is long enough, the lowest of those; what is left
// of it stays free. A run that comes back is joined with the free ones beside it, and with what was
// never used, which is taken when no free run is long enough.
// Concurrency: the writer's thread, or before serving. It allocates: off the decision path.
// Limits: between two free runs lies one in use, so there are at most as many free ones as days are
// open, and every step takes the logarithm of that. When all runs are of one length, what is free
// is a multiple of it and nothing is ever lost between them. With several lengths (from 1 to
// record::Day::kSlotsMax) the pieces between may be too short for a long day while they add up to
// more: then fits() says no, and who asked leaves the day out, says so, and tries again later.
class WordRuns {
 public:
  explicit WordRuns(std::uint64_t size) noexcept : size_(size) {}

  bool fits(std::uint32_t length) const noexcept;
  // fits() must have said yes. Returns the run's first word.
  std::uint64_t take(std::uint32_t length);
  // A run that take() gave.
  void give_back(std::uint64_t first, std::uint32_t length);

  std::uint64_t size() const noexcept { return size_; }
  std::uint64_t used() const noexcept { return used_; }
  // Behind the last word in use.
  std::uint64_t end() const noexcept { return end_; }

 private:
  void add(std::uint64_t first, std::uint64_t length);
  void remove(std::uint64_t first, std::uint64_t length);

  const std::uint64_t size_;
  std::uint64_t end_{0}, used_{0};
  std::map<std::uint64_t, std::uint64_t> by_place_;              // free: first, length
  std::set<std::pair<std::uint64_t, std::uint64_t>> by_length_;  // the same: length, first
};

}  // namespace janji::ledger
