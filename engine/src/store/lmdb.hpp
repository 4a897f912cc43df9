// LMDB behind values that close themselves: the one door to lmdb.h, which lmdb.cpp alone includes.
//
// Every table here has 64-bit integer keys. Beside its tables an environment keeps one row of its
// own, the seal (seal.hpp). LMDB checks nothing of what it reads, so lmdb_file_check.hpp does, each
// time before LMDB opens a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <janji/result.hpp>

struct MDB_env;
struct MDB_txn;
struct MDB_cursor;

namespace janji::store::lmdb {

using Table = unsigned int;
using Bytes = std::span<const std::byte>;

struct Row {
  std::uint64_t key;
  Bytes value;  // in the map: 2-byte aligned, valid until the transaction ends or writes
};

struct Config {
  std::filesystem::path file;
  std::size_t map_bytes{};          // address space; the file grows as it is filled
  const char* map_option{""};       // the name of the option behind it, for error messages
  std::vector<const char*> tables;  // made when the file is
};

class Environment;

// Walks one table inside one transaction. Nothing: there is no such row.
class Cursor {
 public:
  using Found = Result<std::optional<Row>>;

  Cursor(Cursor&& other) noexcept;
  Cursor& operator=(Cursor&&) = delete;
  ~Cursor();

  Found first();
  Found last();
  Found next();
  Found previous();
  Found at_or_after(std::uint64_t key);
  Status erase();  // the row it stands on; next() then gives the one behind it

 private:
  friend class Transaction;
  Cursor(const Environment& environment, MDB_cursor* cursor, bool* dirty)
      : environment_(&environment), cursor_(cursor), dirty_(dirty) {}
  Found get(int operation, std::uint64_t key);

  const Environment* environment_;
  MDB_cursor* cursor_;
  bool* dirty_;
};

// A transaction; aborted unless committed. A writing one belongs to the thread that began it.
class Transaction {
 public:
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  // Nothing: no such row.
  Result<std::optional<Bytes>> get(Table table, std::uint64_t key) const;
  // Errors: io_error, without memory.
  Result<Cursor> cursor(Table table);

  // ---- writing transactions ----

  Status put(Table table, std::uint64_t key, Bytes value);
  // Room for a value under a key greater than all before it, to be filled before the next call.
  Result<std::span<std::byte>> append(Table table, std::uint64_t key, std::size_t size);
  Status erase(Table table, std::uint64_t key);  // fine when there is no such row

  // Writes, flushes, and only then makes it the newest. Nothing at all when nothing was changed.
  // After an error the outcome is unknown.
  Status commit();

 private:
  friend class Environment;
  Transaction(const Environment& environment, MDB_txn* txn)
      : environment_(&environment), txn_(txn), dirty_(std::make_unique<bool>(false)) {}
  Status write_seal();

  const Environment* environment_;
  MDB_txn* txn_;
  std::unique_ptr<bool> dirty_;  // its address outlives a move: cursors set it
};

// Problem: LMDB's rules (one environment per file and process, transactions that end, stale readers
// cleared, error numbers) in one place.
// Concurrency: any thread may begin to read; one thread at a time writes. No reading transaction
// may live long: the file grows behind it.
// Limits: the map's size, fixed at opening; 512 readers at one time.
class Environment {
 public:
  // Makes a new file, whole or not at all: a crash on the way leaves at most `<file>.new`.
  static Status create(const Config& config);

  // Opens an existing file, once it was found sound. Errors: io_error; damaged when it isn't what
  // this made, with the page and what to do.
  static Result<std::unique_ptr<Environment>> open(const Config& config);

  // As open(), but to read only: nothing is written, beside it neither, and a meta page that
  // open() would put right is damage. Nobody may have the file open for writing: LMDB's lock file
  // isn't used. Config::map_bytes doesn't matter.
  static Result<std::unique_ptr<Environment>> open_to_read(const Config& config);

  ~Environment();
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  Result<Transaction> begin_read() const;
  Result<Transaction> begin_write();

  // The table that stands at `index` in Config::tables.
  Table table(std::size_t index) const { return tables_.at(index); }
  const std::filesystem::path& file() const { return config_.file; }
  const Config& config() const { return config_; }
  // The file has another name from now on. Before others know the environment.
  void renamed_to(const std::filesystem::path& file) { config_.file = file; }

  // Bytes that can still be written: left in the map, pages that were freed included, and left on
  // the file system; whichever is less.
  Result<std::size_t> free_bytes() const;
  // Of the file, pages that were freed not included; and left on the file system alone.
  Result<std::size_t> used_bytes() const;
  Result<std::size_t> disk_bytes() const;

  // LMDB's error number in words, with the file's name. outcome_unknown: LMDB has given the
  // environment up, readers included, since the write of a meta page failed.
  Error error(int number, const char* doing) const;

 private:
  explicit Environment(Config config) : config_(std::move(config)) {}
  Status open_files(unsigned int flags);
  Status open_tables(bool make);
  Result<std::size_t> freed_pages() const;

  Config config_;
  MDB_env* env_{nullptr};
  std::vector<Table> tables_;

  friend class Transaction;
};

}  // namespace janji::store::lmdb
