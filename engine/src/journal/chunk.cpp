#include "journal/chunk.hpp"

#include <string>

#include "record/check_record.hpp"

namespace janji::journal {
namespace {

using record::ChunkHeader;

record::Hash128 hash_of(std::span<const std::byte> chunk) {
  return record::hash128(chunk.subspan(sizeof(record::Hash128)));
}

Error damaged(const ChunkHeader& header, const std::string& words) {
  return Error{Code::damaged, "chunk at LSN " + std::to_string(header.first) + ": " + words};
}

Status check_header(const ChunkHeader& header, std::span<const std::byte> bytes) {
  if (header.magic != ChunkHeader::kMagic) {
    return Error{Code::damaged, "a chunk without its magic number: not a chunk at all"};
  }
  if (hash_of(bytes) != header.hash) {
    return damaged(header, "its hash is wrong: these bytes aren't what was written");
  }
  if (header.format != ChunkHeader::kFormat) {
    return Error{Code::invalid_argument,
                 "chunk at LSN " + std::to_string(header.first) + ": written in format " +
                     std::to_string(header.format) + ", this version reads format " +
                     std::to_string(ChunkHeader::kFormat) + ": use a version that reads it"};
  }
  if (header.header_size != sizeof(ChunkHeader)) return damaged(header, "its header's size");
  if (header.size != bytes.size()) {
    return damaged(header, "it says " + std::to_string(header.size) + " bytes, it has " +
                               std::to_string(bytes.size()));
  }
  if (header.first == 0 || header.count == 0) return damaged(header, "it is empty");
  return success();
}

Error damaged_record(const ChunkHeader& header, std::uint32_t index, const std::string& words) {
  return damaged(header,
                 "its record at LSN " + std::to_string(header.first + index) + ": " + words);
}

Status check_records(const ChunkHeader& header, std::span<const std::byte> records) {
  for (std::uint32_t i = 0; i < header.count; ++i) {
    if (records.size() < sizeof(record::Header)) return damaged_record(header, i, "is missing");
    const std::size_t size = record::as<record::Header>(records.data()).size;
    if (size > records.size()) return damaged_record(header, i, "goes beyond the chunk");
    if (size % 8 != 0) return damaged_record(header, i, "its size isn't a multiple of 8");
    if (Status status = record::check_record(records.first(size)); !status.ok()) {
      return damaged_record(header, i, status.error().detail);
    }
    records = records.subspan(size);
  }
  if (!records.empty()) return damaged(header, "bytes behind its last record");
  return success();
}

}  // namespace

ChunkEncoder::ChunkEncoder(std::span<std::byte> room, const ChainPoint& before, std::uint64_t epoch,
                           LedgerTime ledger_time) noexcept
    : begin_(room.data()), at_(room.data() + sizeof(ChunkHeader)), end_(room.data() + room.size()) {
  JANJI_CHECK(room.size() >= sizeof(ChunkHeader) && room.size() <= kChunkBytesMax);
  header_.magic = ChunkHeader::kMagic;
  header_.format = ChunkHeader::kFormat;
  header_.header_size = sizeof(ChunkHeader);
  header_.size = static_cast<std::uint32_t>(room.size());
  header_.first = before.last.value + 1;
  header_.epoch = epoch;
  header_.ledger_ms = ledger_time.value;
  header_.previous = before.hash;
}

ChainPoint ChunkEncoder::finish() noexcept {
  JANJI_CHECK(at_ == end_ && header_.count > 0);
  std::memcpy(begin_, &header_, sizeof header_);
  const record::Hash128 hash = hash_of({begin_, end_});
  std::memcpy(begin_, &hash, sizeof hash);
  return ChainPoint{Lsn{header_.first + header_.count - 1}, hash};
}

Result<ChunkView> ChunkView::open(std::span<const std::byte> bytes) {
  JANJI_CHECK(reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(ChunkHeader) == 0);
  if (bytes.size() < sizeof(ChunkHeader)) {
    return Error{Code::damaged, "a chunk of " + std::to_string(bytes.size()) + " bytes"};
  }
  const auto& header = record::as<ChunkHeader>(bytes.data());
  if (Status status = check_header(header, bytes); !status.ok()) return status.error();
  if (Status status = check_records(header, bytes.subspan(sizeof header)); !status.ok()) {
    return status.error();
  }
  return ChunkView(bytes);
}

}  // namespace janji::journal
