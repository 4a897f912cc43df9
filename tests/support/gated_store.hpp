// Stores in memory whose commits wait while a test holds the gate: the writer stands still, and
// nothing becomes durable.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

#include "store/memory_store.hpp"
#include "support/forwarding_journal.hpp"

namespace janji::test {

class Gate {
 public:
  // Keeps the gate shut. Declare it behind the engine: a writer that stands still can't be ended.
  class Shut {
   public:
    explicit Shut(Gate& gate) : gate_(gate) { gate_.set(false); }
    ~Shut() { gate_.set(true); }
    Shut(const Shut&) = delete;
    Shut& operator=(const Shut&) = delete;

   private:
    Gate& gate_;
  };

  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  void set(bool open) {
    const std::lock_guard lock(mutex_);
    open_ = open;
    changed_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_{true};
};

class GatedFactory final : public StoreFactory {
 public:
  Result<std::unique_ptr<store::Stores>> open(const store::Location& location) override {
    auto inner = disk_.open(location);
    if (!inner.ok()) return inner.error();
    return std::unique_ptr<store::Stores>(
        std::make_unique<StoresWithJournal<Journal>>(std::move(*inner), gate));
  }

  Gate gate;

 private:
  class Journal final : public ForwardingJournal {
   public:
    Journal(store::JournalStore& inner, Gate& gate) : ForwardingJournal(inner), gate_(gate) {}
    Status commit(bool sync) override {
      gate_.pass();
      return ForwardingJournal::commit(sync);
    }

   private:
    Gate& gate_;
  };

  store::MemoryFactory disk_;
};

}  // namespace janji::test
