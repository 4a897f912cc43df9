#include "identity/operation_id.hpp"

#include <array>

#include <janji/check.hpp>

#include "identity/byte_order.hpp"

namespace janjid {
namespace {

// What comes next. With it and the lengths, no list of fields reads like another one.
enum class Tag : std::uint8_t { bytes = 1, number = 2, applicant = 3, booking = 4, index = 5 };

void feed(crypto_generichash_state& state, Tag tag, std::uint64_t number) noexcept {
  std::array<std::uint8_t, 9> encoded;
  encoded[0] = static_cast<std::uint8_t>(tag);
  store_le(encoded.data() + 1, number);
  crypto_generichash_update(&state, encoded.data(), encoded.size());
}

void feed(crypto_generichash_state& state, std::string_view bytes) noexcept {
  feed(state, Tag::bytes, bytes.size());
  if (bytes.empty()) return;  // its data may be null
  crypto_generichash_update(&state, reinterpret_cast<const std::uint8_t*>(bytes.data()),
                            bytes.size());
}

void feed(crypto_generichash_state& state, const janji::ApplicantKey& applicant) noexcept {
  feed(state, Tag::applicant, applicant.hi);
  feed(state, Tag::applicant, applicant.lo);
}

void feed(crypto_generichash_state& state, janji::BookingId booking) noexcept {
  feed(state, Tag::booking, booking.value);
}

}  // namespace

PayloadHash::PayloadHash(const Key32& key) noexcept {
  crypto_generichash_init(&state_, key.data(), key.bytes().size(), crypto_generichash_BYTES_MIN);
}

PayloadHash& PayloadHash::add(std::string_view bytes) noexcept {
  feed(state_, bytes);
  return *this;
}

PayloadHash& PayloadHash::add(std::uint64_t number) noexcept {
  feed(state_, Tag::number, number);
  return *this;
}

std::uint64_t PayloadHash::finish() noexcept {
  std::array<std::uint8_t, crypto_generichash_BYTES_MIN> hash;
  const int rc = crypto_generichash_final(&state_, hash.data(), hash.size());
  JANJI_CHECK(rc == 0);  // finished twice
  return load_le<std::uint64_t>(hash.data());
}

OperationIds::OperationIds(const KeyRing& ring)
    : key_(ring.derive(ring.anchor(), Purpose::operation)),
      payload_key_(ring.derive(ring.anchor(), Purpose::payload)) {}

janji::OperationId OperationIds::make(const OperationParts& parts) const noexcept {
  std::array<std::uint8_t, 16> hash;
  crypto_generichash_state state;
  crypto_generichash_init(&state, key_.data(), key_.bytes().size(), hash.size());
  feed(state, parts.caller);
  feed(state, parts.route);
  std::visit([&](const auto& subject) { feed(state, subject); }, parts.subject);
  feed(state, parts.key);
  if (parts.batch_index) feed(state, Tag::index, *parts.batch_index);
  crypto_generichash_final(&state, hash.data(), hash.size());
  janji::OperationId id{load_le<std::uint64_t>(hash.data()),
                        load_le<std::uint64_t>(hash.data() + 8)};
  if (id.empty()) id.lo = 1;  // all zero means "no protection" to the engine
  return id;
}

}  // namespace janjid
