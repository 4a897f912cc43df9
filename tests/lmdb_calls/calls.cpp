#include "lmdb_calls/calls.hpp"

#include <dlfcn.h>

#include <lmdb.h>
#include <unistd.h>

namespace janji::lmdb_calls {
namespace {

// Each thread's own: an engine's threads go on as they are.
thread_local bool watching = false;
thread_local long left = 0;
thread_local int error_number = 0;
thread_local bool commits = false;
thread_local const char* failed_function = nullptr;

// LMDB's functions call one another, by way of this program too: only the outermost counts.
thread_local int depth = 0;

template <class Function>
Function real(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

bool fails(const char* function) {
  if (depth != 0 || !watching || left-- != 0) return false;
  failed_function = function;
  return true;
}

template <class Make>
int call(const char* function, Make&& make) {
  if (fails(function)) return error_number;
  ++depth;
  const int number = make();
  --depth;
  return number;
}

int commit(MDB_txn* txn) {
  ++depth;
  const int number = real<int (*)(MDB_txn*)>("mdb_txn_commit")(txn);
  --depth;
  return number;
}

}  // namespace

const int kCorrupted = MDB_CORRUPTED;
const int kPanic = MDB_PANIC;
const int kMapFull = MDB_MAP_FULL;
const std::vector<int> kDamages{MDB_PAGE_NOTFOUND, MDB_CORRUPTED,    MDB_VERSION_MISMATCH,
                                MDB_INVALID,       MDB_INCOMPATIBLE, MDB_BAD_VALSIZE};

Failure::Failure(long at, int error, bool made) {
  left = at;
  error_number = error;
  commits = made;
  failed_function = nullptr;
  watching = true;
}

Failure::~Failure() {
  watching = false;
}

std::string Failure::function() const {
  return failed_function == nullptr ? "" : failed_function;
}

}  // namespace janji::lmdb_calls

using janji::lmdb_calls::call;
using janji::lmdb_calls::real;

// LMDB_CALL(name, (parameters), (arguments)): LMDB's function of that name.
#define LMDB_CALL(name, parameters, arguments)                                    \
  int name parameters {                                                           \
    return call(#name, [&] { return real<int(*) parameters>(#name) arguments; }); \
  }

extern "C" {
LMDB_CALL(mdb_env_create, (MDB_env * *env), (env))
LMDB_CALL(mdb_env_set_mapsize, (MDB_env * env, size_t size), (env, size))
LMDB_CALL(mdb_env_set_maxreaders, (MDB_env * env, unsigned int readers), (env, readers))
LMDB_CALL(mdb_env_set_maxdbs, (MDB_env * env, MDB_dbi dbs), (env, dbs))
LMDB_CALL(mdb_env_open, (MDB_env * env, const char* path, unsigned int flags, mdb_mode_t mode),
          (env, path, flags, mode))
LMDB_CALL(mdb_reader_check, (MDB_env * env, int* dead), (env, dead))
LMDB_CALL(mdb_txn_begin, (MDB_env * env, MDB_txn* parent, unsigned int flags, MDB_txn** txn),
          (env, parent, flags, txn))
LMDB_CALL(mdb_dbi_open, (MDB_txn * txn, const char* name, unsigned int flags, MDB_dbi* dbi),
          (txn, name, flags, dbi))
LMDB_CALL(mdb_get, (MDB_txn * txn, MDB_dbi dbi, MDB_val* key, MDB_val* data), (txn, dbi, key, data))
LMDB_CALL(mdb_put, (MDB_txn * txn, MDB_dbi dbi, MDB_val* key, MDB_val* data, unsigned int flags),
          (txn, dbi, key, data, flags))
LMDB_CALL(mdb_del, (MDB_txn * txn, MDB_dbi dbi, MDB_val* key, MDB_val* data), (txn, dbi, key, data))
LMDB_CALL(mdb_cursor_open, (MDB_txn * txn, MDB_dbi dbi, MDB_cursor** cursor), (txn, dbi, cursor))
LMDB_CALL(mdb_cursor_get, (MDB_cursor * cursor, MDB_val* key, MDB_val* data, MDB_cursor_op op),
          (cursor, key, data, op))
LMDB_CALL(mdb_cursor_del, (MDB_cursor * cursor, unsigned int flags), (cursor, flags))

// What is on the disk is looked at by tests/power; here nothing loses its cache, so that the many
// runs needn't wait for a disk.
int fsync(int) {
  return 0;
}
int fdatasync(int) {
  return 0;
}

int mdb_txn_commit(MDB_txn* txn) {
  using namespace janji::lmdb_calls;
  if (!fails("mdb_txn_commit")) return commit(txn);
  if (commits) {
    commit(txn);
  } else {
    mdb_txn_abort(txn);
  }
  return error_number;
}
}
