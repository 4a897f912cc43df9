// Blocks as recovery finds them: kept by cell until all records are applied, and then laid down,
// as in restore.cpp, before any thread but one exists.
#include <string>
#include <utility>

#include "base/words.hpp"
#include "ledger/decision_parts.hpp"

namespace janji::ledger {

namespace {

using base::words;

constexpr auto relaxed = std::memory_order_relaxed;

// Why a key didn't enter its index: it is there, which is damage, or there is no room for it.
Error not_entered(KeyIndex::Insert outcome, std::string twice, const char* options) {
  if (outcome == KeyIndex::Insert::exists) return Error{Code::damaged, std::move(twice)};
  return Error{Code::limit_reached, words(options, ": no room left in an index; raise it")};
}

}  // namespace

Status Ledger::restore_block(std::uint32_t cell, const record::BlockImage& image) {
  if (cell >= block_cells_.size()) {
    return Error{Code::limit_reached, words("blocks_max: the data has a block in cell ", cell,
                                            ", but only ", block_cells_.size(), " fit; raise it")};
  }
  if (image.operations == 0) {
    restored_.blocks.erase(cell);
  } else {
    restored_.blocks[cell] = image;
  }
  return success();
}

// A record about a block, behind what the state has.
Status Ledger::restore_block(Lsn lsn, const record::Header& header) {
  const auto change = [&](const auto& made) -> Status {
    record::BlockImage image{};
    if (const auto at = restored_.blocks.find(made.cell); at != restored_.blocks.end()) {
      image = at->second;
    }
    if (Status applied = record::apply(image, lsn, made); !applied.ok()) return applied;
    return restore_block(made.cell, image);
  };
  const auto* bytes = reinterpret_cast<const std::byte*>(&header);
  return header.type == record::Type::block ? change(record::as<record::Block>(bytes))
                                            : change(record::as<record::ForgetBlock>(bytes));
}

// An entry of what is no booking's, before `head` in its chain. `of`: what it changed, in words.
Status Ledger::relink_entry(const record::OperationImage& from, std::uint32_t& head,
                            std::string_view of) {
  const OperationId id{from.operation_hi, from.operation_lo};
  const std::uint32_t index = free_operations_.pop(operation_links());
  if (index == base::IndexStack::kNone) {
    return Error{Code::limit_reached, "operations_max: the data holds more; raise it"};
  }
  OperationCell& entry = operations_[index];
  entry.fill(id, from.payload, static_cast<record::Type>(from.type), CivilTime{from.at_ms},
             from.details_size);
  entry.lsn.store(from.lsn, relaxed);
  entry.next.store(head, relaxed);
  head = index;
  shared_operations_.fetch_add(1, relaxed);
  if (id.empty()) return success();
  const auto same = [&](std::uint32_t other) { return is_operation(other, id); };
  const std::uint64_t hash = operation_hash(id);
  const auto entered =
      operation_index_.insert(hash, index | kEntryBit, operation_index_.walk(hash, same), same);
  if (entered.outcome == KeyIndex::Insert::done) return success();
  return not_entered(entered.outcome, words("an operation id of ", of, " was granted twice"),
                     "operations_max or bookings_max");
}

Status Ledger::relink_blocks() {
  for (std::uint32_t at = block_cells_.size(); at-- > 0;) {
    const auto image = restored_.blocks.find(at);
    if (image == restored_.blocks.end()) {
      block_cells_.add_free(at);
    } else if (Status linked = relink_block(at, image->second); !linked.ok()) {
      return linked;
    }
  }
  restored_.blocks.clear();
  return success();
}

Status Ledger::relink_block(std::uint32_t at, const record::BlockImage& image) {
  BlockCell& cell = block_cells_[at];
  const ApplicantKey key{image.applicant_hi, image.applicant_lo};
  cell.applicant_hi.store(key.hi, relaxed);
  cell.applicant_lo.store(key.lo, relaxed);
  cell.until_ms.store(word_of(image.until_ms), relaxed);
  cell.lsn.store(image.lsn, relaxed);
  cell.decided_ms.store(word_of(image.decided_ms), relaxed);
  cell.acted_ms.store(word_of(image.acted_ms), relaxed);
  cell.reason.store(image.reason, relaxed);
  cell.actor.store(image.actor, relaxed);
  cell.changes.store(image.operations, relaxed);
  std::uint32_t head = kNothing;
  for (std::uint32_t i = 0; i < image.operations; ++i) {
    record::OperationImage made = image.operation[i];
    made.details_size = 0;
    const std::string of = words("the block in cell ", at);
    if (Status linked = relink_entry(made, head, of); !linked.ok()) return linked;
  }
  cell.operations.store(head, relaxed);
  cell.word.store(BlockWord{}.unmarked().bits, relaxed);
  block_cells_.count_used();
  const KeyIndex::Insert entered = block_cells_.enter(applicant_hash(key, kNoScope), at, key);
  if (entered == KeyIndex::Insert::done) return success();
  return not_entered(entered, words("the applicant in cell ", at, " is blocked twice"),
                     "blocks_max");
}

}  // namespace janji::ledger
