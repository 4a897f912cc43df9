// janjictl backup DIR
#include <iostream>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "http/json_writer.hpp"
#include "janjictl/daemon_call.hpp"
#include "janjictl/refusal.hpp"

namespace janjid {
namespace {

constexpr std::string_view kBackupScope = "backup";

struct BackupOrder {
  DaemonOptions daemon;
  std::string directory;
  bool without_keys{false};
};

std::string body_of(const BackupOrder& given) {
  std::string body;
  JsonWriter json{body};
  json.begin_object();
  json.name("directory").string(given.directory);
  json.name("keys").string(given.without_keys ? "left_out" : "included");
  json.end_object();
  return body;
}

Status report(const BackupOrder& given, const DaemonReply& reply) {
  if (given.daemon.output == "json") {
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
  const auto reply =
      ask_daemon(given.daemon, kBackupScope, "/v1/admin/backup", body_of(given), 201);
  return reply.ok() ? report(given, *reply) : refuse(reply.error().detail);
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
  command->add_flag("--without-keys", given->without_keys,
                    "leave out janjid.key and the access keys: keep them elsewhere");
  add_daemon_options(*command, given->daemon, kBackupScope);
  command->callback([given, &status] { status = backup(*given); });
}

}  // namespace janjid
