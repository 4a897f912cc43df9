#include "journal/chunk.hpp"

#include <string>

#include <catch2/catch.hpp>

#include "unit/chunk/chunks.hpp"
#include "unit/record/samples.hpp"

namespace {

using namespace janji;
using journal::ChainPoint;
using journal::ChunkView;
using record::ChunkHeader;
using samples::Bytes;

std::vector<Bytes> mixed_records() {
  std::vector<Bytes> records{samples::bytes_of(samples::epoch(1, 0)),
                             samples::lane(samples::kLane, "putrajaya/passport/general"),
                             samples::day(samples::kLane, samples::kDay, 24, 8)};
  for (record::Place place = 0; place < 20; ++place) {
    const BookingId id = samples::booking_id(place);
    records.push_back(samples::bytes_of(samples::claim(id, samples::slot_key(place))));
    records.push_back(samples::bytes_of(samples::confirm(id)));
    records.push_back(samples::bytes_of(samples::cancel(id)));
    records.push_back(samples::bytes_of(samples::free_place(id)));
  }
  return records;
}

std::string words_of(const Bytes& bytes) {
  const auto view = ChunkView::open(bytes);
  return view.ok() ? "" : view.error().detail;
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

template <class T>
void put(Bytes& bytes, std::size_t at, T value) {
  std::memcpy(&bytes.at(at), &value, sizeof value);
}

TEST_CASE("what is encoded is decoded, record by record") {
  const std::vector<Bytes> records = mixed_records();
  const ChainPoint before{Lsn{41}, {7, 8}};
  const auto made = samples::make_chunk(records, before, 1, 777);
  const auto view = ChunkView::open(made.bytes);
  REQUIRE(view.ok());
  REQUIRE(view->first() == Lsn{42});
  REQUIRE(view->last().value == 41 + records.size());
  REQUIRE(view->count() == records.size());
  REQUIRE(view->epoch() == 1);
  REQUIRE(view->ledger_time() == LedgerTime{777});
  REQUIRE(view->previous() == before.hash);
  REQUIRE(view->point() == made.point);
  REQUIRE(view->front().type == record::Type::epoch);
  std::size_t index = 0;
  REQUIRE(view->each([&](Lsn lsn, const record::Header& header) -> Status {
                REQUIRE(lsn.value == 42 + index);
                REQUIRE(std::memcmp(&header, records[index].data(), records[index].size()) == 0);
                ++index;
                return success();
              })
              .ok());
  REQUIRE(index == records.size());
}

TEST_CASE("each stops at the first failure") {
  const auto made = samples::make_chunk(mixed_records(), {});
  const auto view = ChunkView::open(made.bytes);
  std::size_t calls = 0;
  const Status status = view->each([&](Lsn, const record::Header&) -> Status {
    ++calls;
    if (calls == 3) return Error{Code::stopped, "enough"};
    return success();
  });
  REQUIRE(status.code() == Code::stopped);
  REQUIRE(calls == 3);
}

TEST_CASE("a chunk may be written to room of any alignment") {
  const Bytes record = samples::bytes_of(samples::tick(5));
  Bytes room(journal::chunk_bytes(record.size()) + 2);
  const std::span<std::byte> uneven = std::span<std::byte>(room).subspan(2);
  journal::ChunkEncoder encoder(uneven, {}, 1, LedgerTime{});
  encoder.add(record::as<record::Header>(record.data()));
  encoder.finish();
  const Bytes copy(room.begin() + 2, room.end());
  REQUIRE(words_of(copy).empty());
}

TEST_CASE("every flipped bit of a chunk is found") {
  const auto made = samples::make_chunk(
      {samples::bytes_of(samples::epoch(1, 0)), samples::bytes_of(samples::tick(5))}, {});
  for (std::size_t bit = 0; bit < made.bytes.size() * 8; ++bit) {
    Bytes bytes = made.bytes;
    bytes[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto view = ChunkView::open(bytes);
    REQUIRE_FALSE(view.ok());
    REQUIRE(view.code() == Code::damaged);
  }
}

TEST_CASE("a chunk cut short, or longer than it says, is found") {
  const auto made = samples::make_chunk(mixed_records(), {});
  for (std::size_t size = 0; size < made.bytes.size(); size += 8) {
    REQUIRE_FALSE(
        words_of(Bytes(made.bytes.begin(), made.bytes.begin() + static_cast<long>(size))).empty());
  }
  Bytes longer = made.bytes;
  longer.resize(longer.size() + 8);
  REQUIRE(says(words_of(longer), "its hash is wrong"));
  samples::rehash(longer);
  REQUIRE(says(words_of(longer), "it has"));
  put(longer, offsetof(ChunkHeader, size), static_cast<std::uint32_t>(longer.size()));
  samples::rehash(longer);
  REQUIRE(says(words_of(longer), "bytes behind its last record"));
}

TEST_CASE("a chunk with the right hash and wrong contents is refused with words") {
  const auto made = samples::make_chunk(
      {samples::bytes_of(samples::epoch(1, 0)), samples::bytes_of(samples::tick(5))},
      ChainPoint{Lsn{9}, {}});
  const auto spoiled = [&](auto&& spoil) {
    Bytes bytes = made.bytes;
    spoil(bytes);
    samples::rehash(bytes);
    return words_of(bytes);
  };
  const std::size_t tick = sizeof(ChunkHeader) + sizeof(record::Epoch);
  CHECK(says(spoiled([](Bytes& b) { put(b, offsetof(ChunkHeader, magic), 1U); }), "magic"));
  CHECK(says(spoiled([](Bytes& b) { put<std::uint16_t>(b, offsetof(ChunkHeader, format), 2); }),
             "chunk at LSN 10: written in format 2"));
  CHECK(
      says(spoiled([](Bytes& b) { put<std::uint16_t>(b, offsetof(ChunkHeader, header_size), 80); }),
           "its header's size"));
  CHECK(says(spoiled([](Bytes& b) { put(b, offsetof(ChunkHeader, count), 0U); }), "it is empty"));
  CHECK(says(spoiled([](Bytes& b) { put(b, offsetof(ChunkHeader, first), std::uint64_t{0}); }),
             "it is empty"));
  CHECK(says(spoiled([](Bytes& b) { put(b, offsetof(ChunkHeader, count), 3U); }),
             "its record at LSN 12: is missing"));
  CHECK(says(spoiled([](Bytes& b) { put(b, offsetof(ChunkHeader, count), 1U); }),
             "bytes behind its last record"));
  CHECK(says(spoiled([&](Bytes& b) { put<std::uint16_t>(b, tick + 2, 24); }),
             "its record at LSN 11: goes beyond the chunk"));
  CHECK(says(spoiled([&](Bytes& b) { put<std::uint16_t>(b, tick + 2, 12); }),
             "its record at LSN 11: its size isn't a multiple of 8"));
  CHECK(says(spoiled([&](Bytes& b) { put<std::uint16_t>(b, tick + 2, 0); }),
             "its record at LSN 11: record.size"));
  CHECK(says(spoiled([&](Bytes& b) { put(b, tick + 8, std::int64_t{-1}); }),
             "its record at LSN 11: tick.ledger_ms is -1"));
}

}  // namespace
