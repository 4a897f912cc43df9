#include "store/memory_store.hpp"

#include <utility>

#include "store/memory_journal.hpp"
#include "store/memory_state.hpp"

namespace janji::store {
namespace {

class MemoryStores final : public Stores {
 public:
  explicit MemoryStores(const std::shared_ptr<MemoryDisk>& disk)
      : disk_(disk), journal_(disk), state_(disk) {}
  ~MemoryStores() override {
    const std::lock_guard guard(disk_->mutex);
    disk_->in_use = false;
  }
  MemoryStores(const MemoryStores&) = delete;
  MemoryStores& operator=(const MemoryStores&) = delete;

  JournalStore& journal() noexcept override { return journal_; }
  StateStore& state() noexcept override { return state_; }

 private:
  std::shared_ptr<MemoryDisk> disk_;
  MemoryJournal journal_;
  MemoryState state_;
};

}  // namespace

Result<std::unique_ptr<Stores>> MemoryFactory::open(const Location&) {
  {
    const std::lock_guard guard(disk_->mutex);
    if (disk_->in_use) return Error{Code::locked, "the disk in memory is in use"};
    disk_->in_use = true;
  }
  return std::unique_ptr<Stores>(std::make_unique<MemoryStores>(disk_));
}

}  // namespace janji::store
