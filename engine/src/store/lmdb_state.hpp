// The state in LMDB.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "store/lmdb_compact.hpp"
#include "store/state_store.hpp"

namespace janji::store {

// One environment, a table for each StateTable. Every commit is flushed.
class LmdbState final : public StateStore {
 public:
  static lmdb::Config config(const std::filesystem::path& file, std::size_t map_bytes);

  explicit LmdbState(std::unique_ptr<lmdb::Environment> environment)
      : environment_(std::move(environment)) {}

  Status begin() override;
  Result<std::optional<Bytes>> get(StateTable table, std::uint64_t key) override;
  Status put(StateTable table, std::uint64_t key, Bytes value) override;
  Status erase(StateTable table, std::uint64_t key) override;
  Status commit() override;
  void abort() noexcept override { step_.reset(); }
  Status compact() override;

  Result<std::optional<std::vector<std::byte>>> read(StateTable table,
                                                     std::uint64_t key) const override;
  Status scan(StateTable table, std::uint64_t from, const RowVisitor& visit) const override;
  Status scan_all(const TableVisitor& visit) const override;
  std::string name() const override { return environment_.file().string(); }
  Result<std::size_t> free_bytes() const override;

  // A write failed: what the page cache shows may not be on the disk.
  bool failed() const noexcept { return failed_.load(std::memory_order_acquire); }

 private:
  Status check_usable() const;
  Status fail(Status status);
  static Status scan_in(const lmdb::Environment& environment, lmdb::Transaction& transaction,
                        StateTable table, std::uint64_t from, const RowVisitor& visit);

  lmdb::CompactableFile environment_;
  std::optional<lmdb::Transaction> step_;  // the checkpointer's
  std::atomic<bool> failed_{false};        // set by the checkpointer once, read by any
};

}  // namespace janji::store
