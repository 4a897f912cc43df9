// Stores in memory: for `Durability::memory`, tests and simulation. Nothing here survives the
// process; a factory stands for one disk, and what was synced survives closing and opening again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "store/store_factory.hpp"

namespace janji::store {

using Rows = std::map<std::uint64_t, std::vector<std::byte>>;

// What is on the disk. Readers and the writing side share it under its mutex.
struct MemoryDisk {
  mutable std::mutex mutex;
  Rows chunks;
  Rows details;
  Rows state[kStateTables];
  bool in_use{false};
};

// Opens stores over one disk, as often as wanted, one at a time (else `locked`). Thread-safe.
class MemoryFactory final : public StoreFactory {
 public:
  MemoryFactory() : disk_(std::make_shared<MemoryDisk>()) {}
  Result<std::unique_ptr<Stores>> open(const Location& location) override;

  // For tests that damage it. Not while stores are open.
  MemoryDisk& disk() noexcept { return *disk_; }

 private:
  std::shared_ptr<MemoryDisk> disk_;
};

}  // namespace janji::store
