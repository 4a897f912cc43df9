// A lock-free stack of small integers that stand for places in some table.
#pragma once

#include <atomic>
#include <cstdint>

namespace janji::base {

// Problem: hand out and take back places of a preallocated table, from any thread.
// Operation: a Treiber stack of chains. The links lie in the table itself (`Links` gives the
// atomic link of a place); the head carries a tag that each change raises, so a head that was
// popped and pushed again in between is never mistaken for the one that was read (ABA).
// Concurrency: any thread; lock-free. Links are read after the head: a link read from a place that
// someone else has popped meanwhile may be garbage, and then the tag makes the CAS fail.
// Limits: places below 2^32 - 1; the tag wraps after 2^32 changes during one stalled pop.
class IndexStack {
 public:
  static constexpr std::uint32_t kNone = ~0U;

  // Pushes `first`.. `last`, already linked to one another by the caller.
  template <class Links>
  void push_chain(std::uint32_t first, std::uint32_t last, Links&& links) noexcept {
    std::uint64_t head = head_.load(std::memory_order_relaxed);
    std::uint64_t next = 0;
    do {
      // relaxed: published by the CAS below.
      links(last).store(place_in(head), std::memory_order_relaxed);
      next = pack(first, tag_in(head) + 1);
      // release: pairs with the acquire in pop(): the links and what the place holds.
    } while (!head_.compare_exchange_weak(head, next, std::memory_order_release,
                                          std::memory_order_relaxed));
  }

  template <class Links>
  void push(std::uint32_t place, Links&& links) noexcept {
    push_chain(place, place, links);
  }

  // kNone when empty.
  template <class Links>
  std::uint32_t pop(Links&& links) noexcept {
    // acquire: pairs with the release in push_chain().
    std::uint64_t head = head_.load(std::memory_order_acquire);
    for (;;) {
      const std::uint32_t place = place_in(head);
      if (place == kNone) return kNone;
      const std::uint32_t below = links(place).load(std::memory_order_relaxed);
      if (head_.compare_exchange_weak(head, pack(below, tag_in(head) + 1),
                                      std::memory_order_acquire, std::memory_order_acquire)) {
        return place;
      }
    }
  }

  // Takes everything at once: the head of the chain, or kNone.
  std::uint32_t take_all() noexcept {
    std::uint64_t head = head_.load(std::memory_order_acquire);
    while (!head_.compare_exchange_weak(head, pack(kNone, tag_in(head) + 1),
                                        std::memory_order_acquire, std::memory_order_acquire)) {
    }
    return place_in(head);
  }

  bool empty() const noexcept { return place_in(head_.load(std::memory_order_acquire)) == kNone; }

 private:
  static constexpr std::uint64_t pack(std::uint32_t place, std::uint32_t tag) {
    return (std::uint64_t{tag} << 32) | place;
  }
  static constexpr std::uint32_t place_in(std::uint64_t head) {
    return static_cast<std::uint32_t>(head);
  }
  static constexpr std::uint32_t tag_in(std::uint64_t head) {
    return static_cast<std::uint32_t>(head >> 32);
  }

  alignas(64) std::atomic<std::uint64_t> head_{kNone};
};

}  // namespace janji::base
