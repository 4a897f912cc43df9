// The calls that write one file and sync it, in their order.
#pragma once

#include <filesystem>
#include <string>

namespace janji::test {

// From now on, and nothing of before. By any thread.
void watch_disk_calls(const std::filesystem::path& file);

// Since then, a letter each: w written, into the kernel's cache; W written through to the disk,
// for the file is open with O_DSYNC; s synced.
std::string disk_calls();

}  // namespace janji::test
