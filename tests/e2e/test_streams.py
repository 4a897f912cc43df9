"""Server-sent events: the change feed and a lane's calendar, cut, continued, ended."""

import concurrent.futures
import re
import tempfile
import threading
import time
import unittest

from support.calendar import Booked, days, slots
from support.case import PROGRAM
from support.daemon import Daemon, until
from support.office import Keys, write_catalogue
from support.raw import Raw, get
from support.stream import Stream

LANE = "/v1/branches/north/services/passport/events"
OTHER = "/v1/branches/south/services/permit/events"


class StreamCase(unittest.TestCase):
    flags = ()
    large = False  # the Malaysian catalogue, with megabytes of events from the start

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        self.addCleanup(folder.cleanup)
        catalogue = None if self.large else write_catalogue(folder.name + "/catalogue")
        self.daemon = Daemon(PROGRAM, *self.flags, catalogue=catalogue)
        self.addCleanup(self.daemon.__exit__)
        self.daemon.start()
        self.keys = Keys(self.daemon.data + "/data")
        self.reader = self.keys.add("feed")
        self.calendar = self.keys.add("staff:calendar")
        self.north = self.keys.add("feed;staff:read", "north")

    def open(self, path, **more):
        stream = Stream(self.daemon.port, path, **more)
        self.addCleanup(stream.close)
        return stream

    def feed(self, query="", last_id=None, token=None, **more):
        headers = {"Authorization": f"Bearer {token or self.reader}"}
        if last_id is not None:
            headers["Last-Event-ID"] = str(last_id)
        return self.open("/v1/feed/events" + query, headers=headers, **more)

    def lane(self, path=LANE, last_id=None, **more):
        headers = {} if last_id is None else {"Last-Event-ID": str(last_id)}
        return self.open(path, headers=headers, **more)

    def page(self, query=""):
        reply = self.daemon.request("GET", "/v1/feed" + query, None,
                                    {"Authorization": f"Bearer {self.reader}"})
        self.assertEqual(200, reply.status, reply.text)
        return reply.json

    def events(self):
        """All that the pages of the feed tell."""
        events, after = [], ""
        while True:
            page = self.page(f"?limit=500{after}")
            events += page["events"]
            if page["next"] == page["newest"]:
                return events
            after = f"&after={page['next']}"

    def newest(self):
        return self.page("?limit=1")["newest"]

    def free_slots(self, service="passport", branch="north", day=1):
        date = days(self.daemon, branch, service).json["days"][day]["date"]
        return [slot["id"] for slot in slots(self.daemon, date, branch, service).json["slots"]
                if slot["status"] == "available"]

    def metric(self, name):
        text = self.daemon.request("GET", "/metrics").text
        found = re.search(rf"(?m)^{re.escape(name)} (\S+)$", text)
        return float(found.group(1)) if found else None


