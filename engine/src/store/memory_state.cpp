#include "store/memory_state.hpp"

#include <algorithm>
#include <iterator>

#include <janji/check.hpp>

namespace janji::store {

Status MemoryState::begin() {
  JANJI_CHECK(!in_step_);
  in_step_ = true;
  return success();
}

Result<std::optional<StateStore::Bytes>> MemoryState::get(StateTable table, std::uint64_t key) {
  JANJI_CHECK(in_step_);
  if (const auto change = changes(table).find(key); change != changes(table).end()) {
    if (!change->second) return std::optional<Bytes>{};
    return std::optional<Bytes>{*change->second};
  }
  // The row stays where it is: only commit() changes the disk, on this same thread.
  const std::lock_guard guard(disk_->mutex);
  const auto row = rows(table).find(key);
  if (row == rows(table).end()) return std::optional<Bytes>{};
  return std::optional<Bytes>{row->second};
}

Status MemoryState::put(StateTable table, std::uint64_t key, Bytes value) {
  JANJI_CHECK(in_step_);
  changes(table).insert_or_assign(key, std::vector<std::byte>(value.begin(), value.end()));
  return success();
}

Status MemoryState::erase(StateTable table, std::uint64_t key) {
  JANJI_CHECK(in_step_);
  changes(table).insert_or_assign(key, std::nullopt);
  return success();
}

Status MemoryState::commit() {
  JANJI_CHECK(in_step_);
  const std::lock_guard guard(disk_->mutex);
  for (std::size_t table = 0; table < kStateTables; ++table) {
    for (auto& [key, value] : changes_[table]) {
      if (value) {
        disk_->state[table].insert_or_assign(key, std::move(*value));
      } else {
        disk_->state[table].erase(key);
      }
    }
  }
  abort();
  return success();
}

void MemoryState::abort() noexcept {
  for (Changes& changes : changes_) changes.clear();
  in_step_ = false;
}

Result<std::optional<std::vector<std::byte>>> MemoryState::read(StateTable table,
                                                                std::uint64_t key) const {
  const std::lock_guard guard(disk_->mutex);
  const auto row = rows(table).find(key);
  if (row == rows(table).end()) return std::optional<std::vector<std::byte>>{};
  return std::optional{row->second};
}

Status MemoryState::scan(StateTable table, std::uint64_t from, const RowVisitor& visit) const {
  const std::lock_guard guard(disk_->mutex);
  for (auto row = rows(table).lower_bound(from); row != rows(table).end(); ++row) {
    if (Status status = visit(row->first, row->second); !status.ok()) return status;
  }
  return success();
}

// A copy, so that the visitor keeps nobody waiting: what is in memory is small.
Status MemoryState::scan_all(const TableVisitor& visit) const {
  Rows moment[kStateTables];
  {
    const std::lock_guard guard(disk_->mutex);
    std::copy(std::begin(disk_->state), std::end(disk_->state), std::begin(moment));
  }
  for (std::size_t i = 0; i < kStateTables; ++i) {
    for (const auto& [key, value] : moment[i]) {
      Status status = visit(static_cast<StateTable>(i), key, value);
      if (!status.ok()) return status;
    }
  }
  return success();
}

}  // namespace janji::store
