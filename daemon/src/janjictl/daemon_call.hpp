// What commands that ask a running daemon have in common.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <janji/result.hpp>

#include "http/json_document.hpp"
#include "janjictl/commands.hpp"
#include "janjictl/daemon_client.hpp"

namespace janjid {

struct DaemonOptions {
  std::string connect{"127.0.0.1:8080"};
  std::string key_file;
  std::string output{"text"};
};

// --connect, --key-file and --output. `options` outlives the parsing; `scope` is what the access
// key must have.
void add_daemon_options(CLI::App& command, DaemonOptions& options, std::string_view scope);

// POSTs `body` to the path, under one Idempotency-Key, until the answer isn't 202: the daemon
// answers after a while in any case, and the same key asks after the same work. Errors: those of
// the address, the access key and the connection, and words for whatever isn't `done`.
janji::Result<DaemonReply> ask_daemon(const DaemonOptions& options, std::string_view scope,
                                      const std::string& path, const std::string& body,
                                      unsigned done);

// A member of an object; null when it isn't there. What isn't of the kind is empty, or 0.
const JsonNode* member(const JsonDocument& json, const JsonNode* object, std::string_view name);
std::string_view text_of(const JsonDocument& json, const JsonNode* object, std::string_view name);
std::int64_t number_of(const JsonDocument& json, const JsonNode* object, std::string_view name);

}  // namespace janjid
