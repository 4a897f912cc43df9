// The daemon's master secrets, and the keys derived from them for each purpose.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <janji/result.hpp>
#include <janji/types.hpp>

#include "identity/secret.hpp"

namespace janjid {

// Names a master secret for as long as the key file lives; part of tokens and sealed details.
// 0 names none. Never used twice in one file.
using KeyId = janji::Strong<struct KeyTag, std::uint8_t>;

// What a derived key is for. Keys of two purposes tell nothing of each other, nor of the master.
enum class Purpose : std::uint8_t {
  applicant,
  operation,
  payload,
  reference,
  token,
  details,
  entitlement
};

// One to kKeysMax master secrets, oldest first.
//
// The ends have a part to play (until the first rotation they are the same one):
// - the oldest is the anchor. It makes what must stay equal for ever because it is compared with
//   what was stored or printed: applicant keys, operation ids, references. It is never retired.
// - the newest is the current one. It makes new tokens and seals new details, which carry its
//   id. The others still verify and open what was made when they were current.
//
// Move-only value; reading is thread-safe.
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

  // A ring of given keys. `invalid_argument`: none or more than kKeysMax, ids that are 0 or don't
  // ascend, a secret that is all zero.
  static janji::Result<KeyRing> from_entries(std::vector<Entry> entries);

  // Adds a fresh key, which becomes the current one. `limit_reached` when kKeysMax are there
  // (retire one first) or every id was used.
  janji::Status rotate(janji::CivilTime now);

  // Takes a key out: its tokens are refused from now on and what it sealed can't be opened.
  // `invalid_argument` for the anchor, the current key, and one that isn't there.
  janji::Status retire(KeyId id);

  KeyId anchor() const noexcept { return entries_.front().id; }
  KeyId current() const noexcept { return entries_.back().id; }
  std::span<const Entry> entries() const noexcept { return entries_; }
  bool contains(KeyId id) const noexcept;

  // The `part`-th key (from 1) for `purpose`, by crypto_kdf from the master `id`, which must be
  // in the ring.
  Key32 derive(KeyId id, Purpose purpose, std::uint64_t part = 1) const;
  Key16 derive16(KeyId id, Purpose purpose, std::uint64_t part) const;

 private:
  explicit KeyRing(std::vector<Entry> entries) : entries_(std::move(entries)) {}
  const Entry* find(KeyId id) const noexcept;

  std::vector<Entry> entries_;  // never empty, unless moved from
};

}  // namespace janjid
