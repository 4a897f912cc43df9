#include "api/backup_desk.hpp"

#include <sys/stat.h>

#include <exception>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "identity/access_keys.hpp"
#include "identity/key_file.hpp"

namespace janjid {
namespace {

namespace fs = std::filesystem;
using Step = BackupState::Step;

BackupState refuse(ProblemCode code, std::string detail) {
  return refused_order<BackupState>(code, std::move(detail));
}

ProblemCode code_of(janji::Code code) noexcept {
  switch (code) {
    case janji::Code::invalid_argument: return ProblemCode::directory_not_empty;
    case janji::Code::retry: return ProblemCode::backup_running;
    case janji::Code::io_error:
    case janji::Code::damaged: return ProblemCode::backup_failed;
    default: return problem_of(code);
  }
}

// Both as they are now: what was made since the copy began belongs to it, too.
janji::Status copy_keys(const fs::path& from, const fs::path& to) {
  if (auto copied = copy_key_file(from, to); !copied.ok()) return copied;
  const auto access = AccessKeys::load(from / AccessKeys::kFileName);
  if (!access) return access.error();
  if (access->all().empty()) return janji::success();
  return access->save(to / AccessKeys::kFileName);
}

// What the directory's files take on the disk: LMDB's are larger by name.
std::uint64_t bytes_in(const fs::path& directory) {
  constexpr std::uint64_t kBlock = 512;  // of st_blocks, always
  std::uint64_t sum = 0;
  std::error_code ec;
  for (const fs::directory_entry& entry : fs::directory_iterator{directory, ec}) {
    struct stat found {};
    if (stat(entry.path().c_str(), &found) == 0) {
      sum += static_cast<std::uint64_t>(found.st_blocks) * kBlock;
    }
  }
  return sum;
}

}  // namespace

BackupDesk::BackupDesk(janji::Engine& engine, fs::path data, fs::path root)
    : engine_(engine), data_(std::move(data)), root_(std::move(root)) {}

BackupDesk::~BackupDesk() {
  give_up();
}

BackupState BackupDesk::run(const BackupOrder& order) {
  BackupState state;
  try {
    state = make(order);
  } catch (const std::exception& error) {
    state = refuse(ProblemCode::backup_failed, error.what());
  }
  if (state.step == Step::done) {
    spdlog::info("backup to {}: up to LSN {}, {} bytes, in {} ms, asked for by access key {}",
                 order.directory.string(), state.report.covers.value, state.bytes, state.report.ms,
                 order.actor);
  } else {
    spdlog::error("backup to {}: {}: {}", order.directory.string(), entry_of(state.code).name,
                  state.detail);
  }
  return state;
}

BackupState BackupDesk::make(const BackupOrder& order) {
  const auto report = engine_.backup(order.directory, &give_up_);
  if (!report) return refuse(code_of(report.error().code), report.error().detail);
  if (order.with_keys) {
    if (const auto copied = copy_keys(data_, order.directory); !copied.ok()) {
      return refuse(ProblemCode::backup_failed,
                    fmt::format("the data is backed up, but not its keys: {}; remove {} and ask "
                                "anew, or copy them yourself",
                                copied.error().detail, order.directory.string()));
    }
  }
  BackupState state;
  state.step = Step::done;
  state.report = *report;
  state.bytes = bytes_in(order.directory);
  return state;
}

}  // namespace janjid
