"""Proves that every rule of tidy.py can fail: plants each violation in a clean tree, finds it."""

import os
import re
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from plants import CLEAN, PLANTS  # noqa: E402
from tidy import violations  # noqa: E402


def found_in(files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        return violations(root)


class SelfTest(unittest.TestCase):
    def test_a_clean_tree_passes(self):
        self.assertEqual([str(v) for v in found_in(CLEAN)], [])

    def test_every_planted_violation_is_found_and_nothing_else(self):
        for rule, path, text in PLANTS:
            with self.subTest(rule=rule, path=path, text=text[:60]):
                found = found_in({**CLEAN, path: text})
                self.assertTrue(any(v.rule == rule for v in found), "not found")
                self.assertEqual({v.rule for v in found}, {rule}, [str(v) for v in found])
                # Of two that break a rule together, the other may be the one that is named.
                if rule not in ("layer", "lmdb"):
                    self.assertEqual({v.path for v in found}, {path})

    def test_every_rule_has_a_plant(self):
        here = os.path.dirname(os.path.abspath(__file__))
        names = os.listdir(os.path.join(here, "rules"))
        used = set()
        for name in (n for n in names if n.endswith(".py")):
            with open(os.path.join(here, "rules", name), encoding="utf-8") as file:
                used.update(re.findall(r'Violation\("([a-z-]+)"', file.read()))
        self.assertEqual(used, {rule for rule, _, _ in PLANTS})


if __name__ == "__main__":
    unittest.main()
