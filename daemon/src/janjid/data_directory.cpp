#include "janjid/data_directory.hpp"

#include <string_view>
#include <system_error>

#include <fmt/format.h>

#include <janji/clock.hpp>

#include "identity/key_file.hpp"
#include "identity/private_file.hpp"

namespace janjid {
namespace {

namespace fs = std::filesystem;

// What the engine makes. A directory that isn't empty needn't hold data: a start may have been
// killed over the key file, and a volume may have files of its own.
constexpr std::string_view kData[] = {"FORMAT", "journal.mdb", "state.mdb", "lock"};

janji::Error io_error(const fs::path& path, const std::error_code& ec) {
  return {janji::Code::io_error, fmt::format("{}: {}", path.string(), ec.message())};
}

// The first such file; empty when there is none.
janji::Result<std::string_view> find_data(const fs::path& directory) {
  for (const std::string_view name : kData) {
    std::error_code ec;
    if (fs::exists(directory / name, ec)) return name;
    if (ec) return io_error(directory / name, ec);
  }
  return std::string_view{};
}

janji::Result<KeyRing> open_key_file(const fs::path& directory) {
  const fs::path key_file = directory / kKeyFileName;
  std::error_code ec;
  if (fs::exists(key_file, ec)) return load_key_file(key_file);
  if (ec) return io_error(key_file, ec);
  const auto data = find_data(directory);
  if (!data) return data.error();
  if (!data->empty()) {
    return janji::Error{
        janji::Code::io_error,
        fmt::format("{} is missing, but there is {}: put the key file back from the backup, or "
                    "name a directory without data",
                    key_file.string(), (directory / *data).string())};
  }
  return load_or_make_key_file(key_file, janji::CivilTime{janji::system_clock().civil_ms()});
}

}  // namespace

janji::Result<KeyRing> open_data_directory(const fs::path& directory) {
  if (const int error = make_private_directory(directory); error != 0) {
    return io_error(directory, std::error_code{error, std::generic_category()});
  }
  auto ring = open_key_file(directory);
  if (ring) remove_leftovers(directory / kKeyFileName);
  return ring;
}

}  // namespace janjid
