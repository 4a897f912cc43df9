// Speaks HTTP to a running daemon.
#pragma once

#include <string>

#include <janji/result.hpp>

namespace janjid {

struct DaemonAddress {
  std::string host, port;
};

struct DaemonReply {
  unsigned status{0};
  std::string body;
};

// "127.0.0.1:8080", "[::1]:8080". Error: invalid_argument.
janji::Result<DaemonAddress> parse_daemon_address(const std::string& text);

struct DaemonRequest {
  std::string path, token, idempotency_key, body;
};

// POSTs JSON on a connection of its own and waits for the answer, a minute at most. Error:
// io_error, with the address: nobody is there, or it went away before it had answered.
janji::Result<DaemonReply> post(const DaemonAddress& address, const DaemonRequest& request);

}  // namespace janjid
