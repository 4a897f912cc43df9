"""Groups over HTTP: one claim for several applicants, and the steps of all of them at once."""

import tempfile
import unittest

from support.calendar import Booked, claim, claim_body, days, key, person, slots
from support.case import PROGRAM
from support.daemon import Daemon
from support.office import Keys, write_catalogue

DETAILS = {"details": {"name": "Aminah binti Ali", "phone": "+60 12-345 6789"}}


def member():
    return {name: value for name, value in person().items() if name != "category"}


class Groups(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="janji-e2e-")
        catalogue = write_catalogue(cls.folder.name + "/catalogue")
        cls.daemon = Daemon(PROGRAM, catalogue=catalogue)
        cls.daemon.start()
        cls.keys = Keys(cls.daemon.data + "/data")
        cls.desk = cls.keys.add("staff:read")
        cls.portal = cls.keys.add("approve")
        cls.south = cls.keys.add("staff:read;approve", "south")
        cls.mirror = cls.keys.add("feed")
        cls.clerk = cls.keys.add("staff:entitlement")
        cls.used = 0

    @classmethod
    def tearDownClass(cls):
        cls.daemon.__exit__()
        cls.folder.cleanup()

    def slot_ids(self, many, service="passport", branch="north"):
        """So many free slots that follow each other, of two seats, which no other test has."""
        cls = type(self)
        cls.used += 1
        day = days(self.daemon, branch, service).json["days"][cls.used + 1]
        assert day["status"] == "available", day
        found = slots(self.daemon, day["date"], branch, service).json["slots"]
        assert all(slot["free"] == 2 for slot in found[:many])
        return [slot["id"] for slot in found[:many]]

    def post(self, path, body=None, token=None, idempotency_key=None):
        headers = {"Idempotency-Key": idempotency_key or key()}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        return self.daemon.request("POST", path, body, headers)

    def get(self, path, token=None):
        return self.daemon.request("GET", path, None,
                                   {"Authorization": f"Bearer {token}"} if token else {})

    def body(self, parts, many, **more):
        return {"parts": parts, "members": [member() for _ in range(many)],
                "claimant": person(), **more}

    def claimed(self, parts, many):
        reply = self.post("/v1/groups", self.body(parts, many))
        self.assertEqual(201, reply.status, reply.text)
        self.assertEqual("/v1/groups/" + reply.json["group"]["reference"],
                         reply.headers["location"])
        return reply.json

    def refused(self, reply, status, code):
        self.assertEqual((status, code), (reply.status, reply.json.get("code")), reply.text)

    def free(self, slot_id):
        branch, service, _, date, _ = slot_id.split(".")
        iso = f"{date[:4]}-{date[4:6]}-{date[6:]}"
        return {slot["id"]: slot["free"]
                for slot in slots(self.daemon, iso, branch, service).json["slots"]}[slot_id]

    def statuses(self, group):
        return [booking["status"] for booking in group["members"]]

    def test_a_family_gets_the_earliest_seats_of_a_morning_and_confirms_at_once(self):
        ids = self.slot_ids(4)
        body = self.body([{"from": ids[0], "to": ids[3], "members": 3}], 3)
        idempotency_key = key()
        reply = self.post("/v1/groups", body, idempotency_key=idempotency_key)
        self.assertEqual(201, reply.status, reply.text)
        made, token = reply.json["group"], reply.json["token"]
        path = "/v1/groups/" + made["reference"]
        self.assertEqual(path, reply.headers["location"])
        self.assertEqual([ids[0], ids[0], ids[1]], [b["slot"]["id"] for b in made["members"]])
        self.assertEqual(["held"] * 3, self.statuses(made))
        self.assertEqual({made["reference"]}, {b["group"] for b in made["members"]})
        self.assertEqual(3, len(set(reply.json["member_tokens"])))
        self.assertEqual((0, 1), (self.free(ids[0]), self.free(ids[1])))

        again = self.post("/v1/groups", body, idempotency_key=idempotency_key)
        self.assertEqual((201, "true"), (again.status, again.headers["idempotency-replayed"]))
        self.assertEqual((reply.json["token"], reply.json["member_tokens"]),
                         (again.json["token"], again.json["member_tokens"]))
        other = {**body, "members": body["members"][:1] + [member(), member()]}
        self.refused(self.post("/v1/groups", other, idempotency_key=idempotency_key), 422,
                     "idempotency_mismatch")

        one = "/v1/bookings/" + made["members"][0]["reference"]
        self.refused(self.post(one + "/confirm", DETAILS, reply.json["member_tokens"][0]), 409,
                     "in_group")
        self.refused(self.post(path + "/confirm", {"details": {"name": "A"}}, token), 400,
                     "invalid_request")
        confirmed = self.post(path + "/confirm", DETAILS, token)
        self.assertEqual(200, confirmed.status, confirmed.text)
        self.assertEqual(["confirmed"] * 3, self.statuses(confirmed.json["group"]))
        self.assertEqual(2, confirmed.json["group"]["version"])
        read = self.get(path, token)
        self.assertEqual((200, confirmed.json["group"]), (read.status, read.json["group"]))
        seen = self.get("/v1/staff/bookings/" + made["members"][2]["reference"], self.desk)
        self.assertEqual((200, DETAILS["details"]), (seen.status, seen.json["details"]), seen.text)

    def test_all_or_nothing(self):
        ids = self.slot_ids(2)
        full = self.post("/v1/groups", self.body([{"from": ids[0], "to": ids[1], "members": 5}], 5))
        self.refused(full, 409, "slot_full")
        self.refused(self.post("/v1/groups", self.body([{"from": ids[0], "members": 2},
                                                        {"from": ids[1], "members": 3}], 5)),
                     409, "slot_full")
        self.assertEqual((2, 2), (self.free(ids[0]), self.free(ids[1])))
        two = self.post("/v1/groups", self.body([{"from": ids[0], "members": 2}], 2))
        self.assertEqual(201, two.status, two.text)
        more = self.post("/v1/groups", self.body([{"from": ids[0], "members": 2}], 2))
        self.refused(more, 409, "slot_full")
        self.assertIn(ids[1], [slot["id"] for slot in more.json["alternatives"]])

    def test_a_member_alone_and_then_the_rest_are_cancelled(self):
        ids = self.slot_ids(2)
        made = self.claimed([{"from": ids[0], "members": 1}, {"from": ids[1], "members": 2}], 3)
        path = "/v1/groups/" + made["group"]["reference"]
        alone = "/v1/bookings/" + made["group"]["members"][1]["reference"]
        gone = self.post(alone + "/cancel", None, made["member_tokens"][1])
        self.assertEqual((200, "cancelled"), (gone.status, gone.json["booking"]["status"]))
        self.assertEqual(made["group"]["reference"], gone.json["booking"]["group"])
        self.assertEqual(["held", "cancelled", "held"],
                         self.statuses(self.get(path, made["token"]).json["group"]))
        extended = self.post(path + "/extend", None, made["token"])
        self.assertEqual(200, extended.status, extended.text)
        idempotency_key = key()
        rest = self.post(path + "/cancel", None, made["token"], idempotency_key)
        self.assertEqual((200, ["cancelled"] * 3),
                         (rest.status, self.statuses(rest.json["group"])), rest.text)
        again = self.post(path + "/cancel", None, made["token"], idempotency_key)
        self.assertEqual((200, "true"), (again.status, again.headers["idempotency-replayed"]))
        self.refused(self.post(path + "/cancel", None, made["token"]), 409, "illegal_transition")
        self.assertEqual((2, 2), (self.free(ids[0]), self.free(ids[1])))

    def test_a_group_moves_as_a_whole(self):
        ids, there = self.slot_ids(1), self.slot_ids(2)
        made = self.claimed([{"from": ids[0], "members": 2}], 2)
        path = "/v1/groups/" + made["group"]["reference"] + "/reschedule"
        self.refused(self.post(path, {"parts": [{"from": there[0], "members": 1}]},
                               made["token"]), 422, "group_invalid")
        moved = self.post(path, {"parts": [{"from": there[0], "members": 1},
                                           {"from": there[1], "members": 1}]}, made["token"])
        self.assertEqual(200, moved.status, moved.text)
        self.assertEqual(there, [b["slot"]["id"] for b in moved.json["group"]["members"]])
        self.assertEqual((2, 1, 1), (self.free(ids[0]), self.free(there[0]), self.free(there[1])))
        self.refused(self.post(path, {"parts": [{"from": there[0], "to": "x", "members": 2}]},
                               made["token"]), 404, "slot_not_found")

    def test_a_reference_is_good_for_what_it_names_and_a_token_for_whose_it_is(self):
        ids = self.slot_ids(3)
        made = self.claimed([{"from": ids[0], "members": 2}], 2)
        group, token = made["group"]["reference"], made["token"]
        one, one_token = made["group"]["members"][0]["reference"], made["member_tokens"][0]
        booked = Booked(self.daemon, ids[1])
        for step, body in (("confirm", DETAILS), ("cancel", None), ("extend", None),
                           ("reschedule", {"slot": ids[2]})):
            with self.subTest(step=step):
                self.refused(self.post(f"/v1/bookings/{group}/{step}", body, token), 404,
                             "booking_not_found")
                body = {"parts": [{"from": ids[2], "members": 1}]} if step == "reschedule" else body
                for reference, its in ((booked.reference, booked.token), (one, one_token)):
                    self.refused(self.post(f"/v1/groups/{reference}/{step}", body, its), 404,
                                 "booking_not_found")
                self.refused(self.post(f"/v1/groups/{group}/{step}", body, one_token), 403,
                             "forbidden")
                self.refused(self.post(f"/v1/groups/{group}/{step}", body), 401, "unauthorized")
        self.refused(self.get(f"/v1/bookings/{group}", token), 404, "booking_not_found")
        self.refused(self.get(f"/v1/groups/{one}", one_token), 404, "booking_not_found")
        self.refused(self.get("/v1/groups/AAAAAA-AAAAAA-AAAAAA", token), 404, "booking_not_found")
        for path in (f"/v1/staff/bookings/{group}/approve", f"/v1/staff/groups/{one}/approve"):
            self.refused(self.post(path, None, self.portal), 404, "booking_not_found")
        self.refused(self.get(f"/v1/staff/bookings/{group}", self.desk), 404, "booking_not_found")
        self.refused(self.get(f"/v1/staff/groups/{one}", self.desk), 404, "booking_not_found")
        read = self.get(f"/v1/groups/{group}", token)
        self.assertEqual((200, ["held", "held"]), (read.status, self.statuses(read.json["group"])))
        self.assertEqual(1, read.json["group"]["version"])
        self.assertEqual("held", booked.get().json["booking"]["status"])

    def test_what_a_group_waits_for_comes_or_does_not(self):
        for step, body, status in (("approve", None, "confirmed"),
                                   ("refuse", {"reason": 7}, "refused")):
            with self.subTest(step=step):
                ids = self.slot_ids(1, "permit")
                made = self.claimed([{"from": ids[0], "members": 2}], 2)
                reference = made["group"]["reference"]
                path = f"/v1/staff/groups/{reference}"
                self.refused(self.post(f"{path}/{step}", body, self.portal), 409,
                             "illegal_transition")
                given = self.post(f"/v1/groups/{reference}/confirm", DETAILS, made["token"])
                self.assertEqual(["awaiting"] * 2, self.statuses(given.json["group"]))
                self.refused(self.post(f"{path}/{step}", body, self.south), 409, "wrong_branch")
                self.refused(self.get(path, self.south), 403, "forbidden")
                self.refused(self.post(f"{path}/{step}", body, self.desk), 403, "forbidden")
                done = self.post(f"{path}/{step}", body, self.portal)
                self.assertEqual((200, [status] * 2),
                                 (done.status, self.statuses(done.json["group"])), done.text)
                read = self.get(path, self.desk)
                self.assertEqual((200, done.json["group"]), (read.status, read.json["group"]))

    def test_a_group_goes_under_its_claimants_entitlement(self):
        employer, workers = person(), [member() for _ in range(3)]
        holder = {name: employer[name] for name in ("id_type", "id_number")}
        granted = self.post("/v1/staff/entitlements", {
            "holder": holder, "service": "passport", "quota": 3, "from": "2020-01-01",
            "until": "2090-12-31", "listed": True}, self.clerk)
        self.assertIn(granted.status, (200, 201), granted.text)
        entitlement = granted.json["entitlement"]["id"]
        path = "/v1/staff/entitlements/" + entitlement
        self.assertEqual(200, self.post(path + "/eligible", {"add": workers[:2]},
                                        self.clerk).status)
        written = entitlement.lower().replace("-", " ")  # as somebody may write it
        left = lambda: self.get(path, self.clerk).json["entitlement"]["left"]
        ids = self.slot_ids(2)
        body = {"parts": [{"from": ids[0], "to": ids[1], "members": 3}], "members": workers,
                "claimant": employer, "entitlement": written}
        outside = self.post("/v1/groups", body)
        self.refused(outside, 409, "not_eligible")
        self.assertEqual("/members/2", outside.json["pointer"])
        self.assertEqual(200, self.post(path + "/eligible", {"add": workers[2:]},
                                        self.clerk).status)
        self.refused(self.post("/v1/groups", {**body, "claimant": person()}), 404,
                     "entitlement_not_found")
        # Well written, and never given; and one of a booking.
        booked = Booked(self.daemon, self.slot_ids(1)[0])
        for other in ("0" * 18, booked.reference):
            self.refused(self.post("/v1/groups", {**body, "entitlement": other}), 404,
                         "entitlement_not_found")
        self.assertEqual((3, 2, 2), (left(), self.free(ids[0]), self.free(ids[1])))
        made = self.post("/v1/groups", body)
        self.assertEqual(201, made.status, made.text)
        self.assertEqual(entitlement, made.json["group"]["entitlement"])
        self.assertEqual(0, left())
        more = {**body, "parts": [{"from": self.slot_ids(1)[0], "members": 1}],
                "members": workers[:1]}
        self.refused(self.post("/v1/groups", more), 409, "entitlement_exhausted")
        group = "/v1/groups/" + made.json["group"]["reference"]
        self.assertEqual(200, self.post(group + "/cancel", None, made.json["token"]).status)
        self.assertEqual(3, left())
        self.assertEqual(201, self.post("/v1/groups", more).status)
        self.assertEqual(2, left())

    def test_the_feed_says_which_events_are_one_group(self):
        last = self.get("/v1/feed?limit=1", self.mirror).json["newest"]
        made = self.claimed([{"from": self.slot_ids(1)[0], "members": 2}], 2)
        events = self.get(f"/v1/feed?after={last}", self.mirror).json["events"]
        mine = [event for event in events
                if event.get("group") == made["group"]["reference"]]
        self.assertEqual([b["reference"] for b in made["group"]["members"]],
                         [event["reference"] for event in mine])
        self.assertEqual(1, len({event["lsn"] for event in mine}))

    def test_bad_input_names_each_place(self):
        ids, tomorrow = self.slot_ids(2), self.slot_ids(1)
        south = self.slot_ids(1, branch="south")
        good = self.body([{"from": ids[0], "members": 2}], 2)
        claimant = good["claimant"]
        twice = [good["members"][0], {**good["members"][0]}]
        for name, body, pointer, code in (
                ("parts missing", {k: v for k, v in good.items() if k != "parts"}, "/parts",
                 "missing"),
                ("parts no array", {**good, "parts": {}}, "/parts", "not_an_array"),
                ("no parts", {**good, "parts": []}, "/parts", "bad_length"),
                ("no members", {**good, "members": []}, "/members", "bad_length"),
                ("too many", {**good, "members": [member() for _ in range(101)]}, "/members",
                 "bad_length"),
                ("a member no object", {**good, "members": ["x", member()]}, "/members/0",
                 "not_an_object"),
                ("a bad number", {**good, "members": [member(), {"id_type": "mykad",
                                                                 "id_number": "1"}]},
                 "/members/1/id_number", "bad_format"),
                ("one twice", {**good, "members": twice}, "/members/1/id_number", "bad_choice"),
                ("a category", {**good, "members": [claimant, member()]}, "/members/0/category",
                 "unknown_member"),
                ("no claimant", {k: v for k, v in good.items() if k != "claimant"}, "/claimant",
                 "missing"),
                ("nobody in a part", {**good, "parts": [{"from": ids[0], "members": 0}]},
                 "/parts/0/members", "bad_choice"),
                ("seats left over", {**good, "parts": [{"from": ids[0], "members": 1}]}, "/parts",
                 "bad_choice"),
                ("to another day", {**good, "parts": [{"from": ids[0], "to": tomorrow[0],
                                                       "members": 2}]}, "/parts/0/to",
                 "bad_choice"),
                ("backwards", {**good, "parts": [{"from": ids[1], "to": ids[0], "members": 2}]},
                 "/parts/0/to", "bad_span"),
                ("two offices", {**good, "parts": [{"from": ids[0], "members": 1},
                                                   {"from": south[0], "members": 1}]},
                 "/parts/1/from", "bad_choice"),
                ("an entitlement", {**good, "entitlement": "mine"}, "/entitlement", "bad_format"),
                ("unknown", {**good, "parts": [{"from": ids[0], "members": 2, "seats": 1}]},
                 "/parts/0/seats", "unknown_member")):
            with self.subTest(name):
                reply = self.post("/v1/groups", body)
                self.refused(reply, 400, "invalid_request")
                self.assertEqual([(pointer, code)],
                                 [(e["pointer"], e["code"]) for e in reply.json["errors"]])
        self.refused(self.post("/v1/groups", {**good, "parts": [{"from": "nowhere", "members": 2}]}),
                     404, "slot_not_found")
        overlap = [{"from": ids[0], "to": ids[1], "members": 1}, {"from": ids[1], "members": 1}]
        self.refused(self.post("/v1/groups", {**good, "parts": overlap}), 422, "group_invalid")
        self.refused(self.post("/v1/groups", self.body([{"from": ids[0], "members": 11}], 11)), 422,
                     "seats_exceeded")
        made = self.post("/v1/groups", good)
        self.assertEqual(201, made.status, made.text)

    def test_the_largest_group_fits_into_a_request(self):
        reply = self.post("/v1/groups", self.body([{"from": self.slot_ids(1)[0], "members": 100}],
                                                  100))
        self.refused(reply, 422, "seats_exceeded")  # of the service: nothing of the body's size

    def test_who_is_booked_already_keeps_the_whole_group_out(self):
        with Daemon(PROGRAM) as daemon:  # whose services allow one active booking
            day = [d for d in days(daemon).json["days"] if d["status"] == "available"][1]
            ids = [s["id"] for s in slots(daemon, day["date"]).json["slots"]]
            booked = person()
            self.assertEqual(201, claim(daemon, claim_body(ids[0], booked)).status)
            body = self.body([{"from": ids[1], "members": 2}], 1)
            body["members"].append({k: v for k, v in booked.items() if k != "category"})
            free = [s["free"] for s in slots(daemon, day["date"]).json["slots"]]
            self.refused(daemon.request("POST", "/v1/groups", body, {"Idempotency-Key": key()}),
                         409, "already_booked")
            self.assertEqual(free, [s["free"] for s in slots(daemon, day["date"]).json["slots"]])


if __name__ == "__main__":
    unittest.main()
