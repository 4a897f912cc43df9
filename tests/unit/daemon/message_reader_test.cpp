#include <cstring>
#include <iterator>
#include <map>
#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "net/message_reader.hpp"

using janjid::kDefaultLanguage;
using janjid::Language;
using janjid::Limits;
using janjid::MessageReader;
using janjid::ProblemCode;
using janjid::Verb;
using State = janjid::MessageReader::State;

namespace {

const Limits kLimits;

// Feeds bytes in pieces of `step`; the state when there is no more, or another one before.
State feed(MessageReader& reader, std::string_view bytes, std::size_t step) {
  State state = reader.next();
  while (state == State::need_more && !bytes.empty()) {
    const auto room = reader.room();
    REQUIRE(room.size() > 0);
    const std::size_t size = std::min({step, bytes.size(), room.size()});
    std::memcpy(room.data(), bytes.data(), size);
    reader.commit(size);
    bytes.remove_prefix(size);
    state = reader.next();
  }
  return state;
}

std::string post(std::string_view headers, std::string_view body) {
  return "POST /v1/claims?a=b HTTP/1.1\r\nHost: x\r\n" + std::string{headers} + "\r\n" +
         std::string{body};
}

}  // namespace

TEST_CASE("a request is the same however it is cut") {
  const std::string bytes =
      post("Content-Length: 5\r\nAccept-Language: ms\r\nX-Y:  z \r\n", "hello");
  for (const std::size_t step : {1U, 2U, 3U, 7U, 1000U}) {
    CAPTURE(step);
    MessageReader reader{kLimits};
    REQUIRE(feed(reader, bytes, step) == State::complete);
    const auto& request = reader.request();
    REQUIRE(request.method == janjid::Verb::post);
    REQUIRE(request.path == "/v1/claims");
    REQUIRE(request.query == "a=b");
    REQUIRE(request.body == "hello");
    REQUIRE(request.language == janjid::Language::ms);
    REQUIRE(request.find("x-y") == "z");
    REQUIRE(reader.keep_alive());
    reader.consume();
    REQUIRE(reader.phase() == MessageReader::Phase::nothing);
    REQUIRE(reader.next() == State::need_more);
  }
}

TEST_CASE("a body larger than the buffer is collected") {
  const std::string body(kLimits.body_bytes, 'b');
  const std::string bytes =
      "\r\n" + post("Content-Length: " + std::to_string(body.size()) + "\r\n", body);
  for (const std::size_t step : {1000U, 100000U}) {
    MessageReader reader{kLimits};
    REQUIRE(feed(reader, bytes, step) == State::complete);
    REQUIRE(reader.request().body == body);
    REQUIRE(reader.request().path == "/v1/claims");
  }
}

TEST_CASE("chunked bodies are joined, however they are cut") {
  std::string bytes = post("Transfer-Encoding: chunked\r\n", "4\r\nabcd\r\nA\r\n0123456789\r\n");
  std::string body = "abcd0123456789";
  for (int i = 0; i < 1000; ++i) {
    bytes += "5\r\nxxxxx\r\n";
    body += "xxxxx";
  }
  bytes += "0\r\n\r\n";
  for (const std::size_t step : {1U, 5U, 6U, 100000U}) {
    CAPTURE(step);
    MessageReader reader{kLimits};
    REQUIRE(feed(reader, bytes, step) == State::complete);
    REQUIRE(reader.request().body == body);
    REQUIRE(reader.request().query == "a=b");
  }
}

TEST_CASE("requests that come together are cut apart") {
  const std::string one = post("Content-Length: 3\r\n", "one");
  const std::string two = post("Transfer-Encoding: chunked\r\n", "3\r\ntwo\r\n0\r\n\r\n");
  const std::string three = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const std::size_t step : {1U, 11U, 100000U}) {
    MessageReader reader{kLimits};
    std::string_view rest;
    const std::string all = one + two + three;
    rest = all;
    for (const char* body : {"one", "two", ""}) {
      State state = reader.next();
      while (state == State::need_more && !rest.empty()) {
        const auto room = reader.room();
        const std::size_t size = std::min({step, rest.size(), room.size()});
        std::memcpy(room.data(), rest.data(), size);
        reader.commit(size);
        rest.remove_prefix(size);
        state = reader.next();
      }
      REQUIRE(state == State::complete);
      REQUIRE(reader.request().body == body);
      reader.consume();
    }
  }
}

