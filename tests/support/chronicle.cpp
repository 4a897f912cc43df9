#include "support/chronicle.hpp"

#include <algorithm>
#include <cstring>
#include <mutex>
#include <span>
#include <utility>

#include "record/chunk_header.hpp"
#include "store/details_row.hpp"
#include "support/forwarding_journal.hpp"

namespace janji::test {
namespace {

constexpr std::size_t kChunksPerRead = 64;

std::string at(Lsn lsn) {
  return " at LSN " + std::to_string(lsn.value);
}

Lsn end_of(const store::StoredChunk& chunk) {
  record::ChunkHeader header{};
  std::memcpy(&header, chunk.bytes.data(), std::min(sizeof header, chunk.bytes.size()));
  return Lsn{header.first + header.count - 1};
}

}  // namespace

Chronicle::Chronicle(const Chronicle& other) : Chronicle() {
  const std::lock_guard guard(other.disk_->mutex);
  disk_->chunks = other.disk_->chunks;
  disk_->details = other.disk_->details;
  ends_ = other.ends_;
  erased_ = other.erased_;
}

void Chronicle::commit_ends() {
  const Lsn end = last();
  const std::lock_guard guard(disk_->mutex);
  ends_.insert(end);
}

void Chronicle::note_erased(Lsn round, Lsn lsn, std::vector<std::byte> details) {
  const std::lock_guard guard(disk_->mutex);
  erased_.push_back({round, lsn, std::move(details)});
}

// What lay under `lsn`, if a journal that ends at `last` lacks the round that erased it.
const std::vector<std::byte>* Chronicle::still_there(Lsn lsn, Lsn last) const {
  const auto at = std::find_if(erased_.begin(), erased_.end(), [&](const Erased& one) {
    return one.lsn == lsn && one.round > last;
  });
  return at == erased_.end() ? nullptr : &at->details;
}

std::string Chronicle::compare(const store::JournalStore& found) const {
  const auto bounds = found.bounds();
  if (!bounds.ok()) return bounds.error().detail;
  if (bounds->last == Lsn{}) return {};
  const store::MemoryJournal whole = journal();
  for (Lsn next = bounds->first; next <= bounds->last;) {
    const auto have = found.read(next, 1);
    const auto want = whole.read(next, 1);
    if (!have.ok()) return have.error().detail;
    if (have->empty()) return "nothing is found" + at(next);
    if (want->empty()) return "a chunk is found that was never written," + at(next);
    if (have->front().first != want->front().first || have->front().bytes != want->front().bytes) {
      return "another chunk is found than was written," + at(next);
    }
    for (const Lsn end = end_of(want->front()); next <= end; ++next.value) {
      const auto have_details = found.details(next);
      const auto want_details = whole.details(next);
      const auto* left = still_there(next, bounds->last);
      const bool same = left != nullptr     ? have_details.ok() && *have_details == *left
                        : want_details.ok() ? have_details.ok() && *have_details == *want_details
                                            : have_details.code() == want_details.code();
      if (!same) return "other details are found than were put," + at(next);
    }
  }
  const std::lock_guard guard(disk_->mutex);
  if (!ends_.contains(bounds->last)) return "no commit ended" + at(bounds->last);
  return {};
}

void Chronicle::cut(Lsn last) {
  const std::lock_guard guard(disk_->mutex);
  disk_->chunks.erase(disk_->chunks.upper_bound(last.value), disk_->chunks.end());
  // What was erased by a round that is lost is there again.
  for (auto one = erased_.rbegin(); one != erased_.rend(); ++one) {
    if (one->round <= last) continue;
    disk_->details[one->lsn.value] = store::encode_details_row(one->lsn, one->details);
  }
  std::erase_if(erased_, [&](const Erased& one) { return one.round > last; });
  disk_->details.erase(disk_->details.upper_bound(last.value), disk_->details.end());
  ends_.erase(ends_.upper_bound(last), ends_.end());
}

// Notes in the mirror what goes into the real one, and never trims it.
class ChroniclingFactory::Journal final : public ForwardingJournal {
 public:
  Journal(store::JournalStore& inner, Chronicle& chronicle)
      : ForwardingJournal(inner), chronicle_(chronicle), mirror_(chronicle.journal()) {}

  Status begin() override {
    Status begun = inner_.begin();
    if (begun.ok()) (void)mirror_.begin();
    round_ = {};
    return begun;
  }
  Result<std::span<std::byte>> append(Lsn first, std::size_t size) override {
    copy_last();
    if (round_ == Lsn{}) round_ = first;
    auto room = inner_.append(first, size);
    if (room.ok()) {
      from_ = *room;
      to_ = *mirror_.append(first, size);
    }
    return room;
  }
  Status put_details(Lsn lsn, std::span<const std::byte> bytes) override {
    copy_last();
    (void)mirror_.put_details(lsn, bytes);
    return inner_.put_details(lsn, bytes);
  }
  Status erase_details(Lsn lsn) override {
    copy_last();
    auto details = mirror_.details(lsn);
    if (details.ok() && !details->empty()) {
      chronicle_.note_erased(round_, lsn, std::move(*details));
    }
    (void)mirror_.erase_details(lsn);
    return inner_.erase_details(lsn);
  }
  Result<std::size_t> trim(Lsn before, std::size_t chunks_max) override {
    copy_last();
    return inner_.trim(before, chunks_max);
  }
  // Noted before it is tried: what a crash on the way leaves must be known.
  Status commit(bool sync) override {
    copy_last();
    (void)mirror_.commit(sync);
    if (sync) chronicle_.commit_ends();
    return inner_.commit(sync);
  }
  void abandon() noexcept override {
    from_ = {};
    mirror_.abandon();
    inner_.abandon();
  }

 private:
  // A chunk is filled after there was room made for it, and before the next call.
  void copy_last() {
    if (!from_.empty()) std::memcpy(to_.data(), from_.data(), from_.size());
    from_ = {};
  }

  Chronicle& chronicle_;
  store::MemoryJournal mirror_;
  std::span<std::byte> from_, to_;
  Lsn round_;  // its first record
};

Result<std::unique_ptr<store::Stores>> ChroniclingFactory::open(const store::Location& location) {
  found_ = {};
  wrong_.clear();
  auto inner = store::lmdb_factory().open(location);
  if (!inner.ok()) return inner.error();
  wrong_ = chronicle_.compare((*inner)->journal());
  if (const auto bounds = (*inner)->journal().bounds(); bounds.ok()) found_ = bounds->last;
  if (wrong_.empty()) chronicle_.cut(found_);
  auto stores = std::make_unique<StoresWithJournal<Journal>>(std::move(*inner), chronicle_);
  journal_ = &stores->journal();
  return std::unique_ptr<store::Stores>(std::move(stores));
}

Lsn ChroniclingFactory::oldest() const {
  const auto bounds = journal_->bounds();
  return bounds.ok() ? bounds->first : Lsn{};
}

}  // namespace janji::test
