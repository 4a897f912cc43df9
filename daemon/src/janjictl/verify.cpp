// janjictl verify DIR
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include <janji/verify.hpp>

#include "janjictl/commands.hpp"
#include "janjictl/refusal.hpp"
#include "janjictl/report.hpp"

namespace janjid {
namespace {

Status verify(const std::string& directory, bool json) {
  auto report = janji::verify(directory);
  if (!report) return refuse(report.error().detail);
  const Findings findings{directory, std::move(*report), check_key_file(directory)};
  std::cout << (json ? report_json(findings) : report_text(findings)) << std::flush;
  if (!std::cout) return refuse("the report can't be written");
  return findings.sound() ? Status::sound : Status::broken;
}

}  // namespace

void add_verify(CLI::App& app, Status& status) {
  struct Given {
    std::string directory;
    std::string output{"text"};
  };
  CLI::App* command = app.add_subcommand(
      "verify",
      "Reads a data directory or a backup, which nobody has open, and holds it to what the engine "
      "promises; writes nothing.");
  const auto given = std::make_shared<Given>();
  command->add_option("DIR", given->directory, "the directory")->required();
  command->add_option("-o,--output", given->output, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback(
      [given, &status] { status = verify(given->directory, given->output == "json"); });
}

}  // namespace janjid
