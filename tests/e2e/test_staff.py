"""The life of a booking over HTTP: payment, check-in, the counter, and who may do what."""

import datetime
import tempfile
import types
import unittest

from support.calendar import Booked, claim, claim_body, key, person
from support.case import PROGRAM
from support.daemon import Daemon, until
from support.office import Keys, write_catalogue

DETAILS = {"details": {"name": "Aminah binti Ali", "phone": "+60 12-345 6789"}}


class StaffCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        catalogue = write_catalogue(cls.folder.name + "/catalogue")
        cls.daemon = Daemon(PROGRAM, catalogue=catalogue)
        cls.daemon.start()
        cls.keys = Keys(cls.daemon.data + "/data")
        cls.hall = cls.keys.add("staff:checkin")
        cls.desk = cls.keys.add("staff:read")
        cls.portal = cls.keys.add("approve")
        cls.north = cls.keys.add("staff:read;staff:checkin", "north")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        cls.folder.cleanup()

    def soon(self, branch="north", service="passport"):
        """A free slot that starts within the next hours."""
        now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
        for date in (now.date(), now.date() + datetime.timedelta(days=1)):
            slots = self.daemon.request(
                "GET", f"/v1/branches/{branch}/services/{service}/slots?date={date}").json["slots"]
            for slot in slots:
                if slot["status"] == "available":
                    return slot["id"]
        raise AssertionError("no free slot")

    def confirmed(self, branch="north", applicant=None):
        booked = Booked(self.daemon, self.soon(branch), applicant)
        reply = self.daemon.request("POST", booked.path + "/confirm", DETAILS, booked.headers())
        self.assertEqual(200, reply.status, reply.text)
        return booked

    def staff(self, token, reference, step, body=None, idempotency_key=None):
        return self.daemon.request("POST", f"/v1/staff/bookings/{reference}/{step}", body,
                                   {"Authorization": f"Bearer {token}",
                                    "Idempotency-Key": idempotency_key or key()})

    def refused(self, reply, status, code):
        self.assertEqual((status, code), (reply.status, reply.json.get("code")), reply.text)

    def search(self, token, body):
        return self.daemon.request("POST", "/v1/staff/bookings/search", body,
                                   {"Authorization": f"Bearer {token}"})

    def all_found(self, token, query):
        found, after = [], None
        while True:
            reply = self.search(token, {**query, **({"after": after} if after else {})})
            self.assertEqual(200, reply.status, reply.text)
            found += [booking["reference"] for booking in reply.json["bookings"]]
            after = reply.json["next"]
            if after is None:
                self.assertEqual(len(found), len(set(found)))
                return found


