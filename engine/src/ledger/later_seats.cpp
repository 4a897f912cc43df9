#include "ledger/later_seats.hpp"

#include <algorithm>

#include <janji/check.hpp>

#include "record/record.hpp"

namespace janji::ledger {

namespace {

bool is_later(const LaterSeats::Entry& a, const LaterSeats::Entry& b) noexcept {
  return a.due_ms > b.due_ms;
}

}  // namespace

LaterSeats::LaterSeats(std::uint32_t entries_max, std::uint32_t slots_max)
    : entries_max_(entries_max) {
  static_assert(record::kSeatsMax <= 0xFFFF);
  heap_.reserve(entries_max);
  if (entries_max != 0) {
    seats_ = std::make_unique<std::atomic<std::uint16_t>[]>(slots_max);
  }
}

// relaxed, in both: a count that guards no other memory; the order of its own changes keeps it
// exact.
bool LaterSeats::reserve(std::uint32_t entries) noexcept {
  const std::uint32_t before = reserved_.fetch_add(entries, std::memory_order_relaxed);
  if (before <= entries_max_ && entries <= entries_max_ - before) return true;
  reserved_.fetch_sub(entries, std::memory_order_relaxed);
  return false;
}

void LaterSeats::release(std::uint32_t entries) noexcept {
  reserved_.fetch_sub(entries, std::memory_order_relaxed);
}

void LaterSeats::enter(const Entry& entry) noexcept {
  JANJI_CHECK(heap_.size() < entries_max_);
  heap_.push_back(entry);
  std::push_heap(heap_.begin(), heap_.end(), is_later);
  // relaxed: only the writer changes it, and others read a hint.
  std::atomic<std::uint16_t>& seats = seats_[entry.slot_index];
  seats.store(static_cast<std::uint16_t>(seats.load(std::memory_order_relaxed) + entry.seats),
              std::memory_order_relaxed);
  total_.store(total_.load(std::memory_order_relaxed) + entry.seats, std::memory_order_relaxed);
}

bool LaterSeats::pop_due(LedgerTime now, Entry& entry) noexcept {
  if (heap_.empty() || heap_.front().due_ms > now.value) return false;
  std::pop_heap(heap_.begin(), heap_.end(), is_later);
  entry = heap_.back();
  heap_.pop_back();
  return true;
}

void LaterSeats::come(std::uint64_t slot_index, std::uint32_t seats) noexcept {
  std::atomic<std::uint16_t>& left = seats_[slot_index];
  const std::uint32_t before = left.load(std::memory_order_relaxed);
  JANJI_CHECK(before >= seats);
  left.store(static_cast<std::uint16_t>(before - seats), std::memory_order_relaxed);
  total_.store(total_.load(std::memory_order_relaxed) - seats, std::memory_order_relaxed);
}

}  // namespace janji::ledger
