#include "identity/applicant_key.hpp"

#include <string>

#include <sodium.h>

#include "identity/byte_order.hpp"

namespace janjid {
namespace {

// By hand: the C library's functions depend on the locale, and bytes of UTF-8 must never pass.
constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
constexpr bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
constexpr char to_upper(char c) {
  return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
}

struct Rule {
  const char* name;
  std::size_t min;
  std::size_t max;
  bool letters;
  bool digit_needed;
  std::string_view dropped;
  const char* wanted;
};

constexpr Rule kMykad{"mykad", 12, 12, false, true, "-", "12 digits, hyphens allowed"};
constexpr Rule kPassport{"passport", 6, 20, true, false, "", "6 to 20 letters and digits"};
constexpr Rule kCompany{
    "company",
    4,
    20,
    true,
    true,
    "- ./",
    "4 to 20 letters and digits with at least one digit; hyphens, blanks, dots and slashes between "
    "them are allowed"};
static_assert(kMykad.max <= Document::kNumberMax && kPassport.max <= Document::kNumberMax &&
              kCompany.max <= Document::kNumberMax);

const Rule& rule_of(IdType type) noexcept {
  switch (type) {
    case IdType::mykad: return kMykad;
    case IdType::passport: return kPassport;
    case IdType::company: return kCompany;
  }
  return kPassport;
}

// Says what is wanted and what is wrong, never what was sent.
janji::Error refuse(const Rule& rule, const std::string& problem) {
  return {janji::Code::invalid_argument,
          std::string{"id_number of a "} + rule.name + ": " + rule.wanted + "; " + problem};
}

}  // namespace

std::optional<IdType> parse_id_type(std::string_view name) noexcept {
  for (const IdType type : {IdType::mykad, IdType::passport, IdType::company}) {
    if (name == to_string(type)) return type;
  }
  return std::nullopt;
}

const char* to_string(IdType type) noexcept {
  return rule_of(type).name;
}

janji::Result<Document> normalise_document(IdType type, std::string_view number) {
  const Rule& rule = rule_of(type);
  if (number.size() > kDocumentInputMax) {
    return refuse(rule, "this is longer than " + std::to_string(kDocumentInputMax) + " bytes");
  }
  Document document{type};
  std::size_t size = 0;
  bool has_digit = false;
  for (std::size_t i = 0; i < number.size(); ++i) {
    const char c = to_upper(number[i]);
    const bool inside = i != 0 && i + 1 != number.size();
    const bool keep = is_digit(c) || (rule.letters && is_upper(c));
    if (!keep) {
      // MyKad numbers come with hyphens at any place; elsewhere a loose end is a slip.
      const bool drop =
          rule.dropped.find(c) != std::string_view::npos && (inside || type == IdType::mykad);
      if (drop) continue;
      return refuse(rule, "byte " + std::to_string(i + 1) + " is not allowed there");
    }
    has_digit = has_digit || is_digit(c);
    if (size < rule.max) document.number_[size] = c;
    ++size;
  }
  if (size < rule.min || size > rule.max) {
    return refuse(rule, "this has " + std::to_string(size));
  }
  if (rule.digit_needed && !has_digit) return refuse(rule, "this has no digit");
  document.size_ = static_cast<std::uint8_t>(size);
  return document;
}

ApplicantKeys::ApplicantKeys(const KeyRing& ring)
    : key_(ring.derive(ring.anchor(), Purpose::applicant)) {}

janji::ApplicantKey ApplicantKeys::make(const Document& document) const noexcept {
  std::array<std::uint8_t, 2 + Document::kNumberMax> message{};
  const std::string_view number = document.number();
  message[0] = static_cast<std::uint8_t>(document.type());
  message[1] = static_cast<std::uint8_t>(number.size());
  for (std::size_t i = 0; i < number.size(); ++i) {
    message[2 + i] = static_cast<std::uint8_t>(number[i]);
  }
  std::array<std::uint8_t, 16> hash;
  crypto_generichash(hash.data(), hash.size(), message.data(), 2 + number.size(), key_.data(),
                     key_.bytes().size());
  sodium_memzero(message.data(), message.size());
  janji::ApplicantKey key{load_le<std::uint64_t>(hash.data()),
                          load_le<std::uint64_t>(hash.data() + 8)};
  if (key.empty()) key.lo = 1;  // all zero means "no key" to the engine
  return key;
}

}  // namespace janjid
