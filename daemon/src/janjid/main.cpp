#include <sys/resource.h>
#include <csignal>

#include <algorithm>
#include <exception>
#include <variant>

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include "config/config.hpp"
#include "janjid/house.hpp"

namespace {

// One descriptor a connection, and some for ourselves.
void make_room_for(janjid::Limits& limits) {
  constexpr rlim_t kOurs = 64;
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  const rlim_t wanted = std::min<rlim_t>(files.rlim_max, limits.connections + kOurs);
  if (files.rlim_cur < wanted) {
    files.rlim_cur = wanted;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  if (files.rlim_cur > kOurs) {
    limits.connections = std::min<std::size_t>(limits.connections, files.rlim_cur - kOurs);
  }
}

}  // namespace

int main(int argc, char** argv) {
  auto read = janjid::read_config(argc, argv);
  if (const auto* exit = std::get_if<janjid::Exit>(&read)) return exit->status;
  spdlog::set_default_logger(spdlog::stderr_color_mt("janjid"));
  std::signal(SIGPIPE, SIG_IGN);
  try {
    auto config = std::get<janjid::Config>(std::move(read));
    make_room_for(config.limits);
    return janjid::House{std::move(config)}.run();
  } catch (const std::exception& error) {
    spdlog::critical("{}", error.what());
    return 1;
  }
}
