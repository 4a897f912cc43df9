#include "null_store.hpp"

#include "record/chunk_header.hpp"

namespace janji::bench {

namespace {

using store::JournalBounds;
using store::StateStore;
using store::StateTable;
using store::StoredChunk;

constexpr std::size_t kPlenty = std::size_t{1} << 50;

class NullJournal final : public store::JournalStore {
 public:
  explicit NullJournal(CommitGate& gate) : gate_(gate), room_(record::kChunkBytesMax) {}

  Status begin() override { return success(); }
  Result<std::span<std::byte>> append(Lsn, std::size_t size) override {
    return std::span<std::byte>(room_.data(), size);
  }
  Status put_details(Lsn, std::span<const std::byte>) override { return success(); }
  Status erase_details(Lsn) override { return success(); }
  Result<std::size_t> trim(Lsn, std::size_t) override { return std::size_t{0}; }
  Status commit(bool) override {
    gate_.pass();
    return success();
  }
  void abandon() noexcept override {}
  Result<std::vector<StoredChunk>> read(Lsn, std::size_t) const override {
    return std::vector<StoredChunk>{};
  }
  Result<std::vector<std::byte>> details(Lsn) const override { return std::vector<std::byte>{}; }
  Result<JournalBounds> bounds() const override { return JournalBounds{}; }
  Result<std::size_t> free_bytes() const override { return kPlenty; }
  std::string name() const override { return "a journal that forgets"; }

 private:
  CommitGate& gate_;
  std::vector<std::byte> room_;
};

class NullState final : public StateStore {
 public:
  Status begin() override { return success(); }
  Result<std::optional<Bytes>> get(StateTable, std::uint64_t) override {
    return std::optional<Bytes>{};
  }
  Status put(StateTable, std::uint64_t, Bytes) override { return success(); }
  Status erase(StateTable, std::uint64_t) override { return success(); }
  Status commit() override { return success(); }
  void abort() noexcept override {}
  Result<std::optional<std::vector<std::byte>>> read(StateTable, std::uint64_t) const override {
    return std::optional<std::vector<std::byte>>{};
  }
  Status scan(StateTable, std::uint64_t, const RowVisitor&) const override { return success(); }
  Status scan_all(const TableVisitor&) const override { return success(); }
  Result<std::size_t> free_bytes() const override { return kPlenty; }
  std::string name() const override { return "a state that forgets"; }
};

class NullStores final : public store::Stores {
 public:
  explicit NullStores(CommitGate& gate) : journal_(gate) {}
  store::JournalStore& journal() noexcept override { return journal_; }
  StateStore& state() noexcept override { return state_; }

 private:
  NullJournal journal_;
  NullState state_;
};

}  // namespace

Result<std::unique_ptr<store::Stores>> NullFactory::open(const store::Location&) {
  return std::unique_ptr<store::Stores>(std::make_unique<NullStores>(gate_));
}

}  // namespace janji::bench
