// What the figures depend on besides the code.
#pragma once

#include <filesystem>

#include "report.hpp"

namespace janji::bench {

// Processor, memory and its speed, kernel, huge pages, the file system and device under
// `directory`, how long a flush takes there, how busy the machine is.
Machine look_at_machine(const std::filesystem::path& directory);

double load_average();

}  // namespace janji::bench
