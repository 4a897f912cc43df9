// janjictl key add | list | revoke
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <janji/clock.hpp>

#include "http/json_writer.hpp"
#include "identity/access_keys.hpp"
#include "janjictl/commands.hpp"
#include "janjictl/refusal.hpp"

namespace janjid {
namespace {

struct KeyOrder {
  std::string directory, name, branch, format{"text"};
  std::vector<std::string> scopes;
  std::uint32_t number{0};
};

// Two who change the keys at once do so one after the other. A running daemon only reads them.
class Turn {
 public:
  explicit Turn(const std::string& directory)
      : fd_(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (fd_ < 0) {
      error_ = errno;
      return;
    }
    while (flock(fd_, LOCK_EX) != 0) {
      if (errno == EINTR) continue;
      error_ = errno;
      break;
    }
  }
  ~Turn() {
    if (fd_ >= 0) close(fd_);
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  int error() const noexcept { return error_; }

 private:
  int fd_;
  int error_{0};
};

std::filesystem::path file_in(const KeyOrder& given) {
  return std::filesystem::path(given.directory) / AccessKeys::kFileName;
}

janji::CivilTime now() {
  return janji::CivilTime{janji::system_clock().civil_ms()};
}

// Loads the keys, lets `change` have its way with them, and saves them.
Status change(const KeyOrder& given, const std::function<janji::Status(AccessKeys&)>& change) {
  const Turn turn(given.directory);
  if (turn.error() != 0) {
    return refuse({janji::Code::io_error,
                   fmt::format("{}: {}", given.directory,
                               std::error_code{turn.error(), std::generic_category()}.message())});
  }
  auto keys = AccessKeys::load(file_in(given));
  if (!keys) return refuse(keys.error());
  if (const janji::Status changed = change(*keys); !changed.ok()) return refuse(changed.error());
  if (const janji::Status saved = keys->save(file_in(given)); !saved.ok()) {
    return refuse(saved.error());
  }
  return Status::sound;
}

Status add(const KeyOrder& given) {
  std::string all;
  for (const std::string& scope : given.scopes) all += (all.empty() ? "" : ";") + scope;
  const auto scopes = parse_scopes(all);
  if (!scopes) return refuse(scopes.error());
  std::string token;
  const Status status = change(given, [&](AccessKeys& keys) -> janji::Status {
    auto made = keys.add(given.name, *scopes, given.branch, now());
    if (!made) return made.error();
    token = *made;
    return janji::success();
  });
  if (status != Status::sound) return status;
  std::cerr << "janjictl: this is shown once and stored nowhere; whoever has it may act\n";
  std::cout << token << std::endl;
  return status;
}

Status revoke(const KeyOrder& given) {
  return change(given, [&](AccessKeys& keys) { return keys.revoke(given.number, now()); });
}

Status list(const KeyOrder& given) {
  const auto keys = AccessKeys::load(file_in(given));
  if (!keys) return refuse(keys.error());
  if (given.format == "json") {
    std::string text;
    JsonWriter json{text};
    json.begin_object();
    json.name("keys").begin_array();
    for (const AccessKey& key : keys->all()) {
      json.begin_object();
      json.name("number").number(key.number);
      json.name("name").string(key.name);
      json.name("scopes").string(scopes_text(key.scopes));
      json.name("branch");
      key.branch.empty() ? json.null() : json.string(key.branch);
      json.name("created_ms").number(key.created_at.value);
      json.name("revoked_ms");
      key.revoked_at.value == 0 ? json.null() : json.number(key.revoked_at.value);
      json.end_object();
    }
    json.end_array();
    json.end_object();
    std::cout << text << std::endl;
    return Status::sound;
  }
  std::cout << fmt::format("{:>6}  {:<24} {:<34} {:<20} {}\n", "number", "name", "scopes", "branch",
                           "state");
  for (const AccessKey& key : keys->all()) {
    std::cout << fmt::format("{:>6}  {:<24} {:<34} {:<20} {}\n", key.number, key.name,
                             scopes_text(key.scopes), key.branch.empty() ? "all" : key.branch,
                             key.revoked_at.value == 0 ? "good" : "revoked");
  }
  std::cout << std::flush;
  return Status::sound;
}

}  // namespace

void add_key(CLI::App& app, Status& status) {
  CLI::App* command = app.add_subcommand(
      "key", "The access keys of staff and portals; a running janjid sees each change by itself.");
  command->require_subcommand(1);
  const auto given = std::make_shared<KeyOrder>();
  const auto in = [&](CLI::App* one) {
    one->add_option("DIR", given->directory, "the data directory")->required();
    return one;
  };
  CLI::App* adds = in(command->add_subcommand("add", "Makes a key and prints it, once."));
  adds->add_option("--name", given->name, "for people: letters, digits, -, _ and .")->required();
  adds->add_option("--scope", given->scopes,
                   "staff:read, staff:checkin, staff:calendar, staff:token, staff:block, "
                   "staff:entitlement, staff:erase, approve, feed, backup, catalogue; several: "
                   "give it again")
      ->required();
  adds->add_option("--branch", given->branch, "the only branch that it is for; all, if left out");
  adds->callback([given, &status] { status = add(*given); });
  CLI::App* lists = in(command->add_subcommand("list", "Shows what keys there are."));
  lists->add_option("-o", given->format, "text or json")->check(CLI::IsMember({"text", "json"}));
  lists->callback([given, &status] { status = list(*given); });
  CLI::App* revokes = in(command->add_subcommand("revoke", "Takes a key back, for good."));
  revokes->add_option("NUMBER", given->number, "as `key list` shows it")->required();
  revokes->callback([given, &status] { status = revoke(*given); });
}

}  // namespace janjid
