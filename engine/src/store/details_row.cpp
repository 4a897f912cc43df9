#include "store/details_row.hpp"

#include <cstdint>
#include <cstring>

#include "record/hash.hpp"

namespace janji::store {

std::vector<std::byte> encode_details_row(Lsn lsn, std::span<const std::byte> details) {
  const std::uint64_t checksum = record::hash64(details, lsn.value);
  std::vector<std::byte> row(sizeof checksum + details.size());
  std::memcpy(row.data(), &checksum, sizeof checksum);
  if (!details.empty()) {
    std::memcpy(row.data() + sizeof checksum, details.data(), details.size());
  }
  return row;
}

std::vector<std::byte> encode_erased_row(Lsn lsn) {
  return encode_details_row(lsn, {});
}

Result<std::vector<std::byte>> decode_details_row(const std::string& file, Lsn lsn,
                                                  std::span<const std::byte> row) {
  std::uint64_t checksum = 0;
  if (row.size() > sizeof checksum) {
    std::memcpy(&checksum, row.data(), sizeof checksum);
    const auto details = row.subspan(sizeof checksum);
    if (checksum == record::hash64(details, lsn.value)) {
      return std::vector<std::byte>(details.begin(), details.end());
    }
  }
  if (row.size() == sizeof checksum) {
    std::memcpy(&checksum, row.data(), sizeof checksum);
    if (checksum == record::hash64({}, lsn.value)) {
      return Error{Code::details_erased,
                   file + ": the details of LSN " + std::to_string(lsn.value) + " were erased"};
    }
  }
  return Error{Code::damaged, file + ": the details of LSN " + std::to_string(lsn.value) +
                                  " aren't what was written: restore them from a backup"};
}

}  // namespace janji::store
