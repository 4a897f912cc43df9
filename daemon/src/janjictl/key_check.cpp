#include "janjictl/key_check.hpp"

#include <system_error>

#include "identity/key_codec.hpp"
#include "identity/key_file.hpp"
#include "identity/private_file.hpp"
#include "identity/secret.hpp"

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

janji::Status copy_key_file(const fs::path& from, const fs::path& to) {
  // Its bytes as they are: nothing that this version doesn't know of gets lost.
  if (const auto ring = load_key_file(from / kKeyFileName); !ring) return ring.error();
  Secret<kKeyFileMax> buffer;
  const auto size = read_private_file(from / kKeyFileName, buffer.mutable_bytes());
  if (!size) return size.error();
  const fs::path target = to / kKeyFileName;
  const int error = write_private_file(target, buffer.bytes().first(*size), Existing::keep);
  if (error == 0) return janji::success();
  return janji::Error{janji::Code::io_error, "key file " + target.native() + " can't be made: " +
                                                 std::generic_category().message(error)};
}

}  // namespace janjid
