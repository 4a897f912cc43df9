// Streams over loopback: what of them is told when, and how they end.
#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "loopback.hpp"

using namespace loopback;

namespace {

Limits quick() {
  Limits limits;
  limits.stream_pace_ms = 0;
  limits.stream_look_ms = 60'000;  // only commits make anyone look
  return limits;
}

std::uint64_t ends(World& world, StreamEnd why) {
  return world.thread.stats().stream_ends(why);
}

// Opens the stream and sees its head.
void open(World& world, Client& client) {
  client.get("/stream");
  const std::string header = client.header();
  REQUIRE(header.find("200 OK") != std::string::npos);
  REQUIRE(header.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  REQUIRE(header.find("Connection: close\r\n") != std::string::npos);
  REQUIRE(header.find("Content-Length") == std::string::npos);
  world.settle();
  REQUIRE(world.script.open == 1);
}

}  // namespace

TEST_CASE("a stream tells what there is, and then what each commit brings") {
  World world{quick()};
  Client client{world.thread};
  world.script.say("first");
  open(world, client);
  REQUIRE(client.piece() == "first");
  for (std::uint64_t round = 1; round <= 50; ++round) {
    world.script.say(std::to_string(round));
    world.progress(round, round);
    REQUIRE(client.piece() == std::to_string(round));
  }
  world.progress(51, 51);  // which brings nothing
  world.settle();
  REQUIRE(client.silent());
  world.script.say("last");
  world.script.ends = true;
  world.progress(52, 52);
  REQUIRE(client.piece() == "last");
  REQUIRE(client.piece().empty());
  REQUIRE(client.piece() == "cut");
  REQUIRE(world.script.open == 0);
  REQUIRE(ends(world, StreamEnd::told) == 1);
  REQUIRE(world.thread.stats().stream_events() == 53);
}

TEST_CASE("a stream begins when the answers before it were told") {
  World world{quick()};
  Client client{world.thread};
  world.script.say("first");
  client.get_all({"/lsn/7", "/stream"});
  world.settle(2);
  world.progress(6, 1);
  world.settle();
  REQUIRE(client.silent());
  REQUIRE(world.script.looks == 0);
  world.progress(7, 2);
  REQUIRE(client.answer().body == "/lsn/7");
  REQUIRE_FALSE(client.header().empty());
  REQUIRE(client.piece() == "first");
}

TEST_CASE("a stream that couldn't begin before a commit failed never does") {
  World world{quick()};
  Client client{world.thread};
  client.get_all({"/lsn/7", "/stream"});
  world.settle(2);
  REQUIRE(world.script.open == 1);
  world.progress(6, 1, true);
  REQUIRE(client.answer().status == 500);
  REQUIRE(client.answer().status == 500);
  REQUIRE(client.everything().empty());
  REQUIRE(world.script.open == 0);
  REQUIRE(world.script.looks == 0);
}

TEST_CASE("streams end when a commit fails") {
  World world{quick()};
  Client client{world.thread};
  open(world, client);
  world.progress(0, 1, true);
  REQUIRE(client.piece().empty());
  REQUIRE(client.piece() == "cut");
  REQUIRE(ends(world, StreamEnd::server) == 1);
}

TEST_CASE("commits that come fast are looked at together") {
  Limits limits;
  limits.stream_pace_ms = 400;
  limits.stream_look_ms = 60'000;
  World world{limits};
  Client client{world.thread};
  world.script.say("first");
  open(world, client);
  REQUIRE(client.piece() == "first");
  std::string all;
  for (std::uint64_t round = 1; round <= 100; ++round) {
    world.script.say("x");
    world.progress(round, round);
    world.settle();
  }
  const int looks = world.script.looks;
  while (all.size() < 100) all += client.piece();
  REQUIRE(all == std::string(100, 'x'));
  REQUIRE(looks < 50);
}

TEST_CASE("time alone makes a stream look, and its silence is broken, past every other deadline") {
  Limits limits;
  limits.header_ms = limits.body_ms = limits.idle_ms = limits.wait_ms = limits.commit_ms = 50;
  limits.write_ms = 50;
  limits.stream_look_ms = 100;
  limits.stream_heartbeat_ms = 300;
  World world{limits};
  Client client{world.thread};
  open(world, client);
  for (int i = 0; i < 3; ++i) REQUIRE(client.piece() == "beat");
  world.script.say("by itself");
  REQUIRE(client.piece() == "by itself");
  REQUIRE(client.piece() == "beat");
}

TEST_CASE("a reader that takes nothing is cut, and nothing is made for it meanwhile") {
  Limits limits = quick();
  limits.write_ms = 300;
  World world{limits};
  Client client{world.thread, Client::Buffer::least};
  world.script.floods = true;
  client.get("/stream");
  while (world.thread.connections() > 0) std::this_thread::yield();
  REQUIRE(ends(world, StreamEnd::slow) == 1);
  REQUIRE(world.script.open == 0);
  // No more pieces were made than the two sockets could hold: some megabytes at most.
  REQUIRE(world.script.looks < 4096);
}

TEST_CASE("who reads without end leaves the thread to others") {
  World world{quick()};
  Client greedy{world.thread};
  world.script.floods = true;
  greedy.get("/stream");
  REQUIRE_FALSE(greedy.header().empty());
  std::atomic<bool> enough{false};
  std::thread reader([&] {
    while (!enough.load()) {
      if (greedy.piece() == "cut") return;
    }
    greedy.leave();
  });
  for (int i = 0; i < 20; ++i) world.settle();
  enough.store(true);
  reader.join();
}

TEST_CASE("a reader that leaves is noticed, and what it sends is forgotten") {
  World world{quick()};
  Client client{world.thread};
  open(world, client);
  client.get("/after");
  client.send(std::string(100'000, 'x'));
  world.script.say("still here");
  world.progress(1, 1);
  REQUIRE(client.piece() == "still here");
  client.leave();
  while (world.thread.connections() > 0) std::this_thread::yield();
  REQUIRE(world.script.open == 0);
  REQUIRE(ends(world, StreamEnd::left) == 1);
}

TEST_CASE("who sends without end to a stream is cut") {
  World world{quick()};
  Client client{world.thread};
  open(world, client);
  const std::string much(1U << 16, 'x');
  try {
    for (int i = 0; i < 10'000; ++i) client.send(much);
    FAIL("640 MB were read");
  } catch (const boost::system::system_error&) {
  }
  while (world.thread.connections() > 0) std::this_thread::yield();
}

TEST_CASE("a drain ends streams at once, with their end") {
  World world{quick()};
  Client client{world.thread};
  open(world, client);
  std::atomic<bool> drained{false};
  world.thread.drain([&] { drained.store(true); });
  REQUIRE(client.piece().empty());
  REQUIRE(client.piece() == "cut");
  client.leave();
  while (!drained.load()) std::this_thread::yield();
  REQUIRE(ends(world, StreamEnd::server) == 1);
}

TEST_CASE("a drain doesn't wait for a reader that takes nothing") {
  Limits limits = quick();
  limits.drain_ms = 600;
  limits.write_ms = 600'000;
  World world{limits};
  Client client{world.thread, Client::Buffer::least};
  world.script.floods = true;
  client.get("/stream");
  // Its buffers are full when it isn't asked for more between two probes.
  for (int before = -1; before != world.script.looks;) {
    before = world.script.looks;
    for (int i = 0; i < 100; ++i) world.settle();
  }
  std::atomic<bool> drained{false};
  world.thread.drain([&] { drained.store(true); });
  while (!drained.load()) std::this_thread::yield();
  REQUIRE(ends(world, StreamEnd::server) == 1);
}

TEST_CASE("a stream that throws ends") {
  World world{quick()};
  Client client{world.thread};
  open(world, client);
  world.script.throws = true;
  world.progress(1, 1);
  REQUIRE(client.piece().empty());
  REQUIRE(client.piece() == "cut");
}

TEST_CASE("HTTP/1.0 gets a stream that ends with the connection") {
  World world{quick()};
  Client client{world.thread};
  world.script.say("all");
  world.script.ends = true;
  client.send("GET /stream HTTP/1.0\r\n\r\n");
  const std::string all = client.everything();
  REQUIRE(all.find("Transfer-Encoding") == std::string::npos);
  REQUIRE(all.ends_with("\r\n\r\nall"));
}
