#include "identity/keyed_secrets.hpp"

namespace janjid {

KeyedSecrets::KeyedSecrets(const KeyRing& ring, Purpose purpose, std::uint64_t part)
    : current_(ring.current()) {
  entries_.reserve(ring.entries().size());
  for (const KeyRing::Entry& entry : ring.entries()) {
    entries_.push_back({entry.id, ring.derive(entry.id, purpose, part)});
  }
}

const Key32* KeyedSecrets::find(KeyId id) const noexcept {
  for (const Entry& entry : entries_) {
    if (entry.id == id) return &entry.key;
  }
  return nullptr;
}

}  // namespace janjid
