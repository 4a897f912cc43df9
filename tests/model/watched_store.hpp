// Stores that a test can look into while an engine uses them, and whose commits it can make fail.
#pragma once

#include <atomic>
#include <memory>

#include "store/store_factory.hpp"

namespace janji::model {

// Passes everything on to the factory it was made with. One engine at a time.
class WatchedFactory final : public StoreFactory {
 public:
  explicit WatchedFactory(StoreFactory& inner) : inner_(inner) {}
  Result<std::unique_ptr<store::Stores>> open(const store::Location& location) override;

  // The journal of the engine that is open. read(), details() and bounds() only.
  const store::JournalStore& journal() const { return *journal_; }

  // The commit after `commits` more ones fails, and every one behind it. What the failing one
  // held reaches the inner store or not, as `lands` says: after a failure nobody knows.
  void fail_after(int commits, bool lands) {
    lands_.store(lands, std::memory_order_relaxed);
    commits_left_.store(commits, std::memory_order_release);
  }
  void mend() { commits_left_.store(-1, std::memory_order_release); }
  int commits() const { return commits_.load(std::memory_order_acquire); }

 private:
  class Journal;
  class Stores;

  StoreFactory& inner_;
  const store::JournalStore* journal_{nullptr};
  std::atomic<int> commits_left_{-1};  // -1: none fails
  std::atomic<bool> lands_{false};
  std::atomic<int> commits_{0};
};

}  // namespace janji::model
