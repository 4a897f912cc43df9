"""Where a service can be had first."""

import tempfile
import unittest

from support.calendar import Booked, days, person, slots
from support.case import PROGRAM
from support.daemon import Daemon
from support.office import write_catalogue


class Earliest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        cls.daemon = Daemon(PROGRAM, catalogue=write_catalogue(cls.folder.name + "/catalogue"))
        cls.daemon.start()
        cls.day = days(cls.daemon, "north", "passport").json["days"][3]["date"]

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        cls.folder.cleanup()

    def ask(self, query="", service="passport"):
        return self.daemon.request("GET", f"/v1/services/{service}/earliest{query}")

    def first(self, branch):
        for slot in slots(self.daemon, self.day, branch, "passport").json["slots"]:
            if slot["status"] == "available":
                return slot
        raise AssertionError("no free slot")

    def test_each_office_with_its_earliest_free_slot(self):
        span = f"?from={self.day}&to={self.day}"
        for _ in range(3):  # one seat, the other one, one of the next slot
            reply = self.ask(span)
            self.assertEqual(200, reply.status, reply.text)
            found = {entry["branch"]: entry["slot"] for entry in reply.json["branches"]}
            self.assertEqual({branch: self.first(branch) for branch in ("north", "south")}, found)
            starts = [entry["slot"]["start"] for entry in reply.json["branches"]]
            self.assertEqual(sorted(starts), starts)
            Booked(self.daemon, found["north"]["id"])
        # By now it isn't as early in the north as in the south.
        self.assertEqual(["south", "north"],
                         [entry["branch"] for entry in self.ask(span).json["branches"]])
        self.assertEqual(2, len(self.ask(span + "&state=MY-10").json["branches"]))
        tag = self.ask(span).headers["etag"]
        again = self.daemon.request("GET", "/v1/services/passport/earliest" + span, None,
                                    {"If-None-Match": tag})
        self.assertEqual(304, again.status)

    def test_the_whole_horizon_by_default(self):
        found = self.ask().json["branches"]
        self.assertEqual({"north", "south"}, {entry["branch"] for entry in found})
        for entry in found:
            today = days(self.daemon, entry["branch"], "passport").json["days"][0]["date"]
            self.assertGreaterEqual(entry["slot"]["start"][:10], today)
            self.assertEqual("available", entry["slot"]["status"])

    def test_nothing_free_is_an_empty_list(self):
        reply = self.ask("?from=2020-01-01&to=2020-01-05")
        self.assertEqual((200, []), (reply.status, reply.json["branches"]))
        self.assertEqual([], self.ask("?pool=kiosk").json["branches"])

    def claim(self, key=None, **where):
        applicant = person()
        body = {"service": "passport", **where, "applicant": applicant}
        return self.daemon.request("POST", "/v1/claims", body,
                                   {"Idempotency-Key": key or f'"{applicant["id_number"]}"'}), body

    def test_the_earliest_of_a_state_is_claimed_in_one_step(self):
        day = days(self.daemon, "south", "passport").json["days"][4]["date"]
        span = f"?from={day}&to={day}&state=MY-10"
        free = sum(one["free"] for branch in ("north", "south")
                   for one in slots(self.daemon, day, branch, "passport").json["slots"])
        seen = set()
        for _ in range(free):
            first = self.ask(span).json["branches"][0]
            made, body = self.claim(state="MY-10", date=day)
            self.assertEqual((201, first["slot"]["id"]),
                             (made.status, made.json["booking"]["slot"]["id"]), made.text)
            seen.add(first["branch"])
        self.assertEqual({"north", "south"}, seen)
        again = self.daemon.request("POST", "/v1/claims", body,
                                    {"Idempotency-Key": f'"{body["applicant"]["id_number"]}"'})
        self.assertEqual((201, made.json["booking"], "true"),
                         (again.status, again.json["booking"],
                          again.headers["idempotency-replayed"]))
        one_office = {**body, "branch": "north"}
        del one_office["state"]
        other = self.daemon.request("POST", "/v1/claims", one_office,
                                    {"Idempotency-Key": f'"{body["applicant"]["id_number"]}"'})
        self.assertEqual((422, "idempotency_mismatch"), (other.status, other.json["code"]))
        full, _ = self.claim(state="MY-10", date=day)
        self.assertEqual((409, "slot_full"), (full.status, full.json["code"]), full.text)
        later, _ = self.claim(state="MY-10", date="2089-01-01")
        self.assertEqual((422, "outside_horizon"), (later.status, later.json["code"]))
        for where in ({"state": "XX"}, {"state": "MY-10", "pool": "kiosk"},
                      {"state": "MY-10", "service": "nothing"}):
            nowhere, _ = self.claim(date=day, **where)
            self.assertEqual((404, "slot_not_found"), (nowhere.status, nowhere.json["code"]))
        both, _ = self.claim(state="MY-10", branch="north", date=day)
        self.assertEqual((400, ["/branch"]),
                         (both.status, [error["pointer"] for error in both.json["errors"]]))

    def test_an_end_in_the_past_alone_is_bad_input(self):
        reply = self.ask("?to=2020-01-05")
        self.assertEqual((400, [("to", "bad_span")]),
                         (reply.status, [(error["parameter"], error["code"])
                                         for error in reply.json["errors"]]))
        self.assertEqual(200, self.ask("?to=2090-01-05").status)

    def test_bad_input_names_each_place(self):
        reply = self.ask("?state=XX&seats=2&pool=vip&from=soon&colour=red")
        self.assertEqual(400, reply.status)
        self.assertEqual({"state", "seats", "pool", "from", "colour"},
                         {error["parameter"] for error in reply.json["errors"]})
        for span in ("?from=2026-12-02&to=2026-12-01", "?from=2026-12-01&to=2027-12-01"):
            self.assertEqual(400, self.ask(span).status)
        self.assertEqual(404, self.ask("", "nothing").status)


if __name__ == "__main__":
    unittest.main()
