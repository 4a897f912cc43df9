#include "janjictl/daemon_client.hpp"

#include <chrono>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "config/config.hpp"

namespace janjid {
namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using boost::beast::error_code;

constexpr std::chrono::seconds kPatience{60};

// One exchange, step by step; each step's handler begins the next.
class Exchanging {
 public:
  Exchanging(const DaemonAddress& address, const DaemonRequest& request)
      : stream_(context_), request_(http::verb::post, request.path, 11) {
    request_.set(http::field::host, address.host);
    request_.set(http::field::content_type, "application/json");
    request_.set(http::field::authorization, "Bearer " + request.token);
    request_.set("Idempotency-Key", request.idempotency_key);
    request_.set(http::field::connection, "close");
    request_.body() = request.body;
    request_.prepare_payload();
  }

  error_code run(const DaemonAddress& address) {
    tcp::resolver resolver{context_};
    const auto found = resolver.resolve(address.host, address.port, failed_);
    if (failed_) return failed_;
    stream_.expires_after(kPatience);
    stream_.async_connect(found, [this](const error_code& ec, const tcp::endpoint&) {
      if (!step(ec)) return;
      http::async_write(stream_, request_, [this](const error_code& write_ec, std::size_t) {
        if (step(write_ec)) read();
      });
    });
    context_.run();
    return failed_;
  }

  DaemonReply reply() { return {response_.result_int(), std::move(response_.body())}; }

 private:
  bool step(const error_code& ec) {
    failed_ = ec;
    return !ec;
  }
  void read() {
    http::async_read(stream_, buffer_, response_,
                     [this](const error_code& ec, std::size_t) { step(ec); });
  }

  boost::asio::io_context context_{1};
  boost::beast::tcp_stream stream_;
  http::request<http::string_body> request_;
  boost::beast::flat_buffer buffer_;
  http::response<http::string_body> response_;
  error_code failed_;
};

}  // namespace

janji::Result<DaemonAddress> parse_daemon_address(const std::string& text) {
  const auto address = parse_address(text);
  if (!address) return address.error();
  if (address->port == 0) {
    return janji::Error{janji::Code::invalid_argument,
                        fmt::format("\"{}\": name the port that the daemon listens on", text)};
  }
  return DaemonAddress{address->host, std::to_string(address->port)};
}

janji::Result<DaemonReply> post(const DaemonAddress& address, const DaemonRequest& request) {
  Exchanging exchanging{address, request};
  const error_code failed = exchanging.run(address);
  if (!failed) return exchanging.reply();
  const bool refused = failed == boost::asio::error::connection_refused;
  return janji::Error{
      janji::Code::io_error,
      fmt::format("{}:{}: {}{}", address.host, address.port, failed.message(),
                  refused ? ": no daemon listens there; name another address with --connect" : "")};
}

}  // namespace janjid
