// Connections over loopback: order, waiting, deadlines, the end.
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "loopback.hpp"

using namespace loopback;

TEST_CASE("an answer waits for its record, and those behind it wait with it") {
  World world;
  Client client{world.thread};
  client.get_all({"/lsn/2", "/at-once", "/lsn/3"});
  world.settle(3);
  world.progress(1, 1);
  world.settle();
  REQUIRE(client.silent());
  world.progress(2, 2);
  REQUIRE(client.answer().body == "/lsn/2");
  REQUIRE(client.answer().body == "/at-once");
  world.settle();
  REQUIRE(client.silent());
  world.progress(3, 3);
  REQUIRE(client.answer().body == "/lsn/3");
  client.get("/lsn/3");  // durable already
  REQUIRE(client.answer().body == "/lsn/3");
}

TEST_CASE("one commit wakes all that wait for it") {
  World world;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 50; ++i) {
    clients.push_back(std::make_unique<Client>(world.thread));
    clients.back()->get("/lsn/" + std::to_string(1 + i % 2));
  }
  world.settle(50);
  world.progress(1, 1);
  for (int i = 0; i < 50; i += 2)
    REQUIRE(clients[static_cast<std::size_t>(i)]->answer().status == 200);
  world.progress(2, 2);
  for (int i = 1; i < 50; i += 2)
    REQUIRE(clients[static_cast<std::size_t>(i)]->answer().status == 200);
}

TEST_CASE("a parked request looks again when its round is complete") {
  World world;
  Client client{world.thread};
  client.get_all({"/round/2", "/behind"});
  world.settle(1);
  world.progress(0, 1);
  world.settle();
  REQUIRE(client.silent());
  world.progress(0, 2);
  REQUIRE(client.answer().body == "seen in round");
  REQUIRE(client.answer().body == "/behind");
  client.get("/rounds/3");
  for (std::uint64_t round = 3; round <= 5; ++round) {
    world.settle(3);
    REQUIRE(client.silent());
    world.progress(0, round);
  }
  REQUIRE(client.answer().body == "seen in round");
}

TEST_CASE("when a commit failed, whatever isn't durable is of unknown outcome") {
  World world;
  Client client{world.thread};
  client.get_all({"/lsn/1", "/lsn/2", "/at-once"});
  world.settle(3);
  world.progress(1, 1, true);
  REQUIRE(client.answer().body == "/lsn/1");
  for (int i = 0; i < 2; ++i) {
    const Answer answer = client.answer();
    REQUIRE(answer.status == 500);
    REQUIRE(answer.body.find("outcome_unknown") != std::string::npos);
  }
  client.get("/lsn/9");  // and so is what comes after
  REQUIRE(client.answer().status == 500);
  client.get("/fine");
  REQUIRE(client.answer().body == "/fine");
}

TEST_CASE("nobody waits for ever: neither for a round nor for the disk") {
  Limits limits;
  limits.wait_ms = 200;
  limits.commit_ms = 200;
  World world{limits};
  Client parked{world.thread};
  Client held{world.thread};
  parked.get("/round/99");
  held.get("/lsn/99");
  REQUIRE(parked.answer().body == "gave up");
  const Answer answer = held.answer();
  REQUIRE(answer.status == 500);
  REQUIRE(answer.body.find("outcome_unknown") != std::string::npos);
}

TEST_CASE("a poll waits as long as it was asked to, not as long as decisions may take") {
  Limits limits;
  limits.wait_ms = 1;
  World world{limits};
  Client impatient{world.thread};
  Client patient{world.thread};
  impatient.get("/poll/300");
  patient.get("/poll/600000");
  const auto begin = std::chrono::steady_clock::now();
  REQUIRE(impatient.answer().body == "gave up");
  REQUIRE(std::chrono::steady_clock::now() - begin >= std::chrono::milliseconds(250));
  world.progress(0, 99);
  world.settle();
  REQUIRE(patient.silent());
  world.progress(0, 100);
  REQUIRE(patient.answer().body == "seen in round");
  // The connection goes on as if nothing had been.
  patient.get("/fine");
  REQUIRE(patient.answer().body == "/fine");
}

TEST_CASE("a drain answers polls at once") {
  World world;
  Client client{world.thread};
  client.get("/poll/600000");
  world.settle(1);
  std::atomic<bool> drained{false};
  world.thread.drain([&] { drained.store(true); });
  REQUIRE(client.answer().body == "gave up");
  REQUIRE(client.closed());
  while (!drained.load()) std::this_thread::yield();
}

