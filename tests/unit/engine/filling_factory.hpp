// A disk that can be told to be full.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "store/memory_store.hpp"
#include "support/forwarding_journal.hpp"

namespace janji::test {

// A disk in memory that has as much room as it is told.
class FillingFactory final : public StoreFactory {
 public:
  Result<std::unique_ptr<store::Stores>> open(const store::Location& location) override {
    auto inner = disk_.open(location);
    if (!inner.ok()) return inner.error();
    return std::unique_ptr<store::Stores>(
        std::make_unique<StoresWithJournal<Journal>>(std::move(*inner), room));
  }

  std::atomic<std::size_t> room{SIZE_MAX};

 private:
  class Journal final : public ForwardingJournal {
   public:
    Journal(store::JournalStore& inner, const std::atomic<std::size_t>& room)
        : ForwardingJournal(inner), room_(room) {}
    Result<std::size_t> free_bytes() const override { return room_.load(); }

   private:
    const std::atomic<std::size_t>& room_;
  };

  store::MemoryFactory disk_;
};

}  // namespace janji::test
