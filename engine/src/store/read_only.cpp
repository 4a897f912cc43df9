#include "store/read_only.hpp"

#include <utility>

#include "store/directory_lock.hpp"
#include "store/files.hpp"
#include "store/format_file.hpp"
#include "store/lmdb_journal.hpp"
#include "store/lmdb_state.hpp"

namespace janji::store {
namespace {

using Path = std::filesystem::path;

class ReadOnlyStores final : public Stores {
 public:
  ReadOnlyStores(std::unique_ptr<DirectoryLock> lock, std::unique_ptr<lmdb::Environment> journal,
                 std::unique_ptr<lmdb::Environment> state)
      : lock_(std::move(lock)), journal_(std::move(journal)), state_(std::move(state)) {}
  JournalStore& journal() noexcept override { return journal_; }
  StateStore& state() noexcept override { return state_; }

 private:
  std::unique_ptr<DirectoryLock> lock_;
  LmdbJournal journal_;
  LmdbState state_;
};

Result<std::unique_ptr<lmdb::Environment>> open_environment(const lmdb::Config& config) {
  const auto there = files::exists(config.file);
  if (!there) return there.error();
  if (!*there) {
    return Error{Code::damaged,
                 config.file.string() + ": is missing: restore the directory from a backup"};
  }
  // What a killed owner wrote may be in the cache only; and a copy is worth what the disk has.
  if (Status status = files::drop_from_cache(config.file); !status.ok()) return status.error();
  return lmdb::Environment::open_to_read(config);
}

}  // namespace

Result<std::unique_ptr<Stores>> open_to_read(const Path& directory) {
  auto lock = DirectoryLock::share(directory);
  if (!lock) return lock.error();
  const auto format = read_format_file(directory);
  if (!format) return format.error();
  if (!*format) {
    return Error{Code::invalid_argument,
                 directory.string() + ": isn't a data directory: there is no " + kFormatFile};
  }
  auto journal = open_environment(LmdbJournal::config(directory / "journal.mdb", 0));
  if (!journal) return journal.error();
  auto state = open_environment(LmdbState::config(directory / "state.mdb", 0));
  if (!state) return state.error();
  return std::unique_ptr<Stores>(
      std::make_unique<ReadOnlyStores>(std::move(*lock), std::move(*journal), std::move(*state)));
}

}  // namespace janji::store
