#include "machine.hpp"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "memory_speed.hpp"

namespace janji::bench {

namespace {

std::string first_line(const char* file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string processor() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("model name", 0) == 0) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

// The mount with the longest path that contains `directory`.
std::string device_under(const std::filesystem::path& directory) {
  const std::string wanted = std::filesystem::weakly_canonical(directory).string() + "/";
  std::ifstream in("/proc/mounts");
  std::string best, best_words;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string device, point, type;
    words >> device >> point >> type;
    const std::string prefix = point == "/" ? point : point + "/";
    if (wanted.rfind(prefix, 0) == 0 && prefix.size() >= best.size()) {
      best = prefix;
      best_words = device + ", " + type;
    }
  }
  return best_words;
}

// The median of many: write 4 KiB over itself, flush.
std::string flush_time(const std::filesystem::path& directory) {
  std::string name = (directory / "flush-XXXXXX").string();
  const int file = mkstemp(name.data());
  if (file < 0) return "can't be measured: no file can be made there";
  unlink(name.c_str());
  const std::vector<char> page(4096, 1);
  std::vector<double> times;
  for (int i = 0; i < 200; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    if (pwrite(file, page.data(), page.size(), 0) < 0 || fdatasync(file) != 0) break;
    times.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
            .count());
  }
  close(file);
  if (times.empty()) return "can't be measured";
  return std::to_string(static_cast<int>(median(times))) + " us (median fdatasync of 4 KiB)";
}

std::string memory_speed() {
  char words[128];
  std::snprintf(words, sizeof words,
                "%.0f / %.0f / %.0f ns a dependent load among 1 / 64 / 1024 MiB, %.0f ns a locked "
                "operation",
                dependent_load_ns(std::size_t{1} << 20), dependent_load_ns(std::size_t{64} << 20),
                dependent_load_ns(std::size_t{1} << 30), locked_operation_ns());
  return words;
}

}  // namespace

double load_average() {
  double load = 0;
  return getloadavg(&load, 1) == 1 ? load : -1;
}

Machine look_at_machine(const std::filesystem::path& directory) {
  utsname system{};
  uname(&system);
  const double memory = static_cast<double>(sysconf(_SC_PHYS_PAGES)) *
                        static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 30);
  char load[32], memory_words[32];
  std::snprintf(load, sizeof load, "%.2f", load_average());
  std::snprintf(memory_words, sizeof memory_words, "%.1f GiB", memory);
  return Machine{{
      {"processor", processor()},
      {"cores", std::to_string(std::thread::hardware_concurrency())},
      {"memory", memory_words},
      {"memory speed", memory_speed()},
      {"kernel", system.release},
      {"huge pages", first_line("/sys/kernel/mm/transparent_hugepage/enabled")},
      {"device", device_under(directory)},
      {"flush", flush_time(directory)},
      {"load before", load},
      {"compiler", __VERSION__},
  }};
}

}  // namespace janji::bench
