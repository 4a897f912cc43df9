#include "identity/access_keys.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include <fmt/format.h>
#include <sodium.h>

#include "identity/private_file.hpp"

namespace janjid {
namespace {

constexpr std::string_view kHeader = "number,name,scopes,branch,hash,created_ms,revoked_ms\n";
constexpr std::string_view kPrefix = "jk_";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kSecretChars = 43;  // base64url without padding
constexpr std::size_t kFileMax = std::size_t{1} << 20;
constexpr std::size_t kFields = 7;
constexpr Scope kScopes[] = {Scope::staff_read,     Scope::staff_checkin, Scope::approve,
                             Scope::staff_calendar, Scope::feed,          Scope::backup,
                             Scope::staff_token,    Scope::staff_block,   Scope::staff_entitlement,
                             Scope::staff_erase,    Scope::catalogue};

using Hash = std::array<std::uint8_t, 32>;

// The secret has 256 random bits: nothing slower is needed to keep it.
Hash hash_of(std::string_view secret) noexcept {
  Hash hash{};
  crypto_generichash(hash.data(), hash.size(),
                     reinterpret_cast<const unsigned char*>(secret.data()), secret.size(), nullptr,
                     0);
  return hash;
}

bool is_name(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  });
}

template <class T>
std::optional<T> number(std::string_view text) noexcept {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<AccessKey> parse_line(std::string_view line) {
  std::array<std::string_view, kFields> field{};
  for (std::size_t i = 0; i < kFields; ++i) {
    const std::size_t comma = line.find(',');
    if ((comma == std::string_view::npos) != (i + 1 == kFields)) return std::nullopt;
    field[i] = line.substr(0, comma);
    line.remove_prefix(comma == std::string_view::npos ? line.size() : comma + 1);
  }
  AccessKey key;
  const auto id = number<std::uint32_t>(field[0]);
  const auto scopes = parse_scopes(field[2]);
  const auto created = number<std::int64_t>(field[5]);
  const auto revoked = number<std::int64_t>(field[6]);
  std::size_t bytes = 0;
  const bool hex = sodium_hex2bin(key.hash.data(), key.hash.size(), field[4].data(),
                                  field[4].size(), nullptr, &bytes, nullptr) == 0 &&
                   bytes == key.hash.size();
  const bool branch = field[3].empty() || is_name(field[3]);
  if (!id || *id == 0 || !is_name(field[1]) || !scopes || !branch || !hex || !created || !revoked) {
    return std::nullopt;
  }
  key.number = *id;
  key.name = field[1];
  key.scopes = *scopes;
  key.branch = field[3];
  key.created_at = janji::CivilTime{*created};
  key.revoked_at = janji::CivilTime{*revoked};
  return key;
}

janji::Error damaged(const std::filesystem::path& file, std::size_t line, std::string_view why) {
  return {janji::Code::damaged,
          fmt::format("{}:{}: {}; put the file back from the backup, or take it away and make new "
                      "keys (janjictl key add)",
                      file.string(), line, why)};
}

}  // namespace

std::string_view to_string(Scope scope) noexcept {
  switch (scope) {
    case Scope::staff_read: return "staff:read";
    case Scope::staff_checkin: return "staff:checkin";
    case Scope::approve: return "approve";
    case Scope::staff_calendar: return "staff:calendar";
    case Scope::feed: return "feed";
    case Scope::backup: return "backup";
    case Scope::staff_token: return "staff:token";
    case Scope::staff_block: return "staff:block";
    case Scope::staff_entitlement: return "staff:entitlement";
    case Scope::staff_erase: return "staff:erase";
    case Scope::catalogue: return "catalogue";
  }
  return "";
}

std::string scopes_text(std::uint16_t scopes) {
  std::string text;
  for (const Scope scope : kScopes) {
    if ((scopes & static_cast<std::uint16_t>(scope)) == 0) continue;
    if (!text.empty()) text += ';';
    text += to_string(scope);
  }
  return text;
}

janji::Result<std::uint16_t> parse_scopes(std::string_view text) {
  std::uint16_t scopes = 0;
  while (!text.empty()) {
    const std::size_t end = text.find(';');
    const std::string_view one = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const auto* found = std::find_if(std::begin(kScopes), std::end(kScopes),
                                     [&](Scope scope) { return to_string(scope) == one; });
    if (found == std::end(kScopes)) {
      return janji::Error{janji::Code::invalid_argument,
                          fmt::format("scope \"{}\": there are {}", one, scopes_text(0xFFFF))};
    }
    scopes |= static_cast<std::uint16_t>(*found);
  }
  if (scopes == 0) {
    return janji::Error{janji::Code::invalid_argument,
                        fmt::format("scope: none; there are {}", scopes_text(0xFFFF))};
  }
  return scopes;
}

