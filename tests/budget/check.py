"""Holds a run of ctest to the minutes that each label may take:

    ctest ... | python3 tests/budget/check.py

Passes the output on. Fails when a label took more than its budget, in minutes of one core.
"""

import re
import sys

# What a run of all but the soak tests may take in the release build, added up over the tests.
# Two cores share it: half of the sum is what one waits for.
BUDGET_MINUTES = {"fast": 6.0, "slow": 14.0}
LABEL = re.compile(r"^(\w+)\s+=\s+([\d.]+) sec\*proc")


def over_budget(lines):
    """The labels that took too long, in words; or that their times weren't there to be read."""
    words = []
    read = 0
    for line in lines:
        found = LABEL.match(line)
        if not found or found.group(1) not in BUDGET_MINUTES:
            continue
        read += 1
        label, minutes = found.group(1), float(found.group(2)) / 60
        if minutes > BUDGET_MINUTES[label]:
            words.append(f"the tests labelled {label} took {minutes:.1f} minutes of one core, "
                         f"their budget is {BUDGET_MINUTES[label]:.1f}: make them shorter, or move "
                         "what is long into a soak")
    if read == 0:
        words.append("no label's time was found in what ctest printed")
    return words


def main():
    lines = []
    for line in sys.stdin:
        print(line, end="", flush=True)
        lines.append(line)
    words = over_budget(lines)
    for one in words:
        print(f"budget: {one}", file=sys.stderr)
    sys.exit(1 if words else 0)


if __name__ == "__main__":
    main()
