#include "model/watched_store.hpp"

#include <utility>

namespace janji::model {

class WatchedFactory::Journal final : public store::JournalStore {
 public:
  Journal(WatchedFactory& owner, store::JournalStore& inner) : owner_(owner), inner_(inner) {}

  Status begin() override { return inner_.begin(); }
  Result<std::span<std::byte>> append(Lsn first, std::size_t size) override {
    return inner_.append(first, size);
  }
  Status put_details(Lsn lsn, std::span<const std::byte> bytes) override {
    return inner_.put_details(lsn, bytes);
  }
  Result<std::size_t> trim(Lsn before, std::size_t chunks_max) override {
    return inner_.trim(before, chunks_max);
  }
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
  void abandon() noexcept override { inner_.abandon(); }
  Result<std::vector<store::StoredChunk>> read(Lsn from, std::size_t chunks_max) const override {
    return inner_.read(from, chunks_max);
  }
  Result<std::vector<std::byte>> details(Lsn lsn) const override { return inner_.details(lsn); }
  Result<store::JournalBounds> bounds() const override { return inner_.bounds(); }
  std::string name() const override { return inner_.name(); }
  Result<std::size_t> free_bytes() const override { return inner_.free_bytes(); }

 private:
  WatchedFactory& owner_;
  store::JournalStore& inner_;
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
