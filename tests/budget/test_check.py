"""The budget of the labels."""

import unittest

from check import BUDGET_MINUTES, over_budget

SUMMARY = """\
100% tests passed, 0 tests failed out of 3

Label Time Summary:
fast    =  {fast} sec*proc (2 tests)
slow    =  {slow} sec*proc (1 test)
other   =  99999.00 sec*proc (1 test)

Total Test time (real) =   1.00 sec
"""


def summary(fast, slow):
    return SUMMARY.format(fast=f"{fast:.2f}", slow=f"{slow:.2f}").splitlines()


class BudgetTest(unittest.TestCase):
    def test_within_its_budget_nothing_is_said(self):
        self.assertEqual(over_budget(summary(1.0, BUDGET_MINUTES["slow"] * 60)), [])

    def test_what_takes_too_long_is_named(self):
        words = over_budget(summary(BUDGET_MINUTES["fast"] * 60 + 1, 1.0))
        self.assertEqual(len(words), 1)
        self.assertIn("fast", words[0])

    def test_a_summary_that_cant_be_read_is_no_good_one(self):
        self.assertEqual(len(over_budget(["fast = 99999.00 s*proc"])), 1)
        self.assertEqual(len(over_budget([])), 1)


if __name__ == "__main__":
    unittest.main()
