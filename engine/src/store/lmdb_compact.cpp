#include "store/lmdb_compact.hpp"

#include <string>

#include "base/step.hpp"
#include "base/words.hpp"
#include "store/files.hpp"

namespace janji::store::lmdb {
namespace {

using Path = std::filesystem::path;

constexpr char kCopy[] = ".compact";
constexpr char kLock[] = "-lock";  // LMDB's own, beside each file
constexpr std::size_t kCommitBytes = std::size_t{8} << 20;

Path with(const Path& file, const char* end) {
  Path made = file;
  made += end;
  return made;
}

// One table of `from`, in transactions that stay small: what one holds is in memory.
Status copy_table(const Environment& from, Transaction& read, Environment& to, std::size_t index) {
  auto rows = read.cursor(from.table(index));
  if (!rows) return rows.error();
  auto row = rows->first();
  for (bool more = true; more;) {
    auto write = to.begin_write();
    if (!write) return write.error();
    std::size_t bytes = 0;
    for (; bytes < kCommitBytes; row = rows->next()) {
      if (!row) return row.error();
      more = row->has_value();
      if (!more) break;
      const Bytes value = (*row)->value;
      Status put = write->put(to.table(index), (*row)->key, value);
      if (!put.ok()) return put;
      bytes += value.size();
    }
    if (Status committed = write->commit(); !committed.ok()) return committed;
  }
  return success();
}

Result<std::unique_ptr<Environment>> copy_of(const Environment& from) {
  Config made = from.config();
  made.file += kCopy;
  if (Status status = CompactableFile::remove_leftovers(from.file()); !status.ok()) {
    return status.error();
  }
  if (Status status = Environment::create(made); !status.ok()) return status.error();
  auto to = Environment::open(made);
  if (!to) return to;
  auto read = from.begin_read();
  if (!read) return read.error();
  for (std::size_t i = 0; i < made.tables.size(); ++i) {
    Status copied = copy_table(from, *read, **to, i);
    if (!copied.ok()) return copied.error();
  }
  return to;
}

}  // namespace

Status CompactableFile::remove_leftovers(const Path& file) {
  const Path copy = with(file, kCopy);
  for (const char* end : {"", "-lock", ".new", ".new-lock"}) {
    if (Status status = files::remove(with(copy, end)); !status.ok()) return status;
  }
  return success();
}

Status CompactableFile::compact() {
  const std::shared_ptr<Environment> from = now();
  const auto needed = from->used_bytes();
  if (!needed) return needed.error();
  const auto left = from->disk_bytes();
  if (!left) return left.error();
  // As much again stays for whoever writes beside it.
  if (*left / 2 < *needed) {
    return Error{Code::io_error, base::words(file_.string(), ": writing it anew takes up to ",
                                             *needed, " bytes, and its disk has only ", *left,
                                             " left, half of which must stay: make room")};
  }
  auto to = copy_of(*from);
  if (!to) {
    (void)remove_leftovers(file_);  // what stays is removed by the next try, or the next opening
    // Only the copy failed.
    return Error{Code::io_error, to.error().detail};
  }
  JANJI_STEP("file_copied");
  // The copy's readers are listed in the lock file that it was opened with, under whatever name.
  std::error_code failed;
  std::filesystem::rename(with(with(file_, kCopy), kLock), with(file_, kLock), failed);
  if (!failed) std::filesystem::rename(with(file_, kCopy), file_, failed);
  if (failed) {
    to->reset();
    (void)remove_leftovers(file_);
    return Error{Code::io_error, file_.string() + ": taking its place: " + failed.message()};
  }
  JANJI_STEP("file_replaced");
  // Before anything is written that a crash must not lose with the name.
  if (Status synced = files::sync_directory(file_.parent_path()); !synced.ok()) {
    return Error{Code::outcome_unknown, synced.error().detail};
  }
  (*to)->renamed_to(file_);
  const std::lock_guard guard(mutex_);
  environment_ = std::move(*to);
  return success();
}

}  // namespace janji::store::lmdb
