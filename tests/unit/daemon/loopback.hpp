// Connections over loopback, with a handler that does what the path says.
#pragma once

#include <atomic>
#include <charconv>
#include <chrono>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include "net/io_thread.hpp"

namespace loopback {

using namespace janjid;
using boost::asio::ip::tcp;
using boost::system::error_code;
using janji::Lsn;

inline Response saying(std::string body) {
  Response response;
  response.content_type = "text/plain";
  response.body = std::move(body);
  return response;
}

struct TestParked final : Parked {
  int looks_left;
  TestParked(std::uint64_t for_round, int looks) : looks_left(looks) { round = for_round; }
  Reply again() override {
    if (looks_left == 0) return saying("seen in round");
    return Reply{std::unique_ptr<Parked>{new TestParked{round + 1, looks_left - 1}}};
  }
  Reply give_up() override { return saying("gave up"); }
};

// What streams tell: whoever looks next gets what was said since the last look.
struct Script {
  std::mutex mutex;
  std::string said;
  bool ends{false};
  bool floods{false};  // there is always more, 4 KiB a piece
  bool throws{false};
  std::atomic<int> looks{0};
  std::atomic<int> open{0};
  std::atomic<std::uint64_t> asked{0};  // requests that the handler was given, but for probes

  void say(const std::string& text) {
    const std::lock_guard lock(mutex);
    said += text;
  }
};

struct TestStream final : Stream {
  Script& script;
  explicit TestStream(Script& given) : script(given) { ++script.open; }
  ~TestStream() override { --script.open; }
  Told tell(std::string& out) override {
    const std::lock_guard lock(script.mutex);
    ++script.looks;
    if (script.throws) throw std::runtime_error{"thrown for the test"};
    if (script.floods) {
      out.append(4096, 'f');
      return {Next::more, 1};
    }
    out += std::exchange(script.said, {});
    return {script.ends ? Next::end : Next::wait, 1};
  }
  void heartbeat(std::string& out) override { out += "beat"; }
};

// "/lsn/7": told when 7 is durable; "/lsn/7/long" is longer. "/round/3", "/rounds/3/2": parked.
// "/poll/300": for that many milliseconds, unless a hundredth round comes.
// "/throw". "/big". "/stream": what the script says.
struct TestHandler final : RequestHandler {
  std::atomic<std::uint64_t>* last_lsn;
  Script* script;
  TestHandler(std::atomic<std::uint64_t>* lsn, Script* given) : last_lsn(lsn), script(given) {}