janji::Result<AccessKeys> AccessKeys::load(const std::filesystem::path& file) {
  AccessKeys keys;
  std::error_code ec;
  if (!std::filesystem::exists(file, ec) && !ec) return keys;
  std::string text(kFileMax, '\0');
  const auto size =
      read_private_file(file, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (!size) return size.error();
  if (*size == text.size()) return damaged(file, 1, "larger than any such file");
  text.resize(*size);
  std::string_view left = text;
  if (!left.starts_with(kHeader)) return damaged(file, 1, "not the header of a file of keys");
  left.remove_prefix(kHeader.size());
  for (std::size_t line = 2; !left.empty(); ++line) {
    const std::size_t end = left.find('\n');
    if (end == std::string_view::npos) return damaged(file, line, "cut off");
    auto key = parse_line(left.substr(0, end));
    if (!key) return damaged(file, line, "not a key");
    const bool in_order = keys.keys_.empty() || keys.keys_.back().number < key->number;
    if (!in_order) return damaged(file, line, "its number isn't greater than the one before");
    keys.keys_.push_back(std::move(*key));
    left.remove_prefix(end + 1);
  }
  return keys;
}

janji::Status AccessKeys::save(const std::filesystem::path& file) const {
  std::string text{kHeader};
  for (const AccessKey& key : keys_) {
    std::array<char, 2 * sizeof(key.hash) + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), key.hash.data(), key.hash.size());
    text += fmt::format("{},{},{},{},{},{},{}\n", key.number, key.name, scopes_text(key.scopes),
                        key.branch, hex.data(), key.created_at.value, key.revoked_at.value);
  }
  const int error = write_private_file(
      file, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, Existing::replace);
  if (error == 0) return janji::success();
  return janji::Error{janji::Code::io_error,
                      fmt::format("{}: {}", file.string(),
                                  std::error_code{error, std::generic_category()}.message())};
}

janji::Result<std::string> AccessKeys::add(std::string name, std::uint16_t scopes,
                                           std::string branch, janji::CivilTime now) {
  if (!is_name(name)) {
    return janji::Error{janji::Code::invalid_argument,
                        fmt::format("name \"{}\": write 1 to 64 letters, digits, -, _ or .", name)};
  }
  if (!branch.empty() && !is_name(branch)) {
    return janji::Error{janji::Code::invalid_argument,
                        fmt::format("branch \"{}\": not the id of a branch", branch)};
  }
  if (keys_.size() == kKeysMax) {
    return janji::Error{
        janji::Code::limit_reached,
        fmt::format("there are {} keys, which is as many as there may be", kKeysMax)};
  }
  std::array<std::uint8_t, kSecretBytes> random{};
  randombytes_buf(random.data(), random.size());
  std::array<char, kSecretChars + 1> secret{};
  sodium_bin2base64(secret.data(), secret.size(), random.data(), random.size(),
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero(random.data(), random.size());
  AccessKey key;
  key.number = keys_.empty() ? 1 : keys_.back().number + 1;
  key.name = std::move(name);
  key.scopes = scopes;
  key.branch = std::move(branch);
  key.hash = hash_of({secret.data(), kSecretChars});
  key.created_at = now;
  std::string token = fmt::format("{}{}_{}", kPrefix, key.number, secret.data());
  keys_.push_back(std::move(key));
  return token;
}

janji::Status AccessKeys::revoke(std::uint32_t number, janji::CivilTime now) {
  const auto key = std::find_if(keys_.begin(), keys_.end(),
                                [&](const AccessKey& one) { return one.number == number; });
  if (key == keys_.end() || key->revoked_at.value != 0) {
    return janji::Error{janji::Code::invalid_argument,
                        fmt::format("key {}: {}", number,
                                    key == keys_.end() ? "there is none" : "revoked already")};
  }
  key->revoked_at = now;
  return janji::success();
}

const AccessKey* AccessKeys::find(std::string_view token) const noexcept {
  if (!token.starts_with(kPrefix)) return nullptr;
  token.remove_prefix(kPrefix.size());
  const std::size_t underscore = token.find('_');
  if (underscore == std::string_view::npos) return nullptr;
  const auto id = number<std::uint32_t>(token.substr(0, underscore));
  const std::string_view secret = token.substr(underscore + 1);
  if (!id || secret.size() != kSecretChars) return nullptr;
  const auto key = std::lower_bound(
      keys_.begin(), keys_.end(), *id,
      [](const AccessKey& one, std::uint32_t wanted) { return one.number < wanted; });
  if (key == keys_.end() || key->number != *id || key->revoked_at.value != 0) return nullptr;
  const Hash hash = hash_of(secret);
  return sodium_memcmp(hash.data(), key->hash.data(), hash.size()) == 0 ? &*key : nullptr;
}

}  // namespace janjid
