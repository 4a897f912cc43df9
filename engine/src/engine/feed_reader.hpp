// Reading the change feed from the journal.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include <janji/feed.hpp>
#include <janji/result.hpp>

#include "engine/feed_event.hpp"
#include "journal/chunk_chain.hpp"
#include "store/journal_store.hpp"

namespace janji {

// Problem: whoever follows the feed must miss nothing, and hear nothing that a crash could undo.
// Operation: one call of run() copies chunks out of the journal in short read transactions, at
// first two, then more at a time; holds each to its hash and to the chunk before it; and tells
// their records from `after` to the durable LSN (hazard 16). The journal may already have chunks
// behind that LSN, of a round whose commit is under way or of unknown outcome: they wait.
// Concurrency: made for one call, on one thread. The writer may append and trim meanwhile.
// Limits: a call looks at kChunksMost chunks, whose records may all be nobody's business.
class FeedReader {
 public:
  // `durable` is the LSN that was published as durable before this call.
  FeedReader(const store::JournalStore& journal, Lsn durable, Lsn after,
             std::span<Event> out) noexcept
      : journal_(journal), durable_(durable), after_(after), out_(out) {}

  // Errors: as Engine::read_feed(). What was read before an error is told first: the next call
  // meets the error again.
  Result<FeedPage> run();

 private:
  static constexpr std::size_t kReadLeast = 2;  // chunks a read transaction, at first
  static constexpr std::size_t kReadMost = 32;
  static constexpr std::size_t kChunksMost = 256;

  bool full() const noexcept { return full_ || page_.events == out_.size(); }
  Status read();
  Status take(const store::StoredChunk& chunk);
  Status missing(Lsn found) const;
  Error at(const store::StoredChunk& chunk, const Error& error) const;

  const store::JournalStore& journal_;
  const Lsn durable_;
  const Lsn after_;
  const std::span<Event> out_;

  FeedPage page_;
  bool full_{false};  // what comes next has no room
  EventRoom room_;    // of one record
  std::optional<journal::ChunkChain> chain_;
  std::size_t chunks_{0};  // looked at
};

}  // namespace janji
