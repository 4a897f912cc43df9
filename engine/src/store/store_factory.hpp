// Where an engine gets its stores from.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>

#include <janji/result.hpp>

#include "store/journal_store.hpp"
#include "store/state_store.hpp"

namespace janji {

namespace store {

// What of the options concerns the disk.
struct Location {
  std::filesystem::path directory;
  std::size_t journal_map_bytes{};
  std::size_t state_map_bytes{};
};

// The stores of one opened data directory, and its lock. To be destroyed when every thread that
// used them has ended.
class Stores {
 public:
  virtual ~Stores() = default;
  virtual JournalStore& journal() noexcept = 0;
  virtual StateStore& state() noexcept = 0;
};

}  // namespace store

class StoreFactory {
 public:
  virtual ~StoreFactory() = default;

  // Opens what is there, or makes it. Errors: locked; damaged, naming the file; invalid_argument
  // when another version of the engine made it; io_error.
  virtual Result<std::unique_ptr<store::Stores>> open(const store::Location& location) = 0;
};

namespace store {

// Stores in LMDB. Without state of its own: one for the process, lives for ever.
StoreFactory& lmdb_factory() noexcept;

}  // namespace store
}  // namespace janji
