#include "ledger/word_runs.hpp"

#include <iterator>

#include <janji/check.hpp>

namespace janji::ledger {

bool WordRuns::fits(std::uint32_t length) const noexcept {
  return length <= size_ - end_ || by_length_.lower_bound({length, 0}) != by_length_.end();
}

std::uint64_t WordRuns::take(std::uint32_t length) {
  JANJI_CHECK(fits(length));
  if (length == 0) return 0;
  used_ += length;
  const auto found = by_length_.lower_bound({length, 0});
  if (found == by_length_.end()) {
    const std::uint64_t first = end_;
    end_ += length;
    return first;
  }
  const auto [free, first] = *found;
  remove(first, free);
  if (free > length) add(first + length, free - length);
  return first;
}

void WordRuns::give_back(std::uint64_t first, std::uint32_t length) {
  if (length == 0) return;
  JANJI_CHECK(used_ >= length && first + length <= end_);
  used_ -= length;
  std::uint64_t from = first, to = first + length;
  if (const auto next = by_place_.lower_bound(first); next != by_place_.end()) {
    JANJI_CHECK(next->first >= to);
    if (next->first == to) {
      to += next->second;
      remove(next->first, next->second);
    }
  }
  if (const auto next = by_place_.lower_bound(first); next != by_place_.begin()) {
    const auto [before, size] = *std::prev(next);
    JANJI_CHECK(before + size <= first);
    if (before + size == first) {
      from = before;
      remove(before, size);
    }
  }
  if (to == end_) {
    end_ = from;
  } else {
    add(from, to - from);
  }
}

void WordRuns::add(std::uint64_t first, std::uint64_t length) {
  by_place_.emplace(first, length);
  by_length_.emplace(length, first);
}

void WordRuns::remove(std::uint64_t first, std::uint64_t length) {
  by_place_.erase(first);
  by_length_.erase({length, first});
}

}  // namespace janji::ledger
