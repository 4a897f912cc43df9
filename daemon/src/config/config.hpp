// How the daemon is set up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>

#include <janji/options.hpp>
#include <janji/result.hpp>

#include "net/limits.hpp"

namespace janjid {

struct Address {
  std::string host;
  std::uint16_t port{0};  // 0: any that is free
};

// "127.0.0.1:8080", "[::1]:8080", "localhost:0". Errors: invalid_argument, which says what is
// wanted but not where it stood.
janji::Result<Address> parse_address(const std::string& text);

struct Config {
  Address listen{"127.0.0.1", 8080};
  std::filesystem::path data;
  std::filesystem::path catalogue;
  std::filesystem::path backup_root;  // empty: no backups over HTTP
  std::size_t threads{1};
  std::uint32_t bookings_max{0};            // 0: by the catalogue
  std::uint64_t backlog_max{0};             // 0: the engine's own default
  std::uint64_t journal_retain{1'000'000};  // records that the feed goes back
  std::uint32_t erase_within_hours{24};     // see janji::Options::erase_within_ms
  bool trust_clock{false};                  // see janji::Options
  janji::Durability durability{janji::Durability::strict};
  Limits limits;
};

// Nothing is to be run: the help or the version was printed, or the arguments are wrong.
struct Exit {
  int status{0};
};
inline constexpr int kExitUsage = 2;

// Flags over JANJI_* variables over defaults. What is wrong is printed to standard error, with
// the flag, the variable and what to write instead.
std::variant<Config, Exit> read_config(int argc, const char* const* argv);

}  // namespace janjid
