"""The soak's own books: what was found is said, seeds aren't used twice, and sums are right."""

import pathlib
import sys
import tempfile
import unittest

import soak
from layers import LAYERS, Layer

PYTHON = sys.executable


def layer(name, program):
    return Layer(name, [PYTHON, "-c", program], {"SEED": "{seed}"}, 10, 10)


GOOD = "print('counted 3 things'); print('counted 2 others')"
BAD = "import os, sys; print('counted 1 things'); sys.exit(os.environ['SEED'] == '11')"


class SoakTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.results = soak.Results(pathlib.Path(self.folder.name) / "soaks.csv")

    def tearDown(self):
        self.folder.cleanup()

    def run_one(self, one, minutes=0.0):
        return soak.soak(one, minutes, self.results, pathlib.Path(self.folder.name))

    def test_counts_are_added_up(self):
        self.assertTrue(self.run_one(layer("good", GOOD)))
        self.assertTrue(self.run_one(layer("good", GOOD)))
        rows = self.results.rows()
        self.assertEqual([(r["first_seed"], r["last_seed"], r["count"], r["unit"]) for r in rows],
                         [("1", "10", "3", "things"), ("1", "10", "2", "others"),
                          ("11", "20", "3", "things"), ("11", "20", "2", "others")])
        sums = {key[1:]: value[0] for key, value in self.results.totals().items()}
        self.assertEqual(sums, {("good", "things"): 6, ("good", "others"): 4})

    def test_what_is_found_ends_it_and_names_the_seed(self):
        self.assertFalse(self.run_one(layer("bad", BAD), minutes=60.0))
        self.assertEqual(self.results.rows()[-1]["result"], "found with seed 11")
        self.assertEqual(self.results.rows()[-1]["count"], "2")
        self.assertEqual(list(self.results.totals().values())[0][2], 1)

    def test_a_program_that_counts_nothing_is_no_success(self):
        self.assertFalse(self.run_one(layer("mute", "pass")))

    def test_names_are_unique(self):
        names = [one.name for one in LAYERS]
        self.assertEqual(len(names), len(set(names)))

    def test_bad_arguments_are_refused_with_words(self):
        for arguments in (["nosuch"], ["model", "x"], ["model", "1", "2"]):
            with self.assertRaises(SystemExit) as caught:
                soak.main(arguments)
            self.assertIsInstance(caught.exception.code, str)

    def test_what_is_in_the_books_can_be_read(self):
        for row in soak.Results(soak.RESULTS).rows():
            self.assertEqual(list(row), soak.COLUMNS)
            self.assertIn(row["layer"], [one.name for one in LAYERS])
            self.assertGreaterEqual(int(row["last_seed"]), int(row["first_seed"]))


if __name__ == "__main__":
    unittest.main()
