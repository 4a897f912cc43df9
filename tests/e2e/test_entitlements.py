"""Entitlements over HTTP: granted, changed, listed, and who is on their lists."""

from support.calendar import key, person
from support.daemon import until
from support.staff import StaffCase


class Entitlements(StaffCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = cls.keys.add("staff:entitlement")
        cls.clerk_north = cls.keys.add("staff:entitlement", "north")
        cls.feed = cls.keys.add("feed")
        until(lambda: cls.ask(cls, "GET", "").status == 200)

    def ask(self, verb, rest, body=None, token=None, idempotency_key=None):
        headers = {"Authorization": f"Bearer {token or self.clerk}"}
        if verb == "POST":
            headers["Idempotency-Key"] = idempotency_key or key()
        return self.daemon.request(verb, "/v1/staff/entitlements" + rest, body, headers)

    @staticmethod
    def grant_body(**more):
        holder = person()
        return {"holder": {name: holder[name] for name in ("id_type", "id_number")},
                "service": "passport", "quota": 20, "from": "2026-01-01", "until": "2030-06-30",
                **more}

    @staticmethod
    def people(many):
        return [{name: one[name] for name in ("id_type", "id_number")}
                for one in (person() for _ in range(many))]

    def granted(self, **more):
        done = self.ask("POST", "", self.grant_body(**more))
        self.assertEqual(200, done.status, done.text)
        return done.json["entitlement"]

    def all(self, rest, name, query=""):
        found, cursor = [], ""
        while cursor is not None:
            page = self.ask("GET", f"{rest}?limit=2{query}" + (f"&cursor={cursor}" if cursor else ""))
            self.assertEqual(200, page.status, page.text)
            found += page.json[name]
            cursor = page.json["next"]
        return found

    def test_granted_raised_lowered_and_listed(self):
        body = self.grant_body()
        done = self.ask("POST", "", body)
        self.assertEqual(200, done.status, done.text)
        self.assertNotIn(body["holder"]["id_number"], done.text)
        made = done.json["entitlement"]
        wanted = {"service": "passport", "quota": 20, "used": 0, "spent": 0, "left": 20,
                  "from": "2026-01-01", "until": "2030-06-30", "listed": False, "eligible": 0}
        self.assertEqual(wanted, {name: made[name] for name in wanted})
        self.assertIsInstance(made["actor"], int)
        path = "/" + made["id"]
        self.assertEqual(made, self.ask("GET", path).json["entitlement"])
        changed = self.ask("POST", path, {"quota": 5, "until": "2029-12-31", "listed": True})
        self.assertEqual(200, changed.status, changed.text)
        now = changed.json["entitlement"]
        self.assertEqual((5, "2026-01-01", "2029-12-31", True),
                         (now["quota"], now["from"], now["until"], now["listed"]))
        other = self.granted()
        self.assertLessEqual({made["id"], other["id"]},
                             {one["id"] for one in self.all("", "entitlements")})
        self.assertEqual([now], self.all("", "entitlements", f"&holder={made['holder']}"))

    def test_who_is_on_the_list(self):
        path = "/" + self.granted(listed=True)["id"] + "/eligible"
        workers = self.people(5)
        done = self.ask("POST", path, {"add": workers})
        self.assertEqual((200, 5), (done.status, done.json["entitlement"]["eligible"]), done.text)
        before = set(self.all(path, "eligible"))
        self.assertEqual(5, len(before))
        done = self.ask("POST", path, {"add": workers[:1] + self.people(1), "remove": workers[3:]})
        self.assertEqual((200, 4), (done.status, done.json["entitlement"]["eligible"]), done.text)
        after = set(self.all(path, "eligible"))
        self.assertEqual((3, 4), (len(before & after), len(after)))

    def test_a_repeated_request_acts_once_and_a_kill_loses_nothing(self):
        name, body = key(), self.grant_body()
        made = self.ask("POST", "", body, idempotency_key=name).json["entitlement"]
        again = self.ask("POST", "", body, idempotency_key=name)
        self.assertEqual((200, "true", made["id"]),
                         (again.status, again.headers["idempotency-replayed"],
                          again.json["entitlement"]["id"]))
        self.refused(self.ask("POST", "", {**body, "quota": 21}, idempotency_key=name), 422,
                     "idempotency_mismatch")
        path, lowered = "/" + made["id"], key()
        self.assertEqual(200, self.ask("POST", path, {"quota": 3},
                                       idempotency_key=lowered).status)
        self.assertEqual(200, self.ask("POST", path, {"quota": 9}).status)
        self.daemon.kill()
        self.daemon.start()
        # A late repeat doesn't lower it again.
        late = self.ask("POST", path, {"quota": 3}, idempotency_key=lowered)
        self.assertEqual((200, 9), (late.status, late.json["entitlement"]["quota"]), late.text)
        self.assertEqual("true", late.headers["idempotency-replayed"])

    def test_the_feed_tells_of_it_and_not_whose_it_is(self):
        feed = {"Authorization": f"Bearer {self.feed}"}
        until(lambda: self.daemon.request("GET", "/v1/feed", None, feed).status == 200)
        newest = self.daemon.request("GET", "/v1/feed", None, feed).json["newest"]
        made = self.granted()
        self.ask("POST", "/" + made["id"] + "/eligible", {"add": self.people(2)})
        told = self.daemon.request("GET", f"/v1/feed?after={newest}", None, feed)
        mine = [event for event in told.json["events"]
                if event.get("entitlement") == made["id"]]
        self.assertEqual([("entitlement", 20, None), ("eligible", None, 2)],
                         [(event["kind"], event.get("quota"), event.get("changed"))
                          for event in mine])
        self.assertNotIn(made["holder"], told.text)

    def test_who_may_and_what_may_not_be(self):
        body = self.grant_body()
        made = self.granted()
        path = "/" + made["id"]
        for token in (self.desk, self.clerk_north):
            until(lambda: self.ask("GET", "", token=token).status == 403)
            self.refused(self.ask("POST", "", body, token), 403, "forbidden")
            self.refused(self.ask("POST", path, {"quota": 1}, token), 403, "forbidden")
            self.refused(self.ask("POST", path + "/eligible", {"add": self.people(1)}, token), 403,
                         "forbidden")
            self.refused(self.ask("GET", path + "/eligible", token=token), 403, "forbidden")
        one = self.people(1)
        for rest, wrong, pointer in (
                ("", {**body, "quota": 0}, "/quota"),
                ("", {**body, "quota": 131072}, "/quota"),
                ("", {**body, "quota": "many"}, "/quota"),
                ("", {**body, "service": "nothing"}, "/service"),
                ("", {**body, "until": "2025-12-31"}, "/until"),
                ("", {**body, "from": "tomorrow"}, "/from"),
                ("", {**body, "listed": "yes"}, "/listed"),
                ("", {**body, "holder": {"id_type": "mykad"}}, "/holder/id_number"),
                ("", {**body, "colour": "red"}, "/colour"),
                (path, {}, "/quota"),
                (path, {"quota": -1}, "/quota"),
                (path, {"until": "2025-12-31"}, "/until"),
                (path + "/eligible", {}, "/add"),
                (path + "/eligible", {"add": []}, "/add"),
                (path + "/eligible", {"add": "all"}, "/add"),
                (path + "/eligible", {"add": [7]}, "/add/0"),
                (path + "/eligible", {"add": one + one}, "/add/1"),
                (path + "/eligible", {"add": one, "remove": one}, "/remove/0"),
                (path + "/eligible", {"add": self.people(61)}, "/add")):
            reply = self.ask("POST", rest, wrong)
            self.refused(reply, 400, "invalid_request")
            self.assertIn(pointer, {error["pointer"] for error in reply.json["errors"]}, reply.text)
        for query in ("?cursor=x", "?limit=0", "?limit=101", "?colour=red", "?holder=x"):
            self.refused(self.ask("GET", query), 400, "invalid_request")
        for other in ("/" + "0" * 18, "/" + "0" * 16, "/0000000000000001", "/x"):
            self.refused(self.ask("GET", other), 404, "entitlement_not_found")
            self.refused(self.ask("POST", other, {"quota": 1}), 404, "entitlement_not_found")
            self.refused(self.ask("GET", other + "/eligible"), 404, "entitlement_not_found")
            self.refused(self.ask("POST", other + "/eligible", {"add": one}), 404,
                         "entitlement_not_found")
