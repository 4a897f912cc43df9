// janjictl catalogue reload
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

constexpr std::string_view kCatalogueScope = "catalogue";

struct ReloadOrder {
  DaemonOptions daemon;
  std::string digest;  // empty: only look
};

std::string body_of(const ReloadOrder& given) {
  std::string body;
  JsonWriter json{body};
  json.begin_object();
  if (given.digest.empty()) {
    json.name("dry_run").boolean(true);
  } else {
    json.name("digest").string(given.digest);
  }
  json.end_object();
  return body;
}

void print_day(const JsonDocument& json, const JsonNode* day) {
  std::string words =
      fmt::format("{} {} {} {}:", text_of(json, day, "date"), text_of(json, day, "branch"),
                  text_of(json, day, "service"), text_of(json, day, "pool"));
  for (const char* what : {"closed", "opened", "resized", "kept", "missing", "displaced"}) {
    if (const auto many = number_of(json, day, what)) words += fmt::format(" {} {}", many, what);
  }
  if (const auto reason = text_of(json, day, "reason"); !reason.empty()) {
    words += fmt::format(" ({})", reason);
  }
  std::cout << words << '\n';
}

Status report(const ReloadOrder& given, const DaemonReply& reply) {
  if (given.daemon.output == "json") {
    std::cout << reply.body << std::endl;
    return Status::sound;
  }
  JsonDocument json;
  if (!json.parse(reply.body)) return refuse("the daemon's answer can't be read");
  const JsonNode* const made = member(json, &json.root(), "catalogue");
  const JsonNode* const warnings = member(json, made, "warnings");
  for (const JsonNode* at = warnings == nullptr ? nullptr : json.first_child(*warnings);
       at != nullptr; at = json.next(*at)) {
    std::cout << "warning: " << at->text << '\n';
  }
  const JsonNode* const days = member(json, made, "days");
  for (const JsonNode* at = days == nullptr ? nullptr : json.first_child(*days); at != nullptr;
       at = json.next(*at)) {
    print_day(json, at);
  }
  if (const auto more = number_of(json, made, "days_left_out")) {
    std::cout << "and " << more << " days more\n";
  }
  const bool only_looked = given.digest.empty();
  std::cout << fmt::format("{} lanes have other rules, {} bookings {} displaced\n",
                           number_of(json, made, "lanes"), number_of(json, made, "displaced"),
                           only_looked ? "would be" : "were");
  if (only_looked) {
    std::cout << fmt::format("do it:  janjictl catalogue reload --digest {}\n",
                             text_of(json, made, "digest"));
  }
  std::cout << std::flush;
  return Status::sound;
}

Status reload(const ReloadOrder& given) {
  const auto reply =
      ask_daemon(given.daemon, kCatalogueScope, "/v1/admin/catalogue/reload", body_of(given), 200);
  return reply.ok() ? report(given, *reply) : refuse(reply.error().detail);
}

}  // namespace

void add_catalogue(CLI::App& app, Status& status) {
  CLI::App* catalogue = app.add_subcommand("catalogue", "The catalogue of a running janjid.");
  catalogue->require_subcommand(1);
  CLI::App* command = catalogue->add_subcommand(
      "reload",
      "Asks a running janjid what the edited files of its catalogue would change, and with "
      "--digest to change it.");
  const auto given = std::make_shared<ReloadOrder>();
  command->add_option("--digest", given->digest, "of what was seen: then it is done");
  add_daemon_options(*command, given->daemon, kCatalogueScope);
  command->callback([given, &status] { status = reload(*given); });
}

}  // namespace janjid
