// LMDB with nothing around it: the limit that durable figures are held against.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

struct MDB_env;
struct MDB_txn;

namespace janji::bench::peers {

// An append-only table of values under growing integer keys. One thread. Any error ends the
// program with LMDB's words: a bench has nothing better to do.
class BareLmdb {
 public:
  BareLmdb(const std::filesystem::path& file, std::size_t map_bytes);
  ~BareLmdb();
  BareLmdb(const BareLmdb&) = delete;
  BareLmdb& operator=(const BareLmdb&) = delete;

  void begin();
  // Room for a value under `key`, to be filled before the next call.
  std::byte* append(std::uint64_t key, std::size_t size);
  void commit();  // returns when it is on the disk

  std::uint64_t commits() const noexcept { return commits_; }
  // Bytes of all values, counted by walking the table.
  std::uint64_t stored_bytes();

 private:
  MDB_env* env_{nullptr};
  MDB_txn* txn_{nullptr};
  unsigned int table_{0};
  std::uint64_t commits_{0};
};

}  // namespace janji::bench::peers
