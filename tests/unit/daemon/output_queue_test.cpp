#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "net/output_queue.hpp"

using namespace janjid;
using janji::Lsn;

namespace {

PendingAnswer answer(std::uint64_t lsn) {
  PendingAnswer made;
  made.lsn = Lsn{lsn};
  made.status = 200;
  return made;
}

Response saying(std::string body) {
  Response response;
  response.body = std::move(body);
  return response;
}

// The bodies that may be sent now, in order; they are sent.
std::string take(OutputQueue& queue, std::uint64_t durable, std::vector<std::uint64_t>* told) {
  queue.release(Lsn{durable}, [&](const PendingAnswer& a) { told->push_back(a.lsn.value); });
  std::string bodies;
  std::string_view bytes = queue.sendable();
  for (std::size_t at = bytes.find("\r\n\r\n"); at != std::string_view::npos;
       at = bytes.find("\r\n\r\n")) {
    bodies += bytes.substr(at + 4, 1);
    bytes.remove_prefix(at + 5);
  }
  queue.sent(queue.sendable().size());
  return bodies;
}

}  // namespace

TEST_CASE("answers leave in order, none before it is durable") {
  OutputQueue queue;
  std::vector<std::uint64_t> told;
  queue.push(answer(5), saying("a"), "now");
  queue.push(answer(0), saying("b"), "now");
  queue.push(answer(9), saying("c"), "now");
  REQUIRE(take(queue, 4, &told).empty());
  REQUIRE(queue.held() == 3);
  REQUIRE(take(queue, 5, &told) == "ab");
  REQUIRE(queue.oldest().lsn == Lsn{9});
  REQUIRE_FALSE(queue.empty());
  REQUIRE(take(queue, 9, &told) == "c");
  REQUIRE(queue.empty());
  REQUIRE(told == std::vector<std::uint64_t>{5, 0, 9});
}

TEST_CASE("what is held can be replaced, what was released can't") {
  OutputQueue queue;
  std::vector<std::uint64_t> told;
  queue.push(answer(1), saying("a"), "now");
  queue.push(answer(2), saying("b"), "now");
  queue.push(answer(0), saying("c"), "now");
  queue.release(Lsn{1}, [](const PendingAnswer&) {});
  queue.replace_held([](const PendingAnswer&) { return saying("x"); }, "now");
  REQUIRE(take(queue, 0, &told) == "axx");
  REQUIRE(queue.empty());
}

TEST_CASE("bytes that are no answer keep their place") {
  OutputQueue queue;
  std::vector<std::uint64_t> told;
  queue.push_interim("HTTP/1.1 100 Continue\r\n\r\n");
  REQUIRE(queue.sendable() == "HTTP/1.1 100 Continue\r\n\r\n");
  queue.sent(queue.sendable().size());
  queue.push(answer(3), saying("a"), "now");
  queue.push_interim("HTTP/1.1 100 Continue\r\n\r\n");
  REQUIRE(queue.sendable().empty());
  queue.release(Lsn{3}, [](const PendingAnswer&) {});
  REQUIRE(queue.sendable().substr(queue.sendable().size() - 25) == "HTTP/1.1 100 Continue\r\n\r\n");
}

TEST_CASE("bytes that are no answer stay when the answers around them are replaced") {
  OutputQueue queue;
  queue.push(answer(1), saying("a"), "now");
  queue.release(Lsn{1}, [](const PendingAnswer&) {});
  queue.push(answer(2), saying("b"), "now");
  queue.push_interim("HTTP/1.1 100 Continue\r\n\r\n");
  queue.push(answer(3), saying("c"), "now");
  queue.replace_held([](const PendingAnswer&) { return saying("xyz"); }, "now");
  queue.release(Lsn{0}, [](const PendingAnswer&) {});
  const std::string all{queue.sendable()};
  const std::size_t interim = all.find("xyzHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK");
  REQUIRE(interim != std::string::npos);
  REQUIRE(all.find("100 Continue", interim + 20) == std::string::npos);
  REQUIRE(all.ends_with("xyz"));
  REQUIRE(all.find('a', all.find("\r\n\r\n")) < interim);
}

TEST_CASE("a part may be sent, and the rest later") {
  OutputQueue queue;
  queue.push(answer(0), saying("abc"), "now");
  queue.release(Lsn{0}, [](const PendingAnswer&) {});
  const std::string all{queue.sendable()};
  queue.sent(10);
  REQUIRE(queue.sendable() == all.substr(10));
}

TEST_CASE("what was sent is forgotten even if an answer is always held") {
  OutputQueue queue;
  std::vector<std::uint64_t> told;
  queue.push(answer(0), saying("0"), "now");
  std::string bodies;
  std::string wanted;
  std::size_t most = 0;
  for (std::uint64_t n = 0; n < 10'000; ++n) {
    const std::string body(1, static_cast<char>('a' + n % 26));
    queue.push(answer(n + 1), saying(body), "now");
    bodies += take(queue, n, &told);
    wanted += n == 0 ? "0" : std::string(1, static_cast<char>('a' + (n - 1) % 26));
    most = std::max(most, queue.memory_bytes());
  }
  REQUIRE(bodies == wanted);
  REQUIRE(told.size() == 10'000);
  REQUIRE(most < 256 * 1024);
  queue.replace_held([](const PendingAnswer&) { return saying("x"); }, "now");
  REQUIRE(take(queue, 0, &told) == "x");
  REQUIRE(queue.empty());
}

TEST_CASE("a rendered answer is what HTTP wants") {
  Envelope envelope;
  envelope.id.chars.fill('a');
  std::string out;
  render(saying("{}"), envelope, "Sun, 06 Nov 1994 08:49:37 GMT", out);
  REQUIRE(out ==
          "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
          "Content-Type: application/json\r\nContent-Length: 2\r\nCache-Control: no-store\r\n"
          "X-Request-Id: aaaaaaaaaaaaaaaa\r\nX-Content-Type-Options: nosniff\r\n\r\n{}");
  out.clear();
  envelope.head_only = true;
  envelope.keep_alive = false;
  render(saying("{}"), envelope, "d", out);
  REQUIRE(out.find("Content-Length: 2\r\n") != std::string::npos);
  REQUIRE(out.find("Connection: close\r\n") != std::string::npos);
  REQUIRE(out.substr(out.size() - 4) == "\r\n\r\n");
}
