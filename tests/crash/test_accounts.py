"""The checker is checked: each promise, broken once, must be seen."""

import unittest

from accounts import Accounts, Broken


def told(reference="R1", status="held", slot="s", seats=1):
    return {"booking": {"reference": reference, "status": status, "slot": {"id": slot},
                        "seats": seats}, "token": "t-" + reference}


def claimed(accounts, reference, applicant, slot="s"):
    accounts.sent(reference, {"kind": "claim", "applicant": applicant})
    accounts.answered(reference, 201, told(reference, slot=slot))


class TestAccounts(unittest.TestCase):
    def setUp(self):
        self.accounts = Accounts()
        claimed(self.accounts, "R1", "ann")

    def test_all_is_well(self):
        self.accounts.check_bookings({"R1": (200, told())})
        self.accounts.check_applicants()
        self.accounts.check_slots({"s": {"capacity": 2, "free": 1}})

    def test_a_lost_booking(self):
        with self.assertRaises(Broken):
            self.accounts.check_bookings({"R1": (404, {"code": "booking_not_found"})})

    def test_a_lost_confirm(self):
        self.accounts.sent("c", {"kind": "confirm", "reference": "R1"})
        self.accounts.answered("c", 200, told(status="confirmed"))
        with self.assertRaises(Broken):
            self.accounts.check_bookings({"R1": (200, told(status="held"))})

    def test_a_booking_in_another_slot(self):
        with self.assertRaises(Broken):
            self.accounts.check_bookings({"R1": (200, told(slot="other"))})

    def test_two_active_bookings(self):
        claimed(self.accounts, "R2", "ann", "t")
        with self.assertRaises(Broken):
            self.accounts.check_applicants()

    def test_a_seat_too_many(self):
        claimed(self.accounts, "R2", "bob")
        with self.assertRaises(Broken):
            self.accounts.check_slots({"s": {"capacity": 1, "free": 0}})

    def test_a_seat_that_nobody_has(self):
        with self.assertRaises(Broken):
            self.accounts.check_slots({"s": {"capacity": 3, "free": 1}})

    def test_a_cancelled_seat_that_is_not_free(self):
        self.accounts.sent("x", {"kind": "cancel", "reference": "R1"})
        self.accounts.answered("x", 200, told(status="cancelled"))
        with self.assertRaises(Broken):
            self.accounts.check_slots({"s": {"capacity": 1, "free": 0}})

    def test_an_unknown_outcome_stays_open(self):
        self.accounts.sent("c", {"kind": "confirm", "reference": "R1"})
        self.accounts.answered("c", 500, {"code": "outcome_unknown"})
        self.assertIn("c", self.accounts.unanswered)


if __name__ == "__main__":
    unittest.main()
