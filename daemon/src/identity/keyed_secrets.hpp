// One purpose's key of every master secret in the ring.
#pragma once

#include <cstdint>
#include <vector>

#include "identity/key_ring.hpp"

namespace janjid {

// Looks a derived key up by the id of its master. Thread-safe after construction.
class KeyedSecrets {
 public:
  KeyedSecrets(const KeyRing& ring, Purpose purpose, std::uint64_t part = 1);

  // The key made from master `id`; null when the ring has none of that id.
  const Key32* find(KeyId id) const noexcept;
  KeyId current_id() const noexcept { return current_; }
  const Key32& current() const noexcept { return *find(current_); }

 private:
  struct Entry {
    KeyId id;
    Key32 key;
  };
  std::vector<Entry> entries_;
  KeyId current_;
};

}  // namespace janjid
