// The commands of janjictl, each in a file of its own.
#pragma once

namespace CLI {
class App;
}

namespace janjid {

// What a command says by its exit status.
enum class Status : int {
  sound = 0,     // it was done, and what was read keeps its promises
  broken = 1,    // what was read doesn't
  cant_say = 2,  // wrong usage, a directory that is in use, missing or can't be read or written,
                 // or a daemon that isn't there or refuses
};

// Each adds its command to `app`. When that is the one that was typed, parsing runs it, and puts
// what came of it into `status`. Results go to standard output, errors to standard error.
void add_verify(CLI::App& app, Status& status);
void add_restore(CLI::App& app, Status& status);
void add_backup(CLI::App& app, Status& status);
void add_catalogue(CLI::App& app, Status& status);
void add_key(CLI::App& app, Status& status);

}  // namespace janjid
