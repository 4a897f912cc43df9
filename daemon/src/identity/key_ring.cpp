#include "identity/key_ring.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include <sodium.h>

#include <janji/check.hpp>

namespace janjid {
namespace {

static_assert(KeyRing::kSecretSize == crypto_kdf_KEYBYTES);

// Exactly crypto_kdf_CONTEXTBYTES characters each. To change one is to lose what it protects.
struct Context {
  char text[crypto_kdf_CONTEXTBYTES + 1];
};

Context context_of(Purpose purpose) noexcept {
  switch (purpose) {
    case Purpose::applicant: return {"applicnt"};
    case Purpose::operation: return {"operatio"};
    case Purpose::payload: return {"payload."};
    case Purpose::reference: return {"referenc"};
    case Purpose::token: return {"token..."};
    case Purpose::details: return {"details."};
    case Purpose::entitlement: return {"entitlmt"};
  }
  JANJI_CHECK(!"a purpose without a context");
  return {};
}

template <std::size_t Size>
Secret<Size> derive_from(const Key32& master, Purpose purpose, std::uint64_t part) {
  static_assert(Size >= crypto_kdf_BYTES_MIN && Size <= crypto_kdf_BYTES_MAX);
  Secret<Size> key;
  const int rc = crypto_kdf_derive_from_key(key.mutable_bytes().data(), Size, part,
                                            context_of(purpose).text, master.data());
  JANJI_CHECK(rc == 0);
  return key;
}

KeyRing::Entry fresh_entry(KeyId id, janji::CivilTime now) {
  KeyRing::Entry entry{id, now, Key32{}};
  const auto bytes = entry.secret.mutable_bytes();
  randombytes_buf(bytes.data(), bytes.size());
  return entry;
}

janji::Error refuse(std::string detail) {
  return {janji::Code::invalid_argument, std::move(detail)};
}

}  // namespace

KeyRing KeyRing::generate(janji::CivilTime now) {
  std::vector<Entry> entries;
  entries.push_back(fresh_entry(KeyId{1}, now));
  return KeyRing{std::move(entries)};
}

janji::Result<KeyRing> KeyRing::from_entries(std::vector<Entry> entries) {
  if (entries.empty() || entries.size() > kKeysMax) {
    return refuse("a key ring has 1 to " + std::to_string(kKeysMax) + " keys, not " +
                  std::to_string(entries.size()));
  }
  KeyId last;
  for (const Entry& entry : entries) {
    const std::string name = "key " + std::to_string(entry.id.value);
    if (entry.id <= last) return refuse(name + ": ids must be above 0 and ascend");
    if (sodium_is_zero(entry.secret.data(), kSecretSize) == 1) {
      return refuse(name + ": its secret is all zero");
    }
    last = entry.id;
  }
  return KeyRing{std::move(entries)};
}

janji::Status KeyRing::rotate(janji::CivilTime now) {
  if (entries_.size() == kKeysMax) {
    return janji::Error{
        janji::Code::limit_reached,
        "the ring has " + std::to_string(kKeysMax) + " keys, its limit: retire an old one first"};
  }
  if (current().value == std::numeric_limits<KeyId::rep>::max()) {
    return janji::Error{janji::Code::limit_reached, "every key id was used"};
  }
  const KeyId next{static_cast<KeyId::rep>(current().value + 1)};
  entries_.push_back(fresh_entry(next, now));
  return janji::success();
}

janji::Status KeyRing::retire(KeyId id) {
  const std::string name = "key " + std::to_string(id.value);
  if (!contains(id)) return refuse(name + " is not in the ring");
  if (id == anchor()) {
    return refuse(name + " is the oldest: applicants, operations and references depend on it");
  }
  if (id == current()) return refuse(name + " is the current one: rotate first");
  std::erase_if(entries_, [id](const Entry& entry) { return entry.id == id; });
  return janji::success();
}

bool KeyRing::contains(KeyId id) const noexcept {
  return find(id) != nullptr;
}

Key32 KeyRing::derive(KeyId id, Purpose purpose, std::uint64_t part) const {
  const Entry* const entry = find(id);
  JANJI_CHECK(entry != nullptr);
  return derive_from<32>(entry->secret, purpose, part);
}

Key16 KeyRing::derive16(KeyId id, Purpose purpose, std::uint64_t part) const {
  const Entry* const entry = find(id);
  JANJI_CHECK(entry != nullptr);
  return derive_from<16>(entry->secret, purpose, part);
}

const KeyRing::Entry* KeyRing::find(KeyId id) const noexcept {
  const auto at = std::find_if(entries_.begin(), entries_.end(),
                               [id](const Entry& entry) { return entry.id == id; });
  return at == entries_.end() ? nullptr : &*at;
}

}  // namespace janjid
