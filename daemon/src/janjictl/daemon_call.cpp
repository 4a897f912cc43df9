#include "janjictl/daemon_call.hpp"

#include <array>
#include <cstdlib>

#include <fmt/format.h>
#include <sodium.h>
#include <CLI/CLI.hpp>

#include "identity/private_file.hpp"

namespace janjid {

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

namespace {

constexpr const char* kTokenVariable = "JANJI_ACCESS_KEY";

// Never an argument: those are seen by everybody on the machine.
janji::Result<std::string> read_token(const DaemonOptions& given, std::string_view scope) {
  if (given.key_file.empty()) {
    const char* const token = std::getenv(kTokenVariable);
    if (token != nullptr && *token != '\0') return std::string{token};
    return janji::Error{janji::Code::invalid_argument,
                        fmt::format("an access key with the scope {} is needed: put it into {} "
                                    "or into a file that --key-file names (janjictl key add)",
                                    scope, kTokenVariable)};
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

}  // namespace

void add_daemon_options(CLI::App& command, DaemonOptions& options, std::string_view scope) {
  command.add_option("--connect", options.connect, "HOST:PORT of the daemon")
      ->envname("JANJI_LISTEN")
      ->capture_default_str();
  command.add_option("--key-file", options.key_file,
                     fmt::format("a file that nobody else can read, with an access key that has "
                                 "the scope {}; without it the key is in {}",
                                 scope, kTokenVariable));
  command.add_option("-o,--output", options.output, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
}

janji::Result<DaemonReply> ask_daemon(const DaemonOptions& options, std::string_view scope,
                                      const std::string& path, const std::string& body,
                                      unsigned done) {
  const auto address = parse_daemon_address(options.connect);
  if (!address) return address.error();
  const auto token = read_token(options, scope);
  if (!token) return token.error();
  const DaemonRequest request{path, *token, random_key(), body};
  while (true) {
    auto reply = post(*address, request);
    if (!reply || reply->status == done) return reply;
    if (reply->status != 202) return janji::Error{janji::Code::io_error, words_of(*reply)};
  }
}

}  // namespace janjid