TEST_CASE("messages whose end could be read in two ways are refused") {
  for (const char* headers : {
           "Transfer-Encoding: gzip, chunked\r\n",
           "Transfer-Encoding: chunked, gzip\r\n",
           "Transfer-Encoding: chunked, chunked\r\n",
           "Transfer-Encoding: identity\r\n",
           "Transfer-Encoding: xchunked\r\n",
           "Transfer-Encoding: chunked;q=1\r\n",
           "Transfer-Encoding: \"chunked\"\r\n",
           "Transfer-Encoding:\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
           "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
           "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
           "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
           "Content-Length: 5\r\nContent-Length: 5\r\n",
           "Content-Length: 5\r\nContent-Length: 6\r\n",
           "Content-Length: 5, 5\r\n",
           "Content-Length: 5,\r\n",
           "Content-Length: +5\r\n",
           "Content-Length: -1\r\n",
           "Content-Length: 0x5\r\n",
           "Content-Length: 5 5\r\n",
           "Content-Length:\r\n",
           "Content-Length: 99999999999999999999999\r\n",
           "Content-Length : 5\r\n",
           "Transfer-Encoding : chunked\r\n",
           " Content-Length: 5\r\n",
           "X: a\r\n Content-Length: 5\r\n",
           "X: a\r\n\tb\r\n",
           "X: a\nContent-Length: 5\r\n",
           "X: a\rContent-Length: 5\r\n",
           "X: a\r\r\n",
           "X: \x01\r\n",
           "X: \x7F\r\n",
           "Host: y\r\n",
           "\x0b: 1\r\n",
       }) {
    for (const std::size_t step : {1U, 100000U}) {
      CAPTURE(headers, step);
      MessageReader reader{kLimits};
      REQUIRE(feed(reader, post(headers, "hello"), step) == State::refused);
      REQUIRE(entry_of(reader.refusal()).status >= 400);
    }
  }
  MessageReader reader{kLimits};
  const std::string nul = post(std::string{"X: a\0b\r\n", 8}, "");
  REQUIRE(feed(reader, nul, 100) == State::refused);
}

TEST_CASE("malformed chunks are refused") {
  for (const char* body : {
           "5;x=y\r\nhello\r\n0\r\n\r\n",
           "5;\r\nhello\r\n0\r\n\r\n",
           "5\r\nhello0\r\n\r\n",
           "x\r\n",
           "-5\r\n",
           "0x5\r\nhello\r\n0\r\n\r\n",
           "5\r\nhello\r\n0\r\nX: y\r\n\r\n",
           "5 \r\nhello\r\n0\r\n\r\n",
           "FFFFFFFFFFFFFFFFF\r\n",
           "4001\r\n",
       }) {
    CAPTURE(body);
    MessageReader reader{kLimits};
    REQUIRE(feed(reader, post("Transfer-Encoding: chunked\r\n", body), 3) == State::refused);
  }
}

TEST_CASE("a chunk's line that ends with a bare line feed is refused without waiting") {
  for (const char* body : {"5\n", "5\r\nhello\n", "5\r\nhello\r\n0\n", "0\r\n\n", "\n"}) {
    for (const std::size_t step : {1U, 2U, 1000U}) {
      CAPTURE(body, step);
      MessageReader reader{kLimits};
      REQUIRE(feed(reader, post("Transfer-Encoding: chunked\r\n", body), step) == State::refused);
    }
  }
}

TEST_CASE("line feeds are welcome in what a chunk holds") {
  for (const std::size_t step : {1U, 2U, 3U, 1000U}) {
    CAPTURE(step);
    MessageReader reader{kLimits};
    REQUIRE(feed(reader, post("Transfer-Encoding: chunked\r\n", "3\r\n\na\n\r\n0\r\n\r\n"), step) ==
            State::complete);
    REQUIRE(reader.request().body == "\na\n");
  }
}

TEST_CASE("whatever a chunked body is, how it is cut makes no difference") {
  std::mt19937_64 random(11);
  constexpr std::string_view kPieces[] = {"0",    "1",    "2",  "a",  "\r\n",
                                          "\r\n", "\r\n", "\n", "\r", ";"};
  std::map<State, int> outcomes;
  for (int i = 0; i < 20'000; ++i) {
    std::string body;
    for (std::uint64_t left = random() % 9; left > 0; --left) {
      body += kPieces[random() % std::size(kPieces)];
    }
    if (random() % 2 == 0) body += "0\r\n\r\n";
    CAPTURE(body);
    MessageReader whole{kLimits};
    const State expected = feed(whole, post("Transfer-Encoding: chunked\r\n", body), 1000);
    ++outcomes[expected];
    for (const std::size_t step : {1U, 2U, 5U}) {
      MessageReader reader{kLimits};
      REQUIRE(feed(reader, post("Transfer-Encoding: chunked\r\n", body), step) == expected);
      if (expected != State::complete) continue;
      REQUIRE(reader.request().body == whole.request().body);
    }
  }
  // It isn't only one of them that was tried.
  REQUIRE(outcomes[State::complete] > 100);
  REQUIRE(outcomes[State::refused] > 100);
  REQUIRE(outcomes[State::need_more] > 100);
}

TEST_CASE("a header that ends its lines with bare line feeds is refused without waiting") {
  MessageReader reader{kLimits};
  REQUIRE(feed(reader, "GET / HTTP/1.1\nHost: x\n\n", 1000) == State::refused);
  MessageReader slow{kLimits};
  REQUIRE(feed(slow, "GET / HTTP/1.1\n", 1) == State::refused);
}

