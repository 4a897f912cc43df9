#include "ledger/halls.hpp"

#include <algorithm>
#include <bit>

#include <janji/check.hpp>

#include "base/step.hpp"

namespace janji::ledger {

Halls::Halls(const Catalogue& catalogue) : halls_(catalogue.branches().size()) {
  std::vector<std::uint64_t> seats(halls_.size(), 0);
  for (std::uint32_t i = 0; i < catalogue.lanes().size(); ++i) {
    const LaneSpec& lane = catalogue.lanes()[i];
    seats[lane.branch] += std::uint64_t{catalogue.max_slots(i)} * lane.capacity;
  }
  for (std::size_t i = 0; i < halls_.size(); ++i) {
    const std::uint64_t wanted = std::clamp<std::uint64_t>(2 * seats[i], kChairsLeast, kChairsMost);
    furnish(halls_[i], static_cast<std::uint32_t>(std::bit_ceil(wanted)));
  }
}

// Before serving: nobody looks.
void Halls::furnish(Hall& hall, std::uint32_t chairs) {
  auto waiting = std::make_unique<std::atomic<std::uint64_t>[]>(chairs);
  for (std::uint32_t i = 0; i < hall.chairs; ++i) {
    waiting[i].store(hall.waiting[i].load(std::memory_order_relaxed), std::memory_order_relaxed);
  }
  hall.waiting = std::move(waiting);
  hall.chairs = chairs;
}

// relaxed, here and in leave_chair(): a count that guards no other memory; the order of its own
// changes keeps it at or below the chairs.
bool Halls::take_chair(std::uint32_t branch) noexcept {
  Hall& hall = halls_[branch];
  std::uint32_t taken = hall.taken.load(std::memory_order_relaxed);
  do {
    if (taken >= hall.chairs) return false;
  } while (!hall.taken.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed,
                                             std::memory_order_relaxed));
  return true;
}

void Halls::leave_chair(std::uint32_t branch) noexcept {
  halls_[branch].taken.fetch_sub(1, std::memory_order_relaxed);
}

std::uint64_t Halls::entered(std::uint32_t branch) const noexcept {
  // acquire: keeps the look that follows behind it; the second time, the words that were seen keep
  // it behind themselves.
  return halls_[branch].entered.load(std::memory_order_acquire);
}

bool Halls::find_next(std::uint32_t branch, Day day, std::uint32_t above,
                      Waiting& out) const noexcept {
  const Hall& hall = halls_[branch];
  const auto today = static_cast<std::uint16_t>(day.value);
  bool found = false;
  for (std::uint32_t i = 0; i < hall.chairs; ++i) {
    // acquire: pairs with enter(): whose word is seen has his check-in, and all before it, seen
    // too.
    const std::uint64_t word = hall.waiting[i].load(std::memory_order_acquire);
    JANJI_STEP("hall_chair_seen");
    if (word == 0 || day_of(word) != today) continue;
    const Waiting who = waiting_of(word);
    if (who.number <= above || (found && who.number >= out.number)) continue;
    out = who;
    found = true;
  }
  return found;
}

void Halls::enter(std::uint32_t branch, Day day, const Waiting& who) noexcept {
  Hall& hall = halls_[branch];
  for (std::uint32_t n = 0; n < hall.chairs; ++n) {
    auto& at = hall.waiting[(who.number + n) & (hall.chairs - 1)];
    // relaxed: only the writer changes the words.
    if (at.load(std::memory_order_relaxed) != 0) continue;
    // relaxed: the word releases it. So whoever sees the word sees the count.
    hall.entered.store(hall.entered.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    at.store(word_of(day, who), std::memory_order_release);  // pairs with find_next()
    return;
  }
  check_failed("whoever checks in has a chair", __FILE__, __LINE__);
}

void Halls::leave(std::uint32_t branch, Place place) noexcept {
  Hall& hall = halls_[branch];
  for (std::uint32_t i = 0; i < hall.chairs; ++i) {
    // relaxed: as in enter().
    const std::uint64_t word = hall.waiting[i].load(std::memory_order_relaxed);
    if (word == 0 || waiting_of(word).place != place) continue;
    // release: the word is empty before its chair can be taken again, as far as the writer itself
    // is concerned; others lose nothing by an old look.
    hall.waiting[i].store(0, std::memory_order_release);
    leave_chair(branch);
    return;
  }
}

void Halls::call(std::uint32_t branch, const HallCall& call) noexcept {
  Hall& hall = halls_[branch];
  const std::uint64_t n = hall.called.load(std::memory_order_relaxed);  // the writer's own
  Call& at = hall.calls[n % kCallsKept];
  // release, all three: whoever sees one of the two words also sees that the calls went on to `n`,
  // and whoever sees the count sees the words.
  at.number_and_counter.store((std::uint64_t{call.queue_number} << 32) | call.counter,
                              std::memory_order_release);
  at.at_ms.store(call.at.value, std::memory_order_release);
  hall.called.store(n + 1, std::memory_order_release);
}

std::size_t Halls::calls(std::uint32_t branch, std::span<HallCall> out) const noexcept {
  const Hall& hall = halls_[branch];
  // acquire, here and below: pairs with call(), and keeps the last look behind those at the words.
  const std::uint64_t end = hall.called.load(std::memory_order_acquire);
  const std::size_t many = std::min<std::size_t>({out.size(), kCallsShown, end});
  for (std::size_t i = 0; i < many; ++i) {
    const Call& at = hall.calls[(end - 1 - i) % kCallsKept];
    const std::uint64_t word = at.number_and_counter.load(std::memory_order_acquire);
    out[i] = {static_cast<std::uint32_t>(word >> 32), static_cast<std::uint32_t>(word),
              CivilTime{at.at_ms.load(std::memory_order_acquire)}};
  }
  // While these were read the ring may have gone round, and one more may be on its way: that one's
  // place was the oldest's.
  const std::uint64_t now = hall.called.load(std::memory_order_relaxed);
  const std::uint64_t whole = now + 1 > kCallsKept ? now + 1 - kCallsKept : 0;
  return whole + many <= end ? many : end > whole ? static_cast<std::size_t>(end - whole) : 0;
}

void Halls::restore(std::uint32_t branch, Day day, const Waiting& who) {
  Hall& hall = halls_[branch];
  if (!take_chair(branch)) {
    furnish(hall, 2 * hall.chairs);
    JANJI_CHECK(take_chair(branch));
  }
  enter(branch, day, who);
}

}  // namespace janji::ledger
