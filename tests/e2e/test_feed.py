"""The change feed over HTTP: what it tells, to whom, from where, and waiting for more."""

import concurrent.futures
import datetime
import json
import tempfile
import time
import unittest

from support.calendar import Booked, claim, claim_body, days, key, person, slots
from support.case import PROGRAM
from support.daemon import Daemon, until
from support.office import Keys, write_catalogue
from support.raw import Raw, get

ACTIVE = ("held", "awaiting", "confirmed", "checked_in")


class FeedCase(unittest.TestCase):
    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        cls.daemon = Daemon(PROGRAM, *cls.flags,
                            catalogue=write_catalogue(cls.folder.name + "/catalogue"))
        cls.daemon.start()
        cls.keys = Keys(cls.daemon.data + "/data")
        cls.reader = cls.keys.add("feed")
        cls.hall = cls.keys.add("staff:checkin")
        cls.portal = cls.keys.add("approve")
        cls.north = cls.keys.add("feed;staff:read", "north")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        cls.folder.cleanup()

    def ask(self, query="", token=None):
        return self.daemon.request("GET", "/v1/feed" + query, None,
                                   {"Authorization": f"Bearer {token or self.reader}"})

    def page(self, query=""):
        reply = self.ask(query)
        self.assertEqual(200, reply.status, reply.text)
        return reply.json

    def newest(self):
        return self.page("?limit=1")["newest"]

    def events(self, after=None, limit=500):
        """All there are behind `after`."""
        events, query = [], "" if after is None else f"after={after}&"
        while True:
            page = self.page(f"?{query}limit={limit}")
            events += page["events"]
            if page["next"] == page["newest"]:
                return events
            query = f"after={page['next']}&"

    def free_slots(self, service="passport", branch="north"):
        """Those of today and tomorrow that check-in is open for, whatever the hour: but not the next
        to begin, which may have begun before a test claims it."""
        found = []
        for day in days(self.daemon, branch, service).json["days"][:2]:
            found += [slot["id"] for slot in
                      slots(self.daemon, day["date"], branch, service).json["slots"]
                      if slot["status"] == "available"]
        return found[1:]

    def staff(self, token, booked, step, body=None):
        reply = self.daemon.request(
            "POST", f"/v1/staff/bookings/{booked.reference}/{step}", body,
            {"Authorization": f"Bearer {token}", "Idempotency-Key": key()})
        self.assertEqual(200, reply.status, reply.text)
        return reply.json["booking"]

    def refused(self, reply, status, code):
        self.assertEqual((status, code), (reply.status, reply.json.get("code")), reply.text)


