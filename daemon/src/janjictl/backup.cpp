// janjictl backup DIR
#include <array>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <sodium.h>
#include <CLI/CLI.hpp>

#include "http/json_document.hpp"
#include "http/json_writer.hpp"
#include "identity/private_file.hpp"
#include "janjictl/commands.hpp"
#include "janjictl/daemon_client.hpp"
#include "janjictl/refusal.hpp"

namespace janjid {
namespace {

constexpr const char* kTokenVariable = "JANJI_ACCESS_KEY";

struct BackupOrder {
  std::string directory;
  std::string connect{"127.0.0.1:8080"};
  std::string key_file;
  std::string output{"text"};
  bool without_keys{false};
};

// Never an argument: those are seen by everybody on the machine.
janji::Result<std::string> read_token(const BackupOrder& given) {
  if (given.key_file.empty()) {
    const char* const token = std::getenv(kTokenVariable);
    if (token != nullptr && *token != '\0') return std::string{token};
    return janji::Error{janji::Code::invalid_argument,
                        fmt::format("an access key with the scope backup is needed: put it into {} "
                                    "or into a file that --key-file names (janjictl key add)",
                                    kTokenVariable)};
  }
  std::array<std::uint8_t, 256> bytes{};
  const auto size = read_private_file(given.key_file, bytes);
  if (!size) return size.error();
  std::string token(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(*size));
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  return token;
}

std::string random_key() {
  std::array<std::uint8_t, 16> random{};
  randombytes_buf(random.data(), random.size());
  std::array<char, 2 * random.size() + 1> hex{};
  sodium_bin2hex(hex.data(), hex.size(), random.data(), random.size());
  return hex.data();
}

std::string body_of(const BackupOrder& given) {
  std::string body;
  JsonWriter json{body};
  json.begin_object();
  json.name("directory").string(given.directory);
  json.name("keys").string(given.without_keys ? "left_out" : "included");
  json.end_object();
  return body;
}

// A member of an object; null when it isn't there.
const JsonNode* member(const JsonDocument& json, const JsonNode* object, std::string_view name) {
  const JsonNode* at = object == nullptr ? nullptr : json.first_child(*object);
  while (at != nullptr && at->key != name) at = json.next(*at);
  return at;
}

std::string_view text_of(const JsonDocument& json, const JsonNode* object, std::string_view name) {
  const JsonNode* const found = member(json, object, name);
  return found != nullptr && found->kind == JsonKind::string ? found->text : std::string_view{};
}

std::int64_t number_of(const JsonDocument& json, const JsonNode* object, std::string_view name) {
  const JsonNode* const found = member(json, object, name);
  return found != nullptr && found->kind == JsonKind::integer ? found->integer : 0;
}

// What a problem document says, with the places that it names.
std::string words_of(const DaemonReply& reply) {
  JsonDocument json;
  if (!json.parse(reply.body)) return fmt::format("the daemon answered {}", reply.status);
  std::string words = fmt::format("{} {}: {}", reply.status, text_of(json, &json.root(), "code"),
                                  text_of(json, &json.root(), "detail"));
  const JsonNode* const errors = member(json, &json.root(), "errors");
  for (const JsonNode* at = errors == nullptr ? nullptr : json.first_child(*errors); at != nullptr;
       at = json.next(*at)) {
    words += fmt::format("\n  {} {}", text_of(json, at, "pointer"), text_of(json, at, "detail"));
  }
  return words;
}

Status report(const BackupOrder& given, const DaemonReply& reply) {
  if (given.output == "json") {
    std::cout << reply.body << std::endl;
    return Status::sound;
  }
  JsonDocument json;
  if (!json.parse(reply.body)) return refuse("the daemon's answer can't be read");
  const JsonNode* const backup = member(json, &json.root(), "backup");
  std::cout << fmt::format("{}: backed up to LSN {}, {} bytes, in {} ms\n",
                           text_of(json, backup, "directory"), number_of(json, backup, "lsn"),
                           number_of(json, backup, "bytes"), number_of(json, backup, "ms"));
  if (given.without_keys) {
    std::cout
        << "Its keys aren't in it: without the data directory's janjid.key nobody can use it.\n";
  }
  std::cout << std::flush;
  return Status::sound;
}

Status backup(const BackupOrder& given) {
  const auto address = parse_daemon_address(given.connect);
  if (!address) return refuse(address.error().detail);
  const auto token = read_token(given);
  if (!token) return refuse(token.error().detail);
  // The daemon answers after a while in any case; the same key asks after the same backup.
  const DaemonRequest request{"/v1/admin/backup", *token, random_key(), body_of(given)};
  while (true) {
    const auto reply = post(*address, request);
    if (!reply) return refuse(reply.error().detail);
    if (reply->status == 201) return report(given, *reply);
    if (reply->status != 202) return refuse(words_of(*reply));
  }
}

}  // namespace

void add_backup(CLI::App& app, Status& status) {
  CLI::App* command = app.add_subcommand(
      "backup",
      "Asks a running janjid for a backup, with its keys, and waits for it. The daemon writes it, "
      "below its own --backup-root.");
  const auto given = std::make_shared<BackupOrder>();
  command
      ->add_option("DIR", given->directory,
                   "empty or missing: a path that begins at the backup root, or an absolute one")
      ->required();
  command->add_option("--connect", given->connect, "HOST:PORT of the daemon")
      ->envname("JANJI_LISTEN")
      ->capture_default_str();
  command->add_option("--key-file", given->key_file,
                      "a file that nobody else can read, with an access key that has the scope "
                      "backup; without it the key is in JANJI_ACCESS_KEY");
  command->add_flag("--without-keys", given->without_keys,
                    "leave out janjid.key and the access keys: keep them elsewhere");
  command->add_option("-o,--output", given->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([given, &status] { status = backup(*given); });
}

}  // namespace janjid
