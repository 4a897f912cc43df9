"""The plants fit the tree, and docs/proof.md lists them all."""

import pathlib
import re
import unittest

from plant import edits
from plants import PLANTS

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Plants(unittest.TestCase):
    def test_each_text_stands_once_in_its_file(self):
        for plant in PLANTS:
            with self.subTest(plant.name):
                text = (ROOT / plant.file).read_text(encoding="utf-8")
                for old, new in edits(plant):
                    self.assertEqual(1, text.count(old))
                    self.assertNotEqual(old, new)

    def test_the_document_lists_the_plants(self):
        text = (ROOT / "docs/proof.md").read_text(encoding="utf-8")
        section = text.split("\n## Planted bugs\n", 1)[1].split("\n## ", 1)[0]
        listed = re.findall(r"^\| (?!plant )(?!---)(.+?) \| `(\w+)` \|$", section, re.MULTILINE)

        def words(plant):
            hazard = re.fullmatch(r"hazard_(\d+)", plant.name)
            return f"hazard {hazard.group(1)}: {plant.what}" if hazard else plant.what

        self.assertEqual(sorted(words(plant) for plant in PLANTS),
                         sorted(name for name, _ in listed))
        tests = {words(plant): plant.tests for plant in PLANTS}
        for name, test in listed:
            self.assertIn(test, tests[name], name)

    def test_each_hazard_that_must_be_planted_is(self):
        names = {plant.name for plant in PLANTS}
        for hazard in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20):
            self.assertIn(f"hazard_{hazard}", names)


if __name__ == "__main__":
    unittest.main()
