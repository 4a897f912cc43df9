#include "state/row.hpp"

#include <string>

#include "record/hash.hpp"

namespace janji::state {
namespace {

const char* name_of(StateTable table) {
  switch (table) {
    case StateTable::meta: return "meta";
    case StateTable::epochs: return "epochs";
    case StateTable::lanes: return "lanes";
    case StateTable::days: return "days";
    case StateTable::bookings: return "bookings";
    case StateTable::details: return "details";
    case StateTable::blocks: return "blocks";
    case StateTable::entitlements: return "entitlements";
    case StateTable::eligible: return "eligible";
  }
  return "unknown";
}

// Keys have at most 45 bits: the table's number never meets them.
std::uint64_t checksum_of(StateTable table, std::uint64_t key, Bytes payload) {
  return record::hash64(payload, key ^ (static_cast<std::uint64_t>(table) << 56));
}

}  // namespace

void seal_row(StateTable table, std::uint64_t key, std::span<std::byte> row) noexcept {
  const std::uint64_t checksum = checksum_of(table, key, row.subspan(kChecksumBytes));
  std::memcpy(row.data(), &checksum, sizeof checksum);
}

Result<Bytes> open_row(StateTable table, std::uint64_t key, Bytes row) {
  if (row.size() < kChecksumBytes) return damaged_row(table, key, "it is too short");
  std::uint64_t checksum = 0;
  std::memcpy(&checksum, row.data(), sizeof checksum);
  const Bytes payload = row.subspan(kChecksumBytes);
  if (checksum != checksum_of(table, key, payload)) {
    return damaged_row(table, key, "its checksum is wrong: these bytes aren't what was written");
  }
  return payload;
}

Error damaged_row(StateTable table, std::uint64_t key, const char* why) {
  return Error{Code::damaged, std::string("table ") + name_of(table) + ", row " +
                                  std::to_string(key) + ": " + why};
}

}  // namespace janji::state
