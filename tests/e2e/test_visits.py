"""From the hold to the end of the visit, over HTTP: extending, paying, checking in, calling, progress."""

import datetime

from support.calendar import Booked, claim, claim_body, key, person
from support.staff import DETAILS, StaffCase


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