class Life(StaffCase):
    def test_a_hold_is_extended_once(self):
        booked = Booked(self.daemon, self.soon())
        before = self.daemon.request("GET", booked.path, None, booked.headers()).json["booking"]
        extended = self.daemon.request("POST", booked.path + "/extend", None, booked.headers())
        self.assertEqual(200, extended.status, extended.text)
        self.assertGreaterEqual(extended.json["booking"]["expires_at"], before["expires_at"])
        self.assertEqual(2, extended.json["booking"]["version"])
        again = self.daemon.request("POST", booked.path + "/extend", {}, booked.headers())
        self.refused(again, 409, "changes_exceeded")
        self.refused(self.daemon.request("POST", booked.path + "/extend", {"by": 1},
                                         booked.headers()), 400, "invalid_request")
        self.refused(self.daemon.request("POST", booked.path + "/extend", None,
                                         {"Idempotency-Key": key()}), 401, "unauthorized")

    def test_a_visit_from_check_in_to_its_end(self):
        booked = self.confirmed()
        idempotency_key = key()
        there = self.staff(self.hall, booked.reference, "check-in", None, idempotency_key)
        self.assertEqual(200, there.status, there.text)
        booking = there.json["booking"]
        self.assertEqual("checked_in", booking["status"])
        self.assertGreaterEqual(booking["queue_number"], 1)
        self.assertIn("checked_in_at", booking)
        replayed = self.staff(self.hall, booked.reference, "check-in", None, idempotency_key)
        self.assertEqual("true", replayed.headers["idempotency-replayed"])
        self.assertEqual(booking["queue_number"], replayed.json["booking"]["queue_number"])
        self.refused(self.staff(self.hall, booked.reference, "check-in"), 409, "illegal_transition")
        next_one = self.confirmed()
        self.assertEqual(booking["queue_number"] + 1,
                         self.staff(self.hall, next_one.reference, "check-in", {})
                         .json["booking"]["queue_number"])
        called = self.staff(self.hall, booked.reference, "serve", {"counter": 4}).json["booking"]
        self.assertEqual((4, "checked_in"), (called["counter"], called["status"]))
        done = self.staff(self.hall, booked.reference, "complete").json["booking"]
        self.assertEqual("completed", done["status"])
        self.assertIn("ended_at", done)
        # Its holder sees it, too, and may book again.
        seen = self.daemon.request("GET", booked.path, None, booked.headers()).json["booking"]
        self.assertEqual(done, seen)

    def next(self, branch, body, token=None, idempotency_key=None):
        return self.daemon.request("POST", f"/v1/staff/branches/{branch}/next", body,
                                   {"Authorization": f"Bearer {token or self.hall}",
                                    "Idempotency-Key": idempotency_key or key()})

    def test_the_next_one_is_called_and_shown_on_the_screen(self):
        while self.next("south", {"counter": 9}).status == 200:
            pass  # who waits there from other tests
        screen = lambda: self.daemon.request("GET", "/v1/branches/south/now-serving").json["calls"]
        people = [self.confirmed("south") for _ in range(3)]
        numbers = [self.staff(self.hall, booked.reference, "check-in").json["booking"]
                   ["queue_number"] for booked in people]
        self.refused(self.next("north", {"counter": 4}, token=self.desk), 403, "forbidden")
        self.refused(self.next("south", {"counter": 4}, token=self.north), 403, "forbidden")
        self.refused(self.next("nowhere", {"counter": 4}), 404, "not_found")
        self.refused(self.next("south", {"counter": 4, "service": "permit"}), 409,
                     "nobody_waiting")
        for body in ({}, {"counter": -1}, {"counter": "x"}, {"counter": 4, "service": "nothing"},
                     {"counter": 4, "who": 1}):
            self.refused(self.next("south", body), 400, "invalid_request")
        again = key()
        first = self.next("south", {"counter": 4, "service": "passport"}, idempotency_key=again)
        self.assertEqual(200, first.status, first.text)
        self.assertEqual((people[0].reference, 4), (first.json["booking"]["reference"],
                                                    first.json["booking"]["counter"]))
        self.daemon.kill()
        self.daemon.start()
        replayed = self.next("south", {"counter": 4, "service": "passport"}, idempotency_key=again)
        self.assertEqual("true", replayed.headers["idempotency-replayed"])
        self.assertEqual(people[0].reference, replayed.json["booking"]["reference"])
        self.refused(self.next("south", {"counter": 5}, idempotency_key=again), 422,
                     "idempotency_mismatch")
        second = self.next("south", {"counter": 5}).json["booking"]
        self.assertEqual(people[1].reference, second["reference"])
        self.assertEqual([(numbers[1], 5), (numbers[0], 4)],
                         [(call["queue_number"], call["counter"]) for call in screen()[:2]])
        self.assertEqual({"queue_number", "counter", "at"}, set(screen()[0]))
        self.assertEqual(people[2].reference,
                         self.next("south", {"counter": 4}).json["booking"]["reference"])
        self.refused(self.next("south", {"counter": 4}), 409, "nobody_waiting")
        self.assertEqual(404, self.daemon.request("GET", "/v1/branches/nowhere/now-serving").status)

    def test_progress_goes_on_after_the_visit_and_its_holder_sees_it(self):
        booked = self.confirmed()
        self.refused(self.staff(self.hall, booked.reference, "progress", {"progress": "received"}),
                     409, "illegal_transition")
        self.staff(self.hall, booked.reference, "check-in")
        to = lambda stage: self.staff(self.hall, booked.reference, "progress", {"progress": stage})
        received = to("received").json["booking"]
        self.assertEqual(("received", "checked_in"), (received["progress"], received["status"]))
        self.staff(self.hall, booked.reference, "complete")
        ready = to("ready")
        self.assertEqual(200, ready.status, ready.text)
        self.assertEqual("completed", ready.json["booking"]["status"])
        self.refused(to("in_process"), 409, "illegal_transition")
        self.refused(to("ready"), 409, "illegal_transition")
        self.daemon.kill()
        self.daemon.start()
        seen = self.daemon.request("GET", booked.path, None, booked.headers()).json["booking"]
        self.assertEqual(ready.json["booking"], seen)
        self.assertIn(booked.reference, self.all_found(self.desk, {"progress": "ready"}))
        self.assertNotIn(booked.reference, self.all_found(self.desk, {"progress": "received"}))
        self.assertEqual("collected", to("collected").json["booking"]["progress"])
        for body in ({}, {"progress": "lost"}, {"progress": 3}, {"progress": ""},
                     {"progress": "ready", "why": "x"}):
            self.refused(self.staff(self.hall, booked.reference, "progress", body), 400,
                         "invalid_request")
        self.refused(self.search(self.desk, {"progress": "lost"}), 400, "invalid_request")
        self.refused(self.staff(self.desk, booked.reference, "progress", {"progress": "ready"}),
                     403, "forbidden")

    def test_a_service_without_stages_makes_no_progress(self):
        booked = Booked(self.daemon, self.soon(service="permit"))
        self.daemon.request("POST", booked.path + "/confirm", DETAILS, booked.headers())
        self.staff(self.portal, booked.reference, "approve")
        self.assertEqual(200, self.staff(self.hall, booked.reference, "check-in").status)
        self.refused(self.staff(self.hall, booked.reference, "progress", {"progress": "ready"}),
                     400, "invalid_request")

    def test_the_catalogue_names_the_stages(self):
        services = {service["id"]: service["progress"]
                    for service in self.daemon.request("GET", "/v1/catalogue").json["services"]}
        self.assertEqual({"passport": ["received", "in_process", "ready", "collected"],
                          "permit": [], "visa": [], "exam": []}, services)

    def test_a_missed_visit_cannot_be_noted_before_its_slot(self):
        booked = self.confirmed()
        self.refused(self.staff(self.hall, booked.reference, "no-show"), 409, "too_early")

    def test_a_service_that_waits_for_payment(self):
        booked = Booked(self.daemon, self.soon(service="permit"))
        reply = self.daemon.request("POST", booked.path + "/confirm", DETAILS, booked.headers())
        booking = reply.json["booking"]
        self.assertEqual("awaiting", booking["status"])
        self.assertIsNone(booking["confirmed_at"])
        wait = (datetime.datetime.fromisoformat(booking["expires_at"])
                - datetime.datetime.fromisoformat(booking["submitted_at"]))
        self.assertAlmostEqual(7200, wait.total_seconds(), delta=2)
        self.refused(self.daemon.request("POST", booked.path + "/confirm", DETAILS,
                                         booked.headers()), 409, "illegal_transition")
        self.daemon.kill()  # what was answered outlives this
        self.daemon.start()
        paid = self.staff(self.portal, booked.reference, "approve")
        self.assertEqual("confirmed", paid.json["booking"]["status"], paid.text)
        self.assertIsNotNone(paid.json["booking"]["confirmed_at"])
        self.refused(self.staff(self.portal, booked.reference, "refuse", {"reason": 1}), 409,
                     "illegal_transition")

    def test_a_refusal_has_a_reason_and_frees_the_seat(self):
        applicant = person()
        slot = self.soon(service="permit")
        booked = Booked(self.daemon, slot, applicant)
        self.daemon.request("POST", booked.path + "/confirm", DETAILS, booked.headers())
        for body in (None, {}, {"reason": -1}, {"reason": "x"}, {"reason": 1, "other": 2},
                     {"reason": 4294967296}):
            reply = self.staff(self.portal, booked.reference, "refuse", body)
            self.assertIn(reply.status, (400, 415), reply.text)
        refused = self.staff(self.portal, booked.reference, "refuse", {"reason": 42})
        self.assertEqual(("refused", 42), (refused.json["booking"]["status"],
                                           refused.json["booking"]["refuse_reason"]))
        self.assertEqual(201, claim(self.daemon, claim_body(slot, applicant)).status)


