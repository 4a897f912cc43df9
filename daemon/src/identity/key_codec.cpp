#include "identity/key_codec.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sodium.h>

#include "identity/byte_order.hpp"

namespace janjid {
namespace {

constexpr std::string_view kMagic = "janjikey";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeader = 16;
constexpr std::size_t kChecksum = 32;
constexpr std::size_t kCreatedAt = 8;  // offsets inside an entry
constexpr std::size_t kSecret = 16;
static_assert(kMagic.size() + 4 + 4 == kHeader);
static_assert(kSecret + KeyRing::kSecretSize == kKeyFileEntry);

janji::Error damaged(std::string detail) {
  return {janji::Code::damaged, std::move(detail)};
}

void checksum_of(const std::uint8_t* bytes, std::size_t size, std::uint8_t* to) {
  crypto_generichash(to, kChecksum, bytes, size, nullptr, 0);
}

void write_entry(const KeyRing::Entry& entry, std::uint8_t* to) {
  std::fill_n(to, kKeyFileEntry, std::uint8_t{0});
  to[0] = entry.id.value;
  store_le(to + kCreatedAt, static_cast<std::uint64_t>(entry.created_at.value));
  std::copy_n(entry.secret.data(), KeyRing::kSecretSize, to + kSecret);
}

KeyRing::Entry read_entry(const std::uint8_t* from) {
  const auto created_at = static_cast<std::int64_t>(load_le<std::uint64_t>(from + kCreatedAt));
  KeyRing::Entry entry{KeyId{from[0]}, janji::CivilTime{created_at}, Key32{}};
  std::copy_n(from + kSecret, KeyRing::kSecretSize, entry.secret.mutable_bytes().data());
  return entry;
}

// What is wrong with the bytes around the entries of a file whose version is known; empty when
// nothing is.
std::string frame_problem(std::span<const std::uint8_t> bytes) {
  const auto count = load_le<std::uint32_t>(bytes.data() + 12);
  if (count == 0 || count > KeyRing::kKeysMax) {
    return "it claims to hold " + std::to_string(count) + " keys";
  }
  const std::size_t size = kHeader + count * kKeyFileEntry + kChecksum;
  if (bytes.size() != size) {
    return "it has " + std::to_string(bytes.size()) + " bytes instead of " + std::to_string(size);
  }
  std::uint8_t checksum[kChecksum];
  checksum_of(bytes.data(), size - kChecksum, checksum);
  const bool same = sodium_memcmp(checksum, bytes.data() + size - kChecksum, kChecksum) == 0;
  return same ? "" : "its checksum is wrong";
}

}  // namespace

std::size_t encode_key_ring(const KeyRing& ring, std::span<std::uint8_t, kKeyFileMax> to) {
  std::copy(kMagic.begin(), kMagic.end(), to.begin());
  store_le(to.data() + 8, kVersion);
  store_le(to.data() + 12, static_cast<std::uint32_t>(ring.entries().size()));
  std::size_t size = kHeader;
  for (const KeyRing::Entry& entry : ring.entries()) {
    write_entry(entry, to.data() + size);
    size += kKeyFileEntry;
  }
  checksum_of(to.data(), size, to.data() + size);
  return size + kChecksum;
}

janji::Result<KeyRing> decode_key_ring(std::span<const std::uint8_t> bytes) {
  ready_sodium();
  if (bytes.size() < kHeader + kChecksum) return damaged("it is too short");
  if (!std::equal(kMagic.begin(), kMagic.end(), bytes.begin())) {
    return damaged("it does not begin like a key file");
  }
  if (const auto version = load_le<std::uint32_t>(bytes.data() + 8); version != kVersion) {
    return janji::Error{janji::Code::invalid_argument, "its format is " + std::to_string(version) +
                                                           ", this program knows format " +
                                                           std::to_string(kVersion)};
  }
  if (std::string problem = frame_problem(bytes); !problem.empty()) {
    return damaged(std::move(problem));
  }
  std::vector<KeyRing::Entry> entries;
  for (std::size_t at = kHeader; at + kChecksum < bytes.size(); at += kKeyFileEntry) {
    const std::uint8_t* const from = bytes.data() + at;
    if (sodium_is_zero(from + 1, kCreatedAt - 1) != 1) return damaged("a reserved byte is set");
    entries.push_back(read_entry(from));
  }
  janji::Result<KeyRing> ring = KeyRing::from_entries(std::move(entries));
  if (!ring) return damaged(ring.error().detail);
  return ring;
}

}  // namespace janjid
