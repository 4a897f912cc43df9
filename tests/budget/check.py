"""Holds a run of ctest to the minutes that each label may take:

    python3 tests/budget/check.py ctest ...

Runs it. Fails when it does, or when a label took more than its budget, in minutes of one core. ctest
adds up what one waits for, so a machine that is busy with other things makes tests look long: up to
twice the budget counts only when the processor time was too much as well.
"""

import re
import resource
import subprocess
import sys

# What a run of all but the soak tests may take in the release build, added up over the tests.
# Two cores share it: half of the sum is what one waits for.
BUDGET_MINUTES = {"fast": 6.0, "slow": 14.0}
LABEL = re.compile(r"^(\w+)\s+=\s+([\d.]+) sec\*proc")


def over_budget(lines, cpu_minutes):
    """The labels that took too long, in words; or that their times weren't there to be read."""
    is_busy = cpu_minutes <= sum(BUDGET_MINUTES.values())
    words = []
    read = 0
    for line in lines:
        found = LABEL.match(line)
        if not found or found.group(1) not in BUDGET_MINUTES:
            continue
        read += 1
        label, minutes = found.group(1), float(found.group(2)) / 60
        if minutes > BUDGET_MINUTES[label] * (2 if is_busy else 1):
            words.append(f"the tests labelled {label} took {minutes:.1f} minutes of one core, "
                         f"their budget is {BUDGET_MINUTES[label]:.1f}: make them shorter, or move "
                         "what is long into a soak")
    if read == 0:
        words.append("no label's time was found in what ctest printed")
    return words


def main():
    lines = []
    with subprocess.Popen(sys.argv[1:], text=True, stdout=subprocess.PIPE) as tests:
        for line in tests.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_minutes = (used.ru_utime + used.ru_stime) / 60
    print(f"budget: {cpu_minutes:.1f} minutes of processor time")
    words = over_budget(lines, cpu_minutes)
    for one in words:
        print(f"budget: {one}", file=sys.stderr)
    sys.exit(tests.returncode or (1 if words else 0))


if __name__ == "__main__":
    main()
