"""Blocks of applicants over HTTP."""

import datetime

from support.calendar import claim, claim_body, key, person
from support.daemon import until
from support.staff import StaffCase


class Blocks(StaffCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guard = cls.keys.add("staff:block")
        cls.guard_north = cls.keys.add("staff:block", "north")
        until(lambda: cls.ask(cls, "GET", "").status == 200)

    def ask(self, verb, rest, body=None, token=None, idempotency_key=None):
        headers = {"Authorization": f"Bearer {token or self.guard}"}
        if verb == "POST":
            headers["Idempotency-Key"] = idempotency_key or key()
        return self.daemon.request(verb, "/v1/staff/blocks" + rest, body, headers)

    @staticmethod
    def document(applicant):
        return {name: applicant[name] for name in ("id_type", "id_number")}

    @staticmethod
    def later(hours=1):
        at = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
        return (at + datetime.timedelta(hours=hours)).replace(microsecond=0).isoformat()

    def block(self, applicant, **more):
        return self.ask("POST", "", {"applicant": self.document(applicant),
                                     "until": self.later(), **more})

    def lift(self, applicant):
        return self.ask("POST", "/lift", {"applicant": self.document(applicant)})

    def listed(self):
        found, cursor = {}, ""
        while cursor is not None:
            page = self.ask("GET", "?limit=1" + (f"&cursor={cursor}" if cursor else ""))
            self.assertEqual(200, page.status, page.text)
            found.update({block["key"]: block for block in page.json["blocks"]})
            cursor = page.json["next"]
        return found

    def test_who_is_blocked_books_nothing_until_the_block_is_lifted(self):
        applicant = person()
        booked = self.confirmed(applicant=applicant)
        done = self.block(applicant, reason=7)
        self.assertEqual(200, done.status, done.text)
        made = done.json["block"]
        self.assertEqual(7, made["reason"])
        body = claim_body(self.soon("south"), applicant)
        refused = claim(self.daemon, body)
        self.refused(refused, 403, "blocked")
        self.assertNotIn(applicant["id_number"], refused.text)
        # What was booked before stays, and is its holder's.
        self.assertEqual("confirmed", booked.get().json["booking"]["status"])
        self.assertEqual(200, booked.cancel().status)
        self.refused(claim(self.daemon, body), 403, "blocked")
        self.assertEqual(201, claim(self.daemon, claim_body(self.soon("south"))).status)
        listed = self.listed()[made["key"]]
        self.assertEqual((made["until"], 7), (listed["until"], listed["reason"]))
        self.assertIn("since", listed)
        self.assertIsInstance(listed["actor"], int)
        # By the key of the list, for who doesn't have the document.
        lifted = self.ask("POST", "/lift", {"key": made["key"]})
        self.assertEqual(200, lifted.status, lifted.text)
        self.assertIsNone(lifted.json["block"]["until"])
        self.assertNotIn(made["key"], self.listed())
        free = claim_body(self.soon("south"), applicant)
        self.assertEqual(201, claim(self.daemon, free).status)
        self.refused(self.lift(applicant), 409, "not_blocked")

    def test_a_block_survives_a_kill(self):
        applicant = person()
        self.assertEqual(200, self.block(applicant).status)
        self.daemon.kill()
        self.daemon.start()
        body = claim_body(self.soon("south"), applicant)
        self.refused(claim(self.daemon, body), 403, "blocked")
        self.assertEqual(200, self.lift(applicant).status)
        self.daemon.kill()
        self.daemon.start()
        self.assertEqual(201, claim(self.daemon, body).status)

    def test_a_repeated_request_blocks_once(self):
        applicant, name = person(), key()
        body = {"applicant": self.document(applicant), "until": self.later()}
        self.assertEqual(200, self.ask("POST", "", body, idempotency_key=name).status)
        again = self.ask("POST", "", body, idempotency_key=name)
        self.assertEqual((200, "true"), (again.status, again.headers["idempotency-replayed"]))
        self.refused(self.ask("POST", "", {**body, "until": self.later(2)}, idempotency_key=name),
                     422, "idempotency_mismatch")
        self.assertEqual(200, self.lift(applicant).status)
        # A late repeat of the first doesn't block again.
        self.assertEqual(200, self.ask("POST", "", body, idempotency_key=name).status)
        self.assertEqual(201, claim(self.daemon, claim_body(self.soon("south"), applicant)).status)

    def test_who_may_and_what_may_not_be(self):
        applicant = person()
        body = {"applicant": self.document(applicant), "until": self.later()}
        for token in (self.desk, self.guard_north):
            until(lambda: self.ask("GET", "", token=token).status == 403)
            self.refused(self.ask("POST", "", body, token), 403, "forbidden")
            self.refused(self.ask("POST", "/lift", {"applicant": body["applicant"]}, token), 403,
                         "forbidden")
        for wrong, pointer in (({**body, "until": "tomorrow"}, "/until"),
                               ({**body, "until": "2020-01-01T00:00:00Z"}, "/until"),
                               ({**body, "until": "1970-01-01T00:00:00Z"}, "/until"),
                               ({"applicant": body["applicant"]}, "/until"),
                               ({"until": body["until"]}, "/applicant"),
                               ({**body, "reason": -1}, "/reason"),
                               ({**body, "key": "0" * 31 + "1"}, "/applicant"),
                               ({"until": body["until"], "key": "x"}, "/key"),
                               ({**body, "colour": "red"}, "/colour")):
            reply = self.ask("POST", "", wrong)
            self.refused(reply, 400, "invalid_request")
            self.assertIn(pointer, {error["pointer"] for error in reply.json["errors"]})
        for query in ("?cursor=x", "?limit=0", "?limit=101", "?colour=red"):
            self.refused(self.ask("GET", query), 400, "invalid_request")
        self.refused(self.lift(applicant), 409, "not_blocked")
