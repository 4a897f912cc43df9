// The row by which a snapshot says whose it is.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "record/hash.hpp"

namespace janji::store::lmdb {

// In the main table under kKey; every transaction that writes puts its own number there.
struct Seal {
  static constexpr std::string_view kKey = "seal";

  std::uint64_t transaction{};
  std::uint64_t checksum{};

  static Seal of(std::uint64_t transaction) {
    const auto bytes = std::as_bytes(std::span(&transaction, 1));
    return Seal{transaction, record::hash64(bytes, 0)};
  }
  bool sound() const { return checksum == of(transaction).checksum; }
};
static_assert(sizeof(Seal) == 16);

}  // namespace janji::store::lmdb
