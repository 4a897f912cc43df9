#include "engine/feed_reader.hpp"

#include <algorithm>
#include <string>

#include "base/words.hpp"
#include "engine/feed_event.hpp"

namespace janji {

namespace {

// The chain as it stood before this chunk, by what the chunk itself says.
journal::ChunkChain chain_before(const journal::ChunkView& chunk) {
  const bool begins_epoch = chunk.front().type == record::Type::epoch;
  return journal::ChunkChain({Lsn{chunk.first().value - 1}, chunk.previous()},
                             chunk.epoch() - (begins_epoch ? 1 : 0), chunk.ledger_time());
}

}  // namespace

Result<FeedPage> FeedReader::run() {
  if (after_ > durable_) {
    return Error{Code::invalid_argument,
                 base::words("after: LSN ", after_.value, " is ahead of the feed, which ends at ",
                             durable_.value,
                             ": it was another journal's, or of one before a backup was restored")};
  }
  page_.next = after_;
  while (page_.next < durable_ && !full() && chunks_ < kChunksMost) {
    const Status status = read();
    if (status.ok()) continue;
    if (page_.next > after_) break;
    return status.error();
  }
  return page_;
}

Status FeedReader::read() {
  // At first from the chunk that the last page ended in, so that what follows is held to it.
  const Lsn from{chain_ ? page_.next.value + 1 : std::max<std::uint64_t>(after_.value, 1)};
  const auto chunks = journal_.read(from, std::clamp(chunks_, kReadLeast, kReadMost));
  if (!chunks) return chunks.error();
  if (chunks->empty()) return missing(Lsn{});
  for (const store::StoredChunk& chunk : *chunks) {
    if (page_.next == durable_ || full()) break;
    if (Status status = take(chunk); !status.ok()) return status;
    ++chunks_;
  }
  return success();
}

Status FeedReader::take(const store::StoredChunk& chunk) {
  const auto view = journal::ChunkView::open(chunk.bytes);
  if (!view) return at(chunk, view.error());
  if (view->first() != chunk.first) {
    return at(chunk, {Code::damaged, base::words("holds the chunk at LSN ", view->first().value)});
  }
  const Lsn wanted{page_.next.value + 1};
  if (view->first() > wanted) return missing(view->first());
  if (view->last() < page_.next) {
    return at(chunk, {Code::damaged, base::words("ends at LSN ", view->last().value, ", where ",
                                                 page_.next.value, " was looked for")});
  }
  if (!chain_) chain_ = chain_before(*view);
  if (Status status = chain_->accept(*view); !status.ok()) return at(chunk, status.error());
  return view->each([&](Lsn lsn, const record::Header& header) -> Status {
    if (lsn <= page_.next || lsn > durable_ || full()) return success();
    const std::size_t many = events_of(lsn, header, view->ledger_time(), room_);
    if (many > out_.size() - page_.events) {
      full_ = true;
      if (page_.events != 0) return success();
      return Error{Code::invalid_argument,
                   base::words("out: the decision at LSN ", lsn.value, " is ", many,
                               " events, and there is room for ", out_.size())};
    }
    std::copy_n(room_.begin(), many, out_.begin() + static_cast<std::ptrdiff_t>(page_.events));
    page_.events += many;
    page_.next = lsn;
    return success();
  });
}

// What comes next isn't there, but `found`, or nothing at all: trimmed, or lost. What the writer
// trims lies before all that the journal has.
Status FeedReader::missing(Lsn found) const {
  const Lsn wanted{page_.next.value + 1};
  const auto bounds = journal_.bounds();
  if (!bounds) return bounds.error();
  if (bounds->first > wanted) {
    return Error{Code::gap,
                 base::words("LSN ", wanted.value, " is no longer kept: the journal begins at ",
                             bounds->first.value, ", so read on behind ", bounds->first.value - 1)};
  }
  return Error{Code::damaged,
               journal_.name() +
                   (found.value == 0
                        ? base::words(": LSN ", wanted.value, " is durable, but isn't there")
                        : base::words(": behind LSN ", page_.next.value, " comes ", found.value,
                                      ": ", found.value - wanted.value, " records are missing"))};
}

Error FeedReader::at(const store::StoredChunk& chunk, const Error& error) const {
  return Error{error.code, base::words(journal_.name(), ": the row at LSN ", chunk.first.value,
                                       ": ", error.detail)};
}

}  // namespace janji
