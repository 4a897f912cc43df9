// The languages in which problems are told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace janjid {

enum class Language : std::uint8_t { ms = 0, en = 1, id = 2 };
inline constexpr std::size_t kLanguages = 3;
inline constexpr Language kDefaultLanguage = Language::en;

// BCP 47 tag: "ms", "en", "id".
std::string_view to_string(Language language) noexcept;

// The best language for an Accept-Language header (RFC 9110, 12.5.4): the highest q-value wins,
// of equal ones the first named; a region or script ("ms-MY") is ignored; "*" stands for the
// default. Elements that can't be read are passed over. The default when none fits.
Language negotiate_language(std::string_view accept_language) noexcept;

// A sentence in each language.
struct Text {
  std::string_view ms, en, id;
  std::string_view in(Language language) const noexcept {
    switch (language) {
      case Language::ms: return ms;
      case Language::id: return id;
      case Language::en: break;
    }
    return en;
  }
};

}  // namespace janjid
