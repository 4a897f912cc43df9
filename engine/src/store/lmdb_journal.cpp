#include "store/lmdb_journal.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include <janji/check.hpp>

#include "record/chunk_header.hpp"
#include "store/details_row.hpp"

namespace janji::store {
namespace {

constexpr std::size_t kChunks = 0;
constexpr std::size_t kDetails = 1;

// The header of a stored chunk, or nothing when the value is too short to have one.
std::optional<record::ChunkHeader> header_of(lmdb::Bytes value) {
  record::ChunkHeader header{};
  if (value.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, value.data(), sizeof header);
  return header;
}

// Whether the chunk under `row` reaches to `lsn`. A chunk that can't be read as one does: whoever
// reads it then finds the damage.
bool reaches(const lmdb::Row& row, Lsn lsn) {
  const auto header = header_of(row.value);
  return !header || row.key + header->count > lsn.value;
}

// Stands the cursor on the chunk that contains `from`, or the first after it.
lmdb::Cursor::Found seek(lmdb::Cursor& cursor, Lsn from) {
  auto after = cursor.at_or_after(from.value);
  if (!after) return after;
  if (after->has_value() && (*after)->key == from.value) return after;
  auto before = after->has_value() ? cursor.previous() : cursor.last();
  if (!before) return before;
  if (before->has_value() && reaches(**before, from)) return before;
  return before->has_value() ? cursor.next() : cursor.first();
}

}  // namespace

lmdb::Config LmdbJournal::config(const std::filesystem::path& file, std::size_t map_bytes) {
  return lmdb::Config{file, map_bytes, "Options::journal_map_bytes", {"chunks", "details"}};
}

Error LmdbJournal::fail(Error error) noexcept {
  abandon();
  return error;
}

void LmdbJournal::abandon() noexcept {
  in_round_ = false;
  round_.reset();
  failed_.store(true, std::memory_order_release);  // pairs with failed()
}

Status LmdbJournal::check_usable() const {
  if (failed()) {
    return Error{Code::outcome_unknown,
                 environment_.file().string() + ": an earlier write failed: close and open again"};
  }
  return success();
}

Status LmdbJournal::begin() {
  if (Status status = check_usable(); !status.ok()) return status;
  JANJI_CHECK(!in_round_);
  in_round_ = true;
  if (waits_) return success();
  round_chunks_.clear();
  round_details_.clear();
  round_erased_.clear();
  round_trim_ = {};
  auto transaction = environment_.now()->begin_write();
  if (!transaction) return fail(transaction.error());
  round_.emplace(std::move(*transaction));
  return success();
}

Result<std::span<std::byte>> LmdbJournal::append(Lsn first, std::size_t size) {
  if (Status status = check_usable(); !status.ok()) return status.error();
  JANJI_CHECK(in_round_ && size <= record::kChunkBytesMax);
  if (waits_) {
    waiting_chunks_.push_back(Row{first, std::vector<std::byte>(size)});
    return std::span<std::byte>(waiting_chunks_.back().bytes);
  }
  auto room = round_->append(environment_.now()->table(kChunks), first.value, size);
  if (!room) return fail(room.error());
  round_chunks_.push_back(first);
  return room;
}

Status LmdbJournal::put_details(Lsn lsn, std::span<const std::byte> bytes) {
  if (Status status = check_usable(); !status.ok()) return status;
  JANJI_CHECK(in_round_ && !bytes.empty());
  std::vector<std::byte> row = encode_details_row(lsn, bytes);
  if (waits_) {
    waiting_details_.push_back(Row{lsn, std::move(row)});
    return success();
  }
  Status status = round_->put(environment_.now()->table(kDetails), lsn.value, row);
  if (!status.ok()) return fail(status.error());
  round_details_.push_back(lsn);
  return success();
}

Status LmdbJournal::erase_details(Lsn lsn) {
  if (Status status = check_usable(); !status.ok()) return status;
  JANJI_CHECK(in_round_);
  if (waits_) {
    waiting_erased_.push_back(lsn);
    return success();
  }
  if (Status status = put_erased(lsn); !status.ok()) return fail(status.error());
  round_erased_.push_back(lsn);
  return success();
}

Status LmdbJournal::put_erased(Lsn lsn) {
  return round_->put(environment_.now()->table(kDetails), lsn.value, encode_erased_row(lsn));
}

Result<std::size_t> LmdbJournal::trim(Lsn before, std::size_t chunks_max) {
  if (Status status = check_usable(); !status.ok()) return status.error();
  JANJI_CHECK(in_round_);
  Trim& trim = waits_ ? waiting_trim_ : round_trim_;
  trim = Trim{std::max(trim.before, before), trim.chunks_max + chunks_max};
  if (waits_) return std::size_t{0};
  auto trimmed = trim_now(Trim{before, chunks_max});
  if (!trimmed) return fail(trimmed.error());
  return trimmed;
}

Result<std::size_t> LmdbJournal::trim_now(const Trim& trim) {
  std::size_t trimmed = 0;
  Lsn oldest_kept;
  {
    auto cursor = round_->cursor(environment_.now()->table(kChunks));
    if (!cursor) return cursor.error();
    while (trimmed < trim.chunks_max) {
      const auto chunk = cursor->first();
      // A chunk's records end where the next one begins: the newest has no next one and stays.
      if (!chunk) return chunk.error();
      if (!chunk->has_value()) break;
      auto next = cursor->next();
      if (!next) return next.error();
      if (!next->has_value() || (*next)->key > trim.before.value) break;
      oldest_kept = Lsn{(*next)->key};
      if (auto back = cursor->previous(); !back) return back.error();
      if (Status status = cursor->erase(); !status.ok()) return status.error();
      ++trimmed;
    }
  }
  if (trimmed == 0) return trimmed;
  if (Status status = trim_details(oldest_kept); !status.ok()) return status.error();
  return trimmed;
}

Status LmdbJournal::trim_details(Lsn before) {
  auto cursor = round_->cursor(environment_.now()->table(kDetails));
  if (!cursor) return cursor.error();
  for (auto row = cursor->first();; row = cursor->first()) {
    if (!row) return row.error();
    if (!row->has_value() || (*row)->key >= before.value) return success();
    if (Status status = cursor->erase(); !status.ok()) return status;
  }
}

Status LmdbJournal::commit(bool sync) {
  if (Status status = check_usable(); !status.ok()) return status;
  JANJI_CHECK(in_round_);
  in_round_ = false;
  Status status = success();
  if (!sync) {
    if (!waits_) status = start_waiting();
  } else {
    if (waits_) status = write_waiting();
    if (status.ok()) status = round_->commit();
    if (status.ok()) round_.reset();
  }
  return status.ok() ? status : fail(status.error());
}

Status LmdbJournal::compact() {
  if (Status status = check_usable(); !status.ok()) return status;
  JANJI_CHECK(!in_round_ && !round_);
  Status status = environment_.compact();
  return status.code() == Code::outcome_unknown ? fail(status.error()) : status;
}

// The first round that isn't synced was made in a transaction: takes it out of there.
Status LmdbJournal::start_waiting() {
  const auto take_out = [&](std::size_t table, Lsn lsn, auto& rows) -> Status {
    const auto row = round_->get(environment_.now()->table(table), lsn.value);
    if (!row) return row.error();
    JANJI_CHECK(row->has_value());
    rows.push_back(Row{lsn, {(*row)->begin(), (*row)->end()}});
    return success();
  };
  for (const Lsn lsn : round_chunks_) {
    Status status = take_out(kChunks, lsn, waiting_chunks_);
    if (!status.ok()) return status;
  }
  for (const Lsn lsn : round_details_) {
    Status status = take_out(kDetails, lsn, waiting_details_);
    if (!status.ok()) return status;
  }
  waiting_erased_ = round_erased_;
  waiting_trim_ = round_trim_;
  waits_ = true;
  round_.reset();
  return success();
}

// Leaves everything that waited in the open transaction `round_`.
Status LmdbJournal::write_waiting() {
  auto transaction = environment_.now()->begin_write();
  if (!transaction) return transaction.error();
  round_.emplace(std::move(*transaction));
  for (const Row& chunk : waiting_chunks_) {
    auto room =
        round_->append(environment_.now()->table(kChunks), chunk.lsn.value, chunk.bytes.size());
    if (!room) return room.error();
    std::memcpy(room->data(), chunk.bytes.data(), chunk.bytes.size());
  }
  for (const Row& row : waiting_details_) {
    Status status = round_->put(environment_.now()->table(kDetails), row.lsn.value, row.bytes);
    if (!status.ok()) return status;
  }
  // Behind what they erase.
  for (const Lsn lsn : waiting_erased_) {
    if (Status status = put_erased(lsn); !status.ok()) return status;
  }
  if (waiting_trim_.chunks_max > 0) {
    if (auto trimmed = trim_now(waiting_trim_); !trimmed) return trimmed.error();
  }
  waiting_chunks_.clear();
  waiting_details_.clear();
  waiting_erased_.clear();
  waiting_trim_ = {};
  return success();
}

Result<std::vector<StoredChunk>> LmdbJournal::read(Lsn from, std::size_t chunks_max) const {
  const auto environment = environment_.now();
  auto transaction = environment->begin_read();
  if (!transaction) return transaction.error();
  auto cursor = transaction->cursor(environment->table(kChunks));
  if (!cursor) return cursor.error();
  std::vector<StoredChunk> chunks;
  while (chunks.size() < chunks_max) {
    const auto row = chunks.empty() ? seek(*cursor, from) : cursor->next();
    if (!row) return row.error();
    if (!row->has_value()) break;
    const lmdb::Bytes value = (*row)->value;
    chunks.push_back(StoredChunk{Lsn{(*row)->key}, {value.begin(), value.end()}});
  }
  return chunks;
}

Result<std::vector<std::byte>> LmdbJournal::details(Lsn lsn) const {
  const auto environment = environment_.now();
  auto transaction = environment->begin_read();
  if (!transaction) return transaction.error();
  const auto row = transaction->get(environment->table(kDetails), lsn.value);
  if (!row) return row.error();
  if (!row->has_value()) return std::vector<std::byte>{};
  return decode_details_row(environment_.file().string(), lsn, **row);
}

Result<JournalBounds> LmdbJournal::bounds() const {
  const auto environment = environment_.now();
  auto transaction = environment->begin_read();
  if (!transaction) return transaction.error();
  auto cursor = transaction->cursor(environment->table(kChunks));
  if (!cursor) return cursor.error();
  const auto first = cursor->first();
  if (!first) return first.error();
  if (!first->has_value()) return JournalBounds{};
  JournalBounds bounds{Lsn{(*first)->key}, {}};
  const auto last = cursor->last();
  if (!last) return last.error();
  const auto header = header_of((*last)->value);
  if (!header) {
    return Error{Code::damaged, environment_.file().string() + ": chunk at LSN " +
                                    std::to_string((*last)->key) + ": too short to be one"};
  }
  bounds.last = Lsn{(*last)->key + header->count - 1};
  return bounds;
}

}  // namespace janji::store
