"""What isn't released yet says when it will be."""

import datetime
import tempfile
import unittest

from support.calendar import claim, days, key, person, slots
from support.case import PROGRAM
from support.daemon import Daemon
from support.office import write_catalogue

VISITOR = {"category": "foreigner", "id_type": "passport"}


class Release(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        cls.daemon = Daemon(PROGRAM, catalogue=write_catalogue(cls.folder.name + "/catalogue"))
        cls.daemon.start()
        cls.days = days(cls.daemon, "north", "visa").json["days"]
        cls.open_days = [day for day in cls.days if day["status"] == "available"]
        cls.late = next(day for day in cls.days if day["status"] == "unreleased")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        cls.folder.cleanup()

    def body(self, **target):
        return {**target, "applicant": {**VISITOR, "id_number": "A" + person()["id_number"]}}

    def late_slot(self):
        """The id that a slot of an open day would have on a day that isn't."""
        slot = slots(self.daemon, self.open_days[-1]["date"], "north", "visa").json["slots"][0]["id"]
        branch, service, pool, _, time = slot.split(".")
        return ".".join((branch, service, pool, self.late["date"].replace("-", ""), time))

    def assert_late(self, reply, opens_at):
        self.assertEqual((409, "not_released", opens_at),
                         (reply.status, reply.json["code"], reply.json.get("opens_at")), reply.text)

    def test_whole_weeks_open_on_a_monday_at_eight(self):
        last = datetime.date.fromisoformat(self.open_days[-1]["date"])
        self.assertEqual(6, last.weekday())
        self.assertEqual(last + datetime.timedelta(days=1),
                         datetime.date.fromisoformat(self.late["date"]))
        for day in self.days:
            if day["status"] != "unreleased":
                continue
            opens = datetime.datetime.fromisoformat(day["opens_at"])
            date = datetime.date.fromisoformat(day["date"])
            monday = date - datetime.timedelta(days=date.weekday() + 7)
            self.assertEqual((monday, "08:00+08:00"), (opens.date(), opens.strftime("%H:%M") +
                                                       day["opens_at"][-6:]), day)
            self.assertGreater(opens, datetime.datetime.now(datetime.timezone.utc))

    def test_a_refusal_says_when_to_come_again(self):
        opens_at = self.late["opens_at"]
        self.assert_late(claim(self.daemon, self.body(slot=self.late_slot())), opens_at)
        lane = {"branch": "north", "service": "visa"}
        self.assert_late(claim(self.daemon, self.body(**lane, date=self.late["date"])), opens_at)
        group = {"parts": [{"from": self.late_slot(), "members": 1}],
                 "members": [{"id_type": "passport", "id_number": "B" + person()["id_number"]}],
                 "claimant": {**VISITOR, "id_number": "C" + person()["id_number"]}}
        self.assert_late(self.daemon.request("POST", "/v1/groups", group,
                                             {"Idempotency-Key": key()}), opens_at)
        slot = slots(self.daemon, self.open_days[-1]["date"], "north", "visa").json["slots"][0]["id"]
        held = claim(self.daemon, self.body(slot=slot))
        self.assertEqual(201, held.status, held.text)
        path = f"/v1/bookings/{held.json['booking']['reference']}/reschedule"
        moved = self.daemon.request("POST", path, {"slot": self.late_slot()},
                                    {"Authorization": f"Bearer {held.json['token']}",
                                     "Idempotency-Key": key()})
        self.assert_late(moved, opens_at)


if __name__ == "__main__":
    unittest.main()
