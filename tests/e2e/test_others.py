"""One's other bookings, by the token of one, over HTTP."""

from support.calendar import person
from support.staff import StaffCase


class Others(StaffCase):
    def others(self, booked, query="", token=None):
        headers = {"Authorization": f"Bearer {token or booked.token}"}
        return self.daemon.request("GET", booked.path + "/others" + query, None, headers)

    def all_others(self, booked, limit):
        found, after = [], ""
        while True:
            page = self.others(booked, f"?limit={limit}{after}")
            self.assertEqual(200, page.status, page.text)
            self.assertNotIn("token", page.text)
            found += [(one["reference"], one["status"]) for one in page.json["bookings"]]
            if page.json["next"] is None:
                return found
            after = f"&after={page.json['next']}"

    def test_who_holds_one_booking_finds_the_others(self):
        applicant = person()
        first = self.confirmed("south", applicant)
        self.assertEqual(200, first.cancel().status)
        second = self.confirmed("south", applicant)
        self.confirmed("south")
        for limit in (1, 20):
            self.assertEqual([(second.reference, "confirmed")], self.all_others(first, limit))
            self.assertEqual([(first.reference, "cancelled")], self.all_others(second, limit))
        alone = self.confirmed("south")
        self.assertEqual([], self.all_others(alone, 20))

    def test_nobody_else_does(self):
        applicant = person()
        booked = self.confirmed("south", applicant)
        stranger = self.confirmed("south")
        self.refused(self.others(booked, token=stranger.token), 403, "forbidden")
        self.refused(self.daemon.request("GET", booked.path + "/others"), 401, "unauthorized")
        for query in ("?limit=0", "?limit=51", "?after=x", "?colour=red"):
            self.refused(self.others(booked, query), 400, "invalid_request")
