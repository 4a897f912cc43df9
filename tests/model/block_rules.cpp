// What the promises say of applicants who are blocked.
#include <algorithm>

#include "model/ledger_model.hpp"
#include "model/names.hpp"

namespace janji::model {
namespace {

// How often a block can be changed until it is forgotten.
constexpr std::uint32_t kChangesMax = 8;

}  // namespace

const ModelBlock* LedgerModel::find_block(ApplicantKey applicant) const {
  const auto found = blocks_.find(applicant);
  return found == blocks_.end() ? nullptr : &found->second;
}

bool LedgerModel::is_blocked(ApplicantKey applicant, std::int64_t civil_ms) const {
  const ModelBlock* block = find_block(applicant);
  return block != nullptr && civil_ms < block->until_ms;
}

Finding LedgerModel::check_not_blocked(ApplicantKey applicant, std::int64_t civil_ms) const {
  if (!is_blocked(applicant, civil_ms)) return {};
  return breaks(Promise::applicant,
                name(applicant) + " claims at " + std::to_string(civil_ms) +
                    " ms and is blocked until " + std::to_string(find_block(applicant)->until_ms) +
                    " ms since LSN " + std::to_string(find_block(applicant)->lsn.value));
}

Finding LedgerModel::on(const record::Block& block) {
  const ApplicantKey applicant{block.applicant_hi, block.applicant_lo};
  const OperationId operation{block.operation_hi, block.operation_lo};
  if (applicant.empty()) return breaks(Promise::applicant, "nobody is blocked");
  if (auto wrong = check_operation(operation)) return wrong;
  if (auto wrong = check_time(block.decided_ms)) return wrong;
  const ModelBlock* before = find_block(applicant);
  if (before != nullptr && before->cell != block.cell) {
    return breaks(Promise::state, name(applicant) + " is blocked in two cells");
  }
  for (const auto& [other, there] : blocks_) {
    if (other == applicant || there.cell != block.cell) continue;
    return breaks(Promise::state, name(applicant) + " is blocked in the cell of " + name(other));
  }
  if (before != nullptr && block.decided_ms < before->decided_ms) {
    return breaks(Promise::deadline, "the block of " + name(applicant) + " was changed later");
  }
  if (before != nullptr && before->changes == kChangesMax) {
    return breaks(Promise::state, "the block of " + name(applicant) + " is changed once more");
  }
  if (block.until_ms == 0 && !is_blocked(applicant, block.acted_ms)) {
    return breaks(Promise::state, name(applicant) + " isn't blocked, so nothing is lifted");
  }
  if (block.until_ms != 0 && block.until_ms <= block.acted_ms) {
    return breaks(Promise::state, name(applicant) + " is blocked until a time that has passed");
  }
  ModelBlock& made = blocks_[applicant];
  made.cell = block.cell;
  made.until_ms = block.until_ms;
  made.acted_ms = block.acted_ms;
  made.decided_ms = block.decided_ms;
  made.reason = block.reason;
  made.actor = block.header.actor;
  made.lsn = now_;
  ++made.changes;
  ledger_ms_ = std::max(ledger_ms_, block.decided_ms);
  if (!operation.empty()) {
    operations_[operation] = ModelOperation{record::Type::block, BookingId{}, block.payload, now_};
    made.operations.push_back(operation);
  }
  return {};
}

Finding LedgerModel::on(const record::ForgetBlock& forget) {
  const ApplicantKey applicant{forget.applicant_hi, forget.applicant_lo};
  const ModelBlock* block = find_block(applicant);
  if (block == nullptr || block->cell != forget.cell) {
    return breaks(Promise::state, "a block of " + name(applicant) + " is forgotten that isn't");
  }
  if (is_blocked(applicant, forget.ended_ms)) {
    return breaks(Promise::state, "the block of " + name(applicant) + " is forgotten in force");
  }
  if (auto wrong = check_time(forget.decided_ms)) return wrong;
  for (const OperationId operation : block->operations) operations_.erase(operation);
  blocks_.erase(applicant);
  ledger_ms_ = std::max(ledger_ms_, forget.decided_ms);
  return {};
}

}  // namespace janji::model
