#include "state/recovery.hpp"

#include <algorithm>
#include <chrono>
#include <string>

#include "journal/chunk_chain.hpp"
#include "state/state_loader.hpp"

namespace janji::state {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kReadChunks = 32;
constexpr char kAdvice[] = ". Nothing was changed. Restore the directory from a backup";

std::int64_t ms_since(Steady::time_point begin) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - begin).count();
}

class JournalReplay {
 public:
  JournalReplay(const store::JournalStore& journal, const StateMeta& meta, RecoverySink& sink)
      : journal_(journal),
        sink_(sink),
        meta_(meta),
        chain_(meta.point(), meta.epoch, LedgerTime{meta.chunk_ledger_ms}) {}

  Status run() {
    if (Status status = check_start(); !status.ok()) return status;
    for (;;) {
      const auto chunks = journal_.read(Lsn{meta_.applied + 1}, kReadChunks);
      if (!chunks) return chunks.error();
      if (chunks->empty()) break;
      for (const store::StoredChunk& chunk : *chunks) {
        if (Status status = take(chunk); !status.ok()) return status;
      }
    }
    return check_end();
  }

  const StateMeta& meta() const { return meta_; }
  std::uint64_t records() const { return records_; }

 private:
  // The state's end and the journal's beginning must meet.
  Status check_start() {
    const auto bounds = journal_.bounds();
    if (!bounds) return bounds.error();
    end_ = bounds->last;
    const std::string applied = std::to_string(meta_.applied);
    if (bounds->last.value < meta_.applied) {
      return Error{Code::damaged, "it ends at LSN " + std::to_string(bounds->last.value) +
                                      ", but the state has records up to LSN " + applied +
                                      ": it is older than its state, or lost its end"};
    }
    if (bounds->first.value > meta_.applied + 1) {
      return Error{Code::damaged, "it begins at LSN " + std::to_string(bounds->first.value) +
                                      ", but the state has records up to LSN " + applied +
                                      " only: what lies between is missing"};
    }
    return meta_.applied == 0 ? success() : check_anchor();
  }

  // When nothing lies behind the state, no chunk would name the one that the state ends with.
  Status check_anchor() {
    if (end_.value != meta_.applied) return success();
    const auto chunks = journal_.read(end_, 1);
    if (!chunks) return chunks.error();
    if (chunks->empty()) return Error{Code::damaged, "its last chunk can't be found again"};
    const auto view = journal::ChunkView::open(chunks->front().bytes);
    if (!view) return view.error();
    if (view->point() != meta_.point()) {
      return Error{Code::damaged, "its last chunk, at LSN " + std::to_string(view->first().value) +
                                      ", isn't the one that the state ends with: the two files "
                                      "aren't of one directory"};
    }
    return success();
  }

  Status take(const store::StoredChunk& chunk) {
    const std::string where = "the row at LSN " + std::to_string(chunk.first.value);
    const auto view = journal::ChunkView::open(chunk.bytes);
    if (!view) return Error{view.code(), where + ": " + view.error().detail};
    if (view->first() != chunk.first) {
      return Error{Code::damaged,
                   where + ": holds the chunk at LSN " + std::to_string(view->first().value)};
    }
    // What is counted on from here must fit: no clock comes so far.
    if (!record::is_ledger_time(view->ledger_time().value)) {
      return Error{Code::damaged, where + ": its ledger time of " +
                                      std::to_string(view->ledger_time().value) +
                                      " ms is past the end of all times"};
    }
    if (Status status = chain_.accept(*view); !status.ok()) return status;
    advance(meta_, *view);
    records_ += view->count();
    return view->each([&](Lsn lsn, const record::Header& header) -> Status {
      Status status = sink_.on_record(lsn, header);
      if (status.ok()) return status;
      return Error{status.code(),
                   "record at LSN " + std::to_string(lsn.value) + ": " + status.error().detail};
    });
  }

  Status check_end() {
    if (meta_.applied == end_.value) return success();
    return Error{Code::damaged, "it should end at LSN " + std::to_string(end_.value) +
                                    ", but reading it ended at LSN " +
                                    std::to_string(meta_.applied)};
  }

  const store::JournalStore& journal_;
  RecoverySink& sink_;
  StateMeta meta_;
  journal::ChunkChain chain_;
  Lsn end_;
  std::uint64_t records_{0};
};

}  // namespace

Error in_file(const std::string& file, const Error& error) {
  if (error.code != Code::damaged) return error;
  const bool named = error.detail.starts_with(file);
  return Error{error.code, (named ? "" : file + ": ") + error.detail + kAdvice};
}

Result<RecoverySummary> recover(const store::JournalStore& journal, const store::StateStore& state,
                                RecoverySink& sink) {
  RecoverySummary summary;
  const auto begin = Steady::now();
  const auto loaded = load_state(state, sink);
  if (!loaded) return in_file(state.name(), loaded.error());
  summary.state_ms = ms_since(begin);

  const auto middle = Steady::now();
  JournalReplay replay(journal, loaded->meta, sink);
  if (Status status = replay.run(); !status.ok()) return in_file(journal.name(), status.error());
  summary.journal_ms = ms_since(middle);

  const StateMeta& meta = replay.meta();
  summary.end = meta.point();
  summary.epoch = meta.epoch;
  summary.chunk_ledger = LedgerTime{meta.chunk_ledger_ms};
  summary.ledger_time = LedgerTime{meta.ledger_ms};
  summary.civil_time = CivilTime{meta.civil_ms};
  summary.applied = Lsn{loaded->meta.applied};
  summary.erased = Lsn{meta.erased};
  summary.erased_since = LedgerTime{meta.erased_ms};
  summary.catalogue = meta.catalogue;
  summary.days = loaded->days;
  summary.places = loaded->places;
  summary.records = replay.records();
  return summary;
}

}  // namespace janji::state
