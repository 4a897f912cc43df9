#include "store/lmdb.hpp"

#include <cerrno>
#include <cstring>

#include <lmdb.h>
#include <sys/statvfs.h>

#include <janji/check.hpp>

#include "store/files.hpp"
#include "store/lmdb_file_check.hpp"
#include "store/seal.hpp"

namespace janji::store::lmdb {
namespace {

constexpr unsigned int kReadersMax = 512;
constexpr unsigned int kMode = 0600;
// One file instead of a directory; readers that don't belong to threads.
constexpr unsigned int kFlags = MDB_NOSUBDIR | MDB_NOTLS;

MDB_val value_of(Bytes bytes) {
  return MDB_val{bytes.size(), const_cast<std::byte*>(bytes.data())};
}
MDB_val value_of(const std::uint64_t& key) {
  return MDB_val{sizeof key, const_cast<std::uint64_t*>(&key)};
}
MDB_val seal_key() {
  return MDB_val{Seal::kKey.size(), const_cast<char*>(Seal::kKey.data())};
}

Bytes bytes_of(const MDB_val& value) {
  return {static_cast<const std::byte*>(value.mv_data), value.mv_size};
}

bool is_damage(int number) {
  return number == MDB_PAGE_NOTFOUND || number == MDB_CORRUPTED || number == MDB_VERSION_MISMATCH ||
         number == MDB_INVALID || number == MDB_INCOMPATIBLE || number == MDB_BAD_VALSIZE ||
         number == MDB_NOTFOUND;
}

// The main table, which holds the names of the others and the seal.
int main_table(MDB_txn* txn, MDB_dbi* table) {
  return mdb_dbi_open(txn, nullptr, 0, table);
}

}  // namespace

// ---- Cursor ----

Cursor::Cursor(Cursor&& other) noexcept
    : environment_(other.environment_),
      cursor_(std::exchange(other.cursor_, nullptr)),
      dirty_(other.dirty_) {}

Cursor::~Cursor() {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
}

Cursor::Found Cursor::get(int operation, std::uint64_t key) {
  MDB_val key_value = value_of(key);
  MDB_val value{};
  const int number =
      mdb_cursor_get(cursor_, &key_value, &value, static_cast<MDB_cursor_op>(operation));
  if (number == MDB_NOTFOUND) return std::optional<Row>{};
  if (number != MDB_SUCCESS) return environment_->error(number, "reading");
  if (key_value.mv_size != sizeof key) return environment_->error(MDB_CORRUPTED, "reading a key");
  Row row{};
  std::memcpy(&row.key, key_value.mv_data, sizeof row.key);
  row.value = bytes_of(value);
  return std::optional<Row>{row};
}

Cursor::Found Cursor::first() {
  return get(MDB_FIRST, 0);
}
Cursor::Found Cursor::last() {
  return get(MDB_LAST, 0);
}
Cursor::Found Cursor::next() {
  return get(MDB_NEXT, 0);
}
Cursor::Found Cursor::previous() {
  return get(MDB_PREV, 0);
}
Cursor::Found Cursor::at_or_after(std::uint64_t key) {
  return get(MDB_SET_RANGE, key);
}

Status Cursor::erase() {
  *dirty_ = true;
  const int number = mdb_cursor_del(cursor_, 0);
  if (number != MDB_SUCCESS) return environment_->error(number, "deleting");
  return success();
}

// ---- Transaction ----

Transaction::Transaction(Transaction&& other) noexcept
    : environment_(other.environment_),
      txn_(std::exchange(other.txn_, nullptr)),
      dirty_(std::move(other.dirty_)) {}

Transaction::~Transaction() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
}

Result<std::optional<Bytes>> Transaction::get(Table table, std::uint64_t key) const {
  MDB_val key_value = value_of(key);
  MDB_val value{};
  const int number = mdb_get(txn_, table, &key_value, &value);
  if (number == MDB_NOTFOUND) return std::optional<Bytes>{};
  if (number != MDB_SUCCESS) return environment_->error(number, "reading");
  return std::optional<Bytes>{bytes_of(value)};
}

Result<Cursor> Transaction::cursor(Table table) {
  MDB_cursor* cursor = nullptr;
  const int number = mdb_cursor_open(txn_, table, &cursor);
  if (number != MDB_SUCCESS) return environment_->error(number, "beginning to look through it");
  return Cursor(*environment_, cursor, dirty_.get());
}

