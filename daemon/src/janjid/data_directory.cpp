#include "janjid/data_directory.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

#include <janji/clock.hpp>

#include "identity/key_file.hpp"

namespace janjid {
namespace {

namespace fs = std::filesystem;

janji::Error io_error(const fs::path& path, const std::error_code& ec) {
  return {janji::Code::io_error, fmt::format("{}: {}", path.string(), ec.message())};
}

}  // namespace

janji::Result<KeyRing> open_data_directory(const fs::path& directory) {
  std::error_code ec;
  if (fs::create_directories(directory, ec)) {
    fs::permissions(directory, fs::perms::owner_all, ec);
  }
  if (ec) return io_error(directory, ec);
  const fs::path key_file = directory / "janjid.key";
  if (fs::exists(key_file, ec)) return load_key_file(key_file);
  const bool has_data = !fs::is_empty(directory, ec);
  if (ec) return io_error(directory, ec);
  if (has_data) {
    return janji::Error{
        janji::Code::io_error,
        fmt::format("{} is missing, but {} isn't empty: put the key file back from the backup, or "
                    "name an empty directory",
                    key_file.string(), directory.string())};
  }
  return load_or_make_key_file(key_file, janji::CivilTime{janji::system_clock().civil_ms()});
}

}  // namespace janjid
