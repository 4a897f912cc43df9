// How the daemon ends, in processes that end so.
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdlib>
#include <memory>

#include <catch2/catch.hpp>

#include "net/server.hpp"

using namespace janjid;

namespace {

struct NoHandler final : RequestHandler {
  Reply handle(const Request&) override { return {}; }
};

// What became of a child process that runs `body`: its exit status, or -1 when a signal ended it.
template <class Body>
int status_of_child(Body body) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    body();
    std::_Exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("after run() a signal ends the process at once, whatever is still to be closed") {
  for (const int signal : {SIGTERM, SIGINT}) {
    for (const bool drained : {true, false}) {
      const int status = status_of_child([&] {
        Limits limits;
        CommitBell bell;
        Server server{limits, bell, 1, [] { return std::make_unique<NoHandler>(); }};
        if (!server.open("127.0.0.1", 0)) return;
        if (drained) {
          server.end();
          server.run([] {});
        } else {
          server.stop();
          server.run([] {});
        }
        std::raise(signal);
      });
      REQUIRE(status == 128 + signal);
    }
  }
}

TEST_CASE("the signal after the one that ends waits for nothing") {
  const int status = status_of_child([] {
    Limits limits;
    CommitBell bell;
    Server server{limits, bell, 1, [] { return std::make_unique<NoHandler>(); }};
    if (!server.open("127.0.0.1", 0)) return;
    server.end();
    server.run([] {
      std::raise(SIGTERM);
      std::_Exit(0);
    });
  });
  REQUIRE(status == 128 + SIGTERM);
}