Status Transaction::put(Table table, std::uint64_t key, Bytes bytes) {
  *dirty_ = true;
  MDB_val key_value = value_of(key);
  MDB_val value = value_of(bytes);
  const int number = mdb_put(txn_, table, &key_value, &value, 0);
  if (number != MDB_SUCCESS) return environment_->error(number, "writing");
  return success();
}

Result<std::span<std::byte>> Transaction::append(Table table, std::uint64_t key, std::size_t size) {
  *dirty_ = true;
  MDB_val key_value = value_of(key);
  MDB_val value{size, nullptr};
  const int number = mdb_put(txn_, table, &key_value, &value, MDB_APPEND | MDB_RESERVE);
  if (number != MDB_SUCCESS) return environment_->error(number, "appending");
  return std::span<std::byte>(static_cast<std::byte*>(value.mv_data), size);
}

Status Transaction::erase(Table table, std::uint64_t key) {
  MDB_val key_value = value_of(key);
  const int number = mdb_del(txn_, table, &key_value, nullptr);
  if (number == MDB_NOTFOUND) return success();
  *dirty_ = true;
  if (number != MDB_SUCCESS) return environment_->error(number, "deleting");
  return success();
}

Status Transaction::write_seal() {
  MDB_dbi table = 0;
  Seal seal = Seal::of(mdb_txn_id(txn_));
  MDB_val key = seal_key();
  MDB_val value{sizeof seal, &seal};
  int number = main_table(txn_, &table);
  if (number == MDB_SUCCESS) number = mdb_put(txn_, table, &key, &value, 0);
  if (number != MDB_SUCCESS) return environment_->error(number, "writing the seal");
  return success();
}

Status Transaction::commit() {
  JANJI_CHECK(txn_ != nullptr);
  if (!*dirty_) {
    mdb_txn_abort(std::exchange(txn_, nullptr));
    return success();
  }
  if (Status status = write_seal(); !status.ok()) return status;
  const int number = mdb_txn_commit(std::exchange(txn_, nullptr));
  if (number != MDB_SUCCESS) return environment_->error(number, "committing");
  return success();
}

// ---- Environment ----

Status Environment::create(const Config& config) {
  Config made = config;
  made.file += ".new";
  if (Status status = files::remove(made.file); !status.ok()) return status;
  {
    Environment environment(made);
    if (Status status = environment.open_files(kFlags | MDB_NOLOCK); !status.ok()) return status;
    if (Status status = environment.open_tables(true); !status.ok()) return status;
  }
  return files::rename(made.file, config.file);
}

Result<std::unique_ptr<Environment>> Environment::open(const Config& config) {
  if (Status status = check_file(config.file, config.tables); !status.ok()) return status.error();
  std::unique_ptr<Environment> environment(new Environment(config));
  if (Status status = environment->open_files(kFlags); !status.ok()) return status.error();
  int stale = 0;
  const int number = mdb_reader_check(environment->env_, &stale);
  if (number != MDB_SUCCESS) return environment->error(number, "clearing stale readers");
  if (Status status = environment->open_tables(false); !status.ok()) return status.error();
  return environment;
}

Result<std::unique_ptr<Environment>> Environment::open_to_read(const Config& config) {
  Config as_it_is = config;
  as_it_is.map_bytes = 0;  // as large as the file says
  Status status = check_file(config.file, config.tables, MetaPages::as_they_are);
  if (!status.ok()) return status.error();
  std::unique_ptr<Environment> environment(new Environment(std::move(as_it_is)));
  status = environment->open_files(kFlags | MDB_RDONLY | MDB_NOLOCK);
  if (status.ok()) status = environment->open_tables(false);
  if (!status.ok()) return status.error();
  return environment;
}

Environment::~Environment() {
  if (env_ != nullptr) mdb_env_close(env_);
}

Status Environment::open_files(unsigned int flags) {
  int number = mdb_env_create(&env_);
  if (number == MDB_SUCCESS) number = mdb_env_set_mapsize(env_, config_.map_bytes);
  if (number == MDB_SUCCESS) number = mdb_env_set_maxreaders(env_, kReadersMax);
  if (number == MDB_SUCCESS) {
    number = mdb_env_set_maxdbs(env_, static_cast<MDB_dbi>(config_.tables.size()));
  }
  if (number == MDB_SUCCESS) number = mdb_env_open(env_, config_.file.c_str(), flags, kMode);
  if (number != MDB_SUCCESS) return error(number, "opening");
  return success();
}

