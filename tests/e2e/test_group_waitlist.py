"""Waiting with others over HTTP: seats for all of a group at once, in turn with everybody else."""

import tempfile
import unittest

from support.calendar import Booked, days, key, person, slots
from support.case import PROGRAM
from support.daemon import Daemon, until
from support.office import Keys, write_catalogue

DETAILS = {"details": {"name": "Aminah binti Ali", "phone": "+60 12-345 6789"}}
PATIENCE = 200  # looks, each behind a commit


def member():
    return {name: value for name, value in person().items() if name != "category"}


class GroupWaitlist(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        catalogue = write_catalogue(cls.folder.name + "/catalogue")
        cls.daemon = Daemon(PROGRAM, catalogue=catalogue)
        cls.daemon.start()
        keys = Keys(cls.daemon.data + "/data")
        cls.mirror = keys.add("feed")
        cls.clerk = keys.add("staff:entitlement")
        cls.used = 0

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        cls.folder.cleanup()

    def full_slots(self, many=2):
        """So many slots that follow each other, of two seats, and who has these; a day of its own."""
        cls = type(self)
        cls.used += 1
        self.date = days(self.daemon, "north", "passport").json["days"][cls.used + 1]["date"]
        found = slots(self.daemon, self.date, "north", "passport").json["slots"][:many]
        ids = [slot["id"] for slot in found]
        return ids, {one: [Booked(self.daemon, one) for _ in range(2)] for one in ids}

    def post(self, path, body=None, token=None, idempotency_key=None):
        headers = {"Idempotency-Key": idempotency_key or key()}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.daemon.request("POST", path, body, headers)

    def join(self, where, many=2, idempotency_key=None, **more):
        body = {"members": [member() for _ in range(many)], "claimant": person(), **where, **more}
        return self.post("/v1/waitlist/groups", body, idempotency_key=idempotency_key)

    def joined(self, where, many=2):
        reply = self.join(where, many)
        self.assertEqual(201, reply.status, reply.text)
        self.assertEqual("/v1/groups/" + reply.json["group"]["reference"],
                         reply.headers["location"])
        return reply.json

    def read(self, made):
        path = "/v1/groups/" + made["group"]["reference"]
        reply = self.daemon.request("GET", path, None,
                                    {"Authorization": f"Bearer {made['token']}"})
        self.assertEqual(200, reply.status, reply.text)
        return reply.json["group"]

    def statuses(self, made):
        return [one["status"] for one in self.read(made)["members"]]

    def until(self, made, status):
        """The group once all its members have that status: the writer comes behind the answer."""
        for _ in range(PATIENCE):
            group = self.read(made)
            if all(one["status"] == status for one in group["members"]):
                return group
        self.fail(f"{self.statuses(made)}, not {status}")

    def test_a_group_is_held_seats_when_there_are_enough_for_all(self):
        (nine, ten), have = self.full_slots()
        first = self.joined({"from": nine, "to": ten})
        second = self.joined({"from": nine, "to": ten})
        self.assertEqual(["waiting", "waiting"], self.statuses(first))
        for one in self.read(first)["members"]:
            self.assertEqual((nine, ten), (one["waits_for"]["from"]["id"],
                                           one["waits_for"]["to"]["id"]))
            self.assertNotIn("expires_at", one)
        self.assertEqual(2, len(first["member_tokens"]))
        self.assertEqual(200, have[nine][0].cancel().status)
        self.assertEqual(["waiting", "waiting"], self.statuses(first))
        self.assertEqual(200, have[ten][0].cancel().status)
        held = self.until(first, "held")
        self.assertEqual([nine, ten], [one["slot"]["id"] for one in held["members"]])
        self.assertIn("expires_at", held["members"][0])
        self.assertEqual(["waiting", "waiting"], self.statuses(second))
        # Who declines hands on.
        path = "/v1/groups/" + first["group"]["reference"] + "/cancel"
        self.assertEqual(200, self.post(path, token=first["token"]).status)
        self.until(second, "held")
        path = "/v1/groups/" + second["group"]["reference"] + "/confirm"
        confirmed = self.post(path, DETAILS, second["token"])
        self.assertEqual(200, confirmed.status, confirmed.text)
        self.until(second, "confirmed")

    def test_who_leaves_a_waiting_group_makes_it_smaller(self):
        (nine,), have = self.full_slots(1)
        made = self.joined({"slot": nine})
        left = self.read(made)["members"][0]["reference"]
        reply = self.post(f"/v1/bookings/{left}/cancel", token=made["member_tokens"][0])
        self.assertEqual("cancelled", reply.json["booking"]["status"])
        self.assertEqual(200, have[nine][0].cancel().status)
        for _ in range(PATIENCE):
            if self.statuses(made) == ["cancelled", "held"]:
                return
        self.fail(str(self.statuses(made)))

    def test_the_same_key_joins_once_and_each_member_waits_once(self):
        (nine,), _ = self.full_slots(1)
        body = {"slot": nine, "members": [member(), member()], "claimant": person()}
        once = key()
        made = self.post("/v1/waitlist/groups", body, idempotency_key=once)
        again = self.post("/v1/waitlist/groups", body, idempotency_key=once)
        self.assertEqual((201, "true"), (again.status, again.headers["idempotency-replayed"]))
        self.assertEqual(made.json["group"]["reference"], again.json["group"]["reference"])
        self.assertEqual(made.json["member_tokens"], again.json["member_tokens"])
        other = self.post("/v1/waitlist/groups", {**body, "members": body["members"][:1]},
                          idempotency_key=once)
        self.assertEqual((422, "idempotency_mismatch"), (other.status, other.code))
        twice = self.join({"slot": nine}, members=[member(), body["members"][1]])
        self.assertEqual((409, "already_waiting"), (twice.status, twice.code))
        single = self.post("/v1/waitlist", {
            "slot": nine, "applicant": {**body["members"][0], "category": "citizen"}})
        self.assertEqual((409, "already_waiting"), (single.status, single.code))
        path = made.headers["location"]
        confirm = self.post(path + "/confirm", DETAILS, made.json["token"])
        self.assertEqual((409, "illegal_transition"), (confirm.status, confirm.code))
        self.assertEqual(200, self.post(path + "/cancel", token=made.json["token"]).status)
        self.assertEqual(201, self.post("/v1/waitlist/groups", body).status)

    def test_a_group_that_joins_where_seats_are_free_is_held_them_at_once(self):
        self.full_slots(1)
        made = self.joined({"branch": "north", "service": "passport", "date": self.date}, 3)
        held = self.until(made, "held")
        self.assertEqual(2, len({one["slot"]["id"] for one in held["members"]}))

    def test_what_a_groups_join_is_refused_for(self):
        (nine, ten), _ = self.full_slots()
        booked = member()
        Booked(self.daemon, slots(self.daemon, self.date, "north", "passport").json["slots"][3]["id"],
               {**booked, "category": "citizen"})
        refused = self.join({"slot": ten}, members=[member(), booked])
        self.assertEqual((409, "already_booked"), (refused.status, refused.code))
        many = self.join({"slot": nine}, 3)
        self.assertEqual((422, "seats_exceeded"), (many.status, many.code))
        unknown = self.join({"slot": "north.passport.general.2026-13-01.0900"})
        self.assertEqual((404, "slot_not_found"), (unknown.status, unknown.code))
        one = member()
        for where, more, pointers in (
                ({"from": nine}, {}, {"/to"}),
                ({"from": ten, "to": nine}, {}, {"/to"}),
                ({"slot": nine, "date": self.date}, {}, {"/date"}),
                ({}, {}, {"/slot"}),
                ({"slot": nine}, {"members": []}, {"/members"}),
                ({"slot": nine}, {"members": [one, one]}, {"/members/1/id_number"}),
                ({"slot": nine}, {"claimant": {"category": "king"}},
                 {"/claimant/category", "/claimant/id_type", "/claimant/id_number"}),
                ({"slot": nine}, {"seats": 2}, {"/seats"}),
                ({"slot": nine}, {"entitlement": "x"}, {"/entitlement"})):
            bad = self.join(where, **more)
            self.assertEqual((400, "invalid_request"), (bad.status, bad.code), (where, more))
            self.assertEqual(pointers, {e["pointer"] for e in bad.json["errors"]}, (where, more))
        keyless = self.daemon.request("POST", "/v1/waitlist/groups", {"slot": nine})
        self.assertEqual((400, "invalid_request"), (keyless.status, keyless.code))

    def entitled(self, quota, **more):
        """Who has an entitlement of so many units, and its id."""
        holder = {"id_type": "company", "id_number": f"2023{self.used:08}"}
        body = {"holder": holder, "service": "passport", "quota": quota, "from": "2026-01-01",
                "until": "2030-06-30", **more}
        made = until(lambda: self.staff("", body))
        return {**holder, "category": "citizen"}, made["id"]

    def staff(self, rest, body=None):
        path = "/v1/staff/entitlements" + rest
        reply = (self.post(path, body, self.clerk) if body else
                 self.daemon.request("GET", path, None,
                                     {"Authorization": f"Bearer {self.clerk}"}))
        return reply.json["entitlement"] if reply.status == 200 else None

    def test_a_group_waits_with_units_of_an_entitlement(self):
        (nine, ten), have = self.full_slots()
        employer, under = self.entitled(3)
        waits = {"from": nine, "to": ten, "entitlement": under}
        first = self.join(waits, claimant=employer)
        self.assertEqual(201, first.status, first.text)
        first = first.json
        self.assertEqual(under, self.read(first)["entitlement"])
        self.assertEqual((2, 1), tuple(self.staff("/" + under)[name] for name in ("used", "left")))
        short = self.join(waits, claimant=employer)
        self.assertEqual((409, "entitlement_exhausted"), (short.status, short.code))
        self.daemon.kill()
        self.daemon.start()
        until(lambda: self.staff("/" + under))
        self.assertEqual(2, self.staff("/" + under)["used"])
        # What staff makes of it meanwhile leaves alone who waits.
        self.assertEqual(0, self.staff("/" + under, {"quota": 0, "until": "2026-01-01"})["quota"])
        for slot in (nine, ten):
            self.assertEqual(200, have[slot][0].cancel().status)
        self.until(first, "held")
        self.assertEqual(2, self.staff("/" + under)["used"])
        alone = self.read(first)["members"][0]["reference"]
        self.assertEqual(200, self.post(f"/v1/bookings/{alone}/cancel",
                                        token=first["member_tokens"][0]).status)
        self.assertEqual(1, self.staff("/" + under)["used"])
        path = "/v1/groups/" + first["group"]["reference"] + "/cancel"
        self.assertEqual(200, self.post(path, token=first["token"]).status)
        self.assertEqual(0, self.staff("/" + under)["used"])

    def test_who_leaves_gives_his_unit_back(self):
        (nine,), _ = self.full_slots(1)
        employer, under = self.entitled(2)
        made = self.join({"slot": nine, "entitlement": under}, claimant=employer).json
        left = self.read(made)["members"][1]["reference"]
        self.post(f"/v1/bookings/{left}/cancel", token=made["member_tokens"][1])
        self.assertEqual(1, self.staff("/" + under)["used"])
        self.post("/v1/groups/" + made["group"]["reference"] + "/cancel", token=made["token"])
        self.assertEqual(0, self.staff("/" + under)["used"])
        again = self.join({"slot": nine, "entitlement": under}, claimant=employer)
        self.assertEqual(201, again.status, again.text)

    def test_what_a_join_under_an_entitlement_is_refused_for(self):
        (nine,), _ = self.full_slots(1)
        employer, under = self.entitled(5)
        one = member()
        body = {"slot": nine, "members": [one, member()], "claimant": employer}
        once = key()
        self.assertEqual(201, self.post("/v1/waitlist/groups", {**body, "entitlement": under},
                                        idempotency_key=once).status)
        other = self.post("/v1/waitlist/groups", body, idempotency_key=once)
        self.assertEqual((422, "idempotency_mismatch"), (other.status, other.code))
        theirs = self.join({"slot": nine, "entitlement": under})
        self.assertEqual((404, "entitlement_not_found"), (theirs.status, theirs.code))
        never = self.join({"slot": nine, "entitlement": "000000-000000-000000"}, claimant=employer)
        self.assertEqual((404, "entitlement_not_found"), (never.status, never.code))
        _, past = self.entitled(5, until="2026-01-02")
        late = self.join({"slot": nine, "entitlement": past}, claimant=employer)
        self.assertEqual((409, "entitlement_not_valid"), (late.status, late.code))
        _, listed = self.entitled(5, listed=True)
        listed_one = {"members": [one, member()], "claimant": employer}
        self.staff(f"/{listed}/eligible", {"add": [one]})
        barred = self.join({"slot": nine, "entitlement": listed}, **listed_one)
        self.assertEqual((409, "not_eligible", "/members/1"),
                         (barred.status, barred.code, barred.json["pointer"]))

    def test_the_feed_tells_of_each_member_and_of_no_applicant(self):
        (nine,), have = self.full_slots(1)
        made = self.joined({"slot": nine})
        for one in have[nine]:
            self.assertEqual(200, one.cancel().status)
        self.until(made, "held")
        events = []
        after = 0
        while True:
            page = self.daemon.request("GET", f"/v1/feed?after={after}", None,
                                       {"Authorization": f"Bearer {self.mirror}"})
            self.assertEqual(200, page.status, page.text)
            events += page.json["events"]
            if not page.json["events"] or page.json["next"] == after:
                break
            after = page.json["next"]
        mine = [e for e in events if e.get("group") == made["group"]["reference"]]
        self.assertEqual(["join", "join", "promote", "promote"], [e["kind"] for e in mine])
        self.assertNotIn("applicant", mine[0])


if __name__ == "__main__":
    unittest.main()