TEST_CASE("sizes are bounded, each by its own code") {
  const auto refusal = [](const std::string& bytes) {
    MessageReader reader{kLimits};
    REQUIRE(feed(reader, bytes, 4096) == State::refused);
    return reader.refusal();
  };
  const std::string fill(kLimits.header_bytes, 'x');
  REQUIRE(refusal("GET / HTTP/1.1\r\nHost: x\r\nX: " + fill) == ProblemCode::headers_too_large);
  REQUIRE(refusal("GET /" + fill) == ProblemCode::headers_too_large);
  std::string many;
  for (std::size_t i = 0; i < kLimits.header_fields; ++i) many += "X: y\r\n";
  REQUIRE(refusal(post(many, "")) == ProblemCode::headers_too_large);  // Host is one more
  const std::string length = std::to_string(kLimits.body_bytes + 1);
  REQUIRE(refusal(post("Content-Length: " + length + "\r\n", "")) ==
          ProblemCode::payload_too_large);
  std::string chunks;
  for (int i = 0; i < 20; ++i) chunks += "400\r\n" + std::string(1024, 'x') + "\r\n";
  REQUIRE(refusal(post("Transfer-Encoding: chunked\r\n", chunks)) ==
          ProblemCode::payload_too_large);
  const std::string zeros(20000, '0');
  REQUIRE(refusal(post("Transfer-Encoding: chunked\r\n", zeros)) == ProblemCode::payload_too_large);
}

TEST_CASE("a refused message still says what kind of answer it wants") {
  MessageReader reader{kLimits};
  const std::string fields = "Host: x\r\nAccept-Language: ms\r\n";
  REQUIRE(feed(reader, "GET / HTTP/1.1\r\n" + fields + "\r\n", 1000) == State::complete);
  reader.consume();
  // Whose header couldn't be read says nothing, and doesn't inherit from the one before.
  REQUIRE(feed(reader, "HEAD / HTTP/7\r\n" + fields + "\r\n", 1000) == State::refused);
  CHECK(reader.request().language == kDefaultLanguage);
  CHECK(reader.request().method == Verb::unknown);

  MessageReader other{kLimits};
  const std::string length = std::to_string(kLimits.body_bytes + 1);
  REQUIRE(feed(other, "HEAD / HTTP/1.1\r\n" + fields + "Content-Length: " + length + "\r\n\r\n",
               1000) == State::refused);
  CHECK(other.request().language == Language::ms);
  CHECK(other.request().method == Verb::head);
}

TEST_CASE("the last header that fits is read, with the most fields") {
  std::string many = "POST /v1/claims HTTP/1.1\r\nHost: x\r\n";
  for (std::size_t i = 1; i < kLimits.header_fields - 1; ++i) many += "X: y\r\n";
  many += "Y: " + std::string(kLimits.header_bytes - many.size() - 7, 'z') + "\r\n\r\n";
  REQUIRE(many.size() == kLimits.header_bytes);
  MessageReader reader{kLimits};
  REQUIRE(feed(reader, many, 1000) == State::complete);
}

TEST_CASE("versions, targets and hosts") {
  const auto state = [](const std::string& bytes) {
    MessageReader reader{kLimits};
    return feed(reader, bytes, 1000);
  };
  REQUIRE(state("GET / HTTP/1.0\r\n\r\n") == State::complete);
  REQUIRE(state("GET / HTTP/1.1\r\n\r\n") == State::refused);
  REQUIRE(state("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == State::refused);
  REQUIRE(state("GET / HTTP/0.9\r\nHost: x\r\n\r\n") == State::refused);
  REQUIRE(state("GET /\r\nHost: x\r\n\r\n") == State::refused);
  REQUIRE(state("GET * HTTP/1.1\r\nHost: x\r\n\r\n") == State::refused);
  REQUIRE(state("GET x HTTP/1.1\r\nHost: x\r\n\r\n") == State::refused);
  REQUIRE(state("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n") ==
          State::refused);
  MessageReader reader{kLimits};
  REQUIRE(feed(reader, "GET http://h:1/p?q HTTP/1.1\r\nHost: x\r\n\r\n", 1000) == State::complete);
  REQUIRE(reader.request().path == "/p");
  REQUIRE(reader.request().query == "q");
}

TEST_CASE("keeping the connection follows version and header") {
  const auto keeps = [](const std::string& bytes) {
    MessageReader reader{kLimits};
    REQUIRE(feed(reader, bytes, 1000) == State::complete);
    return reader.keep_alive();
  };
  REQUIRE(keeps("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  REQUIRE_FALSE(keeps("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  REQUIRE_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  REQUIRE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST_CASE("an expectation is seen once, and only while the body is missing") {
  const std::string headers = "Expect: 100-continue\r\nContent-Length: 5\r\n";
  MessageReader reader{kLimits};
  REQUIRE(feed(reader, post(headers, ""), 1000) == State::need_more);
  REQUIRE(reader.take_expectation());
  REQUIRE_FALSE(reader.take_expectation());
  REQUIRE(feed(reader, "hello", 1) == State::complete);
  MessageReader hasty{kLimits};
  REQUIRE(feed(hasty, post(headers, "he"), 1000) == State::need_more);
  REQUIRE_FALSE(hasty.take_expectation());
}