  static std::uint64_t number(std::string_view path) {
    std::uint64_t value = 0;
    const std::string_view digits = path.substr(path.find('/', 1) + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }
  Reply handle(const Request& request) override {
    if (request.path == "/probe") return saying("/probe");
    Reply reply = answer(request);
    ++script->asked;
    return reply;
  }
  Reply answer(const Request& request) {
    if (request.path.starts_with("/lsn/")) {
      last_lsn->store(number(request.path));
      std::string body{request.path};
      if (body.ends_with("/long")) body.append(1000, ' ');
      return {saying(std::move(body)), Lsn{number(request.path)}};
    }
    if (request.path.starts_with("/round/")) {
      return Reply{std::unique_ptr<Parked>{new TestParked{number(request.path), 0}}};
    }
    if (request.path.starts_with("/rounds/")) {
      return Reply{std::unique_ptr<Parked>{new TestParked{number(request.path), 2}}};
    }
    if (request.path.starts_with("/poll/")) {
      auto parked = std::make_unique<TestParked>(100, 0);
      parked->poll_ms = static_cast<std::int64_t>(number(request.path));
      return Reply{std::unique_ptr<Parked>{std::move(parked)}};
    }
    if (request.path == "/stream") {
      Response head;
      head.content_type = "text/plain";
      head.endless = true;
      Reply reply = std::move(head);
      reply.stream = std::make_unique<TestStream>(*script);
      return reply;
    }
    if (request.path == "/throw") throw std::runtime_error{"thrown for the test"};
    if (request.path == "/big") return saying(std::string(200'000, 'b'));
    return saying(std::string{request.path});
  }
};

struct Answer {
  int status{0};
  std::string body;
};

class Client {
 public:
  // With a receive buffer as small as the kernel lets it be, little is under way to who doesn't
  // read.
  enum class Buffer : std::uint8_t { usual, least };
  explicit Client(IoThread& thread, Buffer buffer = Buffer::usual) : socket_(context_) {
    socket_.open(tcp::v4());
    if (buffer == Buffer::least) socket_.set_option(tcp::socket::receive_buffer_size{1});
    tcp::acceptor acceptor{context_, tcp::endpoint{boost::asio::ip::address_v4::loopback(), 0}};
    socket_.connect(acceptor.local_endpoint());
    thread.adopt(acceptor.accept(thread.context()));
  }
  void send(const std::string& bytes) { boost::asio::write(socket_, boost::asio::buffer(bytes)); }
  void get(const std::string& path) { send(request(path)); }
  // In one piece, which is read at once: behind a request that waits for its commit, what comes
  // later is read only when that was answered.
  void get_all(std::initializer_list<const char*> paths) {
    std::string all;
    for (const char* path : paths) all += request(path);
    send(all);
  }
  // Status 0 when the connection was closed instead.
  Answer answer() {
    error_code ec;
    const std::size_t head = boost::asio::read_until(socket_, buffer_, "\r\n\r\n", ec);
    if (ec) return {};
    const std::string header = take(head);
    Answer answer;
    std::from_chars(header.data() + 9, header.data() + 12, answer.status);
    const std::size_t at = header.find("Content-Length: ") + 16;
    std::size_t size = 0;
    std::from_chars(header.data() + at, header.data() + header.size(), size);
    if (buffer_.size() < size) {
      boost::asio::read(socket_, buffer_, boost::asio::transfer_exactly(size - buffer_.size()), ec);
      if (ec) return {};  // cut in the middle
    }
    answer.body = take(size);
    return answer;
  }
  bool closed() { return answer().status == 0; }
  // The next header, as it is; empty when the connection was closed instead.
  std::string header() {
    error_code ec;
    const std::size_t head = boost::asio::read_until(socket_, buffer_, "\r\n\r\n", ec);
    return ec ? std::string{} : take(head);
  }
  // The next piece of a chunked body: empty is its end, "cut" when the connection was closed.
  std::string piece() {
    error_code ec;
    const std::size_t line = boost::asio::read_until(socket_, buffer_, "\r\n", ec);
    if (ec) return "cut";
    const std::string digits = take(line);
    std::size_t size = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
    if (buffer_.size() < size + 2) {
      boost::asio::read(socket_, buffer_, boost::asio::transfer_exactly(size + 2 - buffer_.size()),
                        ec);
      if (ec) return "cut";
    }
    return take(size + 2).substr(0, size);
  }
  // All that comes until the connection is closed.
  std::string everything() {
    error_code ec;
    boost::asio::read(socket_, buffer_, ec);
    return take(buffer_.size());
  }
  void leave() { socket_.close(); }
  // True when nothing has come: what the other thread would have sent, it sent before it
  // answered the probe on another connection.
  bool silent() {
    error_code ec;
    return buffer_.size() == 0 && socket_.available(ec) == 0;
  }

 private:
  static std::string request(const std::string& path) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  std::string take(std::size_t size) {
    std::string bytes{boost::asio::buffers_begin(buffer_.data()),
                      boost::asio::buffers_begin(buffer_.data()) + static_cast<long>(size)};
    buffer_.consume(size);
    return bytes;
  }
  boost::asio::io_context context_;
  tcp::socket socket_;
  boost::asio::streambuf buffer_;
};

struct World {
  Limits limits;
  CommitBell bell;
  std::atomic<std::uint64_t> last_lsn{0};  // that was asked for
  Script script;
  IoThread thread;

  explicit World(Limits given = {})
      : limits(given), thread(limits, bell, std::make_unique<TestHandler>(&last_lsn, &script)) {
    bell.add(thread);
    thread.run();
  }
  // The thread has been given so many requests since it began, and has done all that was posted to
  // it before.
  void settle(std::uint64_t asked = 0) {
    do {
      Client probe{thread};
      probe.get("/probe");
      REQUIRE(probe.answer().body == "/probe");
    } while (script.asked < asked);
  }
  void progress(std::uint64_t durable, std::uint64_t rounds, bool failed = false) {
    bell.on_progress({Lsn{durable}, rounds, failed});
  }
};

}  // namespace loopback
