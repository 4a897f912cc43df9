// From a backup to a data directory, by the same copying as a backup.
#include <chrono>
#include <string>
#include <system_error>

#include <janji/backup.hpp>

#include "engine/verify.hpp"
#include "state/copy.hpp"
#include "store/copy_target.hpp"
#include "store/format_file.hpp"
#include "store/read_only.hpp"

namespace janji {
namespace {

using Path = std::filesystem::path;
using Steady = std::chrono::steady_clock;

// Address space for a copy of a file: of the same rows, pages less full at worst.
Result<std::size_t> map_for(const Path& file) {
  constexpr std::size_t kLeast = std::size_t{16} << 20;
  std::error_code ec;
  const std::uintmax_t size = std::filesystem::file_size(file, ec);
  if (ec) return Error{Code::io_error, file.string() + ": asking for its size: " + ec.message()};
  return 4 * static_cast<std::size_t>(size) + kLeast;
}

Error not_sound(const Path& directory, const VerifyCheck& broken, const char* what) {
  return Error{Code::damaged, directory.string() + ": " + what + ": " + std::string(broken.name) +
                                  ": " + broken.words};
}
constexpr char kBackupIsBroken[] = "the backup isn't sound";

Result<BackupReport> copy(store::Stores& from, store::CopyTarget& to) {
  const state::MayGoOn always = [] { return success(); };
  const auto bounds = from.journal().bounds();
  if (!bounds) return bounds.error();
  const auto state = state::copy_state(from.state(), to.state(), always);
  if (!state) return state.error();
  const auto copied = state::copy_journal(from.journal(), to.journal(), *state, bounds->first,
                                          bounds->last, always);
  if (!copied) return copied.error();
  return BackupReport{copied->last, Lsn{state->applied}, copied->first, 0};
}

}  // namespace

Result<RestoreReport> restore(const Path& backup, const Path& to) {
  const auto begin = Steady::now();
  auto from = store::open_to_read(backup);
  const auto verified = verify_opened(from);
  if (!verified) return verified.error();
  if (!verified->sound()) return not_sound(backup, *verified->broken(), kBackupIsBroken);
  const auto journal_map = map_for(backup / "journal.mdb");
  if (!journal_map) return journal_map.error();
  const auto state_map = map_for(backup / "state.mdb");
  if (!state_map) return state_map.error();
  RestoreReport report;
  {
    auto target = store::CopyTarget::make({to, *journal_map, *state_map});
    if (!target) return target.error();
    auto copied = copy(**from, **target);
    if (!copied) return copied.error();
    if (Status status = (*target)->finish(); !status.ok()) return status.error();
    report.copied = *copied;
  }
  const auto again = verify(to);
  if (!again || !again->sound()) {
    // It was complete for a moment. Should marking it fail too, the words remain.
    (void)store::mark_unfinished(to);
    if (!again) return again.error();
    return not_sound(to, *again->broken(), "what was written can't be read back");
  }
  report.verified = *again;
  report.copied.ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begin).count();
  return report;
}

}  // namespace janji
