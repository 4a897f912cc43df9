"""What nobody has of a pool is to be had by anybody from a set time on."""

import datetime
import pathlib
import tempfile
import unittest

from support.calendar import claim, claim_body, days
from support.case import PROGRAM
from support.daemon import Daemon, until
from support.office import Keys, write_catalogue

SERVICE = "licence"
FALLS_BACK = datetime.timedelta(days=3)


def write_pools(directory):
    """Beside the usual services, one with four seats a slot, of which two are kept for the old
    until three days before."""
    to = pathlib.Path(write_catalogue(directory))
    for name, rows in {
            "services.csv": ["licence,Lesen,Licence,Lisensi,citizen,no,,"],
            "schedule.csv": ["licence,,,,4,,,,,,,,,"]}.items():
        with (to / name).open("a", encoding="utf-8") as file:
            file.write("\n".join(rows) + "\n")
    (to / "offers.csv").write_text(
        "kind,branch_id,service_id,pool,percent,fall_back_minutes,first_day,last_day\n"
        "branch,,licence,general,,,,\n"
        f"branch,,licence,priority,50,{3 * 24 * 60},,\n", encoding="utf-8")
    return str(to)


class Pools(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        cls.daemon = Daemon(PROGRAM, catalogue=write_pools(cls.folder.name + "/catalogue"))
        cls.daemon.start()
        cls.keys = Keys(cls.daemon.data + "/data")
        cls.reader = cls.keys.add("feed")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        cls.folder.cleanup()

    def slots(self, date, pool):
        path = f"/v1/branches/north/services/{SERVICE}/slots?date={date}&pool={pool}"
        return self.daemon.request("GET", path).json["slots"]

    def day(self, nth):
        return days(self.daemon, "north", SERVICE).json["days"][nth]["date"]

    def test_the_calendar_shows_where_the_seats_are(self):
        soon, late = self.day(1), self.day(5)
        until(lambda: self.slots(soon, "general")[0]["capacity"] == 4)
        self.assertEqual([(4, 4)] * 95, [(s["free"], s["capacity"]) for s in self.slots(soon, "general")])
        for slot in self.slots(soon, "priority"):
            self.assertEqual((0, 0, "full"), (slot["free"], slot["capacity"], slot["status"]))
        for pool in ("general", "priority"):
            self.assertEqual([(2, 2)] * 95,
                             [(s["free"], s["capacity"]) for s in self.slots(late, pool)])

    def test_anybody_has_them_and_the_pool_is_full(self):
        soon = self.day(2)
        until(lambda: self.slots(soon, "general")[0]["capacity"] == 4)
        general, pool = self.slots(soon, "general")[7]["id"], self.slots(soon, "priority")[7]["id"]
        for _ in range(4):
            self.assertEqual(201, claim(self.daemon, claim_body(general)).status)
        for slot in (general, pool):
            refused = claim(self.daemon, claim_body(slot))
            self.assertEqual((409, "slot_full"), (refused.status, refused.json["code"]))
        late = self.slots(self.day(6), "priority")[0]["id"]
        self.assertEqual(201, claim(self.daemon, claim_body(late)).status)

    def test_the_feed_tells_of_both_slots(self):
        until(lambda: self.slots(self.day(1), "general")[0]["capacity"] == 4)
        after, told = 0, []
        while True:
            page = self.daemon.request("GET", f"/v1/feed?after={after}&limit=500", None,
                                       {"Authorization": f"Bearer {self.reader}"}).json
            told += [event for event in page["events"] if event["kind"] == "fall_back"]
            after = page["next"]
            if after == page["newest"]:
                break
        self.assertGreater(len(told), 2 * 95)
        left, came = told[0], told[1]
        self.assertEqual(left["lsn"], came["lsn"])
        self.assertEqual((0, 2), (left["capacity"], left["seats"]))
        self.assertEqual((4, 2), (came["capacity"], came["seats"]))
        self.assertEqual(left["slot"], came["from"])
        self.assertEqual(left["slot"].replace("priority", "general"), came["slot"])
        self.assertNotIn("from", left)
        self.assertNotIn("actor", came)
        for event in told:
            date = datetime.datetime.strptime(event["slot"].split(".")[3], "%Y%m%d").date()
            self.assertLessEqual(date - datetime.timedelta(days=4),
                                 datetime.datetime.fromisoformat(event["at"]).date())


if __name__ == "__main__":
    unittest.main()