TEST_CASE("deadlines of header, body and silence are armed for each request") {
  Limits limits;
  limits.header_ms = limits.body_ms = 300;
  limits.idle_ms = 600;
  World world{limits};
  Client header{world.thread};
  Client body{world.thread};
  Client idle{world.thread};
  for (Client* client : {&header, &body, &idle}) {
    client->get("/first");
    REQUIRE(client->answer().body == "/first");
  }
  header.send("GET / HT");
  body.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhel");
  for (Client* client : {&header, &body}) {
    const Answer answer = client->answer();
    REQUIRE(answer.status == 408);
    REQUIRE(answer.body.find("request_timeout") != std::string::npos);
    REQUIRE(client->closed());
  }
  REQUIRE(idle.closed());
}

TEST_CASE("a byte now and then doesn't move a deadline") {
  Limits limits;
  limits.header_ms = 400;
  World world{limits};
  Client client{world.thread};
  const auto begin = std::chrono::steady_clock::now();
  const std::string slow = "GET /" + std::string(8000, 'x');
  std::size_t sent = 0;
  // Each settle() is a round trip: the pieces come one after another, far fewer than there are.
  while (client.silent() && sent < slow.size()) {
    client.send(slow.substr(sent++, 1));
    world.settle();
    if (std::chrono::steady_clock::now() - begin > std::chrono::seconds{20}) break;
  }
  REQUIRE(client.answer().status == 408);
}

TEST_CASE("a client that takes nothing is cut, and others don't notice") {
  Limits limits;
  limits.write_ms = 300;
  World world{limits};
  Client greedy{world.thread};
  for (int i = 0; i < 200; ++i) greedy.get("/big");
  while (world.thread.connections() > 0) std::this_thread::yield();
  int answers = 0;
  while (greedy.answer().status == 200) ++answers;
  REQUIRE(answers < 200);
}

TEST_CASE("a handler that throws costs one answer") {
  World world;
  Client client{world.thread};
  client.get_all({"/throw", "/next"});
  const Answer answer = client.answer();
  REQUIRE(answer.status == 500);
  REQUIRE(answer.body.find("internal_error") != std::string::npos);
  REQUIRE(client.answer().body == "/next");
}

TEST_CASE("many pipelined answers leave in order, whatever they wait for") {
  World world;
  Client client{world.thread};
  std::string all;
  for (int i = 1; i <= 200; ++i) {
    all += "GET /lsn/" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  client.send(all);
  for (std::uint64_t i = 1; i <= 200; ++i) {
    world.progress(i, i);
    REQUIRE(client.answer().body == "/lsn/" + std::to_string(i));
  }
}

TEST_CASE("a commit at any moment leaves no request in the buffer unanswered") {
  constexpr std::uint64_t kRequests = 20'000;
  Limits limits;
  limits.output_bytes = 500;  // a short answer and a long one, or the long one alone, fill it
  limits.header_ms = 2000;    // a request that is overlooked is answered 408 then
  World world{limits};
  // The disk: a record is durable a little later than the one before, always a little different,
  // so that some become so while an answer is being sent.
  std::thread writer([&world] {
    for (std::uint64_t i = 1; i <= kRequests; ++i) {
      while (world.last_lsn.load() < i) std::this_thread::yield();
      const auto until = std::chrono::steady_clock::now() + std::chrono::nanoseconds{i % 200 * 50};
      while (std::chrono::steady_clock::now() < until) continue;
      world.progress(i, i);
    }
  });
  Client client{world.thread};
  const auto path = [](std::uint64_t i) {
    return "/lsn/" + std::to_string(i) + (i % 2 == 0 ? "/long" : "");
  };
  std::uint64_t answered = 0;
  for (std::uint64_t begin = 1; begin <= kRequests && answered == begin - 1; begin += 100) {
    std::string all;
    for (std::uint64_t i = begin; i < begin + 100; ++i) {
      all += "GET " + path(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }
    client.send(all);
    while (answered < begin + 99 && client.answer().body.starts_with(path(answered + 1))) {
      ++answered;
    }
  }
  world.last_lsn.store(kRequests);  // the writer ends in any case
  writer.join();
  REQUIRE(answered == kRequests);
}

TEST_CASE("a drain ends idle connections at once and others after their answer") {
  World world;
  Client idle{world.thread};
  Client busy{world.thread};
  idle.get("/first");
  REQUIRE(idle.answer().status == 200);
  busy.get("/lsn/1");
  world.settle(2);
  std::atomic<bool> drained{false};
  world.thread.drain([&] { drained.store(true); });
  REQUIRE(idle.closed());
  REQUIRE_FALSE(drained.load());
  world.progress(1, 1);
  REQUIRE(busy.answer().body == "/lsn/1");
  REQUIRE(busy.closed());
}
