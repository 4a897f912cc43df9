"""Waiting for a slot that is full: joining, being offered a seat, leaving."""

import unittest

from support import calendar
from support.calendar import (Booked, claim, claim_body, free_day, free_slot, key,
                              person)
from support.case import DaemonCase

PATIENCE = 200  # looks, each behind a commit


class Waitlist(DaemonCase):
    def fill(self, nth):
        """A slot that is full, and who has its seats."""
        slot = free_slot(self.daemon, nth)
        return slot["id"], [Booked(self.daemon, slot["id"]) for _ in range(slot["free"])]

    def join(self, slot_id, applicant=None, idempotency_key=None, **more):
        return self.daemon.request("POST", "/v1/waitlist", claim_body(slot_id, applicant, **more),
                                   {"Idempotency-Key": idempotency_key or key()})

    def joined(self, slot_id, applicant=None):
        """As Booked, of somebody who waits."""
        reply = self.join(slot_id, applicant)
        self.assertEqual(201, reply.status, reply.text)
        return self.as_booked(reply)

    def as_booked(self, reply):
        waits = Booked.__new__(Booked)
        waits.daemon = self.daemon
        waits.reference = reply.json["booking"]["reference"]
        waits.token = reply.json["token"]
        waits.path = f"/v1/bookings/{waits.reference}"
        return waits

    def until(self, booked, status):
        """Its booking once it has that status: the writer comes to it behind the answer."""
        for _ in range(PATIENCE):
            booking = booked.get().json["booking"]
            if booking["status"] == status:
                return booking
        self.fail(f"{booking['status']}, not {status}")

    def test_a_seat_that_comes_free_goes_to_who_joined_first(self):
        slot_id, booked = self.fill(2)
        first, second = self.joined(slot_id), self.joined(slot_id)
        booking = first.get().json["booking"]
        self.assertEqual("waiting", booking["status"])
        self.assertNotIn("expires_at", booking)
        self.assertEqual(409, first.confirm().status)
        self.assertEqual(200, booked[0].cancel().status)
        offered = self.until(first, "held")
        self.assertIn("expires_at", offered)
        self.assertEqual("waiting", second.get().json["booking"]["status"])
        refused = claim(self.daemon, claim_body(slot_id))
        self.assertEqual((409, "slot_full"), (refused.status, refused.code))
        self.assertEqual("confirmed", first.confirm().json["booking"]["status"])
        # Who declines what he is offered hands it on.
        self.assertEqual(200, booked[1].cancel().status)
        self.until(second, "held")
        third = self.joined(slot_id)
        self.assertEqual(200, second.cancel().status)
        self.until(third, "held")

    def test_who_leaves_waits_no_longer_and_may_come_back(self):
        slot_id, booked = self.fill(4)
        applicant = person()
        once = key()
        made = self.join(slot_id, applicant, once)
        self.assertEqual(201, made.status)
        self.assertEqual(made.headers["location"],
                         f"/v1/bookings/{made.json['booking']['reference']}")
        again = self.join(slot_id, applicant, once)
        self.assertEqual((201, "true"), (again.status, again.headers["idempotency-replayed"]))
        self.assertEqual(made.json["booking"]["reference"], again.json["booking"]["reference"])
        twice = self.join(slot_id, applicant)
        self.assertEqual((409, "already_waiting"), (twice.status, twice.code))
        other = self.join(slot_id, applicant, once, seats=2)
        self.assertEqual((422, "idempotency_mismatch"), (other.status, other.code))
        left = self.daemon.request(
            "POST", made.headers["location"] + "/cancel", None,
            {"Authorization": f"Bearer {made.json['token']}", "Idempotency-Key": key()})
        self.assertEqual("cancelled", left.json["booking"]["status"])
        self.assertEqual(201, self.join(slot_id, applicant).status)

    def wait(self, body):
        return self.daemon.request("POST", "/v1/waitlist", {"applicant": person(), **body},
                                   {"Idempotency-Key": key()})

    def test_who_waits_for_several_slots_is_held_the_earliest_with_seats(self):
        slots = [s for s in calendar.slots(self.daemon, free_day(self.daemon)["date"]).json["slots"]
                 if s["status"] == "available"][10:13]
        booked = {s["id"]: [Booked(self.daemon, s["id"]) for _ in range(s["free"])]
                  for s in slots}
        first, last = slots[0]["id"], slots[-1]["id"]
        reply = self.wait({"from": first, "to": last})
        self.assertEqual(201, reply.status, reply.text)
        booking = reply.json["booking"]
        self.assertEqual(("waiting", None), (booking["status"], booking["slot"]))
        self.assertEqual((first, last), (booking["waits_for"]["from"]["id"],
                                         booking["waits_for"]["to"]["id"]))
        waits = self.as_booked(reply)
        behind = self.joined(slots[1]["id"])
        self.assertEqual(200, booked[slots[1]["id"]][0].cancel().status)
        held = self.until(waits, "held")
        self.assertEqual(slots[1]["id"], held["slot"]["id"])
        self.assertNotIn("waits_for", held)
        self.assertEqual("waiting", behind.get().json["booking"]["status"])
        self.assertEqual(200, waits.cancel().status)
        self.until(behind, "held")

    def test_who_waits_for_a_day_is_held_a_seat_at_once_if_there_is_one(self):
        date = free_day(self.daemon, 2)["date"]
        day = {"branch": calendar.BRANCH, "service": calendar.SERVICE, "date": date}
        reply = self.wait(day)
        self.assertEqual(201, reply.status, reply.text)
        self.assertEqual("waiting", reply.json["booking"]["status"])
        held = self.until(self.as_booked(reply), "held")
        self.assertIn(date, held["slot"]["start"])

    def test_what_a_join_of_several_slots_is_refused_for(self):
        slots = calendar.slots(self.daemon, free_day(self.daemon)["date"]).json["slots"]
        first, last = slots[0]["id"], slots[-1]["id"]
        self.assertEqual("slot_not_found", self.wait({"from": first, "to": "x"}).code)
        other = calendar.slots(self.daemon, free_day(self.daemon, 2)["date"]).json["slots"][0]["id"]
        for body, pointers in (
                ({"from": first}, {"/to"}),
                ({"from": last, "to": first}, {"/to"}),
                ({"from": first, "to": other}, {"/to"}),
                ({"slot": first, "from": first, "date": "2026-01-01"}, {"/from", "/date"}),
                ({"from": first, "to": last, "branch": "kajang"}, {"/branch"}),
                ({"branch": "kajang", "service": "x", "date": "today"}, {"/date"})):
            bad = self.wait(body)
            self.assertEqual((400, "invalid_request"), (bad.status, bad.code), body)
            self.assertEqual(pointers, {e["pointer"] for e in bad.json["errors"]}, body)
        unknown = self.wait({"branch": "nowhere", "service": calendar.SERVICE,
                             "date": free_day(self.daemon)["date"]})
        self.assertEqual((404, "slot_not_found"), (unknown.status, unknown.code))

    def test_who_has_booked_needs_not_wait(self):
        slot_id, _ = self.fill(6)
        applicant = person()
        Booked(self.daemon, applicant=applicant)
        refused = self.join(slot_id, applicant)
        self.assertEqual((409, "already_booked"), (refused.status, refused.code))

    def test_what_a_join_is_refused_for(self):
        slot_id, _ = self.fill(8)
        unknown = self.join("kajang.keselamatan-pasport.general.2026-13-01.0900")
        self.assertEqual((404, "slot_not_found"), (unknown.status, unknown.code))
        many = self.join(slot_id, seats=99)
        self.assertEqual((422, "seats_exceeded"), (many.status, many.code))
        bad = self.daemon.request("POST", "/v1/waitlist",
                                  {"branch": "kajang", "applicant": person()},
                                  {"Idempotency-Key": key()})
        self.assertEqual((400, "invalid_request"), (bad.status, bad.code))
        self.assertEqual({"/service", "/date"}, {e["pointer"] for e in bad.json["errors"]})
        neither = self.daemon.request("POST", "/v1/waitlist", {"applicant": person()},
                                      {"Idempotency-Key": key()})
        self.assertEqual({"/slot"}, {e["pointer"] for e in neither.json["errors"]})
        keyless = self.daemon.request("POST", "/v1/waitlist", claim_body(slot_id))
        self.assertEqual((400, "invalid_request"), (keyless.status, keyless.code))


if __name__ == "__main__":
    unittest.main()
