#include "state/booking_block.hpp"

#include <cstring>

#include <janji/check.hpp>

#include "record/apply.hpp"
#include "state/byte_codec.hpp"

namespace janji::state {
namespace {

using record::BookingImage;
using record::OperationImage;

constexpr std::size_t kVarintMax = 10;
constexpr std::size_t kOperationBytesMax = 1 + 3 * 8 + 3 * kVarintMax + 8;
static_assert(10 * kVarintMax + 3 + 6 * 8 + 1 +
                  record::kOperationsPerBooking * kOperationBytesMax <=
              BookingBlock::kEntryBytesMax);
static_assert(record::kOperationsPerBooking < 32, "their number is packed into five bits");

// Of the byte that has category and number of operations: what follows begins with the group.
constexpr std::uint8_t kInGroup = 1U << 7;

constexpr std::uint32_t kGenerationMask = (1U << record::kGenerationBits) - 1;

// What is too random to be packed, as it stands in an image.
struct Incompressible {
  std::uint64_t slot, applicant_hi, applicant_lo, operation_hi, operation_lo, payload;
};

void encode_operation(const OperationImage& entry, ByteWriter& out) {
  out.fixed(entry.type);
  out.fixed(entry.operation_hi);
  out.fixed(entry.operation_lo);
  out.fixed(entry.payload);
  out.varint(entry.lsn);
  out.varint(zigzag(entry.at_ms));
  out.varint(entry.details_size);
  if (entry.details_size != 0) out.fixed(entry.details_hash);
}

OperationImage decode_operation(ByteReader& in) {
  OperationImage entry{};
  entry.type = in.fixed<std::uint8_t>();
  entry.operation_hi = in.fixed<std::uint64_t>();
  entry.operation_lo = in.fixed<std::uint64_t>();
  entry.payload = in.fixed<std::uint64_t>();
  entry.lsn = in.varint();
  entry.at_ms = unzigzag(in.varint());
  entry.details_size = static_cast<std::uint32_t>(in.varint());
  if (entry.details_size != 0) entry.details_hash = in.fixed<std::uint64_t>();
  return entry;
}

// The generation, its lowest bit taken by "in use"; then, if so, the epoch's random part and the
// state in three bytes, and the rest. The id's place and generation are those of the entry.
void encode_entry(const BookingImage& image, ByteWriter& out) {
  const bool in_use = image.booking != 0;
  out.varint(std::uint64_t{image.generation} << 1 | (in_use ? 1U : 0U));
  if (!in_use) return;
  const std::uint32_t epoch_and_state =
      record::epoch_of(BookingId{image.booking}) << 4 | image.state;
  out.fixed(static_cast<std::uint8_t>(epoch_and_state));
  out.fixed(static_cast<std::uint16_t>(epoch_and_state >> 8));
  out.fixed(Incompressible{image.slot, image.applicant_hi, image.applicant_lo, image.operation_hi,
                           image.operation_lo, image.payload});
  out.varint(zigzag(image.ledger_ms));
  out.varint(zigzag(image.created_ms));
  out.varint(zigzag(image.ended_ms));
  out.varint(image.lsn);
  out.varint(image.seats);
  out.varint(image.scope);
  out.varint(std::uint64_t{image.version} << 1 | (image.only_waited != 0 ? 1U : 0U));
  // The number's fifth bit stands above the category: it once had no more than four.
  const unsigned in_group = image.group != 0 ? kInGroup : 0U;
  out.fixed(static_cast<std::uint8_t>(in_group | (image.operations >> 4) << 6 |
                                      (image.category & 3U) << 4 | (image.operations & 0xFU)));
  if (image.group != 0) {
    out.varint(image.group);
    out.varint(image.entitlement);
  }
  for (std::uint32_t i = 0; i < image.operations; ++i) encode_operation(image.operation[i], out);
}

bool decode_entry(record::Place place, ByteReader in, BookingImage& image) {
  const std::uint64_t generation = in.varint();
  image.generation = static_cast<std::uint32_t>(generation >> 1);
  if ((generation & 1) == 0) return in.ok() && in.left() == 0;
  std::uint32_t epoch_and_state = in.fixed<std::uint8_t>();
  epoch_and_state |= std::uint32_t{in.fixed<std::uint16_t>()} << 8;
  image.state = epoch_and_state & 0xF;
  image.booking =
      record::make_booking_id(place, image.generation & kGenerationMask, epoch_and_state >> 4)
          .value;
  const auto random = in.fixed<Incompressible>();
  image.slot = random.slot;
  image.applicant_hi = random.applicant_hi;
  image.applicant_lo = random.applicant_lo;
  image.operation_hi = random.operation_hi;
  image.operation_lo = random.operation_lo;
  image.payload = random.payload;
  image.ledger_ms = unzigzag(in.varint());
  image.created_ms = unzigzag(in.varint());
  image.ended_ms = unzigzag(in.varint());
  image.lsn = in.varint();
  image.seats = static_cast<std::uint16_t>(in.varint());
  image.scope = static_cast<std::uint16_t>(in.varint());
  const std::uint64_t version = in.varint();
  image.version = static_cast<std::uint16_t>(version >> 1);
  image.only_waited = version & 1;
  const auto category_and_operations = in.fixed<std::uint8_t>();
  image.category = (category_and_operations >> 4) & 3;
  image.operations = static_cast<std::uint16_t>((category_and_operations & 0x40) >> 2 |
                                                (category_and_operations & 0xF));
  if ((category_and_operations & kInGroup) != 0) {
    image.group = in.varint();
    image.entitlement = in.varint();
  }
  if (image.operations > record::kOperationsPerBooking) return false;
  for (std::uint32_t i = 0; i < image.operations; ++i) image.operation[i] = decode_operation(in);
  return in.ok() && in.left() == 0;
}

}  // namespace

Result<BookingBlock> BookingBlock::decode(std::uint64_t key, Bytes row) {
  const auto payload = open_row(StateTable::bookings, key, row);
  if (!payload) return payload.error();
  BookingBlock block(key);
  ByteReader in(*payload);
  const auto count = in.fixed<std::uint16_t>();
  std::size_t at = sizeof count + count * sizeof(std::uint16_t);
  if (count > kPlacesPerBlock || at > payload->size()) {
    return damaged_row(StateTable::bookings, key, "its places are wrong");
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t size = in.fixed<std::uint16_t>();
    if (size > payload->size() - at) {
      return damaged_row(StateTable::bookings, key, "its sizes are wrong");
    }
    block.entries_[i] = payload->subspan(at, size);
    at += size;
  }
  if (at != payload->size()) return damaged_row(StateTable::bookings, key, "its size is wrong");
  return block;
}

Result<BookingImage> BookingBlock::image(std::uint32_t index) const {
  BookingImage image{};
  if (entries_[index].empty()) return image;
  const auto place = static_cast<record::Place>(key_ * kPlacesPerBlock + index);
  if (!decode_entry(place, ByteReader(entries_[index]), image)) {
    return damaged_row(StateTable::bookings, key_, "an entry in it can't be read");
  }
  return image;
}

std::size_t BookingBlock::encode(std::span<const Change> changed, std::span<std::byte> room) const {
  std::uint32_t count = changed.empty() ? 0 : changed.back().index + 1;
  for (std::uint32_t i = count; i < kPlacesPerBlock; ++i) {
    if (used(i)) count = i + 1;
  }
  std::array<std::uint16_t, kPlacesPerBlock> sizes{};
  const std::size_t sizes_at = kChecksumBytes + sizeof(std::uint16_t);
  ByteWriter out(room.subspan(sizes_at + count * sizeof(std::uint16_t)));
  auto change = changed.begin();
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::size_t before = out.size();
    if (change != changed.end() && change->index == i) {
      encode_entry(change->image, out);
      ++change;
    } else {
      out.bytes(entries_[i]);
    }
    sizes[i] = static_cast<std::uint16_t>(out.size() - before);
  }
  JANJI_CHECK(change == changed.end());
  const auto stored_count = static_cast<std::uint16_t>(count);
  std::memcpy(room.data() + kChecksumBytes, &stored_count, sizeof stored_count);
  std::memcpy(room.data() + sizes_at, sizes.data(), count * sizeof(std::uint16_t));
  const std::size_t size = sizes_at + count * sizeof(std::uint16_t) + out.size();
  seal_row(StateTable::bookings, key_, room.first(size));
  return size;
}

}  // namespace janji::state
