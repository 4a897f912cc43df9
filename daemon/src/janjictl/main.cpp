// janjictl, the operators' tool.
#include <exception>
#include <iostream>

#include <CLI/CLI.hpp>

#include "janjictl/commands.hpp"

int main(int argc, char** argv) {
  using janjid::Status;
  Status status = Status::sound;
  CLI::App app{
      "Looks after the data of janjid.\n\n"
      "Exit status: 0 when all is well, 1 when data is broken, 2 when nothing can be said: "
      "wrong usage, a directory that is in use, missing or can't be read or written, or a daemon "
      "that isn't there or refuses."};
  app.set_version_flag("--version", "janjictl " JANJI_VERSION);
  app.require_subcommand(1);
  janjid::add_verify(app, status);
  janjid::add_restore(app, status);
  janjid::add_backup(app, status);
  janjid::add_catalogue(app, status);
  janjid::add_key(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (app.exit(error) != 0) status = Status::cant_say;
  } catch (const std::exception& error) {
    std::cerr << "janjictl: " << error.what() << '\n';
    status = Status::cant_say;
  }
  return static_cast<int>(status);
}
