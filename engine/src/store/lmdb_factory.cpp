// A data directory: lock, FORMAT, journal.mdb, state.mdb (and LMDB's own lock files beside them).
#include <string>
#include <utility>

#include "store/directory_lock.hpp"
#include "store/files.hpp"
#include "store/format_file.hpp"
#include "store/lmdb_journal.hpp"
#include "store/lmdb_state.hpp"
#include "store/store_factory.hpp"

namespace janji::store {
namespace {

using Path = std::filesystem::path;

class LmdbStores final : public Stores {
 public:
  LmdbStores(std::unique_ptr<DirectoryLock> lock, std::unique_ptr<LmdbJournal> journal,
             std::unique_ptr<LmdbState> state)
      : lock_(std::move(lock)), journal_(std::move(journal)), state_(std::move(state)) {}
  ~LmdbStores() override {
    const bool in_order = !journal_->failed() && !state_->failed();
    state_.reset();
    journal_.reset();
    if (in_order) lock_->leave_in_order();
  }
  LmdbStores(const LmdbStores&) = delete;
  LmdbStores& operator=(const LmdbStores&) = delete;

  JournalStore& journal() noexcept override { return *journal_; }
  StateStore& state() noexcept override { return *state_; }

 private:
  std::unique_ptr<DirectoryLock> lock_;
  std::unique_ptr<LmdbJournal> journal_;
  std::unique_ptr<LmdbState> state_;
};

// A directory with a FORMAT file was made whole once: what it lacks was taken away.
Result<std::unique_ptr<lmdb::Environment>> open_environment(const lmdb::Config& config,
                                                            bool made_before) {
  const auto there = files::exists(config.file);
  if (!there) return there.error();
  if (!*there) {
    if (made_before) {
      return Error{Code::damaged,
                   config.file.string() + ": is missing: restore the directory from a backup"};
    }
    if (Status status = lmdb::Environment::create(config); !status.ok()) return status.error();
  }
  return lmdb::Environment::open(config);
}

// Without a FORMAT file there is nothing, or what an interrupted making has left: no record yet.
Status check_nothing_in(const LmdbJournal& journal, const LmdbState& state, const Path& directory) {
  const auto bounds = journal.bounds();
  if (!bounds) return bounds.error();
  bool state_empty = true;
  const Status scanned =
      state.scan(StateTable::meta, 0, [&](std::uint64_t, StateStore::Bytes) -> Status {
        state_empty = false;
        return success();
      });
  if (!scanned.ok()) return scanned;
  if (bounds->first == Lsn{} && state_empty) return success();
  return Error{Code::damaged, (directory / kFormatFile).string() +
                                  ": is missing beside data that isn't empty: restore it from a "
                                  "backup"};
}

class LmdbFactory final : public StoreFactory {
 public:
  Result<std::unique_ptr<Stores>> open(const Location& location) override {
    const Path& directory = location.directory;
    if (Status status = files::make_directory(directory); !status.ok()) return status.error();
    auto lock = DirectoryLock::take(directory);
    if (!lock) return lock.error();
    const auto made_before = read_format_file(directory);
    if (!made_before) return made_before.error();
    // What is seen here needn't be on the disk: whoever made it may have been killed on the way.
    if (Status status = files::sync_directory(directory); !status.ok()) return status.error();
    const auto journal_config =
        LmdbJournal::config(directory / "journal.mdb", location.journal_map_bytes);
    const auto state_config = LmdbState::config(directory / "state.mdb", location.state_map_bytes);
    if (!(*lock)->last_left_in_order()) {
      for (const Path& file : {journal_config.file, state_config.file}) {
        if (Status status = files::drop_from_cache(file); !status.ok()) return status.error();
      }
    }
    for (const Path& file : {journal_config.file, state_config.file}) {
      Status removed = lmdb::CompactableFile::remove_leftovers(file);
      if (!removed.ok()) return removed.error();
    }
    auto journal = open_environment(journal_config, *made_before);
    if (!journal) return journal.error();
    auto state = open_environment(state_config, *made_before);
    if (!state) return state.error();

    auto journal_store = std::make_unique<LmdbJournal>(std::move(*journal));
    auto state_store = std::make_unique<LmdbState>(std::move(*state));
    if (!*made_before) {
      Status status = check_nothing_in(*journal_store, *state_store, directory);
      if (status.ok()) status = write_format_file(directory);
      if (!status.ok()) return status.error();
    }
    return std::unique_ptr<Stores>(std::make_unique<LmdbStores>(
        std::move(*lock), std::move(journal_store), std::move(state_store)));
  }
};

}  // namespace

StoreFactory& lmdb_factory() noexcept {
  // Never destroyed: an engine in a static variable ends after whatever it made on the way.
  static LmdbFactory& factory = *new LmdbFactory;
  return factory;
}

}  // namespace janji::store