class Authority(StaffCase):
    def test_who_may_do_what(self):
        booked = self.confirmed()
        step = lambda token, name: self.staff(token, booked.reference, name)
        self.refused(step(self.desk, "check-in"), 403, "forbidden")
        self.refused(step(self.portal, "check-in"), 403, "forbidden")
        self.refused(step(self.hall, "approve"), 403, "forbidden")
        self.refused(step(booked.token, "check-in"), 401, "unauthorized")
        self.refused(step(self.hall[:-1] + ("A" if self.hall[-1] != "A" else "B"), "check-in"),
                     401, "unauthorized")
        self.refused(self.daemon.request(
            "POST", f"/v1/staff/bookings/{booked.reference}/check-in", None,
            {"Idempotency-Key": key()}), 401, "unauthorized")
        self.refused(self.staff(self.hall, "7K2M9Q-X4TB0R-5HZWC3", "check-in"), 404,
                     "booking_not_found")
        self.refused(self.daemon.request(
            "POST", f"/v1/staff/bookings/{booked.reference}/check-in", None,
            {"Authorization": f"Bearer {self.hall}"}), 400, "invalid_request")
        # An access key is no booking's token.
        self.refused(self.daemon.request("GET", booked.path, None,
                                         {"Authorization": f"Bearer {self.hall}"}), 403,
                     "forbidden")

    def test_a_key_of_one_branch_acts_there_only(self):
        there, elsewhere = self.confirmed("north"), self.confirmed("south")
        self.refused(self.staff(self.north, elsewhere.reference, "check-in"), 409, "wrong_branch")
        self.assertEqual(200, self.staff(self.north, there.reference, "check-in").status)
        see = lambda reference: self.daemon.request(
            "GET", f"/v1/staff/bookings/{reference}", None,
            {"Authorization": f"Bearer {self.north}"})
        self.assertEqual(200, see(there.reference).status)
        self.refused(see(elsewhere.reference), 403, "forbidden")
        self.refused(self.search(self.north, {"branch": "south"}), 403, "forbidden")
        found = self.all_found(self.north, {})
        self.assertIn(there.reference, found)
        self.assertNotIn(elsewhere.reference, found)

    def test_a_key_of_one_branch_approves_and_refuses_there_only(self):
        north = self.keys.add("approve", "north")
        waiting = {}
        for branch in ("north", "south"):
            booked = Booked(self.daemon, self.soon(branch, "permit"))
            self.daemon.request("POST", booked.path + "/confirm", DETAILS, booked.headers())
            waiting[branch] = booked
        refuse = lambda branch: self.staff(north, waiting[branch].reference, "refuse",
                                           {"reason": 1})
        until(lambda: refuse("south").status != 401)  # the key is seen
        self.refused(refuse("south"), 409, "wrong_branch")
        self.refused(self.staff(north, waiting["south"].reference, "approve"), 409, "wrong_branch")
        south = waiting["south"]
        self.assertEqual("awaiting", self.daemon.request(
            "GET", south.path, None, south.headers()).json["booking"]["status"])
        self.assertEqual(200, refuse("north").status)

    def test_a_revoked_key_is_refused_within_a_moment(self):
        booked = self.confirmed()
        token = self.keys.add("staff:read")
        path = f"/v1/staff/bookings/{booked.reference}"
        ask = lambda: self.daemon.request("GET", path, None, {"Authorization": f"Bearer {token}"})
        until(lambda: ask().status == 200)
        self.keys.revoke(token)
        until(lambda: ask().status == 401)


