"""Calls that the engine doesn't make."""

import re

from tree import Violation, line_of

_SLEEP = re.compile(r"\b(?:sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep)\s*\(|"
                    r"(?<!\w)::\s*sleep\s*\(")
_ASSERT = re.compile(r"(?<![\w.])assert\s*\(")


def check(tree):
    for path in tree.under("engine"):
        code = tree.code(path)
        for match in _SLEEP.finditer(code):
            yield Violation("no-sleep", path, line_of(code, match.start()),
                            "the engine waits for events, never for time to pass")
        for match in _ASSERT.finditer(code):
            yield Violation("no-assert", path, line_of(code, match.start()),
                            "vanishes in release builds: use JANJI_CHECK")
