// A journal that passes everything on: for tests that change one thing of it.
#pragma once

#include <memory>
#include <utility>

#include "store/journal_store.hpp"
#include "store/store_factory.hpp"

namespace janji::test {

class ForwardingJournal : public store::JournalStore {
 public:
  explicit ForwardingJournal(store::JournalStore& inner) : inner_(inner) {}

  Status begin() override { return inner_.begin(); }
  Result<std::span<std::byte>> append(Lsn first, std::size_t size) override {
    return inner_.append(first, size);
  }
  Status put_details(Lsn lsn, std::span<const std::byte> bytes) override {
    return inner_.put_details(lsn, bytes);
  }
  Status erase_details(Lsn lsn) override { return inner_.erase_details(lsn); }
  Status compact() override { return inner_.compact(); }
  Result<std::size_t> trim(Lsn before, std::size_t chunks_max) override {
    return inner_.trim(before, chunks_max);
  }
  Status commit(bool sync) override { return inner_.commit(sync); }
  void abandon() noexcept override { inner_.abandon(); }
  Result<std::vector<store::StoredChunk>> read(Lsn from, std::size_t chunks_max) const override {
    return inner_.read(from, chunks_max);
  }
  Result<std::vector<std::byte>> details(Lsn lsn) const override { return inner_.details(lsn); }
  Result<store::JournalBounds> bounds() const override { return inner_.bounds(); }
  std::string name() const override { return inner_.name(); }
  Result<std::size_t> free_bytes() const override { return inner_.free_bytes(); }

 protected:
  store::JournalStore& inner_;
};

// Stores whose journal stands before that of others: `Journal` is made from it and `arguments`.
template <class Journal>
class StoresWithJournal final : public store::Stores {
 public:
  template <class... Arguments>
  explicit StoresWithJournal(std::unique_ptr<store::Stores> inner, Arguments&&... arguments)
      : inner_(std::move(inner)),
        journal_(inner_->journal(), std::forward<Arguments>(arguments)...) {}
  store::JournalStore& journal() noexcept override { return journal_; }
  store::StateStore& state() noexcept override { return inner_->state(); }

 private:
  std::unique_ptr<store::Stores> inner_;
  Journal journal_;
};

}  // namespace janji::test
