"""Two offices with staff at the counter, the desk and in a portal's back office."""

import datetime
import tempfile
import unittest

from .calendar import Booked, key
from .case import PROGRAM
from .daemon import Daemon
from .office import Keys, write_catalogue

DETAILS = {"details": {"name": "Aminah binti Ali", "phone": "+60 12-345 6789"}}


class StaffCase(unittest.TestCase):
    flags = ()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        catalogue = write_catalogue(cls.folder.name + "/catalogue")
        cls.daemon = Daemon(PROGRAM, *cls.flags, catalogue=catalogue)
        cls.daemon.start()
        cls.keys = Keys(cls.daemon.data + "/data")
        cls.hall = cls.keys.add("staff:checkin")
        cls.desk = cls.keys.add("staff:read")
        cls.portal = cls.keys.add("approve")
        cls.north = cls.keys.add("staff:read;staff:checkin", "north")

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        cls.folder.cleanup()

    def soon(self, branch="north", service="passport"):
        """A free slot that starts within the next hours: but not the next to begin, which may have
        begun before a test claims it."""
        now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
        free = []
        for date in (now.date(), now.date() + datetime.timedelta(days=1)):
            slots = self.daemon.request(
                "GET", f"/v1/branches/{branch}/services/{service}/slots?date={date}").json["slots"]
            free += [slot["id"] for slot in slots if slot["status"] == "available"]
        return free[1]

    def confirmed(self, branch="north", applicant=None):
        booked = Booked(self.daemon, self.soon(branch), applicant)
        reply = self.daemon.request("POST", booked.path + "/confirm", DETAILS, booked.headers())
        self.assertEqual(200, reply.status, reply.text)
        return booked

    def staff(self, token, reference, step, body=None, idempotency_key=None):
        return self.daemon.request("POST", f"/v1/staff/bookings/{reference}/{step}", body,
                                   {"Authorization": f"Bearer {token}",
                                    "Idempotency-Key": idempotency_key or key()})

    def refused(self, reply, status, code):
        self.assertEqual((status, code), (reply.status, reply.json.get("code")), reply.text)

    def search(self, token, body):
        return self.daemon.request("POST", "/v1/staff/bookings/search", body,
                                   {"Authorization": f"Bearer {token}"})

    def all_found(self, token, query):
        found, after = [], None
        while True:
            reply = self.search(token, {**query, **({"after": after} if after else {})})
            self.assertEqual(200, reply.status, reply.text)
            found += [booking["reference"] for booking in reply.json["bookings"]]
            after = reply.json["next"]
            if after is None:
                self.assertEqual(len(found), len(set(found)))
                return found
