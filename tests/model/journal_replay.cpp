#include "model/journal_replay.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstring>

#include "journal/chunk.hpp"
#include "model/names.hpp"
#include "store/store_factory.hpp"

namespace janji::model {
namespace {

constexpr std::size_t kChunksPerRead = 64;
constexpr std::size_t kSaltBytes = 16;

record::ChunkHeader header_of(const store::StoredChunk& chunk) {
  record::ChunkHeader header{};
  std::memcpy(&header, chunk.bytes.data(), std::min(sizeof header, chunk.bytes.size()));
  return header;
}

Violation broken(Lsn lsn, Promise promise, std::string words) {
  return Violation{lsn, promise, std::move(words)};
}

// Ledger time of a decision; 0 for records that carry none.
std::int64_t decided(const Parsed& record) {
  return std::visit(
      [](const auto& one) -> std::int64_t {
        if constexpr (requires { one.decided_ms; }) return one.decided_ms;
        if constexpr (requires { one.head.decided_ms; }) return one.head.decided_ms;
        return 0;
      },
      record);
}

}  // namespace

Finding JournalReplay::follow(const store::JournalStore& journal, const AfterEach& after_each) {
  for (;;) {
    const Lsn next{model_.last_lsn().value + 1};
    const auto chunks = journal.read(next, kChunksPerRead);
    if (!chunks.ok()) return broken({}, Promise::form, chunks.error().detail);
    if (chunks->empty()) return check_erased();
    for (const store::StoredChunk& chunk : *chunks) {
      if (auto wrong = follow_chunk(chunk, journal, after_each)) return wrong;
    }
  }
}

// What is gone was erased by a record.
Finding JournalReplay::check_erased() const {
  if (to_be_erased_.empty()) return {};
  return broken(to_be_erased_.begin()->second, Promise::durable,
                "its details are gone, and nobody erased them");
}

Finding JournalReplay::follow_chunk(const store::StoredChunk& chunk,
                                    const store::JournalStore& journal,
                                    const AfterEach& after_each) {
  if (auto wrong = check_chunk(chunk)) return wrong;
  const record::ChunkHeader header = header_of(chunk);
  const std::span<const std::byte> bytes(chunk.bytes);
  std::size_t at = sizeof header;
  for (std::uint32_t i = 0; i < header.count; ++i) {
    const Lsn lsn{header.first + i};
    record::Header record{};
    std::memcpy(&record, bytes.data() + at, sizeof record);
    const auto one = bytes.subspan(at, record.size);
    at += record.size;
    if (auto wrong = check_record(lsn, one, header.ledger_ms)) return wrong;
    if (auto wrong = model_.apply(lsn, one)) return wrong;
    if (rules_.details) {
      if (auto wrong = check_details(lsn, one, journal)) return wrong;
    }
    if (after_each) after_each(lsn, one, model_);
  }
  last_hash_ = header.hash;
  last_ms_ = header.ledger_ms;
  return {};
}

// The engine's own decoder vouches for hash and sizes; what joins chunks is judged here.
Finding JournalReplay::check_chunk(const store::StoredChunk& chunk) const {
  const auto view = journal::ChunkView::open(chunk.bytes);
  if (!view.ok()) return broken(chunk.first, Promise::form, view.error().detail);
  const record::ChunkHeader header = header_of(chunk);
  if (header.first != chunk.first.value) {
    return broken(chunk.first, Promise::order,
                  "the chunk says that it begins at LSN " + std::to_string(header.first));
  }
  if (header.first != model_.last_lsn().value + 1) {
    return broken(chunk.first, Promise::order,
                  "the chunk before ended at LSN " + std::to_string(model_.last_lsn().value));
  }
  if (header.previous != last_hash_) {
    return broken(chunk.first, Promise::order, "the chunk names another one before it");
  }
  if (header.ledger_ms < last_ms_) {
    return broken(chunk.first, Promise::deadline, "the chunk's ledger time ran back");
  }
  return {};
}

Finding JournalReplay::check_record(Lsn lsn, std::span<const std::byte> record,
                                    std::int64_t chunk_ms) const {
  const auto parsed = parse(record);
  const auto* what = std::get_if<Parsed>(&parsed);
  if (what == nullptr) return {};  // the model will say so
  // A restart resumes at the greatest durable time: no decision may lie behind its chunk's.
  if (const std::int64_t decided_ms = decided(*what); decided_ms > chunk_ms) {
    return broken(lsn, Promise::deadline,
                  "decided at " + std::to_string(decided_ms) + " ms, after its chunk was made at " +
                      std::to_string(chunk_ms));
  }
  if (rules_.retention_ms == 0) return {};
  if (const auto* forget = std::get_if<record::ForgetBlock>(what)) {
    const ModelBlock* block = model_.find_block({forget->applicant_hi, forget->applicant_lo});
    if (block == nullptr) return {};  // the model will say so
    const bool long_over =
        block->until_ms == 0 || block->until_ms + rules_.retention_ms <= forget->ended_ms;
    if (!long_over || block->decided_ms + rules_.retention_ms > forget->decided_ms) {
      return broken(lsn, Promise::operation, "a block is forgotten within its retention");
    }
  }
  if (const auto* forget = std::get_if<record::ForgetEntitlement>(what)) {
    const ModelEntitlement* of = model_.find_entitlement(EntitlementId{forget->entitlement});
    if (of == nullptr) return {};  // the model will say so
    const std::int64_t over_ms = (std::int64_t{of->until.value} + 2) * 86'400'000;
    if (over_ms + rules_.retention_ms > forget->ended_ms ||
        of->decided_ms + rules_.retention_ms > forget->decided_ms) {
      return broken(lsn, Promise::operation, "an entitlement is forgotten within its retention");
    }
  }
  std::uint64_t freed = 0;
  if (const auto* free = std::get_if<record::Free>(what)) freed = free->booking;
  // Of a group, who ended last.
  if (const auto* group = std::get_if<GroupChangeRecord>(what);
      group != nullptr && group->head.step == record::Type::free) {
    const auto ended_ms = [&](std::uint64_t id) {
      const ModelBooking* member = model_.find_booking(BookingId{id});
      return member == nullptr ? 0 : member->decided_ms;
    };
    freed = *std::max_element(
        group->members.begin(), group->members.end(),
        [&](std::uint64_t a, std::uint64_t b) { return ended_ms(a) < ended_ms(b); });
  }
  const ModelBooking* booking = model_.find_booking(BookingId{freed});
  if (booking == nullptr || booking->decided_ms + rules_.retention_ms <= chunk_ms) return {};
  return broken(lsn, Promise::operation,
                name(booking->id) + " ended at " + std::to_string(booking->decided_ms) +
                    " ms and is forgotten at " + std::to_string(chunk_ms) + " ms already");
}

Finding JournalReplay::check_details(Lsn lsn, std::span<const std::byte> record,
                                     const store::JournalStore& journal) {
  const auto parsed = parse(record);
  // Size and hash of the details that the record says it brought.
  std::uint64_t size = 0, hash = 0;
  bool brings = false;
  BookingId booking;
  const auto of = [&](const auto& made) {
    brings = true;
    size = made.details_size;
    hash = made.details_hash;
    booking = BookingId{made.booking};
  };
  const auto& what = std::get<Parsed>(parsed);
  if (const auto* confirm = std::get_if<record::Confirm>(&what)) of(*confirm);
  if (const auto* submit = std::get_if<record::Submit>(&what)) of(*submit);
  if (const auto* change = std::get_if<GroupChangeRecord>(&what)) {
    const record::Type step = change->head.step;
    if (step == record::Type::confirm || step == record::Type::submit) of(change->head);
  }
  // With its place go a booking's details.
  if (const auto* free = std::get_if<record::Free>(&what)) {
    to_be_erased_.erase(BookingId{free->booking});
  }
  if (const auto* change = std::get_if<GroupChangeRecord>(&what);
      change != nullptr && change->head.step == record::Type::free) {
    to_be_erased_.erase(BookingId{change->head.booking});
    for (const std::uint64_t member : change->members) to_be_erased_.erase(BookingId{member});
  }
  if (const auto* erase = std::get_if<record::Erase>(&what)) {
    const Lsn gone{erase->details_lsn};
    to_be_erased_.erase(BookingId{erase->booking});
    const bool is_gone = journal.details(gone).code() == Code::details_erased;
    if (is_gone || !rules_.erased) return {};
    return broken(
        lsn, Promise::durable,
        "the details of LSN " + std::to_string(gone.value) + " are erased, and still there");
  }
  if (!brings) return {};
  const auto row = journal.details(lsn);
  if (row.code() == Code::details_erased) {
    to_be_erased_[booking] = lsn;
    return {};
  }
  if (!row.ok()) return broken(lsn, Promise::durable, row.error().detail);
  const std::size_t wanted = size == 0 ? 0 : size + kSaltBytes;
  if (row->size() != wanted) {
    return broken(lsn, Promise::durable,
                  "its details have " + std::to_string(row->size()) + " bytes with their salt, " +
                      "the record says " + std::to_string(wanted));
  }
  if (wanted != 0 && XXH3_64bits(row->data(), row->size()) != hash) {
    return broken(lsn, Promise::durable, "its details aren't those of the record");
  }
  return {};
}

Result<Finding> replay_directory(const std::filesystem::path& directory, JournalReplay& replay,
                                 const JournalReplay::AfterEach& after_each) {
  constexpr std::size_t kMap = std::size_t{16} << 30;  // address space
  auto stores = store::lmdb_factory().open({directory, kMap, kMap});
  if (!stores.ok()) return stores.error();
  return replay.follow((*stores)->journal(), after_each);
}

}  // namespace janji::model
