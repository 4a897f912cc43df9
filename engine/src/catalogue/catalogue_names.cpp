// Names of the catalogue's vocabulary, and the number of a scope.
#include <array>

#include <janji/catalogue.hpp>

#include "base/words.hpp"

namespace janji {
namespace {

constexpr std::array<std::string_view, kPools> kPoolNames{"general", "priority", "employer",
                                                          "kiosk"};
constexpr std::array<std::string_view, 3> kCategoryNames{"citizen", "foreigner", "employer"};

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view text) {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == text) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

// FNV-1a; folded, it is stored in journals: it must never change.
std::uint64_t hash_of(std::string_view name) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return hash;
}

}  // namespace

std::string_view to_string(Pool pool) noexcept {
  const auto i = static_cast<std::size_t>(pool);
  return i < kPoolNames.size() ? kPoolNames[i] : "unknown";
}

std::string_view to_string(Category category) noexcept {
  const auto i = static_cast<std::size_t>(category);
  return i < kCategoryNames.size() ? kCategoryNames[i] : "unknown";
}

std::optional<Pool> parse_pool(std::string_view text) noexcept {
  return find_name<Pool>(kPoolNames, text);
}

std::optional<Category> parse_category(std::string_view text) noexcept {
  return find_name<Category>(kCategoryNames, text);
}

ScopeId scope_id(std::string_view name) noexcept {
  if (name.empty()) return kNoScope;
  std::uint64_t hash = hash_of(name);
  hash ^= hash >> 32;
  hash ^= hash >> 16;
  return ScopeId{static_cast<std::uint16_t>(hash % 0xFFFF + 1)};
}

ProgressId progress_id(std::string_view name) noexcept {
  const std::uint64_t hash = hash_of(name);
  return ProgressId{static_cast<std::uint32_t>((hash ^ (hash >> 32)) % 0xFFFF'FFFFU + 1)};
}

ServiceKey service_key(std::string_view id) noexcept {
  return ServiceKey{progress_id(id).value};
}

std::string to_string(const CatalogueIssue& issue) {
  std::string text = issue.file;
  if (issue.line > 0) text += base::words(":", issue.line);
  if (!text.empty()) text += ": ";
  if (issue.warning) text += "warning: ";
  if (!issue.column.empty()) text += issue.column + " ";
  if (!issue.value.empty()) text.append(1, '"').append(issue.value).append(1, '"');
  if (!issue.column.empty() || !issue.value.empty()) {
    if (text.back() == ' ') text.pop_back();
    text += ": ";
  }
  text += issue.problem;
  if (!issue.remedy.empty()) text += ". " + issue.remedy;
  return text + ".";
}

}  // namespace janji
