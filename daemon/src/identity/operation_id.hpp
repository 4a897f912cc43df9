// From a request to the engine's operation id: the same intent of the same caller never acts
// twice, and two applicants who send the key "1" never meet.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include <sodium.h>

#include <janji/types.hpp>

#include "identity/idempotency_key.hpp"
#include "identity/key_ring.hpp"

namespace janjid {

// What makes an operation the one it is.
struct OperationParts {
  std::string_view caller;  // who is authenticated, e.g. a staff account; empty for the public
  std::string_view route;   // method and template, e.g. "POST /v1/claims"; never a raw path
  // Whom or what it acts on; a text: a branch's id.
  std::variant<janji::ApplicantKey, janji::BookingId, std::string_view> subject;
  std::string_view key;                      // IdempotencyKey::view()
  std::optional<std::uint32_t> batch_index;  // an item's place in its batch
};

// A 64-bit keyed hash of what a request asks for, field by field, each with its length: a
// repeated key with another payload is found out. Feed parsed values rather than the raw body,
// so that blanks and the order of members don't matter; feed a marker for a member that is
// absent. One thread; made by OperationIds::payload().
class PayloadHash {
 public:
  PayloadHash& add(std::string_view bytes) noexcept;
  PayloadHash& add(std::uint64_t number) noexcept;
  std::uint64_t finish() noexcept;  // once, at the end

 private:
  friend class OperationIds;
  explicit PayloadHash(const Key32& key) noexcept;
  crypto_generichash_state state_;
};

// Makes operation ids: keyed BLAKE2b, 128 bits, over the parts, each with its length. Thread-safe.
class OperationIds {
 public:
  explicit OperationIds(const KeyRing& ring);

  // Never empty.
  janji::OperationId make(const OperationParts& parts) const noexcept;

  PayloadHash payload() const noexcept { return PayloadHash{payload_key_}; }

 private:
  Key32 key_;
  Key32 payload_key_;
};

}  // namespace janjid
