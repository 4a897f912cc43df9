"""Who of the staff may do what, tokens that are issued anew, and the search, over HTTP."""

import types
import unittest

from support.calendar import Booked, claim, claim_body, key, person
from support.daemon import until
from support.staff import DETAILS, StaffCase


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
