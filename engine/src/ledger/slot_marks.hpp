// Which slots are to be looked at, in their order.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace janji::ledger {

// Problem: of millions of slots some are to be looked at, each once however often that is noted,
// and those of a day from its first on. Operation: a bit for each slot, and one for each 64 of them
// that aren't all 0. Concurrency: one thread's. Nothing allocates after construction.
class SlotMarks {
 public:
  static constexpr std::uint64_t kNone = ~0ULL;

  explicit SlotMarks(std::size_t slots)
      : marks_((slots + 63) / 64), sums_((marks_.size() + 63) / 64) {}

  std::uint32_t many() const noexcept { return many_; }

  void set(std::uint64_t slot) noexcept {
    std::uint64_t& marks = marks_[slot / 64];
    many_ += (marks >> slot % 64 & 1) == 0 ? 1U : 0U;
    marks |= 1ULL << slot % 64;
    sums_[slot / 4096] |= 1ULL << slot / 64 % 64;
  }

  bool has(std::uint64_t slot) const noexcept { return (marks_[slot / 64] >> slot % 64 & 1) != 0; }

  // The first one that is marked, from `from` on, no longer so; kNone: none is.
  std::uint64_t take(std::uint64_t from) noexcept {
    if (from / 64 >= marks_.size()) return kNone;
    std::size_t at = from / 64;
    std::uint64_t marks = marks_[at] & ~0ULL << from % 64;
    if (marks == 0) {
      at = next_marks(at + 1);
      if (at == marks_.size()) return kNone;
      marks = marks_[at];
    }
    const auto bit = static_cast<unsigned>(std::countr_zero(marks));
    marks_[at] &= ~(1ULL << bit);
    if (marks_[at] == 0) sums_[at / 64] &= ~(1ULL << at % 64);
    --many_;
    return at * 64 + bit;
  }

 private:
  // The first 64 from `at` on that aren't all 0, or as many as there are.
  std::size_t next_marks(std::size_t at) const noexcept {
    if (at >= marks_.size()) return marks_.size();
    std::uint64_t sum = sums_[at / 64] & ~0ULL << at % 64;
    std::size_t of = at / 64;
    while (sum == 0) {
      if (++of == sums_.size()) return marks_.size();
      sum = sums_[of];
    }
    return of * 64 + static_cast<unsigned>(std::countr_zero(sum));
  }

  std::vector<std::uint64_t> marks_, sums_;
  std::uint32_t many_{0};
};

}  // namespace janji::ledger
