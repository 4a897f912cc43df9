#include "engine/verify.hpp"

#include <algorithm>
#include <new>
#include <optional>
#include <utility>

#include "engine/audit.hpp"
#include "engine/journal_audit.hpp"
#include "state/recovery.hpp"
#include "store/read_only.hpp"

namespace janji {
namespace {

using Outcome = VerifyCheck::Outcome;

// In the order of Check.
std::vector<VerifyCheck> all_checks() {
  std::vector<VerifyCheck> checks{
      {"files", "both files are whole, page by page", {}, {}},
      {"chunks", "every chunk of the journal has its hash", {}, {}},
      {"lsns", "the journal's LSNs have no gap", {}, {}},
      {"chain", "each chunk follows the one before: hash, opening, ledger time", {}, {}},
      {"rows", "every row of the state has its checksum, and makes sense", {}, {}},
      {"meet", "the journal goes on where the state ends", {}, {}},
      {"records", "every record applies: no hold outlives its deadline, none ends early", {}, {}},
      {"capacity", "no slot is ever above its capacity", {}, {}},
      {"applicants", "no applicant ever has two active bookings in a scope", {}, {}},
      {"entitlements", "none is used past its quota, or by others than it is for", {}, {}},
      {"operations", "no operation id is granted twice", {}, {}},
      {"ids", "no id, generation or opening is used twice", {}, {}},
      {"recount", "the bookings of each slot hold the seats that it says are taken", {}, {}},
      {"details", "details match their records; none is missing or left over", {}, {}},
  };
  JANJI_CHECK(checks.size() == kChecks);
  return checks;
}

class Verification {
 public:
  Verification() { report_.checks = all_checks(); }

  Result<VerifyReport> run(store::Stores& stores) {
    passed(Check::files);
    std::optional<Broken> broken;
    const Status read = audit_journal(stores.journal(), report_.totals, broken);
    if (broken) return ended(*broken);
    if (!read.ok()) return ended_by(Check::chunks, read.error());
    for (const Check check : {Check::chunks, Check::lsns, Check::chain}) passed(check);
    return replay(stores);
  }

  // Damage is the report's; what keeps it from being made is the caller's.
  Result<VerifyReport> ended_by(Check check, const Error& error) {
    if (error.code != Code::damaged) return error;
    return ended(Broken{check, error});
  }

 private:
  Result<VerifyReport> replay(store::Stores& stores) {
    Audit audit(stores.state());
    const auto recovered = state::recover(stores.journal(), stores.state(), audit);
    audit.count(report_.totals);
    if (!recovered) {
      // What the audit didn't find, the reading did: of the state, or where the two meet.
      const Check found = audit.state_is_loaded() ? Check::meet : Check::rows;
      return ended_by(audit.broken().value_or(found), recovered.error());
    }
    report_.totals.state_has = recovered->applied;
    report_.totals.replayed = recovered->records;
    if (const Status status = audit.finish(); !status.ok()) {
      return ended_by(*audit.broken(), status.error());
    }
    for (VerifyCheck& check : report_.checks) check.outcome = Outcome::sound;
    return std::move(report_);
  }

  void passed(Check check) { at(check).outcome = Outcome::sound; }
  Result<VerifyReport> ended(const Broken& broken) {
    at(broken.check).outcome = Outcome::broken;
    at(broken.check).words = broken.error.detail;
    return std::move(report_);
  }
  VerifyCheck& at(Check check) { return report_.checks[static_cast<std::size_t>(check)]; }

  VerifyReport report_;
};

}  // namespace

const VerifyCheck* VerifyReport::broken() const noexcept {
  for (const VerifyCheck& check : checks) {
    if (check.outcome == Outcome::broken) return &check;
  }
  return nullptr;
}

Result<VerifyReport> verify_opened(const Result<std::unique_ptr<store::Stores>>& opened) {
  if (!opened) return Verification().ended_by(Check::files, opened.error());
  try {
    return Verification().run(**opened);
  } catch (const std::bad_alloc&) {
    return Error{Code::limit_reached, (*opened)->state().name() +
                                          ": there isn't memory enough for its bookings: about 600 "
                                          "bytes each are needed"};
  }
}

Result<VerifyReport> verify(const std::filesystem::path& directory) {
  return verify_opened(store::open_to_read(directory));
}

}  // namespace janji
