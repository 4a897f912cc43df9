#include "config/config.hpp"

#include <algorithm>
#include <charconv>
#include <iostream>
#include <optional>
#include <system_error>
#include <thread>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "config/paths.hpp"

namespace janjid {
namespace {

constexpr std::size_t kThreadsMax = 60;  // of io; the engine has room for some callers more
constexpr std::size_t kBookingsMost = (std::size_t{1} << 28) - 1;
constexpr std::size_t kBacklogLeast = 2;
constexpr std::size_t kBacklogMost = std::size_t{1} << 46;
constexpr std::size_t kRetainMost = std::size_t{1} << 46;
constexpr std::size_t kEraseHoursMost = 8'760;  // a year
constexpr std::size_t kStreamsMost = 1'000'000;
constexpr std::size_t kHeartbeatMost = 3600;  // seconds

// The options as text, for which flag and variable the same rules hold.
struct Texts {
  std::string listen{"127.0.0.1:8080"};
  std::string data;
  std::string catalogue;
  std::string backup_root;
  std::string threads;
  std::string bookings_max;
  std::string backlog_max;
  std::string journal_retain;
  std::string erase_within_hours;
  std::string streams_max;
  std::string feed_streams_max;
  std::string heartbeat_seconds;
  std::string durability{"strict"};
  bool trust_clock{false};
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
  app.add_option("--backup-root", texts.backup_root,
                 "directory below which backups may be written when somebody asks for one; "
                 "default: none may")
      ->envname("JANJI_BACKUP_ROOT");
  app.add_option("--threads", texts.threads, "io threads; default: one per core")
      ->envname("JANJI_THREADS");
  app.add_option("--bookings-max", texts.bookings_max,
                 "bookings in memory, ended ones included for a day; default: a quarter more than "
                 "the catalogue has seats; about 450 bytes each")
      ->envname("JANJI_BOOKINGS_MAX");
  app.add_option("--backlog-max", texts.backlog_max,
                 "journal records that the state may lag behind before claims are refused; it "
                 "begins to catch up at half as many, at 65536 at the latest; default: 4194304")
      ->envname("JANJI_BACKLOG_MAX");
  app.add_option("--journal-retain", texts.journal_retain,
                 "journal records that are kept for the change feed, some 100 bytes each and the "
                 "details that were given with them; default: 1000000")
      ->envname("JANJI_JOURNAL_RETAIN");
  app.add_option("--erase-within-hours", texts.erase_within_hours,
                 "details that are erased are in no file any more so long after; then both files "
                 "are written anew, which takes their size in disk once more; default: 24")
      ->envname("JANJI_ERASE_WITHIN_HOURS");
  app.add_option("--streams-max", texts.streams_max,
                 "streams of availability that may be open at one time, each a connection; "
                 "default: 1000")
      ->envname("JANJI_STREAMS_MAX");
  app.add_option("--feed-streams-max", texts.feed_streams_max,
                 "streams of the change feed that may be open at one time; default: 64")
      ->envname("JANJI_FEED_STREAMS_MAX");
  app.add_option("--heartbeat-seconds", texts.heartbeat_seconds,
                 "a stream that has nothing to tell says so this often; less than what proxies "
                 "take for dead; default: 15")
      ->envname("JANJI_HEARTBEAT_SECONDS");
  // No variable: it would stay set, and is for one start.
  app.add_flag("--trust-clock", texts.trust_clock,
               "for one start: open days by the wall clock though it is far from where the data "
               "says it should be");
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

// Digits alone, from 0 to `most`; nothing when it is anything else.
std::optional<std::size_t> number_or_zero(const std::string& text, std::size_t most) {
  std::size_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc{} && at == end && value <= most ? std::optional{value} : std::nullopt;
}

// Digits alone, from 1 to `most`; 0 when it is anything else.
std::size_t number(const std::string& text, std::size_t most) {
  return number_or_zero(text, most).value_or(0);
}

std::string read_threads(const Texts& texts, Config& config) {
  if (texts.threads.empty()) {
    config.threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, kThreadsMax);
    return {};
  }
  config.threads = number(texts.threads, kThreadsMax);
  if (config.threads != 0) return {};
  return complaint("--threads", "JANJI_THREADS",
                   fmt::format("\"{}\" is not a number from 1 to {}", texts.threads, kThreadsMax));
}

std::string read_bookings_max(const Texts& texts, Config& config) {
  if (texts.bookings_max.empty()) return {};
  config.bookings_max = static_cast<std::uint32_t>(number(texts.bookings_max, kBookingsMost));
  if (config.bookings_max != 0) return {};
  return complaint(
      "--bookings-max", "JANJI_BOOKINGS_MAX",
      fmt::format("\"{}\" is not a number from 1 to {}", texts.bookings_max, kBookingsMost));
}

std::string read_backlog_max(const Texts& texts, Config& config) {
  if (texts.backlog_max.empty()) return {};
  config.backlog_max = number(texts.backlog_max, kBacklogMost);
  if (config.backlog_max >= kBacklogLeast) return {};
  return complaint("--backlog-max", "JANJI_BACKLOG_MAX",
                   fmt::format("\"{}\" is not a number from {} to {}", texts.backlog_max,
                               kBacklogLeast, kBacklogMost));
}

std::string read_journal_retain(const Texts& texts, Config& config) {
  if (texts.journal_retain.empty()) return {};
  const auto records = number_or_zero(texts.journal_retain, kRetainMost);
  config.journal_retain = records.value_or(0);
  if (records) return {};
  return complaint(
      "--journal-retain", "JANJI_JOURNAL_RETAIN",
      fmt::format("\"{}\" is not a number from 0 to {}", texts.journal_retain, kRetainMost));
}

// A number from `least` to `most`; what it was, if nothing was given.
std::string read_bound(const std::string& text, const char* flag, const char* variable,
                       std::size_t least, std::size_t most, std::size_t& bound) {
  if (text.empty()) return {};
  const auto value = number_or_zero(text, most);
  if (value && *value >= least) {
    bound = *value;
    return {};
  }
  return complaint(flag, variable,
                   fmt::format("\"{}\" is not a number from {} to {}", text, least, most));
}

std::string read_erase_within(const Texts& texts, Config& config) {
  std::size_t hours = config.erase_within_hours;
  std::string problem = read_bound(texts.erase_within_hours, "--erase-within-hours",
                                   "JANJI_ERASE_WITHIN_HOURS", 1, kEraseHoursMost, hours);
  config.erase_within_hours = static_cast<std::uint32_t>(hours);
  return problem;
}

std::string read_streams(const Texts& texts, Config& config) {
  Limits& limits = config.limits;
  std::size_t seconds = static_cast<std::size_t>(limits.stream_heartbeat_ms / 1000);
  std::string problem = read_bound(texts.streams_max, "--streams-max", "JANJI_STREAMS_MAX", 0,
                                   kStreamsMost, limits.streams);
  if (problem.empty()) {
    problem = read_bound(texts.feed_streams_max, "--feed-streams-max", "JANJI_FEED_STREAMS_MAX", 0,
                         kStreamsMost, limits.feed_streams);
  }
  if (problem.empty()) {
    problem = read_bound(texts.heartbeat_seconds, "--heartbeat-seconds", "JANJI_HEARTBEAT_SECONDS",
                         1, kHeartbeatMost, seconds);
  }
  limits.stream_heartbeat_ms = static_cast<std::int64_t>(seconds) * 1000;
  return problem;
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
  if (!texts.backup_root.empty()) {
    config.backup_root = std::filesystem::absolute(texts.backup_root, ignored);
    if (!std::filesystem::is_directory(config.backup_root, ignored)) {
      return complaint("--backup-root", "JANJI_BACKUP_ROOT",
                       fmt::format("\"{}\" is no directory; make it, or leave the option out",
                                   texts.backup_root));
    }
  }
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
  config.trust_clock = texts.trust_clock;
  for (const auto& read :
       {read_listen, read_directories, read_threads, read_bookings_max, read_backlog_max,
        read_journal_retain, read_erase_within, read_streams, read_durability}) {
    const std::string problem = read(texts, config);
    if (problem.empty()) continue;
    std::cerr << "janjid: " << problem << '\n';
    return Exit{kExitUsage};
  }
  return config;
}

}  // namespace janjid
