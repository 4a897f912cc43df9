#include "store/format_file.hpp"

#include <charconv>
#include <string>
#include <string_view>

#include "store/files.hpp"

namespace janji::store {
namespace {

constexpr std::string_view kStart = "janji data directory, format ";
constexpr std::string_view kUnfinished =
    "janji data directory, unfinished copy: remove it and make another\n";

}  // namespace

Result<bool> read_format_file(const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / kFormatFile;
  const auto text = files::read(path);
  if (!text) return text.error();
  if (!text->has_value()) return false;

  const std::string_view said = **text;
  if (said == kUnfinished) {
    return Error{Code::damaged, directory.string() +
                                    ": is a copy that was never finished: remove the directory and "
                                    "make another"};
  }
  unsigned format = 0;
  const char* end = said.data() + said.size();
  if (said.starts_with(kStart)) {
    const auto parsed = std::from_chars(said.data() + kStart.size(), end, format);
    if (parsed.ec != std::errc() || parsed.ptr + 1 != end || *parsed.ptr != '\n') format = 0;
  }
  if (format == 0) {
    return Error{Code::damaged, path.string() + ": doesn't say a format: restore it from a backup"};
  }
  if (format != kDirectoryFormat) {
    return Error{Code::invalid_argument,
                 directory.string() + ": was made in format " + std::to_string(format) +
                     ", this version reads format " + std::to_string(kDirectoryFormat) + ": use " +
                     (format > kDirectoryFormat ? "a newer version" : "an older version")};
  }
  return true;
}

Status write_format_file(const std::filesystem::path& directory) {
  return files::write(directory / kFormatFile,
                      std::string(kStart) + std::to_string(kDirectoryFormat) + "\n");
}

Status mark_unfinished(const std::filesystem::path& directory) {
  return files::write(directory / kFormatFile, std::string(kUnfinished));
}

}  // namespace janji::store
