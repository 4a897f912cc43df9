#include "store/memory_journal.hpp"

#include <cstring>
#include <iterator>
#include <string>
#include <utility>

#include <janji/check.hpp>

#include "record/chunk_header.hpp"
#include "store/details_row.hpp"

namespace janji::store {
namespace {

std::uint32_t count_of(const std::vector<std::byte>& chunk) {
  record::ChunkHeader header{};
  if (chunk.size() < sizeof header) return 1;  // whoever reads it finds the damage
  std::memcpy(&header, chunk.data(), sizeof header);
  return header.count;
}

Rows::const_iterator seek(const Rows& chunks, Lsn from) {
  auto at = chunks.lower_bound(from.value);
  if (at != chunks.begin() && (at == chunks.end() || at->first != from.value)) {
    const auto before = std::prev(at);
    if (before->first + count_of(before->second) > from.value) return before;
  }
  return at;
}

}  // namespace

Status MemoryJournal::begin() {
  JANJI_CHECK(!in_round_);
  if (abandoned_) return Error{Code::outcome_unknown, name() + ": an earlier write failed"};
  in_round_ = true;
  return success();
}

Result<std::span<std::byte>> MemoryJournal::append(Lsn first, std::size_t size) {
  JANJI_CHECK(in_round_ && size <= record::kChunkBytesMax);
  const auto at = chunks_.emplace_hint(chunks_.end(), first.value, std::vector<std::byte>(size));
  return std::span<std::byte>(at->second);
}

Status MemoryJournal::put_details(Lsn lsn, std::span<const std::byte> bytes) {
  JANJI_CHECK(in_round_ && !bytes.empty());
  details_.insert_or_assign(lsn.value, encode_details_row(lsn, bytes));
  return success();
}

Status MemoryJournal::erase_details(Lsn lsn) {
  JANJI_CHECK(in_round_);
  details_.insert_or_assign(lsn.value, encode_erased_row(lsn));
  return success();
}

Result<std::size_t> MemoryJournal::trim(Lsn before, std::size_t chunks_max) {
  JANJI_CHECK(in_round_);
  const std::lock_guard guard(disk_->mutex);
  std::size_t trimmed = 0;
  auto at = std::next(disk_->chunks.begin(), static_cast<std::ptrdiff_t>(trimmed_));
  for (; trimmed < chunks_max && at != disk_->chunks.end(); ++at, ++trimmed) {
    const auto next = std::next(at);
    if (next == disk_->chunks.end() || next->first > before.value) break;
  }
  trimmed_ += trimmed;
  return trimmed;
}

Status MemoryJournal::commit(bool sync) {
  JANJI_CHECK(in_round_);
  in_round_ = false;
  if (!sync) return success();
  const std::lock_guard guard(disk_->mutex);
  for (; trimmed_ > 0; --trimmed_) disk_->chunks.erase(disk_->chunks.begin());
  disk_->chunks.merge(chunks_);
  // An erased row takes the place of another.
  for (auto& [lsn, row] : details_) disk_->details.insert_or_assign(lsn, std::move(row));
  chunks_.clear();
  details_.clear();
  if (!disk_->chunks.empty()) {
    const auto kept = disk_->details.lower_bound(disk_->chunks.begin()->first);
    disk_->details.erase(disk_->details.begin(), kept);
  }
  return success();
}

void MemoryJournal::abandon() noexcept {
  in_round_ = false;
  abandoned_ = true;
  chunks_.clear();
  details_.clear();
  trimmed_ = 0;
}

Result<std::vector<StoredChunk>> MemoryJournal::read(Lsn from, std::size_t chunks_max) const {
  const std::lock_guard guard(disk_->mutex);
  std::vector<StoredChunk> chunks;
  for (auto at = seek(disk_->chunks, from); at != disk_->chunks.end() && chunks.size() < chunks_max;
       ++at) {
    chunks.push_back(StoredChunk{Lsn{at->first}, at->second});
  }
  return chunks;
}

Result<std::vector<std::byte>> MemoryJournal::details(Lsn lsn) const {
  const std::lock_guard guard(disk_->mutex);
  const auto at = disk_->details.find(lsn.value);
  if (at == disk_->details.end()) return std::vector<std::byte>{};
  return decode_details_row("journal in memory", lsn, at->second);
}

Result<JournalBounds> MemoryJournal::bounds() const {
  const std::lock_guard guard(disk_->mutex);
  if (disk_->chunks.empty()) return JournalBounds{};
  const auto& [last, chunk] = *disk_->chunks.rbegin();
  return JournalBounds{Lsn{disk_->chunks.begin()->first}, Lsn{last + count_of(chunk) - 1}};
}

}  // namespace janji::store
