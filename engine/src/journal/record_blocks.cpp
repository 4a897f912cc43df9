#include "journal/record_blocks.hpp"

#include <janji/check.hpp>

namespace janji::journal {

namespace {

constexpr std::size_t kLargeBytes = (record::kRecordMax + 63) / 64 * 64;

}  // namespace

RecordBlocks::RecordBlocks(std::uint32_t callers_blocks, std::uint32_t magazine, bool huge_pages)
    : callers_blocks_(callers_blocks),
      magazine_(magazine),
      reserve_target_(callers_blocks / magazine / 8 + 1),
      large_begin_(callers_blocks + kWriterSmall),
      blocks_(std::size_t{large_begin_} + kLarge, huge_pages),
      large_(std::make_unique<std::byte[]>(kLargeBytes * kLarge)),
      links_(callers_blocks, kNoIndex) {
  for (std::uint32_t i = 0; i < blocks_.size(); ++i) {
    blocks_[i].bytes = blocks_[i].small;
    blocks_[i].next.store(kNoIndex, std::memory_order_relaxed);
  }
  writer_small_.reserve(kWriterSmall);
  writer_large_.reserve(kWriterLarge);
  for (std::uint32_t i = kWriterSmall; i-- > 0;) writer_small_.push_back(callers_blocks + i);
  for (std::uint32_t i = kLarge; i-- > 0;) {
    const std::uint32_t index = large_begin_ + i;
    blocks_[index].bytes = large_.get() + i * kLargeBytes;
    if (i < kWriterLarge) {
      writer_large_.push_back(index);
    } else {
      put_group(index);
    }
  }
  for (std::uint32_t i = callers_blocks; i-- > 0;) give_back(i);
  end_round();
}

bool RecordBlocks::refill_from(base::IndexStack& stack, base::Stock& stock) noexcept {
  const std::uint32_t first = stack.pop(magazine_links());
  if (first == kNoIndex) return false;
  stock.fill(first, [this](std::uint32_t block) { return links_[block]; });
  return true;
}

bool RecordBlocks::refill(base::Stock& stock) noexcept {
  return refill_from(general_, stock);
}

bool RecordBlocks::refill_reserve(base::Stock& stock) noexcept {
  if (!refill_from(reserve_, stock)) return false;
  reserve_count_.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

std::uint32_t RecordBlocks::take_small() noexcept {
  if (writer_small_.empty()) return kNoIndex;
  const std::uint32_t index = writer_small_.back();
  writer_small_.pop_back();
  return index;
}

std::uint32_t RecordBlocks::take_large() noexcept {
  if (writer_large_.empty()) return kNoIndex;
  const std::uint32_t index = writer_large_.back();
  writer_large_.pop_back();
  return index;
}

std::uint32_t RecordBlocks::take_group(bool may_use_reserve) noexcept {
  const std::uint32_t index = group_claims_.pop(magazine_links());
  if (index != kNoIndex || !may_use_reserve) return index;
  return group_changes_.pop(magazine_links());
}

// Each block has one of the two stacks for ever.
void RecordBlocks::put_group(std::uint32_t index) noexcept {
  const bool of_claims = index < large_begin_ + kWriterLarge + kGroupClaims;
  (of_claims ? group_claims_ : group_changes_).push(index, magazine_links());
}

void RecordBlocks::give_back(std::uint32_t index) noexcept {
  JANJI_CHECK(index < blocks_.size());
  if (index >= large_begin_ + kWriterLarge) {
    put_group(index);
    return;
  }
  if (index >= large_begin_) {
    JANJI_CHECK(writer_large_.size() < kWriterLarge);
    writer_large_.push_back(index);
    return;
  }
  if (index >= callers_blocks_) {
    JANJI_CHECK(writer_small_.size() < kWriterSmall);
    writer_small_.push_back(index);
    return;
  }
  links_[index] = filling_first_;  // released by push_magazine()
  filling_first_ = index;
  if (++filling_count_ == magazine_) push_magazine();
}

void RecordBlocks::end_round() noexcept {
  if (filling_count_ != 0) push_magazine();
}

void RecordBlocks::push_magazine() noexcept {
  // relaxed: a count that is off by one for a moment only moves the share of the reserve.
  if (reserve_count_.load(std::memory_order_relaxed) < reserve_target_) {
    reserve_count_.fetch_add(1, std::memory_order_relaxed);
    reserve_.push(filling_first_, magazine_links());
  } else {
    general_.push(filling_first_, magazine_links());
  }
  filling_first_ = kNoIndex;
  filling_count_ = 0;
}

}  // namespace janji::journal
