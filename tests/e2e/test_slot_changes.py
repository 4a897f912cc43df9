"""Closing and reopening slots over HTTP, and what becomes of the displaced."""

import datetime

from support.calendar import Booked, claim, claim_body, key, person
from support.daemon import until
from support.staff import DETAILS, StaffCase


class Calendar(StaffCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls.keys.add("staff:calendar;staff:read")
        cls.calendar_north = cls.keys.add("staff:calendar", "north")

    def change(self, body, preview=False, token=None, idempotency_key=None):
        headers = {"Authorization": f"Bearer {token or self.calendar}"}
        if not preview:
            headers["Idempotency-Key"] = idempotency_key or key()
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

    def test_a_late_repeat_leaves_alone_what_was_changed_since(self):
        date = (datetime.date.today() + datetime.timedelta(days=9)).isoformat()
        mine = {"branch": "north", "service": "passport", "date": date}
        shut, again = {**mine, "doors": "closed"}, key()
        until(lambda: self.change(shut, idempotency_key=again).status == 200)
        until(lambda: self.change({**mine, "doors": "open", "capacity": 3}).status == 200)
        late = self.change(shut, idempotency_key=again)
        self.assertEqual((200, "true"), (late.status, late.headers.get("idempotency-replayed")))
        slots = self.daemon.request("GET", f"/v1/branches/north/services/passport/slots?date={date}"
                                    ).json["slots"]
        self.assertEqual({("available", 3)}, {(slot["status"], slot["free"]) for slot in slots})
        self.refused(self.change({**shut, "capacity": 2}, idempotency_key=again), 422,
                     "idempotency_mismatch")
        for slot in slots[:2]:
            self.refused(self.change({"slot": slot["id"], "doors": "closed"},
                                     idempotency_key=again), 422, "idempotency_mismatch")

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
