"""Who comes without an appointment is taken in at the counter, in one step."""

import datetime
import pathlib
import tempfile

from support.calendar import claim, claim_body, key, person
from support.case import PROGRAM
from support.daemon import Daemon
from support.office import Keys, write_catalogue
from support.staff import DETAILS, StaffCase


def zone_where_it_is_noon():
    """So that a slot goes on, and others follow today, whenever this runs."""
    ahead = 12 - datetime.datetime.now(datetime.timezone.utc).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT", datetime.timedelta(hours=ahead)


class WalkIns(StaffCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        catalogue = pathlib.Path(write_catalogue(cls.folder.name + "/catalogue"))
        zone, ahead = zone_where_it_is_noon()
        cls.zone = datetime.timezone(ahead)
        branches = catalogue / "branches.csv"
        branches.write_text(branches.read_text().replace("Asia/Kuala_Lumpur", zone))
        with open(catalogue / "offers.csv", "a", encoding="utf-8") as offers:
            # One seat of two: the slots are of a quarter of an hour.
            offers.write("branch,,passport,kiosk,50,,\nbranch,,permit,kiosk,50,,\n")
        cls.daemon = Daemon(PROGRAM, *cls.flags, catalogue=str(catalogue))
        cls.daemon.start()
        cls.keys = Keys(cls.daemon.data + "/data")
        cls.hall = cls.keys.add("staff:checkin")
        cls.desk = cls.keys.add("staff:read")
        cls.feed = cls.keys.add("feed")
        cls.north = cls.keys.add("staff:checkin", "north")

    def walk_in(self, body, token=None, idempotency_key=None):
        return self.daemon.request("POST", "/v1/staff/walk-ins", body,
                                   {"Authorization": f"Bearer {token or self.hall}",
                                    "Idempotency-Key": idempotency_key or key()})

    def body(self, branch="north", service="passport", applicant=None, **more):
        return {"branch": branch, "service": service, "applicant": applicant or person(),
                **DETAILS, **more}

    def slots(self, branch="north", service="passport", pool="kiosk"):
        today = datetime.datetime.now(self.zone).date()
        reply = self.daemon.request(
            "GET", f"/v1/branches/{branch}/services/{service}/slots?date={today}&pool={pool}")
        return reply.json["slots"]

    def walk_ins_told(self):
        """The feed's, and all that it says."""
        found, text, after = [], "", 0
        while True:
            reply = self.daemon.request("GET", f"/v1/feed?after={after}", None,
                                        {"Authorization": f"Bearer {self.feed}"})
            found += [event for event in reply.json["events"] if event["kind"] == "walk_in"]
            text += reply.text
            if reply.json["next"] == after:
                return found, text
            after = reply.json["next"]

    def test_a_slip_in_one_step(self):
        again, body = key(), self.body("south")
        reply = self.walk_in(body, idempotency_key=again)
        self.assertEqual(201, reply.status, reply.text)
        booking, token = reply.json["booking"], reply.json["token"]
        self.assertEqual("checked_in", booking["status"])
        self.assertEqual(1, booking["queue_number"])
        self.assertEqual(1, booking["version"])
        self.assertEqual("kiosk", booking["slot"]["pool"])
        self.assertEqual(booking["created_at"], booking["checked_in_at"])
        self.assertEqual(booking["created_at"], booking["confirmed_at"])
        self.assertNotIn("expires_at", booking)
        self.assertEqual(f"/v1/bookings/{booking['reference']}", reply.headers["location"])
        # The slot that goes on.
        now = datetime.datetime.now(self.zone)
        start = datetime.datetime.fromisoformat(booking["slot"]["start"])
        self.assertLessEqual(start, now)
        self.assertGreater(start + datetime.timedelta(minutes=16), now)
        # Its holder sees it by the token on the slip, and staff the details.
        mine = self.daemon.request("GET", f"/v1/bookings/{booking['reference']}", None,
                                   {"Authorization": f"Bearer {token}"})
        self.assertEqual(booking, mine.json["booking"])
        seen = self.daemon.request("GET", f"/v1/staff/bookings/{booking['reference']}", None,
                                   {"Authorization": f"Bearer {self.desk}"})
        self.assertEqual(DETAILS["details"], seen.json["details"], seen.text)
        # What was answered outlives the daemon, and a repeat is the same person.
        self.daemon.kill()
        self.daemon.start()
        replayed = self.walk_in(body, idempotency_key=again)
        self.assertEqual(201, replayed.status, replayed.text)
        self.assertEqual("true", replayed.headers["idempotency-replayed"])
        self.assertEqual((booking, token), (replayed.json["booking"], replayed.json["token"]))
        for other in (self.body("south"), {**body, "seats": 2},
                      {**body, "details": {"name": "A", "phone": "12345"}}):
            self.refused(self.walk_in(other, idempotency_key=again), 422, "idempotency_mismatch")
        # The next one has the next number, and a slot ahead; and both are called.
        second = self.walk_in(self.body("south"))
        self.assertEqual(2, second.json["booking"]["queue_number"], second.text)
        later = datetime.datetime.fromisoformat(second.json["booking"]["slot"]["start"])
        self.assertGreater(later, start)
        for wanted in (booking, second.json["booking"]):
            called = self.daemon.request("POST", "/v1/staff/branches/south/next", {"counter": 4},
                                         {"Authorization": f"Bearer {self.hall}",
                                          "Idempotency-Key": key()})
            self.assertEqual(wanted["reference"], called.json["booking"]["reference"])
        self.refused(self.walk_in(body), 409, "already_booked")
        self.refused(claim(self.daemon, claim_body(self.slots("south", pool="general")[-1]["id"],
                                                   body["applicant"])), 409, "already_booked")
        mine, text = self.walk_ins_told()
        self.assertEqual([1, 2], [event["queue_number"] for event in mine
                                  if event["slot"].startswith("south.")])
        self.assertEqual({"lsn", "kind", "reference", "status", "slot", "seats", "queue_number",
                          "actor", "at"}, set(mine[0]))
        self.assertNotIn("Aminah", text)
        metrics = self.daemon.request("GET", "/metrics").text
        self.assertRegex(metrics, r'janji_operations_total\{kind="walk_in"\} [1-9]')

    def test_a_slot_that_is_named(self):
        now = datetime.datetime.now(self.zone)
        ahead = [slot for slot in self.slots()
                 if datetime.datetime.fromisoformat(slot["start"]) > now]
        chosen = ahead[12]["id"]  # three hours ahead: check-in opens a day before
        named = {"slot": chosen, "applicant": person(), **DETAILS}
        reply = self.walk_in(named)
        self.assertEqual(201, reply.status, reply.text)
        self.assertEqual(chosen, reply.json["booking"]["slot"]["id"])
        self.refused(self.walk_in({**named, "applicant": person()}), 409, "slot_full")
        passed = self.slots()[0]["id"]
        self.refused(self.walk_in({**named, "slot": passed}), 409, "too_late")
        general = self.slots(pool="general")[-1]["id"]
        self.refused(self.walk_in({**named, "slot": general, "applicant": person()}), 409,
                     "slot_not_allowed")
        self.refused(self.walk_in({**named, "slot": "nowhere.passport.kiosk.20260101.0000"}), 404,
                     "slot_not_found")

    def test_who_may_and_what_must_be_said(self):
        self.refused(self.daemon.request("POST", "/v1/staff/walk-ins", self.body(),
                                         {"Idempotency-Key": key()}), 401, "unauthorized")
        self.refused(self.walk_in(self.body(), token=self.desk), 403, "forbidden")
        self.refused(self.walk_in(self.body("south"), token=self.north), 403, "forbidden")
        self.refused(self.walk_in(self.body(service="nothing")), 404, "slot_not_found")
        self.refused(self.walk_in(self.body(service="visa")), 404, "slot_not_found")  # no kiosk
        self.refused(self.walk_in(self.body(service="permit")), 409, "illegal_transition")
        self.refused(self.walk_in(self.body(seats=2)), 422, "seats_exceeded")
        foreigner = {"category": "foreigner", "id_type": "passport", "id_number": "A1234567"}
        self.refused(self.walk_in(self.body(applicant=foreigner)), 422, "category_not_allowed")
        wrong = {"branch": "north", "service": "passport", "seats": "x", "who": 1,
                 "applicant": {"category": "nobody", "id_type": "mykad"},
                 "details": {"name": "A", "fax": "1"}}
        reply = self.walk_in(wrong)
        self.refused(reply, 400, "invalid_request")
        self.assertEqual({"/seats", "/who", "/applicant/category", "/applicant/id_number",
                          "/details/phone", "/details/fax"},
                         {error["pointer"] for error in reply.json["errors"]})
        reply = self.walk_in({"applicant": person(), **DETAILS})
        self.refused(reply, 400, "invalid_request")
        self.assertEqual({"/branch", "/service"},
                         {error["pointer"] for error in reply.json["errors"]})
        both = {"slot": self.slots()[-1]["id"], "branch": "north", "applicant": person(), **DETAILS}
        reply = self.walk_in(both)
        self.refused(reply, 400, "invalid_request")
        self.assertEqual({"/branch"}, {error["pointer"] for error in reply.json["errors"]})
        no_key = self.daemon.request("POST", "/v1/staff/walk-ins", self.body(),
                                     {"Authorization": f"Bearer {self.hall}"})
        self.refused(no_key, 400, "invalid_request")
