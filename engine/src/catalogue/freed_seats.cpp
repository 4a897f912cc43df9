#include "catalogue/freed_seats.hpp"

#include <charconv>

namespace janji::catalogue {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

}  // namespace

std::optional<FreedSeats> parse_freed_seats(std::string_view text) {
  constexpr std::string_view kAfter = "after ";
  if (text == "at_once") return FreedSeats{};
  if (!text.starts_with(kAfter)) return std::nullopt;
  text.remove_prefix(kAfter.size());
  const char* const end = text.data() + text.size();
  std::int64_t least = -1, most = -1;
  const auto [between, first] = std::from_chars(text.data(), end, least);
  if (first != std::errc{} || between == end || *between != ' ') return std::nullopt;
  const auto [behind, second] = std::from_chars(between + 1, end, most);
  constexpr std::int64_t kMinutes = kMaxReturnMs / kMinuteMs;
  if (second != std::errc{} || behind != end || least > kMinutes || most > kMinutes) {
    return std::nullopt;
  }
  const FreedSeats rule{least * kMinuteMs, most * kMinuteMs};
  return is_sound(rule) && !rule.at_once() ? std::optional(rule) : std::nullopt;
}

bool is_sound(const FreedSeats& rule) noexcept {
  return 0 <= rule.least_ms && rule.least_ms <= rule.most_ms && rule.most_ms <= kMaxReturnMs;
}

}  // namespace janji::catalogue
