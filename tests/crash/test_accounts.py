"""The checker is checked: each promise, broken once, must be seen."""

import unittest

from accounts import Accounts, Broken
from families import Families


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

    def test_two_with_one_number(self):
        def walked_in(reference):
            self.accounts.sent(reference, {"kind": "walk_in", "applicant": reference})
            body = told(reference, "checked_in")
            body["booking"]["queue_number"] = 1
            self.accounts.answered(reference, 201, body)
        walked_in("R2")
        with self.assertRaises(Broken):
            walked_in("R3")


def group(*statuses, slot="s", reference="G"):
    return {"group": {"reference": reference, "members": [
        {"reference": f"{reference}{i}", "status": status, "slot": {"id": slot}}
        for i, status in enumerate(statuses)]}, "token": "t-" + reference}


class TestFamilies(unittest.TestCase):
    def setUp(self):
        self.families = Families()
        self.accounts = Accounts(self.families)
        self.ask("group_join", 201, group("waiting", "waiting"))

    def ask(self, kind, status, body):
        self.accounts.sent(kind, {"kind": kind, "wants": ["s"]})
        self.accounts.answered(kind, status, body)

    def see(self, body, status=200):
        self.families.check_told({"G": (status, body)})

    def slots(self, free):
        return self.families.check_slots({"s": {"capacity": 2, "free": free}})

    def test_all_is_well(self):
        self.see(group("held", "held"))
        self.assertIsNone(self.slots(0))
        self.ask("group_confirm", 200, group("confirmed", "confirmed"))
        self.see(group("confirmed", "confirmed"))
        self.ask("group_cancel", 200, group("cancelled", "cancelled"))
        self.see(group("cancelled", "cancelled"))
        self.assertIsNone(self.slots(2))
        self.assertEqual((1, 1, 3), (self.families.joined, self.families.offered,
                                     self.accounts.acknowledged))

    def test_a_lost_family(self):
        with self.assertRaises(Broken):
            self.see({"code": "booking_not_found"}, 404)

    def test_a_family_that_is_torn_apart(self):
        with self.assertRaises(Broken):
            self.see(group("held", "waiting"))

    def test_an_offer_that_was_taken_back(self):
        self.see(group("held", "held"))
        with self.assertRaises(Broken):
            self.see(group("waiting", "waiting"))

    def test_a_lost_confirm(self):
        self.see(group("held", "held"))
        self.ask("group_confirm", 200, group("confirmed", "confirmed"))
        with self.assertRaises(Broken):
            self.see(group("held", "held"))

    def test_an_offer_elsewhere(self):
        with self.assertRaises(Broken):
            self.see(group("held", "held", slot="other"))

    def test_other_slots_than_before(self):
        self.see(group("held", "held"))
        with self.assertRaises(Broken):
            self.see(group("held", "held", slot="other"))

    def test_a_seat_too_many(self):
        self.see(group("held", "held"))
        with self.assertRaises(Broken):
            self.families.check_slots({"s": {"capacity": 1, "free": 0}})

    def test_a_family_that_waits_where_seats_are_free(self):
        self.assertIn("waits where 2 seats are free", self.slots(2))

    def test_a_seat_that_nobody_has(self):
        self.see(group("held", "held"))
        self.assertIn("1 are free", self.slots(1))


if __name__ == "__main__":
    unittest.main()
