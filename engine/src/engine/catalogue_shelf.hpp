// Which catalogue is in use.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

#include <janji/catalogue.hpp>

namespace janji {

// Problem: a catalogue is exchanged while others read it (hazard 7).
// Operation: whoever reads for longer than a moment takes a share of it; the old one goes with the
// last share. Decisions don't come here: they go by DayTable::rules().
// Concurrency: any thread; take() and put() lock for as long as it takes to copy a pointer.
class CatalogueShelf {
 public:
  struct Taken {
    std::shared_ptr<const Catalogue> catalogue;
    std::uint64_t edition{0};
  };

  explicit CatalogueShelf(std::shared_ptr<const Catalogue> first) { put(std::move(first)); }

  // As long as nobody puts another.
  const Catalogue& now() const noexcept {
    return *now_.load(std::memory_order_acquire);  // pairs with put()
  }
  // Changes with every put(); no two shelves have had one in common.
  std::uint64_t edition() const noexcept {
    return edition_.load(std::memory_order_acquire);  // pairs with put()
  }
  Taken take() const {
    const std::lock_guard lock(mutex_);
    return taken_;
  }
  void put(std::shared_ptr<const Catalogue> next) {
    static std::atomic<std::uint64_t> editions{0};
    const std::lock_guard lock(mutex_);
    // relaxed: only that no two are the same.
    const std::uint64_t edition = editions.fetch_add(1, std::memory_order_relaxed) + 1;
    now_.store(next.get(), std::memory_order_release);  // pairs with now()
    taken_ = Taken{std::move(next), edition};
    edition_.store(edition, std::memory_order_release);  // pairs with edition()
  }

 private:
  mutable std::mutex mutex_;
  Taken taken_;  // guarded by mutex_
  std::atomic<const Catalogue*> now_{nullptr};
  std::atomic<std::uint64_t> edition_{0};
};

}  // namespace janji
