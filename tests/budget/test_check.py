"""The budget of the labels."""

import subprocess
import sys
import unittest

from check import BUDGET_MINUTES, __file__ as check_file, over_budget

MUCH = 1000.0  # minutes of processor time

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
        self.assertEqual(over_budget(summary(1.0, BUDGET_MINUTES["slow"] * 60), MUCH), [])

    def test_what_takes_too_long_is_named(self):
        words = over_budget(summary(BUDGET_MINUTES["fast"] * 60 + 1, 1.0), MUCH)
        self.assertEqual(len(words), 1)
        self.assertIn("fast", words[0])

    def test_a_busy_machine_has_twice_the_time(self):
        long = BUDGET_MINUTES["slow"] * 60
        self.assertEqual(over_budget(summary(1.0, long * 2), 1.0), [])
        self.assertEqual(len(over_budget(summary(1.0, long * 2 + 1), 1.0)), 1)

    def test_a_summary_that_cant_be_read_is_no_good_one(self):
        self.assertEqual(len(over_budget(["fast = 99999.00 s*proc"], 1.0)), 1)
        self.assertEqual(len(over_budget([], 1.0)), 1)

    def test_a_run_that_fails_is_one(self):
        check = [sys.executable, "-B", check_file, sys.executable, "-c"]
        say = "print('fast = 1.00 sec*proc')"
        self.assertEqual(subprocess.run([*check, say], stdout=subprocess.DEVNULL).returncode, 0)
        self.assertEqual(subprocess.run([*check, say + "; import sys; sys.exit(3)"],
                                        stdout=subprocess.DEVNULL).returncode, 3)


if __name__ == "__main__":
    unittest.main()
