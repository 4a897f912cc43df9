// The journal in memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "store/journal_store.hpp"
#include "store/memory_store.hpp"

namespace janji::store {

// As LmdbJournal, rounds become visible when a synced commit carries them.
class MemoryJournal final : public JournalStore {
 public:
  explicit MemoryJournal(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}

  Status begin() override;
  Result<std::span<std::byte>> append(Lsn first, std::size_t size) override;
  Status put_details(Lsn lsn, std::span<const std::byte> bytes) override;
  Status erase_details(Lsn lsn) override;
  Result<std::size_t> trim(Lsn before, std::size_t chunks_max) override;
  Status commit(bool sync) override;
  void abandon() noexcept override;

  Result<std::vector<StoredChunk>> read(Lsn from, std::size_t chunks_max) const override;
  Result<std::vector<std::byte>> details(Lsn lsn) const override;
  Result<JournalBounds> bounds() const override;
  std::string name() const override { return "journal in memory"; }
  Result<std::size_t> free_bytes() const override { return SIZE_MAX; }

 private:
  std::shared_ptr<MemoryDisk> disk_;

  // The writer's: what its rounds hold that isn't synced yet.
  Rows chunks_;
  Rows details_;
  std::size_t trimmed_{0};  // chunks of the disk
  bool in_round_{false};
  bool abandoned_{false};
};

}  // namespace janji::store
