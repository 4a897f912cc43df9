#include "identity/key_file.hpp"

#include <cerrno>
#include <string>
#include <system_error>

#include "identity/key_codec.hpp"
#include "identity/private_file.hpp"

namespace janjid {
namespace {

namespace fs = std::filesystem;

using FileBytes = Secret<kKeyFileMax + 1>;  // one more than the longest, to notice longer ones

janji::Error system_error(const fs::path& path, const char* what, int error) {
  return {janji::Code::io_error,
          "key file " + path.native() + " " + what + ": " + std::generic_category().message(error)};
}

int write_ring(const fs::path& path, const KeyRing& ring, Existing existing) {
  FileBytes buffer;
  const std::size_t size = encode_key_ring(ring, buffer.mutable_bytes().first<kKeyFileMax>());
  return write_private_file(path, buffer.bytes().first(size), existing);
}

}  // namespace

janji::Result<KeyRing> load_key_file(const fs::path& path) {
  FileBytes buffer;
  const janji::Result<std::size_t> size = read_private_file(path, buffer.mutable_bytes());
  if (!size) return janji::Error{size.code(), "key file " + size.error().detail};
  janji::Result<KeyRing> ring = decode_key_ring(buffer.bytes().first(*size));
  if (ring) return ring;
  if (ring.code() != janji::Code::damaged) {
    return janji::Error{ring.code(), "key file " + path.native() + ": " + ring.error().detail +
                                         "; start the version that wrote it"};
  }
  return janji::Error{ring.code(),
                      "key file " + path.native() + " is damaged: " + ring.error().detail +
                          "; restore it from the backup (without it no reference, token and "
                          "sealed details can be read)"};
}

janji::Result<KeyRing> make_key_file(const fs::path& path, janji::CivilTime now) {
  KeyRing ring = KeyRing::generate(now);
  const int error = write_ring(path, ring, Existing::keep);
  if (error == 0) return ring;
  return system_error(path, "can't be made", error);
}

janji::Result<KeyRing> load_or_make_key_file(const fs::path& path, janji::CivilTime now) {
  std::error_code unknown;
  if (fs::exists(path, unknown) || unknown) return load_key_file(path);
  KeyRing ring = KeyRing::generate(now);
  const int error = write_ring(path, ring, Existing::keep);
  if (error == 0) return ring;
  // Somebody was quicker: theirs counts. They may have taken ours for a leftover, too.
  if (error == EEXIST || (error == ENOENT && fs::exists(path, unknown))) return load_key_file(path);
  return system_error(path, "can't be made", error);
}

janji::Status replace_key_file(const fs::path& path, const KeyRing& ring) {
  std::error_code failed;
  const fs::path real = fs::canonical(path, failed);  // a link stays a link
  if (failed) return system_error(path, "can't be replaced", failed.value());
  const int error = write_ring(real, ring, Existing::replace);
  if (error != 0) return system_error(path, "can't be replaced", error);
  return janji::success();
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
