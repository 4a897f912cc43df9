#include "api/slot_id.hpp"

#include <array>

#include "api/civil_text.hpp"
#include "http/tokens.hpp"

namespace janjid {
namespace {

constexpr std::size_t kLongest = 256;
constexpr std::uint16_t kElapsedMax = (1U << janji::SlotKey::kMinuteBits) - 1;

// Two digits at `at`; -1 when they aren't.
int two_digits(std::string_view text, std::size_t at) noexcept {
  const char tens = text[at];
  const char ones = text[at + 1];
  if (tens < '0' || tens > '9' || ones < '0' || ones > '9') return -1;
  return (tens - '0') * 10 + (ones - '0');
}

std::optional<janji::Day> parse_compact_date(std::string_view text) {
  if (text.size() != 8) return std::nullopt;
  std::array<char, 10> dashed{};
  text.copy(dashed.data(), 4, 0);
  dashed[4] = dashed[7] = '-';
  text.copy(dashed.data() + 5, 2, 4);
  text.copy(dashed.data() + 8, 2, 6);
  return parse_date({dashed.data(), dashed.size()});
}

std::optional<janji::Minute> parse_elapsed(std::string_view text) {
  if (text.size() != 4) return std::nullopt;
  const int hours = two_digits(text, 0);
  const int minutes = two_digits(text, 2);
  if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > kElapsedMax) {
    return std::nullopt;
  }
  return janji::Minute{static_cast<std::uint16_t>(hours * 60 + minutes)};
}

}  // namespace

namespace {

// ".20261124.0815"
void append_when(std::string& out, janji::SlotKey slot) {
  out += '.';
  append_compact_date(out, slot.day());
  out += '.';
  const unsigned elapsed = slot.minute().value;
  const unsigned digits = elapsed / 60 * 100 + elapsed % 60;
  for (unsigned unit = 1000; unit > 0; unit /= 10) {
    out += static_cast<char>('0' + digits / unit % 10);
  }
}

}  // namespace

void append_slot_id(std::string& out, const LaneView& lane, janji::SlotKey slot) {
  for (const char c : lane.spec->key) out += c == '/' ? '.' : c;
  append_when(out, slot);
}

void append_slot_id(std::string& out, const janji::Engine& engine, janji::SlotKey slot) {
  if (const auto lane = find_lane(engine, slot.lane())) return append_slot_id(out, *lane, slot);
  out.append("lane-").append(std::to_string(slot.lane().value));
  append_when(out, slot);
}

std::optional<ParsedSlotId> parse_slot_id(const janji::Engine& engine, std::string_view text) {
  if (text.size() > kLongest) return std::nullopt;
  const std::string_view branch = take_until(text, '.');
  const std::string_view service = take_until(text, '.');
  const auto pool = janji::parse_pool(take_until(text, '.'));
  const auto day = parse_compact_date(take_until(text, '.'));
  const auto minute = parse_elapsed(text);
  if (!pool || !day || !minute) return std::nullopt;
  const auto lane = find_lane(engine, branch, service, *pool);
  if (!lane) return std::nullopt;
  return ParsedSlotId{janji::SlotKey{lane->id, *day, *minute}, *lane};
}

}  // namespace janjid
