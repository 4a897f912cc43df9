// From an identity document to the key by which the engine knows its holder.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "identity/key_ring.hpp"

namespace janjid {

// The kinds of documents; the numbers are part of what is hashed and never change.
enum class IdType : std::uint8_t { mykad = 1, passport = 2, company = 3 };

// By its name in requests ("mykad", "passport", "company"; exactly so); nothing for others.
std::optional<IdType> parse_id_type(std::string_view name) noexcept;
const char* to_string(IdType type) noexcept;

// A document in the one form that is hashed: only made by `normalise_document`.
class Document {
 public:
  static constexpr std::size_t kNumberMax = 20;

  IdType type() const noexcept { return type_; }
  std::string_view number() const noexcept { return {number_.data(), size_}; }

 private:
  friend janji::Result<Document> normalise_document(IdType, std::string_view);
  explicit Document(IdType type) : type_(type) {}

  IdType type_;
  std::uint8_t size_{0};
  std::array<char, kNumberMax> number_{};
};

// Brings a number into the form that is hashed. Only ASCII is accepted, blanks at the ends are
// refused like any other character that isn't named here.
// - mykad: 12 digits; hyphens are dropped; nothing else is checked.
// - passport: 6 to 20 letters and digits; letters become capitals.
// - company: a registration number of 4 to 20 letters and digits, one of them a digit; hyphens,
//   blanks, dots and slashes between them are dropped, letters become capitals. So "1234567-A"
//   and "1234567a" are one company; its old and its new (12-digit) number are two.
// At most kDocumentInputMax bytes with everything that is dropped.
// Error: `invalid_argument`, whose detail names `id_number` and says what is wanted. It never
// repeats the number: it is made to be logged and sent.
janji::Result<Document> normalise_document(IdType type, std::string_view number);
inline constexpr std::size_t kDocumentInputMax = 40;

// Makes applicant keys: keyed BLAKE2b, 128 bits, over type, length and number. Thread-safe.
class ApplicantKeys {
 public:
  explicit ApplicantKeys(const KeyRing& ring);

  // Never empty. The same for the same document as long as the ring's anchor is the same.
  janji::ApplicantKey make(const Document& document) const noexcept;

 private:
  Key32 key_;
};

}  // namespace janjid
