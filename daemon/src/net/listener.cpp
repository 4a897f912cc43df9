#include "net/listener.hpp"

#include <chrono>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace janjid {

using boost::asio::ip::tcp;
using boost::system::error_code;

namespace {

// A full table of files empties only with time: try again after so long.
constexpr std::chrono::milliseconds kPause{100};

std::string text_of(const tcp::endpoint& endpoint) {
  const std::string host = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("[{}]:{}", host, endpoint.port())
                                    : fmt::format("{}:{}", host, endpoint.port());
}

}  // namespace

Listener::Listener(boost::asio::io_context& context, std::vector<IoThread*> threads,
                   std::size_t connections_max)
    : threads_(std::move(threads)),
      connections_max_(connections_max),
      acceptor_(context),
      pause_(context) {}

janji::Status Listener::open(const std::string& host, std::uint16_t port) {
  error_code ec;
  tcp::resolver resolver{acceptor_.get_executor()};
  const auto found = resolver.resolve(host, std::to_string(port), tcp::resolver::passive, ec);
  if (ec || found.empty()) {
    return janji::Error{janji::Code::invalid_argument,
                        fmt::format("\"{}\" names no address: {}", host, ec.message())};
  }
  const tcp::endpoint endpoint = found.begin()->endpoint();
  acceptor_.open(endpoint.protocol(), ec);
  if (!ec) acceptor_.set_option(tcp::acceptor::reuse_address{true}, ec);
  if (!ec) acceptor_.bind(endpoint, ec);
  if (!ec) acceptor_.listen(boost::asio::socket_base::max_listen_connections, ec);
  if (ec) {
    return janji::Error{janji::Code::io_error,
                        fmt::format("can't listen on {}:{}: {}", host, port, ec.message())};
  }
  address_ = text_of(acceptor_.local_endpoint(ec));
  return janji::success();
}

void Listener::start() {
  accept();
}

void Listener::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

IoThread& Listener::next_thread() noexcept {
  turn_ = (turn_ + 1) % threads_.size();
  return *threads_[turn_];
}

void Listener::accept() {
  IoThread& thread = next_thread();
  acceptor_.async_accept(thread.context(), [this, &thread](const error_code& ec, Socket socket) {
    if (!acceptor_.is_open()) return;
    if (ec == boost::asio::error::no_descriptors || ec == boost::asio::error::no_buffer_space) {
      spdlog::warn("can't accept a connection: {}", ec.message());
      pause_.expires_after(kPause);
      pause_.async_wait([this](const error_code& cancelled) {
        if (!cancelled && acceptor_.is_open()) accept();
      });
      return;
    }
    std::size_t connections = 0;
    for (const IoThread* each : threads_) connections += each->connections();
    // Past the limit the socket is closed by going out of scope.
    if (!ec && connections < connections_max_) thread.adopt(std::move(socket));
    accept();
  });
}

}  // namespace janjid
