#include "api/block_json.hpp"

#include <charconv>

#include <fmt/format.h>

#include "api/civil_text.hpp"

namespace janjid {
namespace {

constexpr std::size_t kHalf = 16;  // digits
constexpr int kUtc = 0;

std::optional<std::uint64_t> parse_half(std::string_view text) noexcept {
  std::uint64_t value = 0;
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || at != text.data() + text.size()) return std::nullopt;
  return value;
}

void write_moment(JsonWriter& json, std::string_view name, janji::CivilTime at) {
  json.name(name);
  if (at.value == 0) {
    json.null();
  } else {
    json.plain([&](std::string& out) { append_moment(out, at, kUtc); });
  }
}

}  // namespace

std::optional<janji::ApplicantKey> parse_applicant_key(std::string_view text) noexcept {
  if (text.size() != 2 * kHalf) return std::nullopt;
  const auto hi = parse_half(text.substr(0, kHalf));
  const auto lo = parse_half(text.substr(kHalf));
  if (!hi || !lo) return std::nullopt;
  const janji::ApplicantKey key{*hi, *lo};
  if (key.empty()) return std::nullopt;
  return key;
}

void write_block(JsonWriter& json, const janji::Block& block) {
  json.begin_object();
  json.name("key").string(fmt::format("{:016x}{:016x}", block.applicant.hi, block.applicant.lo));
  write_moment(json, "until", block.until);
  if (block.since.value != 0) write_moment(json, "since", block.since);
  json.name("reason").number(block.reason);
  if (block.actor.value != 0) json.name("actor").number(block.actor.value);
  json.end_object();
}

}  // namespace janjid
