// Sealing of a booking's details (name, telephone, ...) before they reach the engine's disk.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <janji/decision.hpp>
#include <janji/result.hpp>
#include <janji/types.hpp>

#include "identity/keyed_secrets.hpp"

namespace janjid {

// Sealed bytes in a buffer of their own: what ConfirmRequest::details points at.
class SealedDetails {
 public:
  std::span<const std::byte> view() const noexcept { return {bytes_.data(), size_}; }

 private:
  friend class DetailsSealer;
  std::size_t size_{0};
  std::array<std::byte, janji::kDetailsMax> bytes_{};
};

enum class OpenFault : std::uint8_t {
  none,
  malformed,  // too short, too long, or of a format that we don't know
  wrong_key,  // sealed with a key that isn't in the key file (any more)
  tampered,   // the right key, but bytes were changed, or it is another booking's or applicant's
};
const char* to_string(OpenFault fault) noexcept;

struct OpenedDetails {
  OpenFault fault{OpenFault::none};
  std::string plain;  // empty unless the fault is none
};

// Seals and opens: XChaCha20-Poly1305 with a random nonce, bound to the booking, so that one
// booking's details can't be shown for another's; or, where they are given before there is a
// booking (a walk-in's), to the applicant. Sealing twice gives different bytes, so take payload
// hashes of the plain text. Thread-safe.
//
// Format, version 1 (of a booking) and 2 (of an applicant): version (1 byte), key id (1), key check
// (4), nonce (24), ciphertext, tag (16). The key check is derived from the key: it tells a wrong
// key from changed bytes.
class DetailsSealer {
 public:
  static constexpr std::size_t kOverhead = 1 + 1 + 4 + 24 + 16;
  static constexpr std::size_t kPlainMax = janji::kDetailsMax - kOverhead;

  explicit DetailsSealer(const KeyRing& ring);

  // With the ring's current key. `invalid_argument` when `plain` is longer than kPlainMax bytes;
  // the detail names `details` and both sizes.
  janji::Result<SealedDetails> seal(janji::BookingId booking, std::string_view plain) const;
  janji::Result<SealedDetails> seal(janji::ApplicantKey applicant, std::string_view plain) const;

  // Of this booking, or, if they were sealed for an applicant, of this one.
  OpenedDetails open(janji::BookingId booking, janji::ApplicantKey applicant,
                     std::span<const std::byte> sealed) const;
  OpenedDetails open(janji::BookingId booking, std::span<const std::byte> sealed) const {
    return open(booking, {}, sealed);
  }

 private:
  class Bound;
  janji::Result<SealedDetails> seal(const Bound& bound, std::string_view plain) const;

  KeyedSecrets keys_;
  KeyedSecrets checks_;
};

}  // namespace janjid
