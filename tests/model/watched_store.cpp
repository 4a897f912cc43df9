#include "model/watched_store.hpp"

#include <utility>

#include "support/forwarding_journal.hpp"

namespace janji::model {

class WatchedFactory::Journal final : public test::ForwardingJournal {
 public:
  Journal(WatchedFactory& owner, store::JournalStore& inner)
      : ForwardingJournal(inner), owner_(owner) {}

  Status commit(bool sync) override {
    owner_.commits_.fetch_add(1, std::memory_order_acq_rel);
    const int left = owner_.commits_left_.load(std::memory_order_acquire);
    if (left < 0) return inner_.commit(sync);
    if (left > 0) {
      owner_.commits_left_.store(left - 1, std::memory_order_release);
      return inner_.commit(sync);
    }
    if (owner_.lands_.load(std::memory_order_relaxed)) {
      if (Status status = inner_.commit(true); !status.ok()) return status;
    }
    return Error{Code::io_error, "journal.mdb: the disk failed because a test wanted it so"};
  }

 private:
  WatchedFactory& owner_;
};

class WatchedFactory::Stores final : public store::Stores {
 public:
  Stores(WatchedFactory& owner, std::unique_ptr<store::Stores> inner)
      : inner_(std::move(inner)), journal_(owner, inner_->journal()) {}
  store::JournalStore& journal() noexcept override { return journal_; }
  store::StateStore& state() noexcept override { return inner_->state(); }

 private:
  std::unique_ptr<store::Stores> inner_;
  Journal journal_;
};

Result<std::unique_ptr<store::Stores>> WatchedFactory::open(const store::Location& location) {
  auto inner = inner_.open(location);
  if (!inner.ok()) return inner.error();
  auto stores = std::make_unique<Stores>(*this, std::move(inner).value());
  journal_ = &stores->journal();
  return std::unique_ptr<store::Stores>(std::move(stores));
}

}  // namespace janji::model
