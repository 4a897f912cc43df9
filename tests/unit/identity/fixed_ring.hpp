// Key rings whose secrets are known, for answers that are pinned.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

#include "identity/key_ring.hpp"

namespace janjid::test {

// Key `id` with the secret first, first + 1, ..., first + 31, made at 1,700,000,000,000 ms.
inline KeyRing::Entry fixed_entry(std::uint8_t id, std::uint8_t first) {
  KeyRing::Entry entry{KeyId{id}, janji::CivilTime{1'700'000'000'000}, Key32{}};
  std::uint8_t next = first;
  for (std::uint8_t& byte : entry.secret.mutable_bytes()) byte = next++;
  return entry;
}

// The ring of the given (id, first byte) pairs; by default the one of all pinned answers.
inline KeyRing fixed_ring(std::initializer_list<std::pair<std::uint8_t, std::uint8_t>> keys = {
                              {1, 0}}) {
  std::vector<KeyRing::Entry> entries;
  for (const auto& [id, first] : keys) entries.push_back(fixed_entry(id, first));
  return KeyRing::from_entries(std::move(entries)).value();
}

}  // namespace janjid::test
