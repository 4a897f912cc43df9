#include "http/entity_tag.hpp"

#include <array>
#include <cstdint>

#include <fmt/format.h>
#include <sodium.h>

#include "http/tokens.hpp"

namespace janjid {

// The key is no secret: the tag only tells one content from another.
std::string make_entity_tag(std::string_view content) {
  static constexpr std::array<unsigned char, crypto_shorthash_siphashx24_KEYBYTES> kKey{};
  std::array<unsigned char, crypto_shorthash_siphashx24_BYTES> hash{};
  crypto_shorthash_siphashx24(hash.data(), reinterpret_cast<const unsigned char*>(content.data()),
                              content.size(), kKey.data());
  std::string tag{'"'};
  for (const unsigned char byte : hash) fmt::format_to(std::back_inserter(tag), "{:02x}", byte);
  return tag + '"';
}

bool matches_entity_tag(std::string_view if_none_match, std::string_view tag) noexcept {
  if (trim(if_none_match) == "*") return true;
  while (!if_none_match.empty()) {
    std::string_view candidate = trim(take_until(if_none_match, ','));
    if (candidate.starts_with("W/")) candidate.remove_prefix(2);
    if (candidate == tag) return true;
  }
  return false;
}

}  // namespace janjid
