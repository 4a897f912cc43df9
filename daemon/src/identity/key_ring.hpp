// The daemon's master secrets, and the keys derived from them for each purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "identity/secret.hpp"

namespace janjid {

// Names a master secret for as long as the key file lives; part of tokens and sealed details.
// 0 names none. Never used twice in one file.
using KeyId = janji::Strong<struct KeyTag, std::uint8_t>;

// What a derived key is for. Keys of two purposes tell nothing of each other, nor of the master.
enum class Purpose : std::uint8_t { applicant, operation, payload, reference, token, details };

// One to kKeysMax master secrets.
//
// Two of them have a part to play (they are the same one until the first rotation):
// - the anchor makes what must stay equal for ever because it is compared with what was stored
//   or printed: applicant keys, operation ids, references. It is never exchanged.
// - the current one makes new tokens and seals new details, which carry its id. The others
//   still verify and open what was made when they were current.
//
// Move-only value; reading is thread-safe. Holds nothing but secrets in guarded memory.
class KeyRing {
 public:
  static constexpr std::size_t kKeysMax = 8;
  static constexpr std::size_t kSecretSize = 32;

  struct Entry {
    KeyId id;
    janji::CivilTime created_at;
    Key32 secret;
  };

  // A ring of one key, number 1, drawn from the operating system.
  static KeyRing generate(janji::CivilTime now);

  // A ring of given keys. `invalid_argument`: none or more than kKeysMax, an id that is 0 or
  // twice there, an anchor or current key that isn't among them, a secret that is all zero.
  static janji::Result<KeyRing> from_entries(std::vector<Entry> entries, KeyId anchor,
                                             KeyId current);

  // Adds a new key and makes it current. The anchor stays. `limit_reached` when kKeysMax are
  // there or every id was used: see `retire`.
  janji::Status rotate(janji::CivilTime now);

  // Takes a key out: its tokens are refused from now on and what it sealed can't be opened.
  // `invalid_argument` for the anchor, the current key, and one that isn't there.
  janji::Status retire(KeyId id);

  KeyId anchor() const noexcept { return anchor_; }
  KeyId current() const noexcept { return current_; }
  std::span<const Entry> entries() const noexcept { return entries_; }  // oldest first
  bool contains(KeyId id) const noexcept;

  // The `part`-th key (from 1) for `purpose`, by crypto_kdf from the master `id`, which must be
  // in the ring.
  Key32 derive(KeyId id, Purpose purpose, std::uint64_t part = 1) const;
  Key16 derive16(KeyId id, Purpose purpose, std::uint64_t part) const;

 private:
  KeyRing(std::vector<Entry> entries, KeyId anchor, KeyId current);
  const Entry* find(KeyId id) const noexcept;

  std::vector<Entry> entries_;
  KeyId anchor_;
  KeyId current_;
};

}  // namespace janjid
