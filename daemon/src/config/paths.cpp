#include "config/paths.hpp"

#include <cstdlib>
#include <system_error>

namespace janjid {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCatalogue = "catalogues/malaysia";

fs::path absolute_from_environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) return {};
  fs::path path{value};
  return path.is_absolute() ? path : fs::path{};
}

bool is_there(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

// This file's place in the tree is daemon/src/config/.
fs::path source_catalogue() {
  return fs::path{__FILE__}.parent_path().parent_path().parent_path() / kCatalogue;
}

}  // namespace

fs::path default_data_directory() {
  if (auto path = absolute_from_environment("STATE_DIRECTORY"); !path.empty()) return path;
  if (auto path = absolute_from_environment("XDG_STATE_HOME"); !path.empty()) return path / "janji";
  if (auto path = absolute_from_environment("HOME"); !path.empty()) {
    return path / ".local/state/janji";
  }
  return "/var/lib/janji";
}

fs::path default_catalogue_directory() {
  std::error_code ec;
  const fs::path program = fs::read_symlink("/proc/self/exe", ec);
  const fs::path beside = program.parent_path().parent_path() / "share/janji" / kCatalogue;
  if (!ec && is_there(beside)) return beside;
  if (is_there(source_catalogue())) return source_catalogue();
  return fs::path{"/usr/share/janji"} / kCatalogue;
}

}  // namespace janjid
