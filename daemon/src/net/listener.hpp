// Accepts connections and deals them out to the io threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <janji/result.hpp>

#include "net/io_thread.hpp"

namespace janjid {

// One listening socket; its connections go round robin.
//
// Why not one socket with SO_REUSEPORT per thread: the kernel then deals by a hash of the
// addresses, so that of 64 connections one thread may get 40, and the slower half decides the
// latency; a socket that systemd hands over is only one; and closing one of several drops the
// connections in its backlog while the others still listen. To accept is some ten microseconds
// per connection, not per request, on a thread that has nothing else to do.
class Listener {
 public:
  // Runs on `context`; the threads must outlive it.
  Listener(boost::asio::io_context& context, std::vector<IoThread*> threads,
           std::size_t connections_max);

  // Errors: invalid_argument (the host names no address), io_error (busy, not allowed, ...).
  janji::Status open(const std::string& host, std::uint16_t port);
  // The address with the port that was given, e.g. "127.0.0.1:8080" or "[::1]:8080".
  const std::string& address() const noexcept { return address_; }
  void start();
  void close();

 private:
  void accept();
  IoThread& next_thread() noexcept;

  std::vector<IoThread*> threads_;
  std::size_t connections_max_;
  std::size_t turn_{0};
  boost::asio::ip::tcp::acceptor acceptor_;
  std::string address_;
  boost::asio::steady_timer pause_;
};

}  // namespace janjid
