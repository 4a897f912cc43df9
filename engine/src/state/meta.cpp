#include "state/meta.hpp"

#include <algorithm>
#include <string>

#include "record/visit.hpp"

namespace janji::state {

std::int64_t ledger_ms_of(const record::Header& header) noexcept {
  return record::visit_record(header, [](const auto& r) -> std::int64_t {
    if constexpr (requires { r.decided_ms; }) {
      return r.decided_ms;
    } else if constexpr (requires { r.ledger_ms; }) {
      return r.ledger_ms;
    } else {
      return 0;
    }
  });
}

namespace {

void add_erasure(StateMeta& meta, Lsn lsn, std::int64_t decided_ms) noexcept {
  if (meta.erased == 0) meta.erased_ms = decided_ms;
  meta.erased = lsn.value;
}

}  // namespace

void advance(StateMeta& meta, const journal::ChunkView& chunk) {
  meta.applied = chunk.last().value;
  meta.anchor = chunk.point().hash;
  meta.chunk_ledger_ms = chunk.ledger_time().value;
  meta.ledger_ms = std::max(meta.ledger_ms, meta.chunk_ledger_ms);
  const Status every = chunk.each([&](Lsn lsn, const record::Header& header) -> Status {
    meta.ledger_ms = std::max(meta.ledger_ms, ledger_ms_of(header));
    if (header.type == record::Type::catalogue) {
      const auto* bytes = reinterpret_cast<const std::byte*>(&header);
      const auto& change = record::as<record::Catalogue>(bytes);
      meta.catalogue = change.done != 0 ? 0 : change.digest;
    }
    if (header.type == record::Type::erase) add_erasure(meta, lsn, ledger_ms_of(header));
    return success();
  });
  JANJI_CHECK(every.ok());
  const record::Header& front = chunk.front();
  if (front.type != record::Type::epoch) return;  // ChunkChain: it stands nowhere else
  const auto& epoch = record::as<record::Epoch>(reinterpret_cast<const std::byte*>(&front));
  meta.epoch = epoch.number;
  meta.epoch_random = epoch.random;
  meta.civil_ms = epoch.civil_ms;
}

Result<StateMeta> read_meta(const store::StateStore& store) {
  const auto row = store.read(StateTable::meta, kMetaKey);
  if (!row) return row.error();
  if (!row->has_value()) return StateMeta{};
  auto meta = decode_row<StateMeta>(StateTable::meta, kMetaKey, **row);
  if (!meta) return meta;
  if (meta->format != StateMeta::kFormat) {
    return Error{Code::invalid_argument,
                 "the state was written in format " + std::to_string(meta->format) +
                     ", this version reads format " + std::to_string(StateMeta::kFormat) +
                     ": use a version that reads it"};
  }
  const bool in_bounds =
      meta->chunk_ledger_ms >= 0 && meta->chunk_ledger_ms <= meta->ledger_ms &&
      record::is_ledger_time(meta->ledger_ms) && record::is_civil_time(meta->civil_ms) &&
      meta->epoch_random < (1U << record::kEpochBits) && record::is_ledger_time(meta->erased_ms) &&
      meta->erased <= meta->applied && (meta->erased != 0 || meta->erased_ms == 0);
  if (!in_bounds) {
    return damaged_row(StateTable::meta, kMetaKey,
                       "its times, its epoch or its erasures are out of bounds");
  }
  return meta;
}

std::vector<std::byte> encode_meta(const StateMeta& meta) {
  return encode_row(StateTable::meta, kMetaKey, meta);
}

}  // namespace janji::state
