// The state in memory.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/memory_store.hpp"
#include "store/state_store.hpp"

namespace janji::store {

class MemoryState final : public StateStore {
 public:
  explicit MemoryState(std::shared_ptr<MemoryDisk> disk) : disk_(std::move(disk)) {}

  Status begin() override;
  Result<std::optional<Bytes>> get(StateTable table, std::uint64_t key) override;
  Status put(StateTable table, std::uint64_t key, Bytes value) override;
  Status erase(StateTable table, std::uint64_t key) override;
  Status commit() override;
  void abort() noexcept override;

  Result<std::optional<std::vector<std::byte>>> read(StateTable table,
                                                     std::uint64_t key) const override;
  Status scan(StateTable table, std::uint64_t from, const RowVisitor& visit) const override;
  Status scan_all(const TableVisitor& visit) const override;
  std::string name() const override { return "state in memory"; }
  Result<std::size_t> free_bytes() const override { return SIZE_MAX; }

 private:
  // A row as the open step leaves it; nothing: erased.
  using Changes = std::map<std::uint64_t, std::optional<std::vector<std::byte>>>;

  const Rows& rows(StateTable table) const { return disk_->state[static_cast<std::size_t>(table)]; }
  Changes& changes(StateTable table) { return changes_[static_cast<std::size_t>(table)]; }

  std::shared_ptr<MemoryDisk> disk_;

  // The checkpointer's.
  Changes changes_[kStateTables];
  bool in_step_{false};
};

}  // namespace janji::store
