// Runs a target over every file of a folder: what fuzzing found stays found, with any compiler.
//   replay TARGET FOLDER
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <vector>

#include "fuzz/targets.hpp"
#include "support/counted.hpp"

namespace {

using janji::fuzz::Input;

struct Target {
  std::string_view name;
  void (*run)(Input);
};
constexpr Target kTargets[] = {
    {"record", janji::fuzz::fuzz_record},       {"state", janji::fuzz::fuzz_state},
    {"catalogue", janji::fuzz::fuzz_catalogue}, {"http", janji::fuzz::fuzz_http},
    {"json", janji::fuzz::fuzz_json},           {"operations", janji::fuzz::fuzz_operations},
};

std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<char> read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

int main(int argc, char** argv) {
  const auto target = std::find_if(std::begin(kTargets), std::end(kTargets),
                                   [&](const Target& t) { return argc == 3 && t.name == argv[1]; });
  if (target == std::end(kTargets) || !std::filesystem::is_directory(argv[2])) {
    std::fprintf(stderr, "usage: replay TARGET FOLDER; targets:");
    for (const Target& each : kTargets) std::fprintf(stderr, " %s", each.name.data());
    std::fprintf(stderr, "\n");
    return 2;
  }
  const auto files = files_in(argv[2]);
  for (const auto& path : files) {
    // Before it runs: the input that ends the process is the last one named.
    std::fprintf(stderr, "%s\n", path.c_str());
    const std::vector<char> bytes = read(path);
    target->run({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
  }
  if (files.empty()) std::fprintf(stderr, "replay: no inputs in %s\n", argv[2]);
  janji::test::counted(files.size(), "inputs");
  return files.empty() ? 1 : 0;
}
