"""The main job: from the catalogue to a confirmed booking, and every refusal on the way."""

import unittest

from support import calendar
from support.calendar import Booked, claim, claim_body, free_day, free_slot, key, person
from support.case import DaemonCase


class HappyPath(DaemonCase):
    def test_from_the_catalogue_to_a_cancelled_booking(self):
        catalogue = self.daemon.request("GET", "/v1/catalogue").json
        offices = {b["id"]: b for state in catalogue["states"] for b in state["branches"]}
        self.assertIn(calendar.SERVICE, offices[calendar.BRANCH]["services"])
        service = next(s for s in catalogue["services"] if s["id"] == calendar.SERVICE)
        self.assertEqual({"ms", "en", "id"}, set(service["name"]))

        day = free_day(self.daemon)
        self.assertEqual({"date", "status", "free", "capacity"}, set(day))
        slot = free_slot(self.daemon)
        self.assertEqual({"id", "start", "end", "pool", "capacity", "free", "status"}, set(slot))
        self.assertTrue(slot["start"].startswith(day["date"]) and slot["start"].endswith("+08:00"))

        made = claim(self.daemon, claim_body(slot["id"]))
        self.assertEqual(201, made.status, made.text)
        booking, token = made.json["booking"], made.json["token"]
        self.assertEqual(f"/v1/bookings/{booking['reference']}", made.headers["location"])
        self.assertEqual("held", booking["status"])
        self.assertEqual(slot["id"], booking["slot"]["id"])
        self.assertEqual(slot["start"], booking["slot"]["start"])
        self.assertEqual(slot["end"], booking["slot"]["end"])
        self.assertIsNone(booking["confirmed_at"])
        self.assertEqual(1, booking["version"])
        self.assertRegex(booking["expires_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$")

        path = f"/v1/bookings/{booking['reference']}"
        authority = {"Authorization": f"Bearer {token}"}
        read = self.daemon.request("GET", path, None, authority).json["booking"]
        self.assertEqual(calendar.without_expiry(booking), calendar.without_expiry(read))
        self.assertLessEqual(
            abs(calendar.minutes_between(booking["expires_at"], read["expires_at"])), 1 / 60)
        confirmed = self.daemon.request(
            "POST", path + "/confirm", {"details": {"name": "Aminah", "phone": "012-345 6789"}},
            {**authority, "Idempotency-Key": key()})
        self.assertEqual(200, confirmed.status, confirmed.text)
        self.assertEqual("confirmed", confirmed.json["booking"]["status"])
        self.assertIsNotNone(confirmed.json["booking"]["confirmed_at"])
        self.assertNotIn("expires_at", confirmed.json["booking"])
        self.assertEqual(2, confirmed.json["booking"]["version"])
        cancelled = self.daemon.request("POST", path + "/cancel", None,
                                        {**authority, "Idempotency-Key": key()})
        self.assertEqual(200, cancelled.status, cancelled.text)
        self.assertEqual("cancelled", cancelled.json["booking"]["status"])

    def test_a_seat_is_gone_while_it_is_booked_and_comes_back(self):
        slot = free_slot(self.daemon, 3)

        def free():
            day = slot["start"][:10]
            return next(s["free"] for s in calendar.slots(self.daemon, day).json["slots"]
                        if s["id"] == slot["id"])

        before = free()
        booked = Booked(self.daemon, slot["id"])
        self.assertEqual(before - 1, free())
        booked.confirm()
        self.assertEqual(before - 1, free())
        booked.cancel()
        self.assertEqual(before, free())

    def test_the_earliest_free_slot_of_a_date_and_of_a_span(self):
        date = free_day(self.daemon, 2)["date"]
        lane = {"branch": calendar.BRANCH, "service": calendar.SERVICE}
        first = next(s for s in calendar.slots(self.daemon, date).json["slots"]
                     if s["status"] == "available")
        for dates in ({"date": date}, {"date_from": date, "date_to": free_day(self.daemon, 4)["date"]}):
            made = claim(self.daemon, {**lane, **dates, "applicant": person()})
            self.assertEqual(201, made.status, made.text)
            self.assertEqual(first["id"], made.json["booking"]["slot"]["id"])

    def test_branch_and_service_may_be_percent_encoded(self):
        encoded = calendar.days(self.daemon, "k%61jang", "keselamatan%2Dpasport")
        self.assertEqual(200, encoded.status, encoded.text)
        self.assertEqual(calendar.days(self.daemon).json, encoded.json)
        self.assertEqual(404, calendar.days(self.daemon, "kajang%2").status)

    def test_a_reference_may_be_typed_as_people_do(self):
        booked = Booked(self.daemon)
        typed = booked.reference.lower().replace("-", "%20")
        reply = self.daemon.request("GET", f"/v1/bookings/{typed}", None, booked.headers())
        self.assertEqual(200, reply.status)
        self.assertEqual(booked.reference, reply.json["booking"]["reference"])


class Repetition(DaemonCase):
    def test_a_repeated_claim_gives_the_same_booking_as_it_is_now(self):
        body, same = claim_body(free_slot(self.daemon)["id"]), key()
        first = claim(self.daemon, body, same)
        self.assertEqual(201, first.status)
        self.assertNotIn("idempotency-replayed", first.headers)
        again = claim(self.daemon, body, same.strip('"'))  # bare is the same key
        self.assertEqual(201, again.status, again.text)
        self.assertEqual("true", again.headers["idempotency-replayed"])
        self.assertEqual(first.json["token"], again.json["token"])
        path = first.headers["location"]
        authority = {"Authorization": f"Bearer {first.json['token']}"}
        once = key()
        details = {"details": {"phone": "012-345 6789", "name": "Aminah"}}
        for replayed in (None, "true"):
            reply = self.daemon.request("POST", path + "/confirm", details,
                                        {**authority, "Idempotency-Key": once})
            self.assertEqual(200, reply.status, reply.text)
            self.assertEqual(replayed, reply.headers.get("idempotency-replayed"))
            self.assertEqual(2, reply.json["booking"]["version"])
        now = claim(self.daemon, body, same)
        self.assertEqual("confirmed", now.json["booking"]["status"])
        self.assertEqual(201, now.status)

    def test_another_body_under_a_used_key_is_refused(self):
        slots = [free_slot(self.daemon, n)["id"] for n in (0, 1)]
        applicant, same = person(), key()
        self.assertEqual(201, claim(self.daemon, claim_body(slots[0], applicant), same).status)
        other = claim(self.daemon, claim_body(slots[1], applicant), same)
        self.assertEqual((422, "idempotency_mismatch"), (other.status, other.code))

    def test_applicants_who_send_the_same_key_never_meet(self):
        slot = free_slot(self.daemon)["id"]
        one = claim(self.daemon, claim_body(slot), '"1"')
        two = claim(self.daemon, claim_body(slot), '"1"')
        self.assertEqual((201, 201), (one.status, two.status))
        self.assertNotEqual(one.json["booking"]["reference"], two.json["booking"]["reference"])

    def test_a_repeated_cancel(self):
        booked, once = Booked(self.daemon), key()
        self.assertNotIn("idempotency-replayed", booked.cancel(once).headers)
        again = booked.cancel(once)
        self.assertEqual((200, "true"), (again.status, again.headers["idempotency-replayed"]))


class Refusals(DaemonCase):
    def assert_refused(self, reply, status, code):
        self.assertEqual((status, code), (reply.status, reply.code), reply.text)
        self.assertEqual("application/problem+json", reply.headers["content-type"])
        self.assertEqual(reply.headers["x-request-id"], reply.json["request_id"])

    def test_a_full_slot_names_the_nearest_free_ones(self):
        slot = free_slot(self.daemon, 5)
        replies = [claim(self.daemon, claim_body(slot["id"], seats=4)) for _ in
                   range(slot["capacity"])]
        refused = [r for r in replies if r.status != 201]
        self.assertTrue(refused)
        # Fill what four didn't fit into.
        while (reply := claim(self.daemon, claim_body(slot["id"]))).status == 201:
            pass
        self.assert_refused(reply, 409, "slot_full")
        alternatives = reply.json["alternatives"]
        self.assertEqual(5, len(alternatives))
        minutes = [abs(calendar.minutes_between(a["start"], slot["start"])) for a in alternatives]
        self.assertEqual(minutes, sorted(minutes))
        self.assertEqual(15, minutes[0])
        taken = claim(self.daemon, claim_body(alternatives[0]["id"]))
        self.assertEqual(201, taken.status)
        roomy = claim(self.daemon, claim_body(slot["id"], seats=4)).json["alternatives"]
        self.assertTrue(all(a["free"] >= 4 for a in roomy))

    def test_one_active_booking_for_an_applicant(self):
        applicant = person()
        booked = Booked(self.daemon, applicant=applicant)
        second = claim(self.daemon, claim_body(free_slot(self.daemon)["id"], applicant))
        self.assert_refused(second, 409, "already_booked")
        spaced = dict(applicant, id_number="-".join(
            (applicant["id_number"][:6], applicant["id_number"][6:8], applicant["id_number"][8:])))
        self.assert_refused(claim(self.daemon, claim_body(free_slot(self.daemon)["id"], spaced)),
                            409, "already_booked")
        booked.cancel()
        self.assertEqual(201, claim(self.daemon, claim_body(free_slot(self.daemon)["id"],
                                                            applicant)).status)

    def test_transitions_that_there_are_not(self):
        booked = Booked(self.daemon)
        self.assertEqual(200, booked.confirm().status)
        self.assert_refused(booked.confirm(), 409, "illegal_transition")
        self.assertEqual(200, booked.cancel().status)
        self.assert_refused(booked.cancel(), 409, "illegal_transition")
        self.assert_refused(booked.confirm(), 409, "illegal_transition")

    def test_a_booking_moves_to_another_slot(self):
        booked = Booked(self.daemon, free_slot(self.daemon, 4)["id"])
        self.assertEqual(200, booked.confirm().status)
        before = booked.get().json["booking"]
        there = free_slot(self.daemon, 6)
        once = key()
        moved = booked.reschedule(there["id"], once)
        self.assertEqual(200, moved.status)
        after = moved.json["booking"]
        self.assertEqual(there["id"], after["slot"]["id"])
        self.assertEqual(before["reference"], after["reference"])
        self.assertEqual("confirmed", after["status"])
        self.assertEqual(before["version"] + 1, after["version"])
        self.assertEqual(after, booked.get().json["booking"])
        # The same again moves nothing; the same key for another slot is refused.
        again = booked.reschedule(there["id"], once)
        self.assertEqual("true", again.headers["idempotency-replayed"])
        self.assertEqual(after, again.json["booking"])
        other = free_slot(self.daemon, 8)["id"]
        self.assert_refused(booked.reschedule(other, once), 422, "idempotency_mismatch")
        # As often as the catalogue says.
        service = next(s for s in self.daemon.request("GET", "/v1/catalogue").json["services"]
                       if s["id"] == calendar.SERVICE)
        self.assertEqual(1, service["reschedules_max"])
        self.assert_refused(booked.reschedule(other), 409, "changes_exceeded")

    def test_moves_that_there_are_not(self):
        booked = Booked(self.daemon)
        here = booked.get().json["booking"]["slot"]["id"]
        self.assert_refused(booked.reschedule(here), 409, "slot_not_allowed")
        self.assert_refused(booked.reschedule("nowhere"), 404, "slot_not_found")
        self.assert_refused(booked.reschedule(""), 404, "slot_not_found")
        office = next(b for s in self.daemon.request("GET", "/v1/catalogue").json["states"]
                      for b in s["branches"]
                      if b["id"] == calendar.BRANCH)
        service = next(s for s in office["services"] if s != calendar.SERVICE)
        listed = calendar.slots(self.daemon, free_day(self.daemon)["date"], service=service).json
        self.assert_refused(booked.reschedule(listed["slots"][0]["id"]), 409, "slot_not_allowed")
        refused = self.daemon.request("POST", booked.path + "/reschedule", {"slott": here},
                                      booked.headers())
        self.assert_refused(refused, 400, "invalid_request")
        self.assertEqual({"/slot", "/slott"}, {e["pointer"] for e in refused.json["errors"]})
        no_key = self.daemon.request("POST", booked.path + "/reschedule", {"slot": here},
                                     {"Authorization": f"Bearer {booked.token}"})
        self.assert_refused(no_key, 400, "invalid_request")
        nobody = self.daemon.request("POST", booked.path + "/reschedule", {"slot": here},
                                     {"Idempotency-Key": key()})
        self.assert_refused(nobody, 401, "unauthorized")
        booked.cancel()
        self.assert_refused(booked.reschedule(free_slot(self.daemon, 3)["id"]), 409,
                            "illegal_transition")

    def test_rules_of_the_service(self):
        slot = free_slot(self.daemon)["id"]
        for seats in (0, -1, 5, 70000):
            self.assert_refused(claim(self.daemon, claim_body(slot, seats=seats)), 422,
                                "seats_exceeded")
        foreigner = {"category": "foreigner", "id_type": "passport", "id_number": "A1234567"}
        self.assert_refused(claim(self.daemon, claim_body(slot, foreigner)), 422,
                            "category_not_allowed")

    def test_dates_that_cannot_be_booked(self):
        lane = {"branch": calendar.BRANCH, "service": calendar.SERVICE}

        def on(date):
            return claim(self.daemon, {**lane, "date": date, "applicant": person()})

        self.assert_refused(on("2999-12-31"), 422, "outside_horizon")
        past = on("2020-01-01")
        self.assertIn((past.status, past.code), [(422, "outside_horizon"), (409, "too_late")])
        closed = next(d for d in calendar.days(self.daemon).json["days"]
                      if d["status"] == "closed")
        self.assertTrue(closed["reason"])
        self.assert_refused(on(closed["date"]), 409, "closed")


class Calendar(DaemonCase):
    def test_days_by_default_reach_from_today_to_the_horizon(self):
        days = calendar.days(self.daemon).json["days"]
        self.assertEqual(90, len(days))
        self.assertEqual(sorted(d["date"] for d in days), [d["date"] for d in days])

    def test_days_outside_the_horizon_say_so(self):
        last = calendar.days(self.daemon).json["days"][-1]["date"]
        beyond = calendar.days(self.daemon, query=f"?from={last}&to={calendar.later(last, 9)}")
        states = {d["status"] for d in beyond.json["days"][1:]}
        self.assertIn("unreleased", states)
        day = next(d for d in beyond.json["days"] if d["status"] == "unreleased")
        self.assertRegex(day["opens_at"], r"T00:00:00\+08:00$")
        planned = calendar.slots(self.daemon, day["date"]).json["slots"]
        self.assertTrue(planned)
        self.assertEqual({"unreleased"}, {s["status"] for s in planned})
        self.assertEqual({day["opens_at"]}, {s["opens_at"] for s in planned})
        early = claim(self.daemon, claim_body(planned[0]["id"]))
        self.assertIn(early.code, ("not_released", "outside_horizon"))
        first = calendar.days(self.daemon).json["days"][0]["date"]
        before = f"?from={calendar.later(first, -30)}&to={calendar.later(first, -1)}"
        gone = calendar.days(self.daemon, query=before).json["days"]
        self.assertEqual({"past"}, {d["status"] for d in gone})

    def test_a_closed_day_has_its_reason_and_no_slots(self):
        closed = next(d for d in calendar.days(self.daemon).json["days"]
                      if d["status"] == "closed")
        reply = calendar.slots(self.daemon, closed["date"]).json
        self.assertEqual([], reply["slots"])
        self.assertEqual(closed, reply["day"])

    def test_an_unchanged_answer_is_not_sent_again(self):
        for path in ("/v1/catalogue", "/openapi.json",
                     f"/v1/branches/{calendar.BRANCH}/services/{calendar.SERVICE}/days"):
            first = self.daemon.request("GET", path)
            tag = first.headers["etag"]
            self.assertIn("cache-control", first.headers)
            again = self.daemon.request("GET", path, None, {"If-None-Match": tag})
            self.assertEqual((304, ""), (again.status, again.text), path)
        Booked(self.daemon)
        changed = self.daemon.request("GET", path, None, {"If-None-Match": tag})
        self.assertEqual(200, changed.status)


if __name__ == "__main__":
    unittest.main()
