#include "identity/details_sealer.hpp"

#include <algorithm>
#include <cstring>
#include <string>

#include <sodium.h>

#include <janji/check.hpp>

#include "identity/byte_order.hpp"

namespace janjid {
namespace {

constexpr std::uint8_t kOfBooking = 1;  // the version says whose they are
constexpr std::uint8_t kOfApplicant = 2;
constexpr std::size_t kKeyCheck = 4;
constexpr std::size_t kHeader = 2 + kKeyCheck;
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kHeader + kNonce + kTag == DetailsSealer::kOverhead);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == KeyRing::kSecretSize);

const std::uint8_t* bytes_of(std::span<const std::byte> bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

}  // namespace

const char* to_string(OpenFault fault) noexcept {
  switch (fault) {
    case OpenFault::none: return "none";
    case OpenFault::malformed: return "malformed";
    case OpenFault::wrong_key: return "wrong_key";
    case OpenFault::tampered: return "tampered";
  }
  return "unknown";
}

DetailsSealer::DetailsSealer(const KeyRing& ring)
    : keys_(ring, Purpose::details, 1), checks_(ring, Purpose::details, 2) {}

// What is authenticated besides the plain text: the header, and whose details they are.
class DetailsSealer::Bound {
 public:
  Bound(KeyId id, const Key32& check, janji::BookingId booking)
      : bytes_{kOfBooking, id.value}, size_(kHeader + 8) {
    std::copy_n(check.data(), kKeyCheck, bytes_.begin() + 2);
    store_le(bytes_.data() + kHeader, booking.value);
  }
  Bound(KeyId id, const Key32& check, janji::ApplicantKey applicant)
      : bytes_{kOfApplicant, id.value}, size_(kHeader + 16) {
    std::copy_n(check.data(), kKeyCheck, bytes_.begin() + 2);
    store_le(bytes_.data() + kHeader, applicant.hi);
    store_le(bytes_.data() + kHeader + 8, applicant.lo);
  }
  const std::uint8_t* data() const { return bytes_.data(); }
  std::size_t size() const { return size_; }

 private:
  std::array<std::uint8_t, kHeader + 16> bytes_;
  std::size_t size_;
};

janji::Result<SealedDetails> DetailsSealer::seal(janji::BookingId booking,
                                                 std::string_view plain) const {
  return seal(Bound(keys_.current_id(), checks_.current(), booking), plain);
}

janji::Result<SealedDetails> DetailsSealer::seal(janji::ApplicantKey applicant,
                                                 std::string_view plain) const {
  return seal(Bound(keys_.current_id(), checks_.current(), applicant), plain);
}

janji::Result<SealedDetails> DetailsSealer::seal(const Bound& bound, std::string_view plain) const {
  if (plain.size() > kPlainMax) {
    return janji::Error{janji::Code::invalid_argument,
                        "details are " + std::to_string(plain.size()) + " bytes, at most " +
                            std::to_string(kPlainMax) + " are stored: send less"};
  }
  SealedDetails sealed;
  auto* const out = reinterpret_cast<std::uint8_t*>(sealed.bytes_.data());
  std::copy_n(bound.data(), kHeader, out);
  randombytes_buf(out + kHeader, kNonce);
  unsigned long long written = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      out + kHeader + kNonce, &written, reinterpret_cast<const std::uint8_t*>(plain.data()),
      plain.size(), bound.data(), bound.size(), nullptr, out + kHeader, keys_.current().data());
  sealed.size_ = kHeader + kNonce + static_cast<std::size_t>(written);
  JANJI_CHECK(sealed.size_ == kOverhead + plain.size());
  return sealed;
}

OpenedDetails DetailsSealer::open(janji::BookingId booking, janji::ApplicantKey applicant,
                                  std::span<const std::byte> sealed) const {
  if (sealed.size() < kOverhead || sealed.size() > janji::kDetailsMax) {
    return {OpenFault::malformed, {}};
  }
  const std::uint8_t* const in = bytes_of(sealed);
  if (in[0] != kOfBooking && in[0] != kOfApplicant) return {OpenFault::malformed, {}};
  const KeyId id{in[1]};
  const Key32* const key = keys_.find(id);
  if (key == nullptr) return {OpenFault::wrong_key, {}};
  const Key32& check = *checks_.find(id);
  const Bound bound = in[0] == kOfBooking ? Bound(id, check, booking) : Bound(id, check, applicant);
  if (std::memcmp(in, bound.data(), kHeader) != 0) return {OpenFault::wrong_key, {}};

  OpenedDetails opened;
  opened.plain.resize(sealed.size() - kOverhead);
  const int rc = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<std::uint8_t*>(opened.plain.data()), nullptr, nullptr, in + kHeader + kNonce,
      sealed.size() - kHeader - kNonce, bound.data(), bound.size(), in + kHeader, key->data());
  if (rc != 0) return {OpenFault::tampered, {}};
  return opened;
}

}  // namespace janjid
