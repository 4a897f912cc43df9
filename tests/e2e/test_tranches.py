"""Seats that are kept back come at a set time, and who wants one hears when."""

import datetime
import pathlib
import tempfile
import unittest

from support.calendar import claim, claim_body, days, key
from support.case import PROGRAM
from support.daemon import Daemon, until
from support.office import Keys, write_catalogue

SERVICE = "licence"


def write_schedule(catalogue, tranches):
    """Beside the usual services, one with four seats a slot, of which some are kept back."""
    to = pathlib.Path(catalogue)
    to.joinpath("schedule.csv").write_text(
        "service_id,slot_minutes,capacity,hold_seconds,lead_minutes,horizon_days,seats_max,tranches,"
        "kind,branch_id\n"
        ",15,2,600,0,30,1,,,\n"
        f"{SERVICE},,4,,,,,{tranches},,\n", encoding="utf-8")


def write_tranches(directory):
    to = pathlib.Path(write_catalogue(directory))
    with (to / "services.csv").open("a", encoding="utf-8") as file:
        file.write(f"{SERVICE},Lesen,Licence,Lisensi,citizen,no,,\n")
    with (to / "offers.csv").open("a", encoding="utf-8") as file:
        file.write(f"branch,,{SERVICE},general,,,\n")
    write_schedule(to, "25 daily 08:00 4; 25 daily 10:30 2")
    return str(to)


class Tranches(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        self.catalogue = write_tranches(self.folder.name + "/catalogue")
        self.daemon = Daemon(PROGRAM, catalogue=self.catalogue)
        self.daemon.start()
        self.keys = Keys(self.daemon.data + "/data")
        self.reader = self.keys.add("feed")
        self.staff = self.keys.add("staff:calendar;staff:read")

    def tearDown(self):
        self.daemon.__exit__()
        self.folder.cleanup()

    def slots(self, date):
        path = f"/v1/branches/north/services/{SERVICE}/slots?date={date}"
        return self.daemon.request("GET", path).json["slots"]

    def day(self, nth):
        return days(self.daemon, "north", SERVICE).json["days"][nth]["date"]

    def as_staff(self, method, path, body=None):
        return self.daemon.request(method, path, body, {"Authorization": f"Bearer {self.staff}",
                                                        "Idempotency-Key": key()})

    def feed(self, after):
        return self.daemon.request("GET", f"/v1/feed?after={after}&limit=500", None,
                                   {"Authorization": f"Bearer {self.reader}"})

    def test_a_slot_says_when_more_come_and_how_many(self):
        soon, late = self.day(1), self.day(9)
        for slot in self.slots(soon):
            self.assertEqual((4, 4), (slot["free"], slot["capacity"]))
            self.assertNotIn("more_at", slot)
            self.assertNotIn("more_seats", slot)
        comes = datetime.date.fromisoformat(late) - datetime.timedelta(days=4)
        for slot in self.slots(late):
            self.assertEqual((2, 2, f"{comes}T08:00:00+08:00", 1),
                             (slot["free"], slot["capacity"], slot["more_at"], slot["more_seats"]))

    def test_who_finds_it_full_hears_it_too(self):
        late = self.day(8)
        slot = self.slots(late)[7]
        for _ in range(2):
            self.assertEqual(201, claim(self.daemon, claim_body(slot["id"])).status)
        refused = claim(self.daemon, claim_body(slot["id"]))
        self.assertEqual((409, "slot_full", slot["more_at"], 1),
                         (refused.status, refused.json["code"], refused.json.get("more_at"),
                          refused.json.get("more_seats")))
        self.assertTrue(refused.json["alternatives"])
        # The day is another question; and in a slot without more to come nothing is told.
        soon = self.slots(self.day(1))[7]
        for _ in range(4):
            self.assertEqual(201, claim(self.daemon, claim_body(soon["id"])).status)
        refused = claim(self.daemon, claim_body(soon["id"]))
        self.assertEqual("slot_full", refused.json["code"])
        self.assertNotIn("more_at", refused.json)

    def test_staff_gives_up_what_is_kept_back_by_lowering(self):
        late = self.day(8)
        target = {"branch": "north", "service": SERVICE, "date": late}
        path = f"/v1/staff/slots?branch=north&service={SERVICE}&date={late}"
        until(lambda: self.as_staff("GET", path).status == 200)
        self.assertIn("more_at", self.as_staff("GET", path).json["slots"][3])
        lowered = self.as_staff("POST", "/v1/staff/slots", {**target, "capacity": 1})
        self.assertEqual(200, lowered.status, lowered.text)
        for slot in self.slots(late):
            self.assertEqual(1, slot["capacity"])
            self.assertNotIn("more_at", slot)

    def test_a_closed_slot_promises_no_more(self):
        late = self.day(8)
        target = {"branch": "north", "service": SERVICE, "date": late}
        for doors, status in (("closed", "closed"), ("open", "available")):
            answer = self.as_staff("POST", "/v1/staff/slots", {**target, "doors": doors})
            self.assertEqual(200, answer.status, answer.text)
            for slot in self.slots(late):
                self.assertEqual((status, doors == "open"), (slot["status"], "more_at" in slot))

    def test_the_feed_and_the_metrics_tell_what_came(self):
        late = self.day(9)
        before = until(lambda: self.feed(0).json.get("newest"))
        self.daemon.terminate()
        self.daemon.ends_with(0)
        write_schedule(self.catalogue, "25 daily 10:30 2")
        self.daemon.start()
        slots = self.slots(late)
        self.assertEqual([3] * 95, [slot["capacity"] for slot in slots])
        told, after = [], before
        while True:
            page = self.feed(after).json
            told += [event for event in page["events"] if event["kind"] == "tranche"]
            after = page["next"]
            if after == page["newest"]:
                break
        of_day = [event for event in told if event["slot"].split(".")[3] == late.replace("-", "")
                  and event["slot"].startswith("north")]
        self.assertEqual([slot["id"] for slot in slots], [event["slot"] for event in of_day])
        for event in of_day:
            self.assertEqual((1, 3), (event["seats"], event["capacity"]))
            self.assertNotIn("actor", event)
        text = self.daemon.request("GET", "/metrics").text
        self.assertIn(f"janji_seats_released_total {len(told)}", text)


if __name__ == "__main__":
    unittest.main()
