#include "api/backup_path.hpp"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

namespace janjid {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTextMost = 1024;

janji::Error refuse(std::string_view why) {
  return {janji::Code::invalid_argument, std::string{why}};
}

bool has_control(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

// `path` is `root` or lies below it. Both are canonical.
bool lies_in(const fs::path& path, const fs::path& root) {
  return std::mismatch(path.begin(), path.end(), root.begin(), root.end()).second == root.end();
}

}  // namespace

janji::Result<fs::path> backup_path(const fs::path& root, std::string_view text) {
  while (text.size() > 1 && text.ends_with('/')) text.remove_suffix(1);
  if (text.empty() || text.size() > kTextMost || has_control(text)) {
    return refuse("a directory's name, of at most 1024 bytes");
  }
  const fs::path given{text};
  for (const fs::path& part : given) {
    if (part == ".." || part == ".") return refuse("a path without . and ..");
  }
  std::error_code ec;
  const fs::path top = fs::canonical(root, ec);
  if (ec) {
    return janji::Error{janji::Code::io_error, fmt::format("{}: {}", root.string(), ec.message())};
  }
  const fs::path whole = top / given;  // an absolute one stays as it is
  const fs::path holder = fs::canonical(whole.parent_path(), ec);
  // Whether something outside exists is nobody's business: one answer for both.
  if (ec || !lies_in(holder, top) || !fs::is_directory(holder, ec)) {
    return refuse(fmt::format("a directory in {} or in one that is there", top.string()));
  }
  const fs::path target = holder / whole.filename();
  const fs::file_status status = fs::symlink_status(target, ec);
  if (target == top || fs::is_symlink(status)) return refuse("no link, nor the root itself");
  if (fs::exists(status) && !fs::is_directory(status)) return refuse("a directory, and no file");
  return target;
}

}  // namespace janjid
