// The daemon's key file beside data that is looked at or restored.
#pragma once

#include <filesystem>
#include <string>

#include <janji/result.hpp>

namespace janjid {

// A directory without one may be of a program that has no keys, or kept apart from them: only a
// daemon needs it.
struct KeyCheck {
  bool there{false};
  janji::Status sound{janji::success()};  // as load_key_file() says; when it is there

  // "sound", "missing", or what is wrong with it.
  std::string words() const;
};

KeyCheck check_key_file(const std::filesystem::path& directory);

}  // namespace janjid
