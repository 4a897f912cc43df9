// The record decoder: bytes that are a chunk or not, records that are laid down and taken up again,
// and an engine that opens on whatever they are (life_of_journal.hpp). The first byte says which.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <vector>

#include "fuzz/complain.hpp"
#include "fuzz/life_of_journal.hpp"
#include "fuzz/some_records.hpp"
#include "fuzz/targets.hpp"
#include "journal/chunk.hpp"
#include "model/parse.hpp"
#include "record/check_record.hpp"

namespace janji::fuzz {
namespace {

constexpr std::size_t kRecordsMax = 200;

// Whatever opens can be walked over, and each of its records is one to the model's reading too.
void walk(const journal::ChunkView& view) {
  std::uint32_t count = 0;
  const Status walked = view.each([&](Lsn, const record::Header& header) -> Status {
    ++count;
    const auto* bytes = reinterpret_cast<const std::byte*>(&header);
    const auto parsed = model::parse({bytes, header.size});
    if (const auto* words = std::get_if<std::string>(&parsed)) complain("the model: " + *words);
    return success();
  });
  require(walked.ok() && count == view.count(), "a chunk has fewer records than it says");
}

// How much of a chunk is made right, so that what lies behind it is looked at: no fuzzer guesses a
// hash, and few a size that goes with it.
enum class Mend { nothing, hash, hash_and_frame };

void mend(std::span<std::byte> chunk, Mend how) {
  if (how == Mend::nothing || chunk.size() < sizeof(record::ChunkHeader)) return;
  record::ChunkHeader header;
  std::memcpy(&header, chunk.data(), sizeof header);
  if (how == Mend::hash_and_frame) {
    header.magic = record::ChunkHeader::kMagic;
    header.format = record::ChunkHeader::kFormat;
    header.header_size = sizeof header;
    header.size = static_cast<std::uint32_t>(chunk.size());
    std::memcpy(chunk.data(), &header, sizeof header);
  }
  const record::Hash128 hash = record::hash128(chunk.subspan(sizeof(record::Hash128)));
  std::memcpy(chunk.data(), &hash, sizeof hash);
}

void open_bytes(Input input, Mend how) {
  // Not a byte more than there are: whoever reads beyond them is caught.
  const std::unique_ptr<std::byte, decltype(&std::free)> aligned(
      static_cast<std::byte*>(std::malloc(std::max<std::size_t>(input.size(), 1))), &std::free);
  const std::span<std::byte> bytes(aligned.get(), input.size());
  std::copy_n(reinterpret_cast<const std::byte*>(input.data()), input.size(), bytes.data());
  mend(bytes, how);
  const auto view = journal::ChunkView::open(bytes);
  if (!view.ok()) return require(!view.error().detail.empty(), "refused without words");
  walk(*view);
}

void lay_down(Input input) {
  model::Random random(input);
  model::LedgerModel ledger;
  SomeRecords source(random, ledger);
  std::vector<model::Bytes> records;
  std::size_t size = 0;
  const std::size_t flip = random.below(1 << 16);
  while (!random.spent() && records.size() < kRecordsMax) {
    model::Bytes record = source.next();
    if (!record::check_record(record).ok()) continue;
    if (size + record.size() > journal::kChunkRecordBytesMax) break;
    (void)ledger.apply(Lsn{ledger.last_lsn().value + 1}, record);
    source.accepted(record);
    size += record.size();
    records.push_back(std::move(record));
  }
  if (records.empty()) return;
  std::vector<std::uint64_t> aligned(journal::chunk_bytes(size) / 8);
  const std::span<std::byte> bytes(reinterpret_cast<std::byte*>(aligned.data()),
                                   journal::chunk_bytes(size));
  journal::ChunkEncoder encoder(bytes, {}, 1, LedgerTime{1});
  for (const auto& each : records) encoder.add(record::as<record::Header>(each.data()));
  const journal::ChainPoint end = encoder.finish();

  const auto view = journal::ChunkView::open(bytes);
  if (!view.ok()) complain("what was laid down isn't taken up: " + view.error().detail);
  require(view->point() == end, "the chunk's end is another");
  walk(*view);
  std::size_t next = 0;
  (void)view->each([&](Lsn, const record::Header& header) -> Status {
    const model::Bytes& wanted = records.at(next++);
    require(header.size == wanted.size() && std::memcmp(&header, wanted.data(), wanted.size()) == 0,
            "a record isn't what was laid down");
    return success();
  });
  require(next == records.size(), "a record is missing");

  std::byte& changed = bytes[flip % bytes.size()];
  changed ^= std::byte{static_cast<unsigned char>(1U << (flip % 8))};
  require(!journal::ChunkView::open(bytes).ok(), "a flipped bit wasn't found");
}

}  // namespace

void fuzz_record(Input input) {
  if (input.empty()) return;
  const Input rest = input.subspan(1);
  switch (input[0] % 8) {
    case 0: return open_bytes(rest, Mend::nothing);
    case 1: return open_bytes(rest, (input[0] & 8) == 0 ? Mend::hash : Mend::hash_and_frame);
    case 2: return lay_down(rest);
    default:
      return live_on_journal(rest,
                             {(input[0] & 8) != 0, (input[0] & 16) != 0, (input[0] & 32) != 0});
  }
}

}  // namespace janji::fuzz
