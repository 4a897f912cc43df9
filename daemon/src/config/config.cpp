#include "config/config.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "config/paths.hpp"

namespace janjid {
namespace {

constexpr std::size_t kThreadsMax = 60;  // of io; the engine has room for some callers more

// The options as text, for which flag and variable the same rules hold.
struct Texts {
  std::string listen{"127.0.0.1:8080"};
  std::string data;
  std::string catalogue;
  std::string threads;
  std::string durability{"strict"};
};

void describe(CLI::App& app, Texts& texts) {
  app.description("Keeps appointments: serves a catalogue's slots over HTTP.");
  app.set_version_flag("--version", "janjid " JANJI_VERSION);
  app.add_option("--listen", texts.listen, "HOST:PORT to listen on; port 0: any free one")
      ->envname("JANJI_LISTEN")
      ->capture_default_str();
  app.add_option("--data", texts.data, "directory of the data and the key file")
      ->envname("JANJI_DATA");
  app.add_option("--catalogue", texts.catalogue, "directory of the catalogue's CSV files")
      ->envname("JANJI_CATALOGUE");
  app.add_option("--threads", texts.threads, "io threads; default: one per core")
      ->envname("JANJI_THREADS");
  app.add_option("--durability", texts.durability,
                 "strict: acknowledge what is on the disk; relaxed: at once, flush soon; memory: "
                 "keep nothing")
      ->envname("JANJI_DURABILITY")
      ->capture_default_str();
}

// Says which option is wrong, and why.
std::string complaint(const char* flag, const char* variable, const std::string& why) {
  return fmt::format("{} (or {}): {}", flag, variable, why);
}

std::string read_listen(const Texts& texts, Config& config) {
  const auto address = parse_address(texts.listen);
  if (!address) return complaint("--listen", "JANJI_LISTEN", address.error().detail);
  config.listen = *address;
  return {};
}

std::string read_threads(const Texts& texts, Config& config) {
  if (texts.threads.empty()) {
    config.threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kThreadsMax);
    return {};
  }
  const std::string& text = texts.threads;
  const bool digits = text.size() <= 3 && std::all_of(text.begin(), text.end(),
                                                      [](char c) { return c >= '0' && c <= '9'; });
  config.threads = digits ? static_cast<std::size_t>(std::atoi(text.c_str())) : 0;
  if (config.threads >= 1 && config.threads <= kThreadsMax) return {};
  return complaint("--threads", "JANJI_THREADS",
                   fmt::format("\"{}\" is not a number from 1 to {}", text, kThreadsMax));
}

std::string read_durability(const Texts& texts, Config& config) {
  if (texts.durability == "strict") {
    config.durability = janji::Durability::strict;
  } else if (texts.durability == "relaxed") {
    config.durability = janji::Durability::relaxed;
  } else if (texts.durability == "memory") {
    config.durability = janji::Durability::memory;
  } else {
    return complaint("--durability", "JANJI_DURABILITY",
                     fmt::format("\"{}\" is none of strict, relaxed, memory", texts.durability));
  }
  return {};
}

std::string read_directories(const Texts& texts, Config& config) {
  config.data = texts.data.empty() ? default_data_directory() : std::filesystem::path{texts.data};
  config.catalogue = texts.catalogue.empty() ? default_catalogue_directory()
                                             : std::filesystem::path{texts.catalogue};
  std::error_code ignored;
  if (std::filesystem::is_directory(config.catalogue, ignored)) return {};
  return complaint("--catalogue", "JANJI_CATALOGUE",
                   fmt::format("\"{}\" is no directory; name one with a catalogue's CSV files",
                               config.catalogue.string()));
}

}  // namespace

std::variant<Config, Exit> read_config(int argc, const char* const* argv) {
  Texts texts;
  CLI::App app;
  describe(app, texts);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Exit{app.exit(error) == 0 ? 0 : kExitUsage};
  }
  Config config;
  for (const auto& read : {read_listen, read_directories, read_threads, read_durability}) {
    const std::string problem = read(texts, config);
    if (problem.empty()) continue;
    std::cerr << "janjid: " << problem << '\n';
    return Exit{kExitUsage};
  }
  return config;
}

}  // namespace janjid
