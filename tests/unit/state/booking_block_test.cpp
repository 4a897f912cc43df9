#include "state/booking_block.hpp"

#include <cstring>
#include <map>
#include <random>

#include <catch2/catch.hpp>

#include "record/apply.hpp"
#include "state/byte_codec.hpp"
#include "unit/record/samples.hpp"

namespace {

using namespace janji;
using record::BookingImage;
using samples::Bytes;
using state::BookingBlock;
using state::kPlacesPerBlock;

bool same(const BookingImage& a, const BookingImage& b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

Bytes encode(const BookingBlock& block, const std::vector<BookingBlock::Change>& changes) {
  Bytes room(BookingBlock::kBytesMax);
  room.resize(block.encode(changes, room));
  return room;
}

// An image with numbers of every length, as only a hostile history would make it.
BookingImage wild_image(std::mt19937_64& random, record::Place place) {
  const auto any = [&] { return random() >> (random() % 64); };
  BookingImage image{};
  image.generation = static_cast<std::uint32_t>(any());
  if (random() % 5 == 0) return image;
  image.booking = record::make_booking_id(place, image.generation & 0xFFFF,
                                          static_cast<std::uint32_t>(any()) & 0xFFFFF)
                      .value;
  if (image.booking == 0) return image;
  image.slot = any();
  image.applicant_hi = any();
  image.applicant_lo = any();
  image.operation_hi = any();
  image.operation_lo = any();
  image.payload = any();
  image.ledger_ms = static_cast<std::int64_t>(any());
  image.created_ms = -static_cast<std::int64_t>(any() >> 1);
  image.ended_ms = static_cast<std::int64_t>(any());
  image.lsn = any();
  image.seats = static_cast<std::uint16_t>(any());
  image.scope = static_cast<std::uint16_t>(any());
  image.category = static_cast<std::uint8_t>(random() % 3);
  image.state = static_cast<std::uint8_t>(1 + random() % 11);
  image.version = static_cast<std::uint16_t>(any());
  image.operations = static_cast<std::uint16_t>(random() % 5);
  image.only_waited = random() % 2;
  for (std::uint32_t i = 0; i < image.operations; ++i) {
    record::OperationImage& entry = image.operation[i];
    entry.operation_hi = any();
    entry.operation_lo = any();
    entry.payload = any();
    entry.lsn = any();
    entry.at_ms = static_cast<std::int64_t>(any());
    entry.details_size = static_cast<std::uint32_t>(any());
    entry.details_hash = entry.details_size == 0 ? 0 : any();
    entry.type = static_cast<std::uint8_t>(random());
  }
  return image;
}

TEST_CASE("whatever is put into a block comes out of it, and neighbours stay as they are") {
  std::mt19937_64 random(7);
  for (int run = 0; run < 50; ++run) {
    const std::uint64_t key = random() % 8'000'000;
    std::map<std::uint32_t, BookingImage> wanted;
    Bytes row;
    for (int write = 0; write < 6; ++write) {
      std::map<std::uint32_t, BookingImage> changed;
      for (std::uint64_t i = 0; i < 1 + random() % 40; ++i) {
        const auto index = static_cast<std::uint32_t>(random() % kPlacesPerBlock);
        const auto place = static_cast<record::Place>(key * kPlacesPerBlock + index);
        changed[index] = wanted[index] = wild_image(random, place);
      }
      std::vector<BookingBlock::Change> changes;
      for (const auto& [index, image] : changed) changes.push_back({index, image});
      BookingBlock block(key);
      const Bytes before = row;
      if (!before.empty()) {
        const auto decoded = BookingBlock::decode(key, before);
        REQUIRE(decoded.ok());
        block = *decoded;
      }
      row = encode(block, changes);
      const auto after = BookingBlock::decode(key, row);
      REQUIRE(after.ok());
      for (std::uint32_t index = 0; index < kPlacesPerBlock; ++index) {
        REQUIRE(after->used(index) == wanted.contains(index));
        const auto image = after->image(index);
        REQUIRE(image.ok());
        const auto found = wanted.find(index);
        REQUIRE(same(*image, found == wanted.end() ? BookingImage{} : found->second));
      }
    }
  }
}

TEST_CASE("the longest images there can be fit a block") {
  BookingImage image{};
  std::memset(&image, 0xFF, sizeof image);
  image.state = 11;
  image.category = 2;
  image.operations = record::kOperationsPerBooking;
  std::vector<BookingBlock::Change> changes;
  for (std::uint32_t i = 0; i < kPlacesPerBlock; ++i) changes.push_back({i, image});
  const Bytes row = encode(BookingBlock(8'000'000), changes);
  REQUIRE(row.size() <= BookingBlock::kBytesMax);
  REQUIRE(BookingBlock::decode(8'000'000, row)->image(31)->lsn == ~0ULL);
}

TEST_CASE("32 confirmed bookings of the usual kind fill one page") {
  std::vector<BookingBlock::Change> changes;
  for (std::uint32_t i = 0; i < kPlacesPerBlock; ++i) {
    const BookingId id = samples::booking_id(2'000'000 * kPlacesPerBlock % 9'000'000 + i, 40);
    BookingImage image{};
    image.generation = 40;
    auto claim = samples::claim(id, samples::slot_key(), 90'000'000'000, 90'000'600'000);
    auto confirm = samples::confirm(id, 90'000'300'000, 2000);
    REQUIRE(record::apply(image, Lsn{5'000'000'000}, claim).ok());
    REQUIRE(record::apply(image, Lsn{5'000'009'000}, confirm).ok());
    changes.push_back({i, image});
  }
  const Bytes row = encode(BookingBlock(1), changes);
  CHECK(row.size() <= record::kPageValueBytes);
  CHECK(row.size() > record::kPageValueBytes * 8 / 10);  // else more places would fit
}

TEST_CASE("every flipped bit of a block is found, and so is a block under another key") {
  const BookingId id = samples::booking_id(7);
  BookingImage image{};
  REQUIRE(record::apply(image, Lsn{1}, samples::claim(id, samples::slot_key())).ok());
  const Bytes row = encode(BookingBlock(0), {{7, image}});
  REQUIRE(BookingBlock::decode(0, row).ok());
  REQUIRE(BookingBlock::decode(1, row).code() == Code::damaged);
  for (std::size_t bit = 0; bit < row.size() * 8; ++bit) {
    Bytes bad = row;
    bad[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    const auto block = BookingBlock::decode(0, bad);
    REQUIRE(block.code() == Code::damaged);
    REQUIRE(block.error().detail.find("table bookings, row 0") == 0);
  }
}

TEST_CASE("a block with the right checksum and a wrong layout is refused, whatever it is") {
  const BookingId id = samples::booking_id(7);
  BookingImage image{};
  REQUIRE(record::apply(image, Lsn{1}, samples::claim(id, samples::slot_key())).ok());
  REQUIRE(record::apply(image, Lsn{2}, samples::confirm(id)).ok());
  const Bytes row = encode(BookingBlock(0), {{7, image}});
  std::mt19937_64 random(3);
  for (int run = 0; run < 20'000; ++run) {
    Bytes bad = row;
    for (std::uint64_t i = 0; i < 1 + random() % 4; ++i) {
      bad[8 + random() % (bad.size() - 8)] = static_cast<std::byte>(random());
    }
    if (random() % 2 == 0) bad.resize(8 + random() % (bad.size() - 7));
    state::seal_row(state::StateTable::bookings, 0, bad);
    const auto block = BookingBlock::decode(0, bad);
    if (!block) continue;
    for (std::uint32_t index = 0; index < kPlacesPerBlock; ++index) {
      (void)block->image(index);  // an error or an image, and never a read beyond the row
    }
  }
  Bytes too_short(5);
  CHECK(BookingBlock::decode(0, too_short).code() == Code::damaged);
}

TEST_CASE("numbers are packed and unpacked, and a reader stops at its end") {
  Bytes room(64);
  for (const std::uint64_t value : {0ULL, 1ULL, 127ULL, 128ULL, 1ULL << 35, ~0ULL}) {
    state::ByteWriter out(room);
    out.varint(value);
    state::ByteReader in(std::span<const std::byte>(room).first(out.size()));
    CHECK(in.varint() == value);
    CHECK(in.ok());
    CHECK(in.left() == 0);
    state::ByteReader cut(std::span<const std::byte>(room).first(out.size() - 1));
    CHECK(cut.varint() == 0);
    CHECK_FALSE(cut.ok());
  }
  for (const std::int64_t value : {INT64_MIN, std::int64_t{-1}, std::int64_t{0}, INT64_MAX}) {
    CHECK(state::unzigzag(state::zigzag(value)) == value);
  }
  CHECK(state::zigzag(-1) == 1);
  const Bytes endless(11, std::byte{0x80});
  state::ByteReader in(endless);
  (void)in.varint();
  CHECK_FALSE(in.ok());
}

}  // namespace
