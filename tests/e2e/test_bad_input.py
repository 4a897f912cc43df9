"""Whatever is wrong gets its problem document, and the ledger is as it was."""

import json
import unittest

from support import calendar
from support.calendar import Booked, claim, claim_body, free_slot, key, person
from support.case import DaemonCase

CLAIMS = "/v1/claims"
DAYS = f"/v1/branches/{calendar.BRANCH}/services/{calendar.SERVICE}/days"
SLOTS = f"/v1/branches/{calendar.BRANCH}/services/{calendar.SERVICE}/slots"


class BadInput(DaemonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.slot = free_slot(cls.daemon)["id"]
        cls.booked = Booked(cls.daemon)
        cls.other = Booked(cls.daemon)

    def setUp(self):
        self.before = calendar.ledger_of(self.daemon)
        self.booking_before = self.booking()

    def tearDown(self):
        self.assertEqual(self.before, calendar.ledger_of(self.daemon))
        self.assertEqual(self.booking_before, self.booking())

    def booking(self):
        return calendar.without_expiry(self.booked.get().json["booking"])

    def refuse(self, method, path, body, status, code, headers=None, places=None):
        """Sends it, and expects just this problem; `places` are the pointers of its errors."""
        headers = {"Idempotency-Key": key(), **(headers or {})}
        headers = {name: value for name, value in headers.items() if value is not None}
        reply = self.daemon.request(method, path, body, headers)
        self.assertEqual((status, code), (reply.status, reply.json.get("code")), reply.text)
        self.assertEqual("application/problem+json", reply.headers["content-type"])
        document = reply.json
        self.assertEqual(f"/problems/{code}", document["type"])
        self.assertEqual(status, document["status"])
        self.assertEqual(reply.headers["x-request-id"], document["request_id"])
        self.assertTrue(document["title"] and document["detail"])
        if places is not None:
            found = {e.get("pointer", e.get("parameter", e.get("header")))
                     for e in document.get("errors", [])}
            self.assertEqual(set(places), found, reply.text)
        return reply

    def refuse_claim(self, body, places, status=400, code="invalid_request", **more):
        return self.refuse("POST", CLAIMS, body, status, code, places=places, **more)

    def test_malformed_json(self):
        good = json.dumps(claim_body(self.slot))
        for body in ("{", good[:-1], good + "x", "", "null x", "{'slot':1}", good.replace(":", "=", 1),
                     "[" * 100, b"{\"slot\":\"\xff\xfe\"}", "\ufeff" + good,
                     good[:-1] + ',"seats":1,}'):
            with self.subTest(body):
                self.refuse_claim(body, [""])

    def test_members_that_are_unknown_missing_or_twice(self):
        self.refuse_claim({**claim_body(self.slot), "sleep": 1}, ["/sleep"])
        self.refuse_claim(claim_body(self.slot, {**person(), "a/b~": 1}), ["/applicant/a~1b~0"])
        self.refuse_claim({}, ["/slot", "/applicant"])
        self.refuse_claim({"applicant": {}}, ["/slot", "/applicant/category", "/applicant/id_type",
                                              "/applicant/id_number"])
        self.refuse_claim(f'{{"slot":"{self.slot}","slot":"{self.slot}",'
                          f'"applicant":{json.dumps(person())}}}', ["/slot"])
        self.refuse_claim([], [""])

    def test_wrong_types(self):
        for wrong in (7, 1.5, True, None, [], {}):
            with self.subTest(wrong):
                self.refuse_claim({"slot": wrong, "applicant": person()}, ["/slot"])
        for wrong in ("1", 1.5, 1.0, True, None, [], 10**30):
            with self.subTest(wrong):
                self.refuse_claim(claim_body(self.slot, seats=wrong), ["/seats"])
        self.refuse_claim({"slot": self.slot, "applicant": "x"}, ["/applicant"])
        for name in ("category", "id_type", "id_number"):
            self.refuse_claim(claim_body(self.slot, {**person(), name: 12}), [f"/applicant/{name}"])

    def test_documents_and_categories(self):
        def with_applicant(**changes):
            return claim_body(self.slot, {**person(), **changes})

        for number in ("12345678901", "1234567890123", "90010110123x", "", "９００１０１１０１２３４"):
            self.refuse_claim(with_applicant(id_number=number), ["/applicant/id_number"])
        self.refuse_claim(with_applicant(id_type="passport", id_number="A12"),
                          ["/applicant/id_number"])
        self.refuse_claim(with_applicant(id_type="licence"), ["/applicant/id_type"])
        self.refuse_claim(with_applicant(category="Citizen"), ["/applicant/category"])
        reply = self.refuse_claim(with_applicant(id_number="not-1-document"),
                                  ["/applicant/id_number"])
        self.assertNotIn("not-1-document", reply.text)

    def test_dates_out_of_range(self):
        lane = {"branch": calendar.BRANCH, "service": calendar.SERVICE, "applicant": person()}
        for date in ("2026-02-30", "tomorrow", "2026-11-24T08:00", "0001-01-01", "9999-12-31"):
            self.refuse_claim({**lane, "date": date}, ["/date"])
        self.refuse_claim({**lane, "date_from": "2026-12-02", "date_to": "2026-12-01"},
                          ["/date_to"])
        self.refuse_claim({**lane, "date_from": "2026-12-01", "date_to": "2027-12-01"},
                          ["/date_to"])
        self.refuse_claim({**lane, "date": "2026-12-01", "slot": self.slot},
                          ["/branch", "/service", "/date"])
        self.refuse("POST", CLAIMS, {**lane, "date": "2900-01-01"}, 422, "outside_horizon")
        self.refuse("GET", DAYS + "?from=x&to=2026-13-01&colour=red&pool=vip", None, 400,
                    "invalid_request", places=["from", "to", "colour", "pool"])
        self.refuse("GET", DAYS + "?from=2026-12-02&to=2026-12-01", None, 400, "invalid_request",
                    places=["to"])
        self.refuse("GET", DAYS + "?from=2026-12-01&to=2027-12-01", None, 400, "invalid_request",
                    places=["to"])
        self.refuse("GET", SLOTS, None, 400, "invalid_request", places=["date"])
        self.refuse("GET", SLOTS + "?date=2026-12-1&date=2026-12-01", None, 400,
                    "invalid_request", places=["date"])

    def test_slots_that_there_are_not(self):
        branch, service, pool, date, time = self.slot.split(".")
        for slot in ("", "x", self.slot + ".", self.slot[:-1], self.slot + "0", "." * 300,
                     f"{branch}.{service}.{pool}.{date}.0801", f"{branch}.{service}.{pool}.{date}.9999",
                     f"{branch}.{service}.vip.{date}.{time}", f"nowhere.{service}.{pool}.{date}.{time}",
                     f"{branch}.{service}.{pool}.20260230.{time}", self.slot.upper()):
            with self.subTest(slot):
                self.refuse("POST", CLAIMS, claim_body(slot), 404, "slot_not_found")
        self.refuse("POST", CLAIMS, {"branch": "nowhere", "service": calendar.SERVICE,
                                     "date": "2026-12-01", "applicant": person()},
                    404, "slot_not_found")
        self.refuse("GET", DAYS.replace(calendar.BRANCH, "nowhere"), None, 404, "not_found")
        self.refuse("GET", DAYS.replace(calendar.SERVICE, "nothing"), None, 404, "not_found")
        self.refuse("GET", DAYS + "?pool=employer", None, 404, "not_found")

    def test_idempotency_keys(self):
        body = claim_body(self.slot)
        for bad in (None, "", '"', '"open', 'a"b', "a,b", '""', "x" * 300, '"a";b'):
            with self.subTest(bad):
                self.refuse("POST", CLAIMS, body, 400, "invalid_request",
                            headers={"Idempotency-Key": bad}, places=["Idempotency-Key"])
        for action in ("/confirm", "/cancel"):
            self.refuse("POST", self.booked.path + action,
                        {"details": {"name": "A", "phone": "12345"}} if action == "/confirm" else None,
                        400, "invalid_request",
                        headers={"Idempotency-Key": None,
                                 "Authorization": f"Bearer {self.booked.token}"},
                        places=["Idempotency-Key"])
        self.refuse_claim({"slot": self.slot}, ["Idempotency-Key", "/applicant"],
                          headers={"Idempotency-Key": None})

    def test_media_types(self):
        body = json.dumps(claim_body(self.slot))
        for bad in ("text/plain", "application/jsonx", "application/x-www-form-urlencoded", ""):
            with self.subTest(bad):
                self.refuse("POST", CLAIMS, body, 415, "unsupported_media_type",
                            headers={"Content-Type": bad})

    def test_tokens_of_others_and_made_up(self):
        confirm = {"details": {"name": "Mallory", "phone": "12345"}}
        for method, action, body in (("GET", "", None), ("POST", "/confirm", confirm),
                                     ("POST", "/cancel", None)):
            path = self.booked.path + action
            self.refuse(method, path, body, 401, "unauthorized")
            for bad in ("Basic abc", "Bearer", "Bearer ", "Bearer a b", "Bearer \xe9"):
                self.refuse(method, path, body, 401, "unauthorized", headers={"Authorization": bad})
            flipped = self.booked.token[:-1] + ("A" if self.booked.token[-1] != "A" else "B")
            for bad in (self.other.token, flipped, "x", self.booked.token + "A"):
                self.refuse(method, path, body, 403, "forbidden",
                            headers={"Authorization": f"Bearer {bad}"})
        self.assertIn("www-authenticate", self.daemon.request("GET", self.booked.path).headers)

    def test_forged_references(self):
        good = self.booked.reference
        for n in (0, 5, 9, len(good) - 1):
            if good[n] == "-":
                continue
            forged = good[:n] + ("2" if good[n] != "2" else "3") + good[n + 1:]
            for method, action in (("GET", ""), ("POST", "/cancel")):
                self.refuse(method, f"/v1/bookings/{forged}{action}", None, 404,
                            "booking_not_found",
                            headers={"Authorization": f"Bearer {self.booked.token}"})
        for forged in ("x", "A" * 500, "%00", "%zz", "000000-000000-000000", "1"):
            self.refuse("GET", f"/v1/bookings/{forged}", None, 404, "booking_not_found",
                        headers={"Authorization": f"Bearer {self.booked.token}"})

    def test_details(self):
        path = self.booked.path + "/confirm"
        authority = {"Authorization": f"Bearer {self.booked.token}"}

        def refuse(body, places):
            self.refuse("POST", path, body, 400, "invalid_request", authority, places)

        good = {"name": "Aminah", "phone": "012-345 6789"}
        refuse({}, ["/details"])
        refuse({"details": []}, ["/details"])
        refuse({"details": good, "x": 1}, ["/x"])
        refuse({"details": {}}, ["/details/name", "/details/phone"])
        refuse({"details": {**good, "name": "", "phone": "call me", "email": "nobody",
                            "address": 5, "nickname": "x"}},
               ["/details/name", "/details/phone", "/details/email", "/details/address",
                "/details/nickname"])
        refuse({"details": {**good, "address": "x" * 501}}, ["/details/address"])
        self.refuse("POST", self.booked.path + "/cancel", {"reason": "x"}, 400, "invalid_request",
                    authority, ["/reason"])

    def test_sizes(self):
        padding = " " * 20000
        self.refuse("POST", CLAIMS, json.dumps(claim_body(self.slot)) + padding, 413,
                    "payload_too_large")
        self.refuse("POST", CLAIMS, claim_body(self.slot), 431, "headers_too_large",
                    headers={"X-Padding": "x" * 9000})

    def test_paths_and_methods(self):
        for path in ("/v1", "/v1/claims/", "/v2/claims", "//", "/v1/bookings", "/problems/nothing"):
            self.refuse("GET", path, None, 404, "not_found")
        for method, path, allow in (("GET", CLAIMS, "POST"), ("PUT", CLAIMS, "POST"),
                                    ("DELETE", self.booked.path, "GET, HEAD"),
                                    ("POST", "/healthz", "GET, HEAD"),
                                    ("BREW", DAYS, "GET, HEAD")):
            reply = self.refuse(method, path, None, 405, "method_not_allowed")
            self.assertEqual(allow, reply.headers["allow"])

    def test_answers_in_the_language_asked_for(self):
        titles = {}
        for language in ("ms", "en", "id"):
            reply = self.refuse("GET", "/nowhere", None, 404, "not_found",
                                headers={"Accept-Language": f"{language}-XX, fr;q=0.1"})
            titles[language] = reply.json["title"]
            self.assertEqual(language, reply.headers["content-language"])
        self.assertEqual(3, len(set(titles.values())))
        page = self.daemon.request("GET", "/problems/slot_full", None, {"Accept-Language": "ms"})
        self.assertIn("Slot ini sudah penuh", page.text)

    def test_the_refused_claims_left_nothing_behind(self):
        # The one whose claims were refused can still claim: no trace of an attempt counts.
        applicant = person()
        self.refuse_claim(claim_body(self.slot, applicant, seats="x"), ["/seats"])
        made = claim(self.daemon, claim_body(self.slot, applicant))
        self.assertEqual(201, made.status)
        path, token = made.headers["location"], made.json["token"]
        gone = self.daemon.request("POST", path + "/cancel", None, {
            "Authorization": f"Bearer {token}", "Idempotency-Key": key()})
        self.assertEqual(200, gone.status)


if __name__ == "__main__":
    unittest.main()
