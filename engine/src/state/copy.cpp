#include "state/copy.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <string>

#include "base/words.hpp"
#include "journal/chunk_chain.hpp"
#include "record/details_of.hpp"
#include "record/taken_details.hpp"
#include "state/row.hpp"
#include "store/details_row.hpp"

namespace janji::state {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{1} << 20;   // between two questions
constexpr std::size_t kCommitBytes = std::size_t{8} << 20;  // of a transaction of the copy
constexpr std::size_t kReadChunks = 32;

// Counts what is copied, asks after each piece, and says when a commit is due.
class Pace {
 public:
  explicit Pace(const MayGoOn& may_go_on) : may_go_on_(may_go_on) {}

  Status take(std::size_t bytes) {
    piece_ += bytes;
    uncommitted_ += bytes;
    if (piece_ < kPieceBytes) return success();
    piece_ = 0;
    return may_go_on_();
  }
  bool commit_is_due() {
    if (uncommitted_ < kCommitBytes) return false;
    uncommitted_ = 0;
    return true;
  }

 private:
  const MayGoOn& may_go_on_;
  std::size_t piece_{0};
  std::size_t uncommitted_{0};
};

Status check_row(const std::string& file, StateTable table, std::uint64_t key, Bytes row) {
  if (table == StateTable::details) {
    const auto details = store::decode_details_row(file, Lsn{key}, row);
    if (details.code() == Code::details_erased) return success();
    return details.ok() ? success() : details.error();
  }
  const auto payload = open_row(table, key, row);
  if (payload.ok()) return success();
  return Error{payload.code(), file + ": " + payload.error().detail};
}

class JournalCopier {
 public:
  JournalCopier(const store::JournalStore& from, store::JournalStore& to, const StateMeta& state,
                const MayGoOn& may_go_on)
      : from_(from), to_(to), state_(state), pace_(may_go_on) {}

  Result<JournalCopy> run(Lsn first, Lsn last) {
    if (Status status = to_.begin(); !status.ok()) return status.error();
    // Details may have been taken by a record behind the last one since: then that comes, too.
    for (Lsn next = first; is_wanted(last); next = Lsn{copied_.last.value + 1}) {
      const auto chunks = from_.read(next, kReadChunks);
      if (!chunks) return chunks.error();
      if (chunks->empty()) {
        return damaged(base::words("it ends at LSN ", copied_.last.value, ", but LSN ", last.value,
                                   " is durable"));
      }
      for (const store::StoredChunk& chunk : *chunks) {
        if (!is_wanted(last)) break;
        if (Status status = take(chunk); !status.ok()) return status.error();
      }
    }
    if (Status status = to_.commit(true); !status.ok()) return status.error();
    return copied_;
  }

 private:
  bool is_wanted(Lsn last) const { return copied_.last < last || !taken_.empty(); }
  Error damaged(const std::string& words) const {
    return Error{Code::damaged, from_.name() + ": " + words};
  }

  Status take(const store::StoredChunk& chunk) {
    const auto view = journal::ChunkView::open(chunk.bytes);
    if (!view) return Error{view.code(), from_.name() + ": " + view.error().detail};
    if (!chain_) {
      // What lies between the state and the journal would be lost.
      if (view->first().value > state_.applied + 1) {
        return damaged(base::words("it begins at LSN ", view->first().value,
                                   ", but the state has records up to LSN ", state_.applied,
                                   " only"));
      }
      copied_.first = view->first();
      chain_ = journal::ChunkChain::before(*view);
      if (Status status = check_anchor(); !status.ok()) return status;
    }
    if (Status status = chain_->accept(*view); !status.ok()) return damaged(status.error().detail);
    if (Status status = check_anchor(); !status.ok()) return status;
    copied_.last = view->last();
    auto room = to_.append(chunk.first, chunk.bytes.size());
    if (!room) return room.error();
    std::memcpy(room->data(), chunk.bytes.data(), chunk.bytes.size());
    if (Status status = pace_.take(chunk.bytes.size()); !status.ok()) return status;
    if (Status status = take_details(*view); !status.ok()) return status;
    if (!pace_.commit_is_due()) return success();
    if (Status status = to_.commit(true); !status.ok()) return status;
    return to_.begin();
  }

  // The chain goes through the point at which the state ends.
  Status check_anchor() const {
    const journal::ChainPoint& point = chain_->point();
    if (point.last.value != state_.applied || point == state_.point()) return success();
    return damaged(base::words("the chunk that ends at LSN ", state_.applied,
                               " isn't the one that the state ends with"));
  }

  Status take_details(const journal::ChunkView& view) {
    return view.each([&](Lsn lsn, const record::Header& header) -> Status {
      taken_.see(header);
      if (record::details_of(header).size == 0) return success();
      const auto details = from_.details(lsn);
      if (details.code() == Code::details_erased) {
        taken_.add(record::booking_of(header), lsn);
        return to_.erase_details(lsn);
      }
      if (!details) return details.error();
      if (details->empty()) {
        return damaged(base::words("the details of LSN ", lsn.value, " are missing"));
      }
      if (Status status = to_.put_details(lsn, *details); !status.ok()) return status;
      return pace_.take(details->size());
    });
  }

  const store::JournalStore& from_;
  store::JournalStore& to_;
  const StateMeta& state_;
  Pace pace_;
  std::optional<journal::ChunkChain> chain_;
  record::TakenDetails taken_;
  JournalCopy copied_;
};

}  // namespace

Result<StateMeta> copy_state(const store::StateStore& from, store::StateStore& to,
                             const MayGoOn& may_go_on) {
  Pace pace(may_go_on);
  if (Status status = to.begin(); !status.ok()) return status.error();
  Status copied = from.scan_all([&](StateTable table, std::uint64_t key, Bytes row) -> Status {
    Status status = check_row(from.name(), table, key, row);
    if (status.ok()) status = to.put(table, key, row);
    if (status.ok()) status = pace.take(row.size());
    if (!status.ok() || !pace.commit_is_due()) return status;
    status = to.commit();
    return status.ok() ? to.begin() : status;
  });
  if (copied.ok()) copied = to.commit();
  if (!copied.ok()) {
    to.abort();
    return copied.error();
  }
  return read_meta(to);
}

Result<JournalCopy> copy_journal(const store::JournalStore& from, store::JournalStore& to,
                                 const StateMeta& state, Lsn first, Lsn last,
                                 const MayGoOn& may_go_on) {
  JournalCopier copier(from, to, state, may_go_on);
  Result<JournalCopy> copied = copier.run(std::max(first, Lsn{1}), last);
  if (!copied) to.abandon();
  return copied;
}

}  // namespace janji::state
