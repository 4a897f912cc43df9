#include "http/language.hpp"

#include <optional>

#include "http/tokens.hpp"

namespace janjid {
namespace {

constexpr std::string_view kTags[kLanguages] = {"ms", "en", "id"};

// A q-value in thousandths: "0.8" is 800. Nothing when it isn't one.
std::optional<int> parse_quality(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int thousandths = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int unit = 100;
  for (std::size_t i = 2; i < text.size(); ++i, unit /= 10) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    thousandths += (text[i] - '0') * unit;
  }
  return thousandths <= 1000 ? std::optional{thousandths} : std::nullopt;
}

std::optional<Language> parse_range(std::string_view range) noexcept {
  if (range == "*") return kDefaultLanguage;
  const std::string_view primary = take_until(range, '-');
  for (std::size_t i = 0; i < kLanguages; ++i) {
    if (equals_ignoring_case(primary, kTags[i])) return static_cast<Language>(i);
  }
  return std::nullopt;
}

// What one element asks for, in thousandths; 0 for "not at all".
int quality_of(std::string_view parameters) noexcept {
  while (!parameters.empty()) {
    std::string_view parameter = trim(take_until(parameters, ';'));
    const std::string_view name = trim(take_until(parameter, '='));
    if (equals_ignoring_case(name, "q")) return parse_quality(trim(parameter)).value_or(0);
  }
  return 1000;
}

}  // namespace

std::string_view to_string(Language language) noexcept {
  return kTags[static_cast<std::size_t>(language)];
}

Language negotiate_language(std::string_view accept_language) noexcept {
  Language best = kDefaultLanguage;
  int best_quality = 0;
  while (!accept_language.empty()) {
    std::string_view element = take_until(accept_language, ',');
    const std::optional<Language> language = parse_range(trim(take_until(element, ';')));
    if (!language) continue;
    const int quality = quality_of(element);
    if (quality > best_quality) {
      best = *language;
      best_quality = quality;
    }
  }
  return best;
}

}  // namespace janjid
