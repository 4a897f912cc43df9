#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "api/stream_reply.hpp"
#include "api/stream_seats.hpp"
#include "http/server_sent_event.hpp"
#include "net/stream_pace.hpp"

using namespace janjid;
using janji::Lsn;

namespace {

struct Read {
  std::optional<Lsn> id;
  bool faulty;
};

// What stands in so many Last-Event-ID headers.
Read read(const std::vector<std::string>& values, std::uint64_t newest) {
  std::vector<HeaderField> fields;
  for (const std::string& value : values) {
    fields.push_back({Field::unknown, "last-event-id", value});
  }
  Request request;
  request.fields = fields;
  FieldErrors errors;
  const auto id = read_last_event_id(request, Lsn{newest}, errors);
  return {id, !errors.empty()};
}

}  // namespace

TEST_CASE("an event is its id, its type, its data and an empty line") {
  std::string out;
  begin_event(out, "claim", 1042);
  out += "{}";
  end_event(out);
  CHECK(out == "id: 1042\nevent: claim\ndata: {}\n\n");
  out.clear();
  begin_event(out, "gap", std::nullopt);
  out += R"({"oldest":7})";
  end_event(out);
  CHECK(out == "event: gap\ndata: {\"oldest\":7}\n\n");
  out.clear();
  append_retry(out, 3000);
  append_position(out, std::numeric_limits<std::uint64_t>::max());
  out.append(kSseHeartbeat);
  CHECK(out == "retry: 3000\n\nid: 18446744073709551615\n\n:\n\n");
}

TEST_CASE("a Last-Event-ID is one number that was told already") {
  CHECK_FALSE(read({}, 5).id);
  CHECK_FALSE(read({}, 5).faulty);
  CHECK(read({"0"}, 5).id == Lsn{0});
  CHECK(read({"5"}, 5).id == Lsn{5});
  for (const char* wrong :
       {"6", "", "-1", "+1", "1.0", " 1", "1 ", "x", "0x1", "18446744073709551616"}) {
    CAPTURE(wrong);
    CHECK_FALSE(read({wrong}, 5).id);
    CHECK(read({wrong}, 5).faulty);
  }
  CHECK_FALSE(read({"1", "1"}, 5).id);
  CHECK(read({"1", "1"}, 5).faulty);
}

TEST_CASE("a seat is free again when whoever had it is gone") {
  StreamSeats seats;
  CHECK_FALSE(seats.take());
  seats.set_max(2);
  auto first = seats.take();
  auto second = seats.take();
  CHECK(first);
  CHECK(second);
  CHECK_FALSE(seats.take());
  const auto moved = std::move(first);
  CHECK(seats.taken() == 2);
  second = StreamSeats::Seat{};
  CHECK(seats.taken() == 1);
  CHECK(seats.take());
  CHECK(seats.taken() == 1);
}

TEST_CASE("a look is due at once after quiet, then not before its time, and by time alone") {
  Limits limits;
  limits.stream_pace_ms = 100;
  limits.stream_look_ms = 1000;
  limits.stream_heartbeat_ms = 5000;
  StreamPace pace{limits};
  pace.sent(1000);
  CHECK(pace.due(0, 1000));
  pace.looked(7, 1000, false);
  CHECK_FALSE(pace.due(8, 1099));
  CHECK_FALSE(pace.wants_commits(1099));
  CHECK(pace.due(8, 1100));
  CHECK(pace.wants_commits(1100));
  CHECK_FALSE(pace.due(7, 1999));  // no round since
  CHECK(pace.due(7, 2000));
  pace.looked(8, 2000, true);
  CHECK(pace.due(8, 2000));  // there was more
  CHECK_FALSE(pace.silent_too_long(5999));
  CHECK(pace.silent_too_long(6000));
}
