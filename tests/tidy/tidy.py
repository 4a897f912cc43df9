"""Holds the rules of the house: python3 tests/tidy/tidy.py [root]. Ends with 1 if one is broken."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import rules  # noqa: E402
from tree import Tree  # noqa: E402


def violations(root):
    tree = Tree(root)
    return [violation for rule in rules.ALL for violation in rule.check(tree)]


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../..")
    found = violations(os.path.realpath(root))
    for violation in found:
        print(violation)
    print(f"{len(found)} violations" if found else "the rules hold")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
