"""Seats that were given up and come back later."""

import tempfile
import unittest

from support.calendar import Booked, claim, claim_body, days, slots
from support.case import PROGRAM
from support.daemon import Daemon, until
from support.office import Keys, write_catalogue


class Later(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        cls.daemon = Daemon(PROGRAM, catalogue=write_catalogue(cls.folder.name + "/catalogue"))
        cls.daemon.start()
        cls.keys = Keys(cls.daemon.data + "/data")
        cls.desk = cls.keys.add("staff:read")
        cls.south = cls.keys.add("staff:read", "south")
        cls.feed = cls.keys.add("feed")
        cls.day = days(cls.daemon, "north", "exam").json["days"][4]["date"]
        until(lambda: cls.ask(cls).status == 200)

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        cls.folder.cleanup()

    def ask(self, query=None, token=None):
        query = query or f"?branch=north&service=exam&date={self.day}"
        return self.daemon.request("GET", "/v1/staff/slots" + query, None,
                                   {"Authorization": f"Bearer {token or self.desk}"})

    def seats(self, slot_id):
        return {slot["id"]: (slot["free"], slot["later"])
                for slot in self.ask().json["slots"]}[slot_id]

    def events(self):
        found, after = [], 0
        while True:
            page = self.daemon.request("GET", f"/v1/feed?after={after}&limit=100", None,
                                       {"Authorization": f"Bearer {self.feed}"})
            self.assertEqual(200, page.status, page.text)
            if page.json["next"] == page.json["newest"]:
                return found + page.json["events"]
            found, after = found + page.json["events"], page.json["next"]

    def test_who_gives_up_a_seat_cannot_hand_it_to_whom_he_likes(self):
        slot = slots(self.daemon, self.day, "north", "exam").json["slots"][7]["id"]
        self.assertEqual((2, 0), self.seats(slot))
        one, other = Booked(self.daemon, slot), Booked(self.daemon, slot)
        self.assertEqual(200, one.cancel().status)
        self.assertEqual((0, 1), self.seats(slot))
        full = claim(self.daemon, claim_body(slot))
        self.assertEqual((409, "slot_full"), (full.status, full.json["code"]))
        public = {entry["id"]: entry for entry in
                  slots(self.daemon, self.day, "north", "exam").json["slots"]}[slot]
        self.assertEqual(("full", 0, False),
                         (public["status"], public["free"], "later" in public))
        metrics = self.daemon.request("GET", "/metrics").text
        self.assertIn("\njanji_seats_later 1\n", metrics)
        elsewhere = slots(self.daemon, self.day, "north", "exam").json["slots"][9]["id"]
        self.assertEqual(200, other.reschedule(elsewhere).status)
        self.assertEqual(((0, 2), (1, 0)), (self.seats(slot), self.seats(elsewhere)))
        events = self.events()
        self.assertEqual({"cancel", "reschedule"},
                         {event["kind"] for event in events if event.get("seats_later")})
        # A crash brings nothing back.
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual((0, 2), self.seats(slot))
        self.assertEqual("slot_full", claim(self.daemon, claim_body(slot)).json["code"])

    def test_staff_sees_the_day_and_nobody_else_does(self):
        self.assertEqual(401, self.daemon.request("GET", "/v1/staff/slots").status)
        self.assertEqual(403, self.ask(token=self.feed).status)
        self.assertEqual(403, self.ask(token=self.south).status)
        day = f"&service=exam&date={self.day}"
        self.assertEqual(200, self.ask("?branch=south" + day, self.south).status)
        self.assertEqual(404, self.ask("?branch=nowhere" + day).status)
        self.assertEqual([], self.ask("?branch=north&service=exam&date=2020-01-01").json["slots"])
        bad = self.ask("?pool=vip&date=soon&colour=red")
        self.assertEqual(400, bad.status)
        self.assertEqual({"branch", "service", "pool", "date", "colour"},
                         {error["parameter"] for error in bad.json["errors"]})


if __name__ == "__main__":
    unittest.main()