class Feed(FeedCase):
    def test_a_life_is_told_and_nothing_of_the_applicant(self):
        after = self.newest()
        free = self.free_slots()
        applicant = {**person(), "id_number": "850505105050"}
        booked = Booked(self.daemon, free[0], applicant)
        held = booked.get().json["booking"]
        self.assertEqual(200, booked.reschedule(free[1]).status)
        self.assertEqual(200, booked.confirm({"name": "Aminah binti Ali",
                                              "phone": "+60 12-345 6789"}).status)
        there = self.staff(self.hall, booked, "check-in")
        self.staff(self.hall, booked, "serve", {"counter": 4})
        self.staff(self.hall, booked, "complete")
        reply = self.ask(f"?after={after}")
        for secret in ("Aminah", "345 6789", "850505105050", "citizen"):
            self.assertNotIn(secret, reply.text)
        mine = [event for event in reply.json["events"]
                if event.get("reference") == booked.reference]
        self.assertEqual(["claim", "reschedule", "confirm", "check_in", "serve", "complete"],
                         [event["kind"] for event in mine])
        claimed, moved, confirmed, checked_in, served, done = mine
        self.assertEqual(("held", free[0], 1),
                         (claimed["status"], claimed["slot"], claimed["seats"]))
        moment = datetime.datetime.fromisoformat
        self.assertAlmostEqual(moment(held["expires_at"]).timestamp(),
                               moment(claimed["expires_at"]).timestamp(), delta=2)
        self.assertRegex(claimed["at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)$")
        self.assertEqual((free[0], free[1]), (moved["from"], moved["slot"]))
        self.assertNotIn("status", moved)
        self.assertNotIn("actor", moved)
        self.assertEqual("confirmed", confirmed["status"])
        self.assertEqual((there["queue_number"], 2),
                         (checked_in["queue_number"], checked_in["actor"]))
        self.assertEqual((4, "checked_in"), (served["counter"], served["status"]))
        self.assertEqual("completed", done["status"])
        lsns = [event["lsn"] for event in reply.json["events"]]
        self.assertEqual(sorted(set(lsns)), lsns)

    def test_payment_and_refusal_and_days(self):
        after = self.newest()
        booked = Booked(self.daemon, self.free_slots("permit")[0])
        booked.confirm()
        self.staff(self.portal, booked, "refuse", {"reason": 42})
        mine = [event for event in self.events(after)
                if event.get("reference") == booked.reference]
        self.assertEqual([("claim", "held"), ("submit", "awaiting"), ("refuse", "refused")],
                         [(event["kind"], event["status"]) for event in mine])
        self.assertEqual((42, 3), (mine[2]["refuse_reason"], mine[2]["actor"]))
        opened = [event for event in self.events() if event["kind"] == "day_opened"]
        today = days(self.daemon, "north", "permit").json["days"][0]["date"]
        self.assertIn(("north", "permit", "general", today, 95),
                      [(event["branch"], event["service"], event["pool"], event["date"],
                        event["slots"]) for event in opened])

    def test_pages_leave_nothing_out(self):
        for slot in self.free_slots()[:5]:
            Booked(self.daemon, slot).cancel()
        whole = self.events()
        self.assertEqual(whole, self.events(limit=1)[:len(whole)])
        self.assertEqual(whole, self.events(after=0, limit=7)[:len(whole)])
        middle = whole[len(whole) // 2]["lsn"]
        self.assertEqual([event for event in whole if event["lsn"] > middle],
                         [event for event in self.events(middle)
                          if event["lsn"] <= whole[-1]["lsn"]])

    def test_a_mirror_knows_which_seats_are_taken(self):
        for slot in self.free_slots("permit", "south")[:6]:
            booked = Booked(self.daemon, slot)
            booked.confirm()
            if slot[-1] == "0":
                booked.cancel()
        bookings = {}
        for event in self.events():
            if "reference" not in event:
                continue
            known = bookings.setdefault(event["reference"], {})
            known.update({name: event[name] for name in ("slot", "status", "seats")
                          if name in event})
            if event["kind"] == "free":
                del bookings[event["reference"]]
        taken = {}
        for booking in bookings.values():
            if booking["status"] in ACTIVE:
                taken[booking["slot"]] = taken.get(booking["slot"], 0) + booking["seats"]
        seen = 0
        for branch in ("north", "south"):
            for service in ("passport", "permit"):
                for day in days(self.daemon, branch, service).json["days"][:3]:
                    for slot in slots(self.daemon, day["date"], branch, service).json["slots"]:
                        if slot["status"] in ("available", "full"):
                            seen += taken.get(slot["id"], 0)
                            self.assertEqual(slot["capacity"] - slot["free"],
                                             taken.get(slot["id"], 0), slot)
        self.assertGreater(seen, 0)

    def test_who_may_read_it(self):
        self.refused(self.daemon.request("GET", "/v1/feed"), 401, "unauthorized")
        self.refused(self.ask(token=self.hall), 403, "forbidden")
        self.refused(self.ask(token=self.north), 403, "forbidden")
        booked = Booked(self.daemon, self.free_slots()[0])
        self.refused(self.ask(token=booked.token), 401, "unauthorized")

    def test_bad_parameters_are_named(self):
        ahead = self.newest() + 1_000_000
        reply = self.ask(f"?after={ahead}&limit=501&wait_seconds=26&colour=red")
        self.refused(reply, 400, "invalid_request")
        self.assertEqual({"after", "limit", "wait_seconds", "colour"},
                         {error["parameter"] for error in reply.json["errors"]})
        for query in ("?after=-1", "?after=x", "?after=", "?limit=0", "?limit=1&limit=2",
                      "?wait_seconds=1.5", "?after=18446744073709551616"):
            self.refused(self.ask(query), 400, "invalid_request")

    def test_what_was_told_outlives_a_crash(self):
        Booked(self.daemon, self.free_slots()[0])
        before = self.events()
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(before, self.events()[:len(before)])


class Waiting(FeedCase):
    def test_a_poll_ends_with_the_next_event_or_when_its_time_is_over(self):
        slot = self.free_slots()[0]
        after = self.newest()
        with concurrent.futures.ThreadPoolExecutor() as others:
            polls = [others.submit(self.page, f"?after={after}&wait_seconds=25") for _ in range(3)]
            begin = time.monotonic()
            nothing = self.page(f"?after={after}&wait_seconds=1")
            self.assertGreaterEqual(time.monotonic() - begin, 0.9)
            self.assertEqual([], nothing["events"])
            self.assertGreaterEqual(nothing["next"], after)
            self.assertFalse(any(poll.done() for poll in polls))
            reference = Booked(self.daemon, slot).reference
            for poll in polls:
                page = poll.result(timeout=15)
                self.assertEqual([("claim", reference)],
                                 [(event["kind"], event["reference"]) for event in page["events"]])
                self.assertEqual(page["events"][0]["lsn"], page["next"])

    def test_a_key_that_is_revoked_while_it_waits_hears_nothing_more(self):
        slot, after, former = self.free_slots()[0], self.newest(), self.keys.add("feed")
        until(lambda: self.ask(token=former).status == 200)
        with concurrent.futures.ThreadPoolExecutor() as others:
            poll = others.submit(self.ask, f"?after={after}&wait_seconds=25", former)
            self.page(f"?after={after}&wait_seconds=1")  # the other one came before this
            self.assertFalse(poll.done())
            self.keys.revoke(former)
            until(lambda: self.ask(token=former).status == 401)
            Booked(self.daemon, slot)
            self.refused(poll.result(timeout=15), 401, "unauthorized")

    def test_what_stands_behind_a_poll_is_answered_behind_it(self):
        slot, after = self.free_slots()[0], self.newest()
        with Raw(self.daemon.port) as raw:
            raw.send(get(f"/v1/feed?after={after}&wait_seconds=25",
                         f"Authorization: Bearer {self.reader}")
                     + get("/healthz"))
            reference = Booked(self.daemon, slot).reference
            status, _, body = raw.answer()
            self.assertEqual((200, reference),
                             (status, json.loads(body)["events"][0]["reference"]))
            self.assertEqual(b'{"status":"alive"}', raw.answer()[2])

    def test_what_is_there_already_is_waited_for_by_nobody(self):
        begin = time.monotonic()
        self.assertNotEqual([], self.page("?wait_seconds=25")["events"])
        self.assertLess(time.monotonic() - begin, 10)


class Ending(FeedCase):
    def test_a_daemon_that_ends_answers_polls(self):
        after = self.newest()
        with concurrent.futures.ThreadPoolExecutor() as others:
            poll = others.submit(self.page, f"?after={after}&wait_seconds=25")
            self.page(f"?after={after}&wait_seconds=1")  # the other one came before this
            self.assertFalse(poll.done())
            begin = time.monotonic()
            self.daemon.terminate()
            self.assertEqual([], poll.result(timeout=15)["events"])
            self.daemon.ends_with(0)
            self.assertLess(time.monotonic() - begin, 9)


class Gap(FeedCase):
    flags = ("--journal-retain", "0", "--backlog-max", "2")

    def claimed(self, slot):
        """Claims, however often the state lags behind."""
        body, idempotency_key = claim_body(slot), key()
        while True:
            reply = claim(self.daemon, body, idempotency_key)
            if reply.status != 503:
                self.assertEqual(201, reply.status, reply.text)
                return reply

    def test_a_cursor_behind_what_is_kept_is_told_where_to_go_on(self):
        for slot in self.free_slots()[:60]:
            self.claimed(slot)
        reply = self.ask("?after=0")
        self.refused(reply, 410, "gap")
        oldest = reply.json["oldest"]
        self.assertGreater(oldest, 0)
        page = self.page()  # from the oldest on, wherever that is by now
        self.assertGreaterEqual(page["next"], oldest)
        self.assertGreater(page["newest"], oldest)


if __name__ == "__main__":
    unittest.main()
