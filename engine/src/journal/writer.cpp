#include "journal/writer.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <janji/check.hpp>

#include "base/step.hpp"
#include "store/details_row.hpp"

namespace janji::journal {

namespace {

constexpr std::uint32_t kAhead = 8;           // how far ahead memory is fetched
constexpr std::size_t kSweepMin = 256;        // records that may fall due in any round
constexpr std::size_t kTrimChunksMin = 4;     // trimmed in a round that writes little
constexpr std::size_t kTrimChunksAlone = 64;  // in one that writes nothing
// As many records as no chunk holds: with so many to trim, one chunk at least goes.
constexpr std::uint64_t kTrimAloneMin = kChunkRecordBytesMax / sizeof(record::Header) + 1;

// Of a step of a group, the ledger says whether.
constexpr bool takes_details(record::Type type) noexcept {
  return type == record::Type::erase || type == record::Type::free ||
         type == record::Type::group_change;
}

}  // namespace

Writer::Writer(store::JournalStore& store, RecordBlocks& blocks, PublishList& list, Rounds& rounds,
               RoundWork& work, const base::TimeKeeper& time, WriterSettings settings)
    : store_(store),
      blocks_(blocks),
      list_(list),
      rounds_(rounds),
      work_(work),
      time_(time),
      durability_(settings.durability),
      flush_ms_(settings.flush_ms),
      unflushed_bytes_max_(settings.unflushed_bytes_max),
      batch_(blocks.size()),
      chain_(settings.chain),
      epoch_(settings.epoch),
      ledger_time_(settings.ledger_time),
      committed_(settings.chain.last),
      durable_(settings.chain.last) {
  list_.start_after(settings.chain.last);
  rounds_.start_at(settings.chain.last);
}

Writer::~Writer() {
  stop();
}

void Writer::start(Threads& threads) {
  JANJI_CHECK(thread_ == nullptr);
  thread_ = threads.start([this] { run(); });
}

void Writer::stop() {
  if (thread_ == nullptr) return;
  rounds_.stop();
  thread_->join();
  thread_.reset();
}

void Writer::run() noexcept {
  on_own_thread_ = true;
  while (!rounds_.failed()) {
    if (step()) continue;
    if (rounds_.stopped()) {
      if (list_.empty() && committed_ == durable_) break;
      continue;
    }
    std::int64_t sleep_ms = work_.sleep_ms();
    if (committed_ > durable_) sleep_ms = std::min(sleep_ms, flush_ms_);
    rounds_.idle([this] { return !list_.empty(); }, sleep_ms);
  }
}

bool Writer::step() noexcept {
  rounds_.begin_round();
  flush_wanted_ = rounds_.take_flush_request();
  JANJI_STEP("writer_begun");
  // Never backwards, not even if the monotonic clock's reader is odd.
  ledger_time_ = std::max(ledger_time_, time_.ledger_now());
  work_.fall_due(ledger_time_, std::max(kSweepMin, last_batch_ / 3));
  const PublishList::Taken taken = list_.take();
  JANJI_STEP("writer_taken");
  take_in_order(taken);
  // After the take: no record in the round's chunks was decided later than their header says.
  ledger_time_ = std::max(ledger_time_, time_.ledger_now());
  last_batch_ = batch_.size() - batch_begin_;
  const bool flush = committed_ > durable_ && flush_is_due();
  trims_only_ = last_batch_ == 0 && !flush && trim_is_due();
  if (last_batch_ == 0 && !flush && !trims_only_) {
    work_.end_round();
    rounds_.end_round(committed_, durable_);
    tell();
    return false;
  }
  const Lsn first{taken.last.value - last_batch_ + 1};
  JANJI_CHECK(last_batch_ == 0 || first.value == committed_.value + 1);
  if (Status written = write_batch(first); !written.ok()) {
    fail(written.error());
    return false;
  }
  committed_ = taken.last;
  for (std::size_t i = batch_begin_; i < batch_.size(); ++i) {
    if (i + 2 * kAhead < batch_.size()) work_.prefetch_far(blocks_[batch_[i + 2 * kAhead]]);
    if (i + kAhead < batch_.size()) work_.prefetch(blocks_[batch_[i + kAhead]]);
    work_.give_back(Lsn{first.value + (i - batch_begin_)}, batch_[i]);
  }
  work_.end_round();
  JANJI_STEP("writer_gave_back");
  rounds_.end_round(committed_, durable_);
  tell();
  return true;
}

// The list is linked from the newest to the oldest: fills the batch from its end.
void Writer::take_in_order(const PublishList::Taken& taken) noexcept {
  batch_begin_ = batch_.size();
  for (std::uint32_t i = taken.newest; i != kNoIndex;) {
    const std::uint32_t next = blocks_[i].next.load(std::memory_order_relaxed);
    // Blocks published one after another mostly lie side by side, in either direction; following
    // the links alone would wait for each line to come from the publisher's core.
    __builtin_prefetch(&blocks_[i + kAhead < blocks_.size() ? i + kAhead : i], 0, 3);
    __builtin_prefetch(&blocks_[i >= kAhead ? i - kAhead : i], 0, 3);
    JANJI_CHECK(batch_begin_ > 0);
    batch_[--batch_begin_] = i;
    i = next;
  }
}

Status Writer::write_batch(Lsn first) {
  if (Status begun = store_.begin(); !begun.ok()) return begun;
  chunks_written_ = 0;
  std::size_t at = batch_begin_;
  while (at < batch_.size()) {
    const Lsn lsn{first.value + (at - batch_begin_)};
    Result<std::size_t> written = write_chunk(at, lsn);
    if (!written.ok()) return written.error();
    at = *written;
  }
  if (Status put = write_details(first); !put.ok()) return put;
  if (keep_from_) {
    // Beside records at most about as much goes as comes: LMDB's list of free pages stays short.
    Result<std::size_t> trimmed = store_.trim(
        keep_from_(), trims_only_ ? kTrimChunksAlone : std::max(kTrimChunksMin, chunks_written_));
    if (!trimmed.ok()) return trimmed.error();
  }
  // What the opening writes, the epoch above all, is durable before anything rests on it.
  const bool sync =
      durability_ != Durability::relaxed || !on_own_thread_ || trims_only_ || flush_is_due();
  JANJI_STEP("writer_before_commit");
  if (Status committed = store_.commit(sync); !committed.ok()) return committed;
  JANJI_STEP("writer_committed");
  commits_.fetch_add(1, std::memory_order_relaxed);
  if (sync) {
    durable_ = last_batch_ == 0 ? committed_ : Lsn{first.value + last_batch_ - 1};
    flushed_ms_ = ledger_time_.value;
    unflushed_bytes_ = 0;
  }
  return success();
}

// Lays down as many records as one chunk holds, from batch_[from] on. Returns where it stopped.
Result<std::size_t> Writer::write_chunk(std::size_t from, Lsn first) {
  std::size_t bytes = 0;
  std::size_t end = from;
  for (; end < batch_.size(); ++end) {
    const std::size_t size = blocks_[batch_[end]].header().size;
    if (bytes + size > kChunkRecordBytesMax) break;
    bytes += size;
  }
  JANJI_CHECK(end > from);  // no record is too large for a chunk
  JANJI_CHECK(first.value == chain_.last.value + 1);
  const auto& front = blocks_[batch_[from]].header();
  if (front.type == record::Type::epoch) {
    epoch_ = record::as<record::Epoch>(blocks_[batch_[from]].bytes).number;
  }
  Result<std::span<std::byte>> room = store_.append(first, chunk_bytes(bytes));
  if (!room.ok()) return room.error();
  ChunkEncoder encoder(*room, chain_, epoch_, ledger_time_);
  for (std::size_t i = from; i < end; ++i) {
    if (i + kAhead < end) __builtin_prefetch(blocks_[batch_[i + kAhead]].small + 32, 0, 3);
    encoder.add(blocks_[batch_[i]].header());
  }
  chain_ = encoder.finish();
  unflushed_bytes_ += room->size();
  ++chunks_written_;
  return end;
}

Status Writer::write_details(Lsn first) {
  std::optional<Lsn> oldest;  // of the journal, once it matters
  for (std::size_t i = batch_begin_; i < batch_.size(); ++i) {
    const RecordBlock& block = blocks_[batch_[i]];
    if (takes_details(block.header().type)) {
      if (Status erased = erase_details(block, oldest); !erased.ok()) return erased;
    }
    if (block.details == kNoIndex) continue;
    const Lsn lsn{first.value + (i - batch_begin_)};
    const std::span<const std::byte> details = work_.details(block);
    if (Status put = store_.put_details(lsn, details); !put.ok()) return put;
    unflushed_bytes_ += store::details_room(details.size());
  }
  return success();
}

// Behind what earlier records of the round brought: that may go in it, too.
Status Writer::erase_details(const RecordBlock& block, std::optional<Lsn>& oldest) {
  if (!oldest) {
    const Result<store::JournalBounds> bounds = store_.bounds();
    if (!bounds.ok()) return bounds.error();
    oldest = bounds->first;
  }
  std::array<Lsn, RoundWork::kGoneMax> gone;
  const std::size_t many = work_.gone(block, *oldest, gone);
  for (const Lsn lsn : std::span{gone}.first(many)) {
    if (Status erased = store_.erase_details(lsn); !erased.ok()) return erased;
  }
  return success();
}

bool Writer::flush_is_due() const noexcept {
  return flush_wanted_ || unflushed_bytes_ >= unflushed_bytes_max_ ||
         ledger_time_.value - flushed_ms_ >= flush_ms_ || rounds_.stopped();
}

// Read-only for want of room, nothing is written that could trim beside it: without rounds for
// trimming alone, what is full would stay full. Otherwise they aren't worth their sync, and would
// make LMDB's list of free pages long.
bool Writer::trim_is_due() const {
  if (!keep_from_ || rounds_.stopped() || !trim_alone_()) return false;
  const Result<store::JournalBounds> bounds = store_.bounds();
  return bounds.ok() && bounds->last.value != 0 &&
         bounds->first.value + kTrimAloneMin <= keep_from_().value;
}

void Writer::fail(const Error& error) noexcept {
  failure_ = error;
  store_.abandon();  // here: what the round holds open belongs to this thread
  work_.failed(error);
  rounds_.fail();
  tell();
}

void Writer::tell() noexcept {
  listeners_.tell(Progress{durable_, rounds_.completed(), rounds_.failed()});
}

}  // namespace janji::journal