class Token(StaffCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.trusted = cls.keys.add("staff:token")
        cls.trusted_south = cls.keys.add("staff:token", "south")

    def reissue(self, booked, body=None, token=None, idempotency_key=None):
        until(lambda: self.staff(self.trusted, "7K2M9Q-X4TB0R-5HZWC3", "token", {"reason": 0})
              .status == 404)  # the keys are seen
        return self.staff(token or self.trusted, booked.reference, "token",
                          {"reason": 3} if body is None else body, idempotency_key)

    def see(self, booked, token):
        return self.daemon.request("GET", booked.path, None, {"Authorization": f"Bearer {token}"})

    def test_a_lost_token_is_issued_anew_and_the_old_one_is_good_for_nothing(self):
        booked = self.confirmed()
        idempotency_key = key()
        first = self.reissue(booked, idempotency_key=idempotency_key)
        self.assertEqual(200, first.status, first.text)
        self.assertEqual(("confirmed", 1), (first.json["booking"]["status"],
                                            first.json["booking"]["reissues"]))
        token = first.json["token"]
        self.assertNotEqual(booked.token, token)
        self.refused(self.see(booked, booked.token), 403, "forbidden")
        self.refused(self.daemon.request("POST", booked.path + "/cancel", None, booked.headers()),
                     403, "forbidden")
        self.assertEqual(200, self.see(booked, token).status)
        self.daemon.kill()
        self.daemon.start()
        self.refused(self.see(booked, booked.token), 403, "forbidden")
        self.assertEqual(200, self.see(booked, token).status)
        replayed = self.reissue(booked, idempotency_key=idempotency_key)
        self.assertEqual("true", replayed.headers["idempotency-replayed"])
        self.assertEqual(token, replayed.json["token"])
        self.assertEqual(1, replayed.json["booking"]["reissues"])
        second = self.reissue(booked).json["token"]
        self.refused(self.see(booked, token), 403, "forbidden")
        self.assertEqual(200, self.reissue(booked).status)
        self.refused(self.see(booked, second), 403, "forbidden")
        self.refused(self.reissue(booked), 409, "changes_exceeded")
        # Who repeats the first one's request hears what is good now.
        newest = self.reissue(booked, idempotency_key=idempotency_key).json["token"]
        headers = {"Authorization": f"Bearer {newest}", "Idempotency-Key": key()}
        gone = self.daemon.request("POST", booked.path + "/cancel", None, headers)
        self.assertEqual("cancelled", gone.json["booking"]["status"], gone.text)
        self.refused(self.reissue(booked), 409, "illegal_transition")

    def test_who_repeats_the_claim_is_not_told_the_new_token(self):
        body, idempotency_key = claim_body(self.soon(), person()), key()
        claimed = claim(self.daemon, body, idempotency_key)
        self.assertEqual(claimed.json["token"],
                         claim(self.daemon, body, idempotency_key).json["token"])
        booked = types.SimpleNamespace(reference=claimed.json["booking"]["reference"])
        self.assertEqual(200, self.reissue(booked).status)
        again = claim(self.daemon, body, idempotency_key)
        self.assertEqual((201, None), (again.status, again.json["token"]))

    def test_who_may_and_with_what(self):
        booked = self.confirmed("north")
        self.refused(self.reissue(booked, token=self.hall), 403, "forbidden")
        self.refused(self.reissue(booked, token=booked.token), 401, "unauthorized")
        self.refused(self.reissue(booked, token=self.trusted_south), 409, "wrong_branch")
        for body in ({}, {"reason": -1}, {"reason": "lost"}, {"reason": 1, "why": 2}):
            self.refused(self.reissue(booked, body), 400, "invalid_request")
        self.assertEqual(200, self.see(booked, booked.token).status)


class Calendar(StaffCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.keys.add("staff:calendar;staff:read")
        cls.calendar_north = cls.keys.add("staff:calendar", "north")

    def change(self, body, preview=False, token=None):
        headers = {"Authorization": f"Bearer {token or self.calendar}"}
        if not preview:
            headers["Idempotency-Key"] = key()
        return self.daemon.request("POST", "/v1/staff/slots" + ("/preview" if preview else ""),
                                   body, headers)

    def status_of(self, booked):
        return self.daemon.request("GET", booked.path, None,
                                   booked.headers()).json["booking"]["status"]

    def test_a_slot_is_closed_and_opened_and_its_bookings_are_displaced_meanwhile(self):
        booked = self.confirmed()
        slot = self.daemon.request("GET", booked.path, None,
                                   booked.headers()).json["booking"]["slot"]
        until(lambda: self.change({"slot": slot["id"], "doors": "closed"}, True).status == 200)
        preview = self.change({"slot": slot["id"], "doors": "closed"}, True).json
        self.assertEqual((1, 1), (preview["slots"], preview["changed"]))
        self.assertGreaterEqual(preview["bookings"], 1)
        self.assertEqual("confirmed", self.status_of(booked))
        done = self.change({"slot": slot["id"], "doors": "closed"})
        self.assertEqual(200, done.status, done.text)
        until(lambda: self.status_of(booked) == "displaced")
        self.assertIn(booked.reference, self.all_found(self.calendar, {"status": "displaced"}))
        self.refused(claim(self.daemon, claim_body(slot["id"])), 409, "closed")
        self.assertEqual(0, self.change({"slot": slot["id"], "doors": "closed"}, True)
                         .json["changed"])
        self.assertEqual(200, self.change({"slot": slot["id"], "doors": "open"}).status)
        until(lambda: self.status_of(booked) == "confirmed")

    def test_a_displaced_booking_moves_by_its_holder(self):
        booked = self.confirmed("south")
        slot = self.daemon.request("GET", booked.path, None,
                                   booked.headers()).json["booking"]["slot"]
        until(lambda: self.change({"slot": slot["id"], "doors": "closed"}).status == 200)
        until(lambda: self.status_of(booked) == "displaced")
        to = self.soon("south")
        self.assertNotEqual(slot["id"], to)
        moved = self.daemon.request("POST", booked.path + "/reschedule", {"slot": to},
                                    booked.headers())
        self.assertEqual(200, moved.status, moved.text)
        self.assertEqual("confirmed", moved.json["booking"]["status"])

    def move_displaced(self, body, token=None, idempotency_key=None):
        return self.daemon.request("POST", "/v1/staff/displaced/move", body,
                                   {"Authorization": f"Bearer {token or self.calendar}",
                                    "Idempotency-Key": idempotency_key or key()})

    def filled_day(self, branch, days_ahead, slots_of_two):
        """Whoever has the day's slots up to that one, two each, in the order of their slots."""
        date = (datetime.date.today() + datetime.timedelta(days=days_ahead)).isoformat()
        ids = [slot["id"] for slot in self.daemon.request(
            "GET", f"/v1/branches/{branch}/services/passport/slots?date={date}").json["slots"]]
        booked = []
        for slot in ids[:slots_of_two]:
            for _ in range(2):
                booked.append(Booked(self.daemon, slot))
                reply = self.daemon.request("POST", booked[-1].path + "/confirm", DETAILS,
                                            booked[-1].headers())
                self.assertEqual(200, reply.status, reply.text)
        return date, ids, booked

    def slot_of(self, booked):
        return booked.get().json["booking"]["slot"]["id"]

    def test_displaced_bookings_are_moved_in_bulk_to_the_nearest_free_slots(self):
        date, ids, booked = self.filled_day("north", 12, 12)
        for slot in ids[:12]:
            until(lambda: self.change({"slot": slot, "doors": "closed"}).status == 200)
        until(lambda: {self.status_of(one) for one in booked} == {"displaced"})
        mine = {"branch": "north", "service": "passport", "date": date}
        self.refused(self.move_displaced(mine, self.desk), 403, "forbidden")
        self.refused(self.move_displaced({**mine, "branch": "south"}, self.calendar_north), 403,
                     "forbidden")
        self.refused(self.move_displaced({**mine, "limit": 21}), 400, "invalid_request")
        moved, left, after = [], [], {}
        while after is not None:
            reply = self.move_displaced({**mine, **after})
            self.assertEqual(200, reply.status, reply.text)
            self.assertLessEqual(len(reply.json["moved"]) + len(reply.json["left"]), 20)
            moved += reply.json["moved"]
            left += reply.json["left"]
            after = {"after": reply.json["next"]} if reply.json["next"] else None
        self.assertEqual([], left)
        self.assertEqual(sorted(one.reference for one in booked), sorted(moved))
        self.assertEqual({"confirmed"}, {self.status_of(one) for one in booked})
        # The day before ends where this one begins, so the nearest ones lie on both sides, and the
        # twelve slots that follow have not more than their seats.
        taken = [self.slot_of(one) for one in booked]
        self.assertEqual(set(), set(taken) & set(ids[:12]))
        self.assertEqual(2, max(taken.count(slot) for slot in taken))
        after_all = self.move_displaced(mine)
        self.assertEqual(([], [], None), tuple(after_all.json[name]
                                               for name in ("moved", "left", "next")))

    def test_what_cannot_be_moved_stays_displaced_and_is_named(self):
        date, ids, booked = self.filled_day("south", 20, 1)
        for ahead in range(5, 36):  # all that lies within two weeks, and what it could go to
            day = (datetime.date.today() + datetime.timedelta(days=ahead)).isoformat()
            body = {"branch": "south", "service": "passport", "date": day, "doors": "closed"}
            until(lambda: self.change(body).status in (200, 404))
        until(lambda: {self.status_of(one) for one in booked} == {"displaced"})
        mine = {"slot": ids[0]}
        reply = self.move_displaced(mine)
        self.assertEqual(200, reply.status, reply.text)
        self.assertEqual([], reply.json["moved"])
        self.assertEqual(sorted((one.reference, "slot_full") for one in booked),
                         sorted((one["reference"], one["code"]) for one in reply.json["left"]))
        self.assertEqual({"displaced"}, {self.status_of(one) for one in booked})
        day = (datetime.date.today() + datetime.timedelta(days=21)).isoformat()
        self.assertEqual(200, self.change({"branch": "south", "service": "passport", "date": day,
                                           "doors": "open"}).status)
        idempotency_key = key()
        reply = self.move_displaced(mine, None, idempotency_key)
        self.assertEqual(2, len(reply.json["moved"]), reply.text)
        again = self.move_displaced(mine, None, idempotency_key)
        self.assertEqual(([], []), (again.json["moved"], again.json["left"]))
        for ahead in range(5, 36):
            day = (datetime.date.today() + datetime.timedelta(days=ahead)).isoformat()
            body = {"branch": "south", "service": "passport", "date": day, "doors": "open"}
            until(lambda: self.change(body).status in (200, 404))

    def test_a_day_is_closed_at_once_and_survives_a_kill(self):
        date = (datetime.date.today() + datetime.timedelta(days=9)).isoformat()
        day = {"branch": "south", "service": "passport", "date": date}
        until(lambda: self.change({**day, "doors": "closed"}).status == 200)
        self.assertEqual(95, self.change({**day, "doors": "open"}, True).json["changed"])
        self.daemon.kill()
        self.daemon.start()
        days = self.daemon.request(
            "GET", f"/v1/branches/south/services/passport/days?from={date}&to={date}").json["days"]
        self.assertEqual(("closed", 0), (days[0]["status"], days[0]["free"]))
        self.refused(claim(self.daemon, {"branch": "south", "service": "passport", "date": date,
                                         "applicant": person()}), 409, "closed")
        self.assertEqual(200, self.change({**day, "doors": "open", "capacity": 7}).status)
        slots = self.daemon.request(
            "GET", f"/v1/branches/south/services/passport/slots?date={date}").json["slots"]
        self.assertEqual({(7, 7, "available")},
                         {(s["capacity"], s["free"], s["status"]) for s in slots})

    def test_who_may_and_what_may_not_be(self):
        slot = self.soon("south")
        until(lambda: self.change({"slot": slot, "doors": "open"}, True).status == 200)
        self.refused(self.change({"slot": slot, "doors": "open"}, token=self.desk), 403,
                     "forbidden")
        self.refused(self.change({"slot": slot, "doors": "open"}, token=self.calendar_north), 403,
                     "forbidden")
        for body in ({}, {"slot": slot}, {"slot": slot, "doors": "ajar"},
                     {"slot": slot, "capacity": 0}, {"slot": slot, "capacity": 4096},
                     {"slot": slot, "branch": "south", "doors": "open"},
                     {"branch": "south", "service": "nothing", "date": "2026-12-01",
                      "doors": "open"},
                     {"slot": "nowhere", "doors": "open"},
                     {"slot": slot, "doors": "open", "colour": 1}):
            self.refused(self.change(body), 400, "invalid_request")
        self.refused(self.change({"branch": "south", "service": "passport", "date": "2020-01-01",
                                  "doors": "open"}), 404, "slot_not_found")


class Blocks(StaffCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guard = cls.keys.add("staff:block")
        cls.guard_north = cls.keys.add("staff:block", "north")
        until(lambda: cls.ask(cls, "GET", "").status == 200)

    def ask(self, verb, rest, body=None, token=None, idempotency_key=None):
        headers = {"Authorization": f"Bearer {token or self.guard}"}
        if verb == "POST":
            headers["Idempotency-Key"] = idempotency_key or key()
        return self.daemon.request(verb, "/v1/staff/blocks" + rest, body, headers)

    @staticmethod
    def document(applicant):
        return {name: applicant[name] for name in ("id_type", "id_number")}

    @staticmethod
    def later(hours=1):
        at = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
        return (at + datetime.timedelta(hours=hours)).replace(microsecond=0).isoformat()

    def block(self, applicant, **more):
        return self.ask("POST", "", {"applicant": self.document(applicant),
                                     "until": self.later(), **more})

    def lift(self, applicant):
        return self.ask("POST", "/lift", {"applicant": self.document(applicant)})

    def listed(self):
        found, cursor = {}, ""
        while cursor is not None:
            page = self.ask("GET", "?limit=1" + (f"&cursor={cursor}" if cursor else ""))
            self.assertEqual(200, page.status, page.text)
            found.update({block["key"]: block for block in page.json["blocks"]})
            cursor = page.json["next"]
        return found

    def test_who_is_blocked_books_nothing_until_the_block_is_lifted(self):
        applicant = person()
        booked = self.confirmed(applicant=applicant)
        done = self.block(applicant, reason=7)
        self.assertEqual(200, done.status, done.text)
        made = done.json["block"]
        self.assertEqual(7, made["reason"])
        body = claim_body(self.soon("south"), applicant)
        refused = claim(self.daemon, body)
        self.refused(refused, 403, "blocked")
        self.assertNotIn(applicant["id_number"], refused.text)
        # What was booked before stays, and is its holder's.
        self.assertEqual("confirmed", booked.get().json["booking"]["status"])
        self.assertEqual(200, booked.cancel().status)
        self.refused(claim(self.daemon, body), 403, "blocked")
        self.assertEqual(201, claim(self.daemon, claim_body(self.soon("south"))).status)
        listed = self.listed()[made["key"]]
        self.assertEqual((made["until"], 7), (listed["until"], listed["reason"]))
        self.assertIn("since", listed)
        self.assertIsInstance(listed["actor"], int)
        # By the key of the list, for who doesn't have the document.
        lifted = self.ask("POST", "/lift", {"key": made["key"]})
        self.assertEqual(200, lifted.status, lifted.text)
        self.assertIsNone(lifted.json["block"]["until"])
        self.assertNotIn(made["key"], self.listed())
        free = claim_body(self.soon("south"), applicant)
        self.assertEqual(201, claim(self.daemon, free).status)
        self.refused(self.lift(applicant), 409, "not_blocked")

    def test_a_block_survives_a_kill(self):
        applicant = person()
        self.assertEqual(200, self.block(applicant).status)
        self.daemon.kill()
        self.daemon.start()
        body = claim_body(self.soon("south"), applicant)
        self.refused(claim(self.daemon, body), 403, "blocked")
        self.assertEqual(200, self.lift(applicant).status)
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(201, claim(self.daemon, body).status)

    def test_a_repeated_request_blocks_once(self):
        applicant, name = person(), key()
        body = {"applicant": self.document(applicant), "until": self.later()}
        self.assertEqual(200, self.ask("POST", "", body, idempotency_key=name).status)
        again = self.ask("POST", "", body, idempotency_key=name)
        self.assertEqual((200, "true"), (again.status, again.headers["idempotency-replayed"]))
        self.refused(self.ask("POST", "", {**body, "until": self.later(2)}, idempotency_key=name),
                     422, "idempotency_mismatch")
        self.assertEqual(200, self.lift(applicant).status)
        # A late repeat of the first doesn't block again.
        self.assertEqual(200, self.ask("POST", "", body, idempotency_key=name).status)
        self.assertEqual(201, claim(self.daemon, claim_body(self.soon("south"), applicant)).status)

    def test_who_may_and_what_may_not_be(self):
        applicant = person()
        body = {"applicant": self.document(applicant), "until": self.later()}
        for token in (self.desk, self.guard_north):
            until(lambda: self.ask("GET", "", token=token).status == 403)
            self.refused(self.ask("POST", "", body, token), 403, "forbidden")
            self.refused(self.ask("POST", "/lift", {"applicant": body["applicant"]}, token), 403,
                         "forbidden")
        for wrong, pointer in (({**body, "until": "tomorrow"}, "/until"),
                               ({**body, "until": "2020-01-01T00:00:00Z"}, "/until"),
                               ({**body, "until": "1970-01-01T00:00:00Z"}, "/until"),
                               ({"applicant": body["applicant"]}, "/until"),
                               ({"until": body["until"]}, "/applicant"),
                               ({**body, "reason": -1}, "/reason"),
                               ({**body, "key": "0" * 31 + "1"}, "/applicant"),
                               ({"until": body["until"], "key": "x"}, "/key"),
                               ({**body, "colour": "red"}, "/colour")):
            reply = self.ask("POST", "", wrong)
            self.refused(reply, 400, "invalid_request")
            self.assertIn(pointer, {error["pointer"] for error in reply.json["errors"]})
        for query in ("?cursor=x", "?limit=0", "?limit=101", "?colour=red"):
            self.refused(self.ask("GET", query), 400, "invalid_request")
        self.refused(self.lift(applicant), 409, "not_blocked")


class Erasures(StaffCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser = cls.keys.add("staff:erase")
        cls.eraser_north = cls.keys.add("staff:erase", "north")
        until(lambda: cls.erase(cls, {}).status == 400)

    def erase(self, body, token=None):
        return self.daemon.request("POST", "/v1/staff/erasures", body,
                                   {"Authorization": f"Bearer {token or self.eraser}",
                                    "Idempotency-Key": key()})

    def seen(self, booked):
        reply = self.daemon.request("GET", f"/v1/staff/bookings/{booked.reference}", None,
                                    {"Authorization": f"Bearer {self.desk}"})
        self.assertEqual(200, reply.status, reply.text)
        return reply.json

    @staticmethod
    def document(applicant):
        return {name: applicant[name] for name in ("id_type", "id_number")}

    def cancelled(self, applicant=None):
        booked = self.confirmed("south", applicant)
        self.assertEqual(200, booked.cancel().status)
        return booked

    def test_the_details_of_one_booking_are_erased_when_it_has_ended(self):
        booked = self.confirmed("south")
        self.refused(self.erase({"reference": booked.reference}), 409, "illegal_transition")
        self.assertEqual(200, booked.cancel().status)
        self.assertEqual(DETAILS["details"], self.seen(booked)["details"])
        self.assertNotIn("details_erased", self.seen(booked))
        before = datetime.datetime.now(datetime.timezone.utc)
        done = self.erase({"reference": booked.reference, "reason": 4})
        self.assertEqual(200, done.status, done.text)
        self.assertEqual((1, 0, None), tuple(done.json[n] for n in ("erased", "active", "next")))
        complete_by = datetime.datetime.fromisoformat(done.json["complete_by"])
        self.assertGreater(complete_by, before)
        self.assertLess(complete_by, before + datetime.timedelta(days=2))
        for _ in range(2):
            seen = self.seen(booked)
            self.assertEqual((None, True), (seen["details"], seen["details_erased"]))
            self.assertEqual("cancelled", seen["booking"]["status"])
            self.assertEqual(0, self.erase({"reference": booked.reference}).json["erased"])
            self.daemon.kill()
            self.daemon.start()

    def test_the_details_of_one_person_are_erased_and_those_of_others_stay(self):
        applicant = person()
        first, second = self.cancelled(applicant), self.cancelled(applicant)
        active = self.confirmed("south", applicant)
        other = self.cancelled()
        erased, went_on, body = 0, 0, {"applicant": self.document(applicant)}
        while True:
            page = self.erase(body)
            self.assertEqual(200, page.status, page.text)
            self.assertNotIn(applicant["id_number"], page.text)
            erased, went_on = erased + page.json["erased"], went_on + page.json["active"]
            if page.json["next"] is None:
                break
            body["after"] = page.json["next"]
        self.assertEqual((2, 1), (erased, went_on))
        for booked in (first, second):
            self.assertTrue(self.seen(booked)["details_erased"])
        for booked in (active, other):
            self.assertEqual(DETAILS["details"], self.seen(booked)["details"])

    def test_the_details_of_all_that_ended_before_a_time_are_erased(self):
        booked = self.cancelled()
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        late = (now + datetime.timedelta(seconds=5)).isoformat()
        early = (now - datetime.timedelta(hours=1)).isoformat()
        self.assertEqual(0, self.erase({"ended_before": early}).json["erased"])
        self.assertEqual(DETAILS["details"], self.seen(booked)["details"])
        self.assertGreaterEqual(self.erase({"ended_before": late}).json["erased"], 1)
        self.assertTrue(self.seen(booked)["details_erased"])

    def test_who_may_and_what_may_not_be(self):
        booked = self.cancelled()
        body = {"reference": booked.reference}
        until(lambda: self.erase({}, self.eraser_north).status == 403)
        for token in (self.desk, self.eraser_north):
            self.refused(self.erase(body, token), 403, "forbidden")
        self.refused(self.daemon.request("POST", "/v1/staff/erasures", body,
                                         {"Authorization": f"Bearer {self.eraser}"}),
                     400, "invalid_request")
        self.refused(self.erase({"reference": "2B8N4C-0Q7WMD-9RT3GA"}), 404, "booking_not_found")
        document = self.document(person())
        for wrong, pointer in (({}, "/reference"),
                               ({**body, "applicant": document}, "/applicant"),
                               ({**body, "after": "0"}, "/after"),
                               ({"applicant": document, "key": "0" * 31 + "1"}, "/applicant"),
                               ({"key": "x"}, "/key"),
                               ({"ended_before": "yesterday"}, "/ended_before"),
                               ({"ended_before": "1970-01-01T00:00:00Z"}, "/ended_before"),
                               ({"applicant": document, "after": "x"}, "/after"),
                               ({**body, "reason": -1}, "/reason"),
                               ({**body, "colour": "red"}, "/colour")):
            reply = self.erase(wrong)
            self.refused(reply, 400, "invalid_request")
            self.assertIn(pointer, {error["pointer"] for error in reply.json["errors"]}, wrong)
        self.assertEqual(DETAILS["details"], self.seen(booked)["details"])


class Others(StaffCase):
    def others(self, booked, query="", token=None):
        headers = {"Authorization": f"Bearer {token or booked.token}"}
        return self.daemon.request("GET", booked.path + "/others" + query, None, headers)

    def all_others(self, booked, limit):
        found, after = [], ""
        while True:
            page = self.others(booked, f"?limit={limit}{after}")
            self.assertEqual(200, page.status, page.text)
            self.assertNotIn("token", page.text)
            found += [(one["reference"], one["status"]) for one in page.json["bookings"]]
            if page.json["next"] is None:
                return found
            after = f"&after={page.json['next']}"

    def test_who_holds_one_booking_finds_the_others(self):
        applicant = person()
        first = self.confirmed("south", applicant)
        self.assertEqual(200, first.cancel().status)
        second = self.confirmed("south", applicant)
        self.confirmed("south")
        for limit in (1, 20):
            self.assertEqual([(second.reference, "confirmed")], self.all_others(first, limit))
            self.assertEqual([(first.reference, "cancelled")], self.all_others(second, limit))
        alone = self.confirmed("south")
        self.assertEqual([], self.all_others(alone, 20))

    def test_nobody_else_does(self):
        applicant = person()
        booked = self.confirmed("south", applicant)
        stranger = self.confirmed("south")
        self.refused(self.others(booked, token=stranger.token), 403, "forbidden")
        self.refused(self.daemon.request("GET", booked.path + "/others"), 401, "unauthorized")
        for query in ("?limit=0", "?limit=51", "?after=x", "?colour=red"):
            self.refused(self.others(booked, query), 400, "invalid_request")


class Entitlements(StaffCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.keys.add("staff:entitlement")
        cls.clerk_north = cls.keys.add("staff:entitlement", "north")
        cls.feed = cls.keys.add("feed")
        until(lambda: cls.ask(cls, "GET", "").status == 200)

    def ask(self, verb, rest, body=None, token=None, idempotency_key=None):
        headers = {"Authorization": f"Bearer {token or self.clerk}"}
        if verb == "POST":
            headers["Idempotency-Key"] = idempotency_key or key()
        return self.daemon.request(verb, "/v1/staff/entitlements" + rest, body, headers)

    @staticmethod
    def grant_body(**more):
        holder = person()
        return {"holder": {name: holder[name] for name in ("id_type", "id_number")},
                "service": "passport", "quota": 20, "from": "2026-01-01", "until": "2030-06-30",
                **more}

    @staticmethod
    def people(many):
        return [{name: one[name] for name in ("id_type", "id_number")}
                for one in (person() for _ in range(many))]

    def granted(self, **more):
        done = self.ask("POST", "", self.grant_body(**more))
        self.assertEqual(200, done.status, done.text)
        return done.json["entitlement"]

    def all(self, rest, name, query=""):
        found, cursor = [], ""
        while cursor is not None:
            page = self.ask("GET", f"{rest}?limit=2{query}" + (f"&cursor={cursor}" if cursor else ""))
            self.assertEqual(200, page.status, page.text)
            found += page.json[name]
            cursor = page.json["next"]
        return found

    def test_granted_raised_lowered_and_listed(self):
        body = self.grant_body()
        done = self.ask("POST", "", body)
        self.assertEqual(200, done.status, done.text)
        self.assertNotIn(body["holder"]["id_number"], done.text)
        made = done.json["entitlement"]
        wanted = {"service": "passport", "quota": 20, "used": 0, "spent": 0, "left": 20,
                  "from": "2026-01-01", "until": "2030-06-30", "listed": False, "eligible": 0}
        self.assertEqual(wanted, {name: made[name] for name in wanted})
        self.assertIsInstance(made["actor"], int)
        path = "/" + made["id"]
        self.assertEqual(made, self.ask("GET", path).json["entitlement"])
        changed = self.ask("POST", path, {"quota": 5, "until": "2029-12-31", "listed": True})
        self.assertEqual(200, changed.status, changed.text)
        now = changed.json["entitlement"]
        self.assertEqual((5, "2026-01-01", "2029-12-31", True),
                         (now["quota"], now["from"], now["until"], now["listed"]))
        other = self.granted()
        self.assertLessEqual({made["id"], other["id"]},
                             {one["id"] for one in self.all("", "entitlements")})
        self.assertEqual([now], self.all("", "entitlements", f"&holder={made['holder']}"))

    def test_who_is_on_the_list(self):
        path = "/" + self.granted(listed=True)["id"] + "/eligible"
        workers = self.people(5)
        done = self.ask("POST", path, {"add": workers})
        self.assertEqual((200, 5), (done.status, done.json["entitlement"]["eligible"]), done.text)
        before = set(self.all(path, "eligible"))
        self.assertEqual(5, len(before))
        done = self.ask("POST", path, {"add": workers[:1] + self.people(1), "remove": workers[3:]})
        self.assertEqual((200, 4), (done.status, done.json["entitlement"]["eligible"]), done.text)
        after = set(self.all(path, "eligible"))
        self.assertEqual((3, 4), (len(before & after), len(after)))

    def test_a_repeated_request_acts_once_and_a_kill_loses_nothing(self):
        name, body = key(), self.grant_body()
        made = self.ask("POST", "", body, idempotency_key=name).json["entitlement"]
        again = self.ask("POST", "", body, idempotency_key=name)
        self.assertEqual((200, "true", made["id"]),
                         (again.status, again.headers["idempotency-replayed"],
                          again.json["entitlement"]["id"]))
        self.refused(self.ask("POST", "", {**body, "quota": 21}, idempotency_key=name), 422,
                     "idempotency_mismatch")
        path, lowered = "/" + made["id"], key()
        self.assertEqual(200, self.ask("POST", path, {"quota": 3},
                                       idempotency_key=lowered).status)
        self.assertEqual(200, self.ask("POST", path, {"quota": 9}).status)
        self.daemon.kill()
        self.daemon.start()
        # A late repeat doesn't lower it again.
        late = self.ask("POST", path, {"quota": 3}, idempotency_key=lowered)
        self.assertEqual((200, 9), (late.status, late.json["entitlement"]["quota"]), late.text)
        self.assertEqual("true", late.headers["idempotency-replayed"])

    def test_the_feed_tells_of_it_and_not_whose_it_is(self):
        feed = {"Authorization": f"Bearer {self.feed}"}
        until(lambda: self.daemon.request("GET", "/v1/feed", None, feed).status == 200)
        newest = self.daemon.request("GET", "/v1/feed", None, feed).json["newest"]
        made = self.granted()
        self.ask("POST", "/" + made["id"] + "/eligible", {"add": self.people(2)})
        told = self.daemon.request("GET", f"/v1/feed?after={newest}", None, feed)
        mine = [event for event in told.json["events"]
                if event.get("entitlement") == made["id"]]
        self.assertEqual([("entitlement", 20, None), ("eligible", None, 2)],
                         [(event["kind"], event.get("quota"), event.get("changed"))
                          for event in mine])
        self.assertNotIn(made["holder"], told.text)

    def test_who_may_and_what_may_not_be(self):
        body = self.grant_body()
        made = self.granted()
        path = "/" + made["id"]
        for token in (self.desk, self.clerk_north):
            until(lambda: self.ask("GET", "", token=token).status == 403)
            self.refused(self.ask("POST", "", body, token), 403, "forbidden")
            self.refused(self.ask("POST", path, {"quota": 1}, token), 403, "forbidden")
            self.refused(self.ask("POST", path + "/eligible", {"add": self.people(1)}, token), 403,
                         "forbidden")
            self.refused(self.ask("GET", path + "/eligible", token=token), 403, "forbidden")
        one = self.people(1)
        for rest, wrong, pointer in (
                ("", {**body, "quota": 0}, "/quota"),
                ("", {**body, "quota": 131072}, "/quota"),
                ("", {**body, "quota": "many"}, "/quota"),
                ("", {**body, "service": "nothing"}, "/service"),
                ("", {**body, "until": "2025-12-31"}, "/until"),
                ("", {**body, "from": "tomorrow"}, "/from"),
                ("", {**body, "listed": "yes"}, "/listed"),
                ("", {**body, "holder": {"id_type": "mykad"}}, "/holder/id_number"),
                ("", {**body, "colour": "red"}, "/colour"),
                (path, {}, "/quota"),
                (path, {"quota": -1}, "/quota"),
                (path, {"until": "2025-12-31"}, "/until"),
                (path + "/eligible", {}, "/add"),
                (path + "/eligible", {"add": []}, "/add"),
                (path + "/eligible", {"add": "all"}, "/add"),
                (path + "/eligible", {"add": [7]}, "/add/0"),
                (path + "/eligible", {"add": one + one}, "/add/1"),
                (path + "/eligible", {"add": one, "remove": one}, "/remove/0"),
                (path + "/eligible", {"add": self.people(61)}, "/add")):
            reply = self.ask("POST", rest, wrong)
            self.refused(reply, 400, "invalid_request")
            self.assertIn(pointer, {error["pointer"] for error in reply.json["errors"]}, reply.text)
        for query in ("?cursor=x", "?limit=0", "?limit=101", "?colour=red", "?holder=x"):
            self.refused(self.ask("GET", query), 400, "invalid_request")
        for other in ("/" + "0" * 18, "/" + "0" * 16, "/0000000000000001", "/x"):
            self.refused(self.ask("GET", other), 404, "entitlement_not_found")
            self.refused(self.ask("POST", other, {"quota": 1}), 404, "entitlement_not_found")
            self.refused(self.ask("GET", other + "/eligible"), 404, "entitlement_not_found")
            self.refused(self.ask("POST", other + "/eligible", {"add": one}), 404,
                         "entitlement_not_found")


class Search(StaffCase):
    def test_by_office_day_slot_state_and_person(self):
        applicant = person()
        booked = self.confirmed("south", applicant)
        booking = self.daemon.request("GET", booked.path, None, booked.headers()).json["booking"]
        slot = booking["slot"]
        document = {k: applicant[k] for k in ("id_type", "id_number")}
        matching = ({"branch": "south"}, {"service": "passport"}, {"date": slot["start"][:10]},
                    {"slot": slot["id"]}, {"status": "confirmed"}, {"applicant": document},
                    {"branch": "south", "status": "confirmed", "applicant": document})
        for query in matching:
            self.assertIn(booked.reference, self.all_found(self.desk, {**query, "limit": 2}), query)
        for query in ({"branch": "north"}, {"service": "permit"}, {"date": "2026-01-01"},
                      {"status": "held"}, {"applicant": {"id_type": "passport",
                                                         "id_number": "A1234567"}}):
            self.assertNotIn(booked.reference, self.all_found(self.desk, query), query)
        self.assertEqual([booked.reference],
                         self.all_found(self.desk, {"applicant": document}))

    def test_pages_meet_every_booking_once_while_others_are_claimed(self):
        ours = {self.confirmed("north").reference for _ in range(12)}
        found, after = [], None
        while True:
            reply = self.search(self.desk, {"limit": 3, **({"after": after} if after else {})})
            found += [booking["reference"] for booking in reply.json["bookings"]]
            Booked(self.daemon, self.soon("south"))
            after = reply.json["next"]
            if after is None:
                break
        self.assertEqual(len(found), len(set(found)))
        self.assertLessEqual(ours, set(found))

    def test_bad_searches_are_named(self):
        reply = self.search(self.desk, {"branch": "nowhere", "service": 3, "date": "soon",
                                        "slot": "x", "status": "lost", "limit": 101, "after": "y",
                                        "applicant": {"id_type": "mykad"}, "colour": "red"})
        self.refused(reply, 400, "invalid_request")
        self.assertEqual({"/branch", "/service", "/date", "/slot", "/status", "/limit",
                          "/applicant/id_number", "/colour"},
                         {error["pointer"] for error in reply.json["errors"]} - {"/after"})
        self.refused(self.search(self.hall, {}), 403, "forbidden")

    def test_staff_sees_the_details(self):
        booked = self.confirmed()
        see = lambda: self.daemon.request("GET", f"/v1/staff/bookings/{booked.reference}", None,
                                          {"Authorization": f"Bearer {self.desk}"})
        reply = see()
        self.assertEqual(200, reply.status, reply.text)
        self.assertEqual(DETAILS["details"], reply.json["details"])
        held = Booked(self.daemon, self.soon())
        reply = self.daemon.request("GET", f"/v1/staff/bookings/{held.reference}", None,
                                    {"Authorization": f"Bearer {self.desk}"})
        self.assertIsNone(reply.json["details"])


if __name__ == "__main__":
    unittest.main()