Status Environment::open_tables(bool make) {
  MDB_txn* txn = nullptr;
  int number = mdb_txn_begin(env_, nullptr, make ? 0 : MDB_RDONLY, &txn);
  if (number != MDB_SUCCESS) return error(number, "opening");
  Transaction transaction(*this, txn);
  for (const char* name : config_.tables) {
    MDB_dbi table = 0;
    number = mdb_dbi_open(txn, name, MDB_INTEGERKEY | (make ? MDB_CREATE : 0U), &table);
    if (number != MDB_SUCCESS) return error(number, name);
    tables_.push_back(table);
  }
  if (make) {
    *transaction.dirty_ = true;
    return transaction.commit();
  }
  // LMDB keeps handles that were opened in a reading transaction only if it is committed.
  number = mdb_txn_commit(std::exchange(transaction.txn_, nullptr));
  if (number != MDB_SUCCESS) return error(number, "opening");
  return success();
}

Result<Transaction> Environment::begin_read() const {
  MDB_txn* txn = nullptr;
  const int number = mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn);
  if (number != MDB_SUCCESS) return error(number, "beginning to read");
  return Transaction(*this, txn);
}

Result<Transaction> Environment::begin_write() {
  MDB_txn* txn = nullptr;
  const int number = mdb_txn_begin(env_, nullptr, 0, &txn);
  if (number != MDB_SUCCESS) return error(number, "beginning to write");
  return Transaction(*this, txn);
}

Result<std::size_t> Environment::freed_pages() const {
  auto transaction = begin_read();
  if (!transaction) return transaction.error();
  // Table 0 lists the freed pages by transaction; each value begins with how many it lists.
  std::size_t freed = 0;
  auto cursor = transaction->cursor(0);
  if (!cursor) return cursor.error();
  for (auto found = cursor->first();; found = cursor->next()) {
    if (!found) return found.error();
    if (!found->has_value()) break;
    std::size_t pages = 0;
    if ((*found)->value.size() < sizeof pages) return error(MDB_CORRUPTED, "counting free pages");
    std::memcpy(&pages, (*found)->value.data(), sizeof pages);
    freed += pages;
  }
  return freed;
}

Result<std::size_t> Environment::free_bytes() const {
  const auto freed = freed_pages();
  if (!freed) return freed;
  MDB_envinfo info{};
  MDB_stat stat{};
  // Neither can fail: they copy what the open environment has.
  mdb_env_info(env_, &info);
  mdb_env_stat(env_, &stat);
  const std::size_t map_pages = info.me_mapsize / stat.ms_psize;
  const std::size_t used_pages = info.me_last_pgno + 1;
  const std::size_t in_map = (map_pages - std::min(map_pages, used_pages) + *freed) * stat.ms_psize;
  const auto on_disk = disk_bytes();
  if (!on_disk) return on_disk;
  return std::min(in_map, *on_disk);
}

Result<std::size_t> Environment::used_bytes() const {
  const auto freed = freed_pages();
  if (!freed) return freed;
  MDB_envinfo info{};
  MDB_stat stat{};
  mdb_env_info(env_, &info);
  mdb_env_stat(env_, &stat);
  const std::size_t pages = info.me_last_pgno + 1;
  return (pages - std::min(pages, *freed)) * stat.ms_psize;
}

Result<std::size_t> Environment::disk_bytes() const {
  struct statvfs disk {};
  if (statvfs(config_.file.c_str(), &disk) != 0) return error(errno, "asking for free space");
  return std::size_t{disk.f_bavail} * disk.f_frsize;
}

Error Environment::error(int number, const char* doing) const {
  const std::string where = config_.file.string() + ": " + doing + ": ";
  if (number == MDB_MAP_FULL) {
    return Error{Code::io_error, where + "its map of " + std::to_string(config_.map_bytes) +
                                     " bytes is full: raise " + config_.map_option};
  }
  // A meta page couldn't be written: LMDB then lets nobody even read.
  if (number == MDB_PANIC) {
    return Error{Code::outcome_unknown, where + "an earlier write failed: close and open again"};
  }
  if (is_damage(number)) {
    return Error{Code::damaged, where + mdb_strerror(number) + "; restore it from a backup"};
  }
  return Error{Code::io_error, where + mdb_strerror(number)};
}

}  // namespace janji::store::lmdb
