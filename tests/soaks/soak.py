"""Soaks: see tests/soak."""

import collections
import csv
import datetime
import os
import pathlib
import re
import subprocess
import sys
import time

from layers import LAYERS

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "docs" / "soaks.csv"
COLUMNS = ["date", "commit", "engine", "layer", "first_seed", "last_seed", "count", "unit",
           "minutes", "result"]
COUNTED = re.compile(r"^counted (\d+) (.+)$", re.MULTILINE)


class Results:
    """What was done until now: a file to which rows are only ever added."""

    def __init__(self, path):
        self.path = path

    def rows(self):
        if not self.path.exists():
            return []
        with self.path.open(newline="") as file:
            return list(csv.DictReader(file))

    def next_seed(self, layer):
        return 1 + max((int(row["last_seed"]) for row in self.rows() if row["layer"] == layer),
                       default=0)

    def add(self, row):
        new = not self.path.exists()
        with self.path.open("a", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            if new:
                writer.writeheader()
            writer.writerow(row)

    def totals(self):
        """By the engine's code, the layer and the unit: count, minutes, what was found."""
        sums = collections.OrderedDict()
        for row in self.rows():
            key = (row["engine"], row["layer"], row["unit"])
            count, minutes, found = sums.get(key, (0, 0.0, 0))
            sums[key] = (count + int(row["count"]), minutes + float(row["minutes"]),
                         found + (row["result"] != "nothing found"))
        return sums


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True,
                          text=True)
    return done.stdout.strip()


def version():
    """The commit, and the engine's tree: a change of documents is no other engine."""
    changed = git("status", "--porcelain", "--untracked-files=no", "--", "engine", "daemon", "tests")
    mark = "+" if changed else ""
    return git("rev-parse", "--short=10", "HEAD") + mark, git("rev-parse", "--short=10",
                                                              "HEAD:engine") + mark


class Soak:
    """One layer for a while."""

    def __init__(self, layer, minutes, seed, build):
        self.layer, self.minutes, self.build = layer, minutes, build
        self.first = self.seed = seed
        self.counts = collections.Counter()
        self.begun = time.monotonic()

    def took(self):
        return (time.monotonic() - self.begun) / 60

    def turn(self):
        """True when nothing was found."""
        words = {"seed": self.seed, "many": self.layer.many, "root": ROOT, "build": self.build}
        environment = {name: value.format(**words)
                       for name, value in self.layer.environment.items()}
        command = [part.format(**words) for part in self.layer.command]
        if not os.path.isabs(command[0]) and "/" in command[0]:
            command[0] = str(self.build / command[0])
        done = subprocess.run(command, env={**os.environ, **environment}, cwd=ROOT, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        counted = COUNTED.findall(done.stdout)
        for number, unit in counted:
            self.counts[unit] += int(number)
        self.seed += self.layer.seeds
        if done.returncode == 0 and counted:
            return True
        settings = " ".join(f"{name}={value}" for name, value in environment.items())
        print(f"{done.stdout[-6000:]}\n{self.layer.name}: exit status {done.returncode} with "
              f"{settings} {' '.join(command)}", flush=True)
        return False

    def run(self):
        """The words of the result."""
        while True:
            good = self.turn()
            counts = ", ".join(f"{number} {unit}" for unit, number in self.counts.items())
            print(f"{self.layer.name}: {counts or 'nothing counted'}, seeds {self.first} to "
                  f"{self.seed - 1}, {self.took():.1f} min", flush=True)
            if not good:
                return f"found with seed {self.seed - self.layer.seeds}"
            if self.took() >= self.minutes:
                return "nothing found"


def soak(layer, minutes, results, build):
    commit, engine = version()
    one = Soak(layer, minutes, results.next_seed(layer.name), build)
    result = one.run()
    for unit, count in one.counts.items() or [("nothing", 0)]:
        results.add({"date": datetime.date.today().isoformat(), "commit": commit,
                     "engine": engine, "layer": layer.name, "first_seed": one.first,
                     "last_seed": one.seed - 1, "count": count, "unit": unit,
                     "minutes": f"{one.took():.1f}", "result": result})
    return result == "nothing found"


def print_totals(results):
    for (engine, layer, unit), (count, minutes, found) in results.totals().items():
        print(f"{engine} {layer:16} {count:>12} {unit:14} {minutes:8.1f} min  "
              f"{'nothing found' if found == 0 else f'{found} runs found something'}")


def main(arguments):
    results = Results(RESULTS)
    if arguments == ["--totals"]:
        return print_totals(results)
    names = [layer.name for layer in LAYERS]
    if len(arguments) > 2 or (arguments and arguments[0] not in names):
        raise SystemExit(f"usage: bash tests/soak [layer] [minutes]; layers: {', '.join(names)}")
    chosen = [layer for layer in LAYERS if not arguments or layer.name == arguments[0]]
    try:
        minutes = float(arguments[1]) if len(arguments) > 1 else 1.0
    except ValueError:
        raise SystemExit(f"minutes: {arguments[1]} is no number") from None
    subprocess.run([ROOT / ".ci" / "build", "release"], check=True, stdout=subprocess.DEVNULL)
    failed = [layer.name for layer in chosen
              if not soak(layer, minutes, results, ROOT / "build" / "release")]
    print_totals(results)
    if failed:
        raise SystemExit(f"found something: {', '.join(failed)}")


if __name__ == "__main__":
    main(sys.argv[1:])
