#include "state/entitlement_rows.hpp"

#include <cstddef>
#include <cstring>

namespace janji::state {
namespace {

using record::EntitlementImage;

// What every row has; behind it as many operations as it says.
constexpr std::size_t kFixed = offsetof(EntitlementImage, operation);

}  // namespace

std::vector<std::byte> encode_entitlement(std::uint64_t key, const EntitlementImage& image) {
  const std::size_t size = kFixed + image.operations * sizeof(record::OperationImage);
  std::vector<std::byte> row(kChecksumBytes + size);
  std::memcpy(row.data() + kChecksumBytes, &image, size);
  seal_row(StateTable::entitlements, key, row);
  return row;
}

// A row of another cell, or of none, is no less damaged than one whose checksum is wrong.
Result<EntitlementImage> decode_entitlement(std::uint64_t key, Bytes row) {
  const auto payload = open_row(StateTable::entitlements, key, row);
  if (!payload) return payload.error();
  EntitlementImage image{};
  if (payload->size() < kFixed || payload->size() > sizeof image) {
    return damaged_row(StateTable::entitlements, key, "its size is wrong");
  }
  std::memcpy(&image, payload->data(), payload->size());
  if (const char* why = record::why_senseless(image)) {
    return damaged_row(StateTable::entitlements, key, why);
  }
  if (payload->size() != kFixed + image.operations * sizeof(record::OperationImage)) {
    return damaged_row(StateTable::entitlements, key, "its size is wrong");
  }
  if (record::cell_of(EntitlementId{image.entitlement}) != key) {
    return damaged_row(StateTable::entitlements, key, "it is another cell's");
  }
  return image;
}

std::vector<std::byte> encode_eligible(std::uint64_t key, const record::EligibleKeys& keys) {
  std::vector<std::byte> row(kChecksumBytes + keys.size() * sizeof(ApplicantKey));
  std::byte* at = row.data() + kChecksumBytes;
  for (const ApplicantKey& one : keys) {
    std::memcpy(at, &one, sizeof one);
    at += sizeof one;
  }
  seal_row(StateTable::eligible, key, row);
  return row;
}

Result<record::EligibleKeys> decode_eligible(std::uint64_t key, Bytes row) {
  const auto payload = open_row(StateTable::eligible, key, row);
  if (!payload) return payload.error();
  if (payload->empty() || payload->size() % sizeof(ApplicantKey) != 0) {
    return damaged_row(StateTable::eligible, key, "its size is wrong");
  }
  record::EligibleKeys keys;
  for (std::size_t at = 0; at < payload->size(); at += sizeof(ApplicantKey)) {
    ApplicantKey one;
    std::memcpy(&one, payload->data() + at, sizeof one);
    if (one.empty() || (!keys.empty() && one <= *keys.rbegin())) {
      return damaged_row(StateTable::eligible, key, "its applicants aren't in order, or are none");
    }
    keys.insert(keys.end(), one);
  }
  return keys;
}

Status load_entitlements(const store::StateStore& state, RecoverySink& sink) {
  Status status =
      state.scan(StateTable::entitlements, 0, [&](std::uint64_t key, Bytes row) -> Status {
        if (key >= record::kEntitlementsMax) {
          return damaged_row(StateTable::entitlements, key, "there is no such cell");
        }
        const auto image = decode_entitlement(key, row);
        if (!image) return image.error();
        return sink.on_entitlement(static_cast<std::uint32_t>(key), *image);
      });
  if (!status.ok()) return status;
  return state.scan(StateTable::eligible, 0, [&](std::uint64_t key, Bytes row) -> Status {
    if (key >= record::kEntitlementsMax) {
      return damaged_row(StateTable::eligible, key, "there is no such cell");
    }
    const auto keys = decode_eligible(key, row);
    if (!keys) return keys.error();
    return sink.on_eligible(static_cast<std::uint32_t>(key), *keys);
  });
}

}  // namespace janji::state
