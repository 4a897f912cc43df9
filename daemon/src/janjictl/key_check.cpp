#include "janjictl/key_check.hpp"

#include <system_error>

#include "identity/key_file.hpp"

namespace janjid {

namespace fs = std::filesystem;

std::string KeyCheck::words() const {
  if (!there) return "missing";
  return sound.ok() ? "sound" : sound.error().detail;
}

KeyCheck check_key_file(const fs::path& directory) {
  KeyCheck check;
  std::error_code ec;
  check.there = fs::exists(directory / kKeyFileName, ec) || ec;
  if (!check.there) return check;
  if (const auto ring = load_key_file(directory / kKeyFileName); !ring) check.sound = ring.error();
  return check;
}

}  // namespace janjid
