#include "peers/bare_lmdb.hpp"

#include <lmdb.h>

#include <cstdio>
#include <cstdlib>

namespace janji::bench::peers {

namespace {

void must(int number, const char* doing) {
  if (number == MDB_SUCCESS) return;
  std::fprintf(stderr, "bare LMDB: %s: %s\n", doing, mdb_strerror(number));
  std::exit(1);
}

}  // namespace

BareLmdb::BareLmdb(const std::filesystem::path& file, std::size_t map_bytes) {
  must(mdb_env_create(&env_), "create");
  must(mdb_env_set_mapsize(env_, map_bytes), "map size");
  must(mdb_env_set_maxdbs(env_, 1), "tables");
  // The flags with which the engine's store opens its files.
  must(mdb_env_open(env_, file.c_str(), MDB_NOSUBDIR | MDB_NOTLS, 0600), "open");
  begin();
  must(mdb_dbi_open(txn_, "chunks", MDB_CREATE | MDB_INTEGERKEY, &table_), "table");
  commit();
  commits_ = 0;
}

BareLmdb::~BareLmdb() {
  if (txn_ != nullptr) mdb_txn_abort(txn_);
  mdb_env_close(env_);
}

void BareLmdb::begin() {
  must(mdb_txn_begin(env_, nullptr, 0, &txn_), "begin");
}

std::byte* BareLmdb::append(std::uint64_t key, std::size_t size) {
  MDB_val key_value{sizeof key, &key};
  MDB_val value{size, nullptr};
  must(mdb_put(txn_, table_, &key_value, &value, MDB_APPEND | MDB_RESERVE), "append");
  return static_cast<std::byte*>(value.mv_data);
}

void BareLmdb::commit() {
  must(mdb_txn_commit(txn_), "commit");
  txn_ = nullptr;
  ++commits_;
}

std::uint64_t BareLmdb::stored_bytes() {
  std::uint64_t sum = 0;
  must(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &txn_), "read");
  MDB_cursor* cursor = nullptr;
  must(mdb_cursor_open(txn_, table_, &cursor), "cursor");
  MDB_val key{}, value{};
  while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS) sum += value.mv_size;
  mdb_cursor_close(cursor);
  mdb_txn_abort(txn_);
  txn_ = nullptr;
  return sum;
}

}  // namespace janji::bench::peers
