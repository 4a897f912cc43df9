"""Erasure of details over HTTP."""

import datetime

from support.calendar import key, person
from support.daemon import until
from support.staff import DETAILS, StaffCase


class Erasures(StaffCase):
    flags = ("--erase-within-hours", "7")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.eraser = cls.keys.add("staff:erase")
        cls.eraser_north = cls.keys.add("staff:erase", "north")
        until(lambda: cls.erase(cls, {}).status == 400)

    def erase(self, body, token=None):
        return self.daemon.request("POST", "/v1/staff/erasures", body,
                                   {"Authorization": f"Bearer {token or self.eraser}",
                                    "Idempotency-Key": key()})

    def seen(self, booked):
        reply = self.daemon.request("GET", f"/v1/staff/bookings/{booked.reference}", None,
                                    {"Authorization": f"Bearer {self.desk}"})
        self.assertEqual(200, reply.status, reply.text)
        return reply.json

    @staticmethod
    def document(applicant):
        return {name: applicant[name] for name in ("id_type", "id_number")}

    def cancelled(self, applicant=None):
        booked = self.confirmed("south", applicant)
        self.assertEqual(200, booked.cancel().status)
        return booked

    def test_the_details_of_one_booking_are_erased_when_it_has_ended(self):
        booked = self.confirmed("south")
        self.refused(self.erase({"reference": booked.reference}), 409, "illegal_transition")
        self.assertEqual(200, booked.cancel().status)
        self.assertEqual(DETAILS["details"], self.seen(booked)["details"])
        self.assertNotIn("details_erased", self.seen(booked))
        before = datetime.datetime.now(datetime.timezone.utc)
        done = self.erase({"reference": booked.reference, "reason": 4})
        self.assertEqual(200, done.status, done.text)
        self.assertEqual((1, 0, None), tuple(done.json[n] for n in ("erased", "active", "next")))
        complete_by = datetime.datetime.fromisoformat(done.json["complete_by"])
        since = complete_by - before - datetime.timedelta(hours=7)
        self.assertLess(abs(since), datetime.timedelta(minutes=1), since)
        for _ in range(2):
            seen = self.seen(booked)
            self.assertEqual((None, True), (seen["details"], seen["details_erased"]))
            self.assertEqual("cancelled", seen["booking"]["status"])
            self.assertEqual(0, self.erase({"reference": booked.reference}).json["erased"])
            self.daemon.kill()
            self.daemon.start()

    def test_the_details_of_one_person_are_erased_and_those_of_others_stay(self):
        applicant = person()
        first, second = self.cancelled(applicant), self.cancelled(applicant)
        active = self.confirmed("south", applicant)
        other = self.cancelled()
        erased, went_on, body = 0, 0, {"applicant": self.document(applicant)}
        while True:
            page = self.erase(body)
            self.assertEqual(200, page.status, page.text)
            self.assertNotIn(applicant["id_number"], page.text)
            erased, went_on = erased + page.json["erased"], went_on + page.json["active"]
            if page.json["next"] is None:
                break
            body["after"] = page.json["next"]
        self.assertEqual((2, 1), (erased, went_on))
        for booked in (first, second):
            self.assertTrue(self.seen(booked)["details_erased"])
        for booked in (active, other):
            self.assertEqual(DETAILS["details"], self.seen(booked)["details"])

    def test_the_details_of_all_that_ended_before_a_time_are_erased(self):
        booked = self.cancelled()
        now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        late = (now + datetime.timedelta(seconds=5)).isoformat()
        early = (now - datetime.timedelta(hours=1)).isoformat()
        self.assertEqual(0, self.erase({"ended_before": early}).json["erased"])
        self.assertEqual(DETAILS["details"], self.seen(booked)["details"])
        self.assertGreaterEqual(self.erase({"ended_before": late}).json["erased"], 1)
        self.assertTrue(self.seen(booked)["details_erased"])

    def test_who_may_and_what_may_not_be(self):
        booked = self.cancelled()
        body = {"reference": booked.reference}
        until(lambda: self.erase({}, self.eraser_north).status == 403)
        for token in (self.desk, self.eraser_north):
            self.refused(self.erase(body, token), 403, "forbidden")
        self.refused(self.daemon.request("POST", "/v1/staff/erasures", body,
                                         {"Authorization": f"Bearer {self.eraser}"}),
                     400, "invalid_request")
        self.refused(self.erase({"reference": "2B8N4C-0Q7WMD-9RT3GA"}), 404, "booking_not_found")
        document = self.document(person())
        for wrong, pointer in (({}, "/reference"),
                               ({**body, "applicant": document}, "/applicant"),
                               ({**body, "after": "0"}, "/after"),
                               ({"applicant": document, "key": "0" * 31 + "1"}, "/applicant"),
                               ({"key": "x"}, "/key"),
                               ({"ended_before": "yesterday"}, "/ended_before"),
                               ({"ended_before": "1970-01-01T00:00:00Z"}, "/ended_before"),
                               ({"applicant": document, "after": "x"}, "/after"),
                               ({**body, "reason": -1}, "/reason"),
                               ({**body, "colour": "red"}, "/colour")):
            reply = self.erase(wrong)
            self.refused(reply, 400, "invalid_request")
            self.assertIn(pointer, {error["pointer"] for error in reply.json["errors"]}, wrong)
        self.assertEqual(DETAILS["details"], self.seen(booked)["details"])
