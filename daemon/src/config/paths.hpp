// Where things are unless someone says otherwise.
#pragma once

#include <filesystem>

namespace janjid {

// systemd's StateDirectory, else $XDG_STATE_HOME/janji, else ~/.local/state/janji, else
// /var/lib/janji. Relative values of the variables are ignored, as the XDG specification wants.
std::filesystem::path default_data_directory();

// The Malaysian catalogue: beside an installed program (<prefix>/share/janji/...), else in the
// tree that the program was built from, else in /usr/share/janji.
std::filesystem::path default_catalogue_directory();

}  // namespace janjid
