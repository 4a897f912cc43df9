#include "journal/chunk_chain.hpp"

#include <string>

#include "base/words.hpp"

namespace janji::journal {
namespace {

Error damaged(const ChunkView& chunk, const std::string& words) {
  return Error{Code::damaged, "chunk at LSN " + std::to_string(chunk.first().value) + ": " + words};
}

}  // namespace

ChunkChain ChunkChain::before(const ChunkView& next) noexcept {
  if (next.first() == Lsn{1}) return ChunkChain{};
  const bool begins_epoch = next.front().type == record::Type::epoch;
  return ChunkChain(ChainPoint{Lsn{next.first().value - 1}, next.previous()},
                    next.epoch() - (begins_epoch ? 1 : 0), {});
}

Status ChunkChain::accept(const ChunkView& next) {
  const std::uint64_t wanted = point_.last.value + 1;
  if (next.first().value > wanted) {
    return damaged(next, base::words("LSN ", wanted, " should come next: ",
                                     next.first().value - wanted, " records are missing"));
  }
  if (next.first().value < wanted) {
    return damaged(next, base::words("LSN ", wanted,
                                     " should come next: the chunk before it reaches into it"));
  }
  if (next.previous() != point_.hash) {
    return damaged(next, "it doesn't follow the chunk that ends at LSN " +
                             std::to_string(point_.last.value) +
                             ": one of the two is from another journal");
  }
  if (next.ledger_time() < ledger_time_) {
    return damaged(next, "its ledger time " + std::to_string(next.ledger_time().value) +
                             " ms is before " + std::to_string(ledger_time_.value) + " ms");
  }
  if (Status status = check_epochs(next); !status.ok()) return status;
  point_ = next.point();
  epoch_ = next.epoch();
  ledger_time_ = next.ledger_time();
  return success();
}

Status ChunkChain::check_epochs(const ChunkView& next) const {
  return next.each([&](Lsn lsn, const record::Header& header) -> Status {
    const bool first = lsn == next.first();
    std::uint64_t epoch = epoch_;
    if (header.type == record::Type::epoch) {
      if (!first)
        return damaged(next, "an epoch record inside of it, at LSN " + std::to_string(lsn.value));
      epoch = record::as<record::Epoch>(reinterpret_cast<const std::byte*>(&header)).number;
      if (epoch != epoch_ + 1) {
        return damaged(next, "it begins epoch " + std::to_string(epoch) + " after epoch " +
                                 std::to_string(epoch_));
      }
    }
    if (first && (epoch == 0 || next.epoch() != epoch)) {
      return damaged(next, "it is of epoch " + std::to_string(next.epoch()) + ", in epoch " +
                               std::to_string(epoch));
    }
    return success();
  });
}

}  // namespace janji::journal
