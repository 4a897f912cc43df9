#include "engine/journal_audit.hpp"

#include <optional>
#include <string>
#include <utility>

#include "base/words.hpp"
#include "journal/chunk_chain.hpp"
#include "record/details_of.hpp"
#include "record/taken_details.hpp"

namespace janji {
namespace {

using base::words;

constexpr std::size_t kReadChunks = 32;

class JournalAudit {
 public:
  JournalAudit(const store::JournalStore& journal, VerifyTotals& totals,
               std::optional<Broken>& broken)
      : journal_(journal), totals_(totals), broken_(broken) {}

  Status run() {
    const auto bounds = journal_.bounds();
    if (!bounds) return bounds.error();
    for (Lsn next{1}; next <= bounds->last && !broken_;) {
      const auto chunks = journal_.read(next, kReadChunks);
      if (!chunks) return chunks.error();
      if (chunks->empty()) {
        breaks(Check::lsns, words("it should end at LSN ", bounds->last.value,
                                  ", but reading it ended at LSN ", next.value - 1));
        break;
      }
      for (const store::StoredChunk& chunk : *chunks) {
        if (Status status = take(chunk); !status.ok()) return status;
        if (broken_) break;
      }
      next = Lsn{totals_.journal_last.value + 1};
    }
    if (!broken_ && !taken_.empty()) {
      breaks(Check::details, words("the details of LSN ", taken_.some().value,
                                   " are gone, and no record took them"));
    }
    return success();
  }

 private:
  void breaks(Check check, const std::string& text) {
    broken_ = Broken{check, {Code::damaged, journal_.name() + ": " + text}};
  }

  Status take(const store::StoredChunk& chunk) {
    const auto view = journal::ChunkView::open(chunk.bytes);
    if (!view) {
      if (view.code() != Code::damaged) return view.error();
      breaks(Check::chunks, words("the row at LSN ", chunk.first.value, ": ", view.error().detail));
      return success();
    }
    if (!chain_) {
      chain_ = journal::ChunkChain::before(*view);
      totals_.journal_first = view->first();
    }
    check_order(chunk.first, *view);
    if (!broken_) check_chain(*view);
    if (broken_) return success();
    totals_.journal_last = view->last();
    totals_.records += view->count();
    return view->each([&](Lsn lsn, const record::Header& header) -> Status {
      if (header.type == record::Type::erase) check_erasure(header);
      taken_.see(header);
      return broken_ ? success()
                     : check_details(lsn, record::booking_of(header), record::details_of(header));
    });
  }

  void check_order(Lsn key, const journal::ChunkView& view) {
    const std::uint64_t wanted = chain_->point().last.value + 1;
    if (view.first() != key) {
      breaks(Check::lsns,
             words("the row at LSN ", key.value, " holds the chunk at LSN ", view.first().value));
    } else if (view.first().value != wanted) {
      breaks(Check::lsns,
             words("LSN ", wanted, " should come next, and LSN ", view.first().value, " does"));
    }
  }

  void check_chain(const journal::ChunkView& view) {
    const std::int64_t ledger_ms = view.ledger_time().value;
    if (!record::is_ledger_time(ledger_ms)) {
      breaks(Check::chain, words("chunk at LSN ", view.first().value, ": its ledger time of ",
                                 ledger_ms, " ms is past the end of all times"));
      return;
    }
    const Status status = chain_->accept(view);
    if (!status.ok()) breaks(Check::chain, status.error().detail);
  }

  // What was erased is gone from this file, too.
  void check_erasure(const record::Header& header) {
    const auto& erase = record::as<record::Erase>(reinterpret_cast<const std::byte*>(&header));
    const bool was_here = erase.details_lsn >= totals_.journal_first.value;
    if (was_here && !taken_.has(erase)) {
      breaks(Check::details,
             words("the details of LSN ", erase.details_lsn, " were erased, and are still there"));
    }
  }

  Status check_details(Lsn lsn, BookingId booking, const record::DetailsOf& wanted) {
    if (wanted.size == 0) return success();
    const auto details = journal_.details(lsn);
    if (details.code() == Code::details_erased) {
      taken_.add(booking, lsn);  // by a record to come
    } else if (!details) {
      if (details.code() != Code::damaged) return details.error();
      broken_ = Broken{Check::details, details.error()};  // names the file
    } else if (details->empty()) {
      breaks(Check::details, words("the details of LSN ", lsn.value, " are missing"));
    } else if (!details_match(*details, wanted.size, wanted.hash)) {
      breaks(Check::details,
             words("the details of LSN ", lsn.value, " don't match the hash in their record"));
    } else {
      ++totals_.details;
    }
    return success();
  }

  const store::JournalStore& journal_;
  VerifyTotals& totals_;
  std::optional<Broken>& broken_;
  std::optional<journal::ChunkChain> chain_;
  record::TakenDetails taken_;
};

}  // namespace

Status audit_journal(const store::JournalStore& journal, VerifyTotals& totals,
                     std::optional<Broken>& broken) {
  return JournalAudit(journal, totals, broken).run();
}

}  // namespace janji
