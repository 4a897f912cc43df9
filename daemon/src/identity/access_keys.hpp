// The keys of staff and of portals: who may do what beyond the holder of a booking.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

namespace janjid {

// What a key may be used for; a set of these is a bit mask.
enum class Scope : std::uint16_t {
  staff_read = 1,           // "staff:read": bookings and rosters
  staff_checkin = 2,        // "staff:checkin": check in, call, complete, note a no-show
  approve = 4,              // "approve": payment or approval has come, or won't
  staff_calendar = 8,       // "staff:calendar": slots are closed, opened, resized
  feed = 16,                // "feed": every decision of every branch, as events
  backup = 32,              // "backup": copies of all data, made on the server's own disks
  staff_token = 64,         // "staff:token": the token of a booking is issued anew
  staff_block = 128,        // "staff:block": applicants are blocked, and listed
  staff_entitlement = 256,  // "staff:entitlement": entitlements are granted, changed, listed
  staff_erase = 512,        // "staff:erase": details of bookings that have ended are erased
  catalogue = 1024,         // "catalogue": the catalogue's files are read anew
};
std::string_view to_string(Scope scope) noexcept;
// Those in a mask, as parse_scopes() reads them.
std::string scopes_text(std::uint16_t scopes);

struct AccessKey {
  std::uint32_t number{};  // from 1, never given twice: the actor in the journal
  std::string name;        // for people
  std::uint16_t scopes{};
  std::string branch;                   // the only one it is for; empty: all
  std::array<std::uint8_t, 32> hash{};  // of the secret, which is stored nowhere
  janji::CivilTime created_at;
  janji::CivilTime revoked_at;  // 0: it is good

  bool may(Scope scope) const noexcept { return (scopes & static_cast<std::uint16_t>(scope)) != 0; }
};

// A table of keys, as it lies in a file: one line a key, revoked ones too, so that no number is
// given twice. A value; reading is thread-safe.
class AccessKeys {
 public:
  static constexpr std::string_view kFileName = "access_keys.csv";
  static constexpr std::size_t kKeysMax = 4096;

  // No file: no keys. Errors: io_error (see read_private_file), damaged; they name path, line and
  // what to do.
  static janji::Result<AccessKeys> load(const std::filesystem::path& file);
  janji::Status save(const std::filesystem::path& file) const;

  // Adds a key. Returns its token, which can't be had again: "jk_<number>_<secret>".
  // Errors: invalid_argument (which names the field), limit_reached.
  janji::Result<std::string> add(std::string name, std::uint16_t scopes, std::string branch,
                                 janji::CivilTime now);
  // Errors: invalid_argument: there is no such key, or it is revoked already.
  janji::Status revoke(std::uint32_t number, janji::CivilTime now);

  // The key of a token; null when it is none of ours, or revoked. Takes as long for a wrong secret
  // as for a right one.
  const AccessKey* find(std::string_view token) const noexcept;

  const std::vector<AccessKey>& all() const noexcept { return keys_; }

 private:
  std::vector<AccessKey> keys_;  // by number
};

// "staff:read;approve" to a mask. Error: invalid_argument, which names the scope and those there
// are.
janji::Result<std::uint16_t> parse_scopes(std::string_view text);

}  // namespace janjid