class Feed(StreamCase):
    def test_it_tells_what_the_pages_tell_each_event_once(self):
        slot = self.free_slots()[0]
        stream = self.feed()
        self.assertEqual((200, "text/event-stream", "chunked", "close", "no-store", "no"),
                         (stream.status, *(stream.headers[name] for name in (
                             "content-type", "transfer-encoding", "connection", "cache-control",
                             "x-accel-buffering"))))
        before = self.events()
        told = stream.take(len(before))
        self.assertGreater(stream.retry, 0)
        booked = Booked(self.daemon, slot)
        booked.confirm()
        booked.cancel()
        told += stream.take(3)
        self.assertEqual(["claim", "confirm", "cancel"], [event.kind for event in told[-3:]])
        pages = self.events()[:len(told)]
        self.assertEqual(pages, [event.json for event in told])
        self.assertEqual([(event["lsn"], event["kind"]) for event in pages],
                         [(event.id, event.kind) for event in told])

    def test_several_read_at_once_and_come_again_in_the_middle_of_claims(self):
        begin, rounds, claims = self.newest(), 6, 120
        free = self.free_slots() + self.free_slots(branch="south") + self.free_slots(day=2)
        wanted, whole = threading.Event(), []

        def follow(steps):
            """Reads a few events, leaves, comes again behind the last one; until all are there."""
            seen, last_id = [], begin
            while len(seen) < claims:
                with Stream(self.daemon.port, f"/v1/feed/events?after={begin}",
                            {"Authorization": f"Bearer {self.reader}",
                             "Last-Event-ID": str(last_id)}) as stream:
                    self.assertEqual(200, stream.status)
                    for _ in range(min(steps, claims - len(seen))):
                        event = stream.next()
                        seen.append(event.json)
                        last_id = event.id
            return seen

        with concurrent.futures.ThreadPoolExecutor(12) as others:
            readers = [others.submit(follow, steps) for steps in (1, 3, 7, 20, 50, claims)]
            claimers = [others.submit(lambda i=i: [Booked(self.daemon, free[i * 20 + n])
                                                   for n in range(claims // rounds)])
                        for i in range(rounds)]
            references = {booked.reference for one in claimers for booked in one.result(60)}
            page = self.page(f"?after={begin}&limit=500")
            whole = page["events"]
            self.assertEqual(claims, len(whole))
            self.assertEqual(references, {event["reference"] for event in whole})
            for reader in readers:
                self.assertEqual(whole, reader.result(60))

    def test_last_event_id_outdoes_after_and_bad_ones_are_named(self):
        Booked(self.daemon, self.free_slots()[0])
        end = Booked(self.daemon, self.free_slots()[1])
        all_events = self.events()
        last, one_before = all_events[-1], all_events[-2]
        stream = self.feed("?after=0", one_before["lsn"])
        self.assertEqual(last, stream.next().json)
        self.assertEqual(end.reference, last["reference"])
        stream = self.feed(f"?after={one_before['lsn']}")
        self.assertEqual(last, stream.next().json)
        for last_id in ("x", "-1", "", str(self.newest() + 1_000_000), "1 2"):
            stream = self.feed(last_id=last_id)
            self.assertEqual(400, stream.status, last_id)
            self.assertEqual(["Last-Event-ID"], [error["header"]
                                                 for error in stream.problem["errors"]])
        stream = self.feed("?after=-1&limit=7")
        self.assertEqual({"after", "limit"},
                         {error["parameter"] for error in stream.problem["errors"]})

    def test_who_may_read_it_and_for_how_long(self):
        self.assertEqual((401, 401, 403, 403), (
            self.open("/v1/feed/events").status, self.feed(token="jk_1_x").status,
            self.feed(token=self.calendar).status, self.feed(token=self.north).status))
        stream = self.feed(f"?after={self.newest()}")
        self.assertEqual(200, stream.status)
        self.keys.revoke(self.reader)
        end = stream.next()
        self.assertEqual(("problem", {"code": "unauthorized"}), (end.kind, end.json))
        self.assertIsNone(stream.next())
        self.assertTrue(stream.clean)

    def test_head_and_http_1_0(self):
        reply = self.daemon.request("HEAD", "/v1/feed/events", None,
                                    {"Authorization": f"Bearer {self.reader}"})
        self.assertEqual((200, "text/event-stream", ""),
                         (reply.status, reply.headers["content-type"], reply.text))
        with Raw(self.daemon.port) as raw:
            raw.send(get(LANE).replace("GET", "HEAD") + get("/healthz"))
            self.assertEqual((200, b""), raw.answer()[::2])
            self.assertEqual(b'{"status":"alive"}', raw.answer()[2])  # the connection goes on
        self.assertEqual(0, self.metric('janjid_streams{kind="feed"}'))
        self.assertEqual(401, self.daemon.request("HEAD", "/v1/feed/events").status)
        old = self.lane(http="1.0")
        self.assertFalse(old.chunked)
        self.assertEqual("days", old.next().kind)

    def test_what_a_client_sends_behind_it_isnt_answered(self):
        with Raw(self.daemon.port) as raw:
            raw.send(get("/healthz") + get(LANE) + get("/healthz"))
            self.assertEqual(200, raw.answer()[0])
            raw.send(get("/healthz"))
            self.daemon.terminate()
            answers = raw.everything().split(b"HTTP/1.1 ")[1:]
        self.assertEqual(1, len(answers))
        self.assertTrue(answers[0].endswith(b"\r\n0\r\n\r\n"), answers[0][-80:])


class Lane(StreamCase):
    def test_first_the_days_then_what_changes(self):
        slot = self.free_slots()[0]
        stream, other = self.lane(), self.lane(OTHER)
        begin = stream.next()
        self.assertEqual("days", begin.kind)
        self.assertEqual("days", other.next().kind)
        now = days(self.daemon, "north", "passport").json["days"]
        self.assertEqual(now[1:], begin.json["days"][1:])  # today's slots pass
        booked = Booked(self.daemon, slot)
        changed = stream.next()
        self.assertEqual("changed", changed.kind)
        [day] = [day for day in changed.json["days"] if day["date"] != now[0]["date"]]
        self.assertEqual({**now[1], "free": now[1]["free"] - 1}, day)
        self.assertGreaterEqual(changed.id, begin.id)
        booked.cancel()
        changed = stream.next()
        self.assertIn(now[1], changed.json["days"])
        # Whoever follows the other lane heard nothing of all that.
        Booked(self.daemon, self.free_slots("permit", "south")[0])
        changed = other.next()
        self.assertIn(days(self.daemon, "south", "permit").json["days"][1], changed.json["days"])

    def test_whoever_knows_the_newest_hears_nothing_twice(self):
        slot, later = self.free_slots(day=1)[0], self.free_slots(day=2)[0]
        stream = self.lane()
        stream.next()
        Booked(self.daemon, slot)
        newest = stream.next()
        stream.close()
        Booked(self.daemon, self.free_slots("permit", "south")[0])  # raises the LSN, not this lane
        again = self.lane(last_id=newest.id)
        behind = self.lane(last_id=newest.id - 1)
        self.assertEqual("days", behind.next().kind)  # so the other one was told what it would be
        Booked(self.daemon, later)
        first = again.next()
        self.assertEqual("changed", first.kind)
        self.assertIn(days(self.daemon, "north", "passport").json["days"][2], first.json["days"])
        # Behind a change it is behind again, and an id of another time is no error.
        again.close()
        self.assertEqual("days", self.lane(last_id=newest.id).next().kind)
        self.assertEqual("days", self.lane(last_id=newest.id + 1_000_000).next().kind)

    def test_many_changes_are_told_as_one_when_they_come_fast(self):
        free = self.free_slots()
        stream, closed_over = self.lane(), 0
        day = days(self.daemon, "north", "passport").json["days"][1]
        self.assertEqual("days", stream.next().kind)
        with concurrent.futures.ThreadPoolExecutor(8) as others:
            list(others.map(lambda slot: Booked(self.daemon, slot), free[:80]))
        told = []
        while not told or told[-1]["free"] != day["free"] - 80:
            told += [one for one in stream.next().json["days"] if one["date"] == day["date"]]
            closed_over += 1
        self.assertLess(closed_over, 80)
        self.assertEqual(sorted((one["free"] for one in told), reverse=True),
                         [one["free"] for one in told])

    def test_bad_requests(self):
        self.assertEqual(404, self.lane("/v1/branches/nowhere/services/passport/events").status)
        self.assertEqual(404, self.lane(LANE + "?pool=kiosk").status)
        stream = self.lane(LANE + "?pool=vip&from=2026-01-01", last_id="x")
        self.assertEqual(400, stream.status)
        self.assertEqual(3, len(stream.problem["errors"]))
        self.assertEqual(200, self.lane(LANE + "?pool=general").status)
        self.assertEqual(405, self.daemon.request("POST", LANE, {}).status)


class Heartbeat(StreamCase):
    flags = ("--heartbeat-seconds", "1")

    def test_silence_is_broken_and_moves_the_feeds_position(self):
        after = self.newest()
        feed, lane = self.feed(f"?after={after}"), self.lane()
        lane.next()
        begin = time.monotonic()
        self.assertEqual(":", lane.comment())
        self.assertEqual(":", lane.comment())
        self.assertGreater(time.monotonic() - begin, 1)
        feed.comment()  # retry
        self.assertEqual(f"id: {feed.last_id or after}", feed.comment())
        self.assertGreaterEqual(feed.last_id, after)


class Bounds(StreamCase):
    flags = ("--streams-max", "2", "--feed-streams-max", "1")

    def test_more_than_there_may_be_are_refused_until_one_ends(self):
        first, second = self.lane(), self.lane(OTHER)
        self.assertEqual([200, 200], [first.status, second.status])
        third = self.lane()
        self.assertEqual((503, "too_many_streams"), (third.status, third.problem["code"]))
        self.assertIn("retry-after", third.headers)
        self.assertEqual(200, self.feed().status)  # has a bound of its own
        self.assertEqual("too_many_streams", self.feed().problem["code"])
        self.assertEqual((2, 1), (self.metric('janjid_streams{kind="availability"}'),
                                  self.metric('janjid_streams{kind="feed"}')))
        first.close()
        until(lambda: self.metric('janjid_streams{kind="availability"}') == 1)
        self.assertEqual(200, self.lane().status)
        self.assertEqual(1, self.metric('janjid_streams_ended_total{reason="left"}'))
        self.assertEqual(200, self.daemon.request("GET", "/v1/catalogue").status)


class Slow(StreamCase):
    large = True

    def test_a_reader_that_doesnt_read_is_ended_and_the_others_arent(self):
        asleep = self.feed("?after=0", receive_buffer=4096)
        awake = self.feed(f"?after={self.newest()}")
        until(lambda: self.metric('janjid_streams_ended_total{reason="slow"}') == 1, 40)
        self.assertEqual(1, self.metric('janjid_streams{kind="feed"}'))
        booked = Booked(self.daemon)
        self.assertEqual(booked.reference, awake.next().json["reference"])
        # What had left for it before is all it gets, and not much of what there is.
        events = asleep.rest()
        self.assertFalse(asleep.clean)
        self.assertLess(0, len(events))
        self.assertLess(len(events), len(self.events()) / 2)


class Ending(StreamCase):
    def test_streams_end_cleanly_when_the_daemon_does(self):
        lanes, feeds = [self.lane(), self.lane(OTHER)], [self.feed(), self.feed()]
        booked = Booked(self.daemon, self.free_slots()[0])
        for stream in feeds:
            while stream.next().json.get("reference") != booked.reference:
                pass
        begin = time.monotonic()
        self.daemon.terminate()
        self.assertEqual(["days", "days"], [stream.rest()[0].kind for stream in lanes])
        self.assertEqual([[], []], [stream.rest() for stream in feeds])
        self.assertTrue(all(stream.clean for stream in lanes + feeds))
        self.daemon.ends_with(0)
        self.assertLess(time.monotonic() - begin, 5)

    def test_a_failed_and_a_killed_daemon_is_found_again(self):
        stream = self.feed(f"?after={self.newest()}")
        first = Booked(self.daemon, self.free_slots()[0])
        seen = stream.next()
        self.daemon.kill()
        self.assertEqual([], stream.rest())
        self.assertFalse(stream.clean)
        self.daemon.start()
        second = Booked(self.daemon, self.free_slots()[1])
        stream = self.feed(last_id=seen.id)
        event = stream.next()
        while event.kind != "claim":
            event = stream.next()
        self.assertEqual((first.reference, second.reference),
                         (seen.json["reference"], event.json["reference"]))


class EndingLate(StreamCase):
    large = True

    def test_a_reader_that_doesnt_read_holds_up_no_end(self):
        asleep = self.feed("?after=0", receive_buffer=4096)
        self.assertEqual(200, asleep.status)
        begin = time.monotonic()
        self.daemon.terminate()
        self.daemon.ends_with(0)
        self.assertLess(time.monotonic() - begin, 10)  # the drain's deadline
        self.assertNotIn("their connections are cut", "".join(self.daemon.log))


class Gap(StreamCase):
    flags = ("--journal-retain", "0", "--backlog-max", "2")

    def claimed(self, slot):
        """With so little room the state's writer falls behind now and then."""
        while True:
            try:
                return Booked(self.daemon, slot)
            except AssertionError as refused:
                if '"status":503' not in str(refused):
                    raise

    def test_behind_what_is_kept_it_says_where_to_go_on_and_ends(self):
        for slot in self.free_slots()[:60]:
            self.claimed(slot)
        for stream in (self.feed("?after=0"), self.feed(last_id=1)):
            self.assertEqual(200, stream.status)
            gap = stream.next()
            self.assertEqual(("gap", None), (gap.kind, gap.id))
            self.assertGreater(gap.json["oldest"], 1)
            self.assertIsNone(stream.next())
            self.assertTrue(stream.clean)
        self.assertEqual(2, self.metric('janjid_streams_ended_total{reason="told"}'))
        self.assertEqual("claim", self.feed().next().kind)  # from the oldest on


if __name__ == "__main__":
    unittest.main()
