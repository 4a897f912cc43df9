// janjictl restore BACKUP DIR
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <janji/backup.hpp>

#include "identity/access_keys.hpp"
#include "identity/key_file.hpp"
#include "janjictl/commands.hpp"
#include "janjictl/refusal.hpp"
#include "janjictl/report.hpp"

namespace janjid {
namespace {

Status restore(const std::string& backup, const std::string& to) {
  // First of all: a key file that can't be read is known before anything is made.
  const KeyCheck key = check_key_file(backup);
  if (!key.sound.ok()) return refuse(key.sound.error());
  const auto access = AccessKeys::load(std::filesystem::path(backup) / AccessKeys::kFileName);
  if (!access) return refuse(access.error());
  auto restored = janji::restore(backup, to);
  if (!restored) return refuse(restored.error());
  if (key.there) {
    if (const auto copied = copy_key_file(backup, to); !copied) {
      std::cerr << "janjictl: the data is restored, but not its key; put it there yourself\n";
      return refuse(copied.error());
    }
  }
  if (!access->all().empty()) {
    const auto saved = access->save(std::filesystem::path(to) / AccessKeys::kFileName);
    if (!saved.ok()) {
      std::cerr << "janjictl: the data is restored, but not its access keys\n";
      return refuse(saved.error());
    }
  }
  std::cout << fmt::format("{}: restored up to LSN {}, from {}\n\n", to,
                           restored->copied.covers.value, backup)
            << report_text({to, std::move(restored->verified), check_key_file(to)});
  if (!key.there) {
    std::cout << fmt::format(
        "\nThe backup has no {}: before janjid starts on {}, put the one there that it had when "
        "the\nbackup was made. Without it nobody can read details, nor honour tokens.\n",
        kKeyFileName, to);
  }
  std::cout << std::flush;
  return Status::sound;
}

}  // namespace

void add_restore(CLI::App& app, Status& status) {
  struct Given {
    std::string backup, directory;
  };
  CLI::App* command = app.add_subcommand(
      "restore",
      "Verifies a backup, copies it with its key file, if it has one, into a directory that is "
      "empty or missing, and verifies what it wrote.");
  const auto given = std::make_shared<Given>();
  command
      ->add_option("BACKUP", given->backup, "a backup, or any data directory that nobody has open")
      ->required();
  command->add_option("DIR", given->directory, "the new data directory")->required();
  command->callback([given, &status] { status = restore(given->backup, given->directory); });
}

}  // namespace janjid
