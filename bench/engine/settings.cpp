#include "settings.hpp"

#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "cases.hpp"

namespace janji::bench {

namespace {

constexpr const char* kUsage =
    "Usage: janji_bench_engine [option...] [case...]\n"
    "Runs the cases named (default: all), prints a table for each, and audits every run.\n\n"
    "  --dir DIR        where files go, on the disk to be measured (default: .)\n"
    "  --json FILE      appends one JSON object a line: the machine, then every single run\n"
    "  --rounds N       rounds of the interleaved contestants; medians are shown (default: 5)\n"
    "  --scale X        multiplies claims, bookings and slots (default: 1)\n"
    "  --blocks N       decisions that may be undurable at a time (default: 32768)\n"
    "  --ahead N        claims prepared ahead, where a case has that (default: 4)\n"
    "  --seconds S      length of each sustained run (default: 180)\n"
    "  --small-pages    don't ask for huge pages\n"
    "  --smoke          every case once, at a size of no meaning\n\n";

[[noreturn]] void usage(int status) {
  std::FILE* to = status == 0 ? stdout : stderr;
  std::fputs(kUsage, to);
  for (const Case& one : all_cases()) std::fprintf(to, "  %-12s %s\n", one.name, one.about);
  std::exit(status);
}

double number(std::string_view option, const char* text, double least, double most) {
  char* end = nullptr;
  const double value = std::strtod(text, &end);
  if (end == text || *end != '\0' || value < least || value > most) {
    std::fprintf(stderr, "%.*s: `%s` is not a number from %g to %g\n",
                 static_cast<int>(option.size()), option.data(), text, least, most);
    std::exit(2);
  }
  return value;
}

}  // namespace

Settings parse_settings(int argc, char** argv) {
  Settings made;
  made.directory = ".";
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    const auto value = [&]() -> const char* {
      if (i + 1 >= argc) usage(2);
      return argv[++i];
    };
    if (option == "--help" || option == "-h") {
      usage(0);
    } else if (option == "--dir") {
      made.directory = value();
    } else if (option == "--json") {
      made.json = value();
    } else if (option == "--rounds") {
      made.rounds = static_cast<int>(number(option, value(), 1, 1000));
    } else if (option == "--scale") {
      made.scale = number(option, value(), 1e-6, 100);
    } else if (option == "--blocks") {
      made.record_blocks = static_cast<std::uint32_t>(number(option, value(), 1024, 1 << 19));
    } else if (option == "--ahead") {
      made.ahead = static_cast<int>(number(option, value(), 0, 32));
    } else if (option == "--seconds") {
      made.seconds = number(option, value(), 0.1, 86400);
    } else if (option == "--small-pages") {
      made.huge_pages = false;
    } else if (option == "--smoke") {
      made.smoke = true;
      made.rounds = 1;
      made.scale = 0.0005;
      made.seconds = 0.5;
      made.record_blocks = 2048;
    } else if (option.starts_with("-") || find_case(option) == nullptr) {
      std::fprintf(stderr, "`%s`: no such option or case\n\n", argv[i]);
      usage(2);
    } else {
      made.cases.emplace_back(option);
    }
  }
  return made;
}

}  // namespace janji::bench
