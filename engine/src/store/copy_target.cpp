#include "store/copy_target.hpp"

#include <string>
#include <system_error>

#include "store/files.hpp"
#include "store/format_file.hpp"

namespace janji::store {
namespace {

using Path = std::filesystem::path;

constexpr char kJournal[] = "journal.mdb";
constexpr char kState[] = "state.mdb";

// The lock doesn't count: a copy that was killed right after it has left nothing else.
Status check_empty(const Path& directory) {
  std::error_code ec;
  for (std::filesystem::directory_iterator at(directory, ec), end; !ec && at != end;
       at.increment(ec)) {
    const Path name = at->path().filename();
    if (name == "lock") continue;
    // Words of its own for what an interrupted copy has left.
    if (const auto format = read_format_file(directory); !format) return format.error();
    return Error{Code::invalid_argument, directory.string() + ": isn't empty, it has " +
                                             name.string() +
                                             ": name a directory that is empty or missing"};
  }
  if (!ec) return success();
  return Error{Code::io_error, directory.string() + ": looking into it: " + ec.message()};
}

Result<std::unique_ptr<lmdb::Environment>> make_environment(const lmdb::Config& config) {
  if (Status status = lmdb::Environment::create(config); !status.ok()) return status.error();
  return lmdb::Environment::open(config);
}

}  // namespace

Result<std::unique_ptr<CopyTarget>> CopyTarget::make(const Location& location) {
  const auto there = files::exists(location.directory);
  if (!there) return there.error();
  if (Status status = files::make_directory(location.directory); !status.ok()) {
    return status.error();
  }
  std::unique_ptr<CopyTarget> target(new CopyTarget(location, !*there));
  if (Status status = target->begin(); !status.ok()) return status.error();
  return target;
}

Status CopyTarget::begin() {
  const Path& directory = location_.directory;
  // Before the lock too, which would leave its file in a directory that isn't ours.
  if (Status status = check_empty(directory); !status.ok()) return status;
  auto lock = DirectoryLock::take(directory);
  if (!lock) return lock.error();
  // Somebody else may have filled it, and left, in between.
  if (Status status = check_empty(directory); !status.ok()) return status;
  lock_ = std::move(*lock);  // from here on, all that is in it is this copy's own
  if (Status status = mark_unfinished(directory); !status.ok()) return status;
  auto journal =
      make_environment(LmdbJournal::config(directory / kJournal, location_.journal_map_bytes));
  if (!journal) return journal.error();
  journal_ = std::make_unique<LmdbJournal>(std::move(*journal));
  auto state = make_environment(LmdbState::config(directory / kState, location_.state_map_bytes));
  if (!state) return state.error();
  state_ = std::make_unique<LmdbState>(std::move(*state));
  return success();
}

Status CopyTarget::finish() {
  journal_.reset();
  state_.reset();
  // LMDB's own, of no use to anyone who copies the directory elsewhere.
  for (const char* name : {kJournal, kState}) {
    const Path file = location_.directory / (std::string(name) + "-lock");
    if (Status status = files::remove(file); !status.ok()) return status;
  }
  if (Status status = write_format_file(location_.directory); !status.ok()) return status;
  lock_->leave_in_order();
  finished_ = true;
  return success();
}

CopyTarget::~CopyTarget() {
  journal_.reset();
  state_.reset();
  if (lock_ != nullptr && !finished_) remove_all();
}

// As well as it goes: what stays is marked as unfinished.
void CopyTarget::remove_all() noexcept {
  const Path& directory = location_.directory;
  for (const std::string name : {kJournal, kState}) {
    for (const char* end : {"", "-lock", ".new", ".new-lock"}) {
      if (!files::remove(directory / (name + end)).ok()) return;
    }
  }
  const std::string format = kFormatFile;
  for (const std::string& name : {format + ".new", format, std::string("lock")}) {
    if (!files::remove(directory / name).ok()) return;
  }
  std::error_code ignored;
  if (made_directory_) std::filesystem::remove(directory, ignored);
}

}  // namespace janji::store
