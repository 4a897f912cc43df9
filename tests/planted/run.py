"""Plants bugs one by one in a copy of the tree, builds it, and sees which test catches each.

    bash tests/planted/run                     all of them
    bash tests/planted/run hazard_3 capacity   these
    bash tests/planted/run --rotate 3          three, others every two days

Exit status 1 when one survives, or when the tests fail without any.
"""

import argparse
import datetime
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from plant import edits
from plants import PLANTS

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAMS = {"test_engine": "tests/test_engine", "test_ledger": "tests/test_ledger",
            "test_journal": "tests/test_journal", "test_state": "tests/test_state",
            "test_store": "tests/test_store", "test_record": "tests/test_record",
            "test_freeze": "tests/lockfree/test_freeze", "test_sync": "tests/sync/test_sync",
            "test_simulation": "tests/simulation/test_simulation",
            "test_interleavings": "tests/interleavings/test_interleavings",
            "test_model": "tests/model/test_model", "test_power": "tests/power/test_power",
            "test_io_faults": "tests/io_faults/test_io_faults",
            "test_feed": "tests/feed/test_feed"}
FAST = "~[slow]~[soak]"  # the long tests would use up the limit
# Of a program whose tests know the sources' text, only those that run them.
ONLY = {"test_interleavings": "no order of steps and no view of memory breaks a scene"}
TIME_LIMIT_S = 120  # a test that hangs tells nobody why: that isn't being caught
TEST_NAME = re.compile(r"^-{79}\n(.+?)\n-{79}$", re.MULTILINE | re.DOTALL)


def copy_of_the_tree(folder):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True)
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def build(folder, programs):
    if not (folder / "build").exists():
        subprocess.run(["cmake", "-S", ".", "-B", "build", "-G", "Ninja",
                        "-DCMAKE_BUILD_TYPE=None", "-DCMAKE_CXX_FLAGS=-O1 -g0",
                        "-DJANJI_BUILD_DAEMON=OFF", "-DJANJI_BUILD_BENCH=OFF",
                        "-DJANJI_WERROR=OFF"],
                       cwd=folder, check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(["ninja", "-C", "build", "-j2", *programs], cwd=folder,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit("the copy doesn't build:\n" + done.stdout[-3000:])


def first_failing(folder, programs):
    """The program that fails and its test, and after how long; (None, seconds) when none does."""
    begun = time.monotonic()
    for program in programs:
        try:
            ran = subprocess.run([folder / "build" / PROGRAMS[program], ONLY.get(program, FAST),
                                  "--abort"],
                                 timeout=TIME_LIMIT_S, stdout=subprocess.PIPE,
                                 env={**os.environ, "JANJI_SIMULATION_SEEDS": "1500"},
                                 stderr=subprocess.DEVNULL, text=True, errors="replace")
            if ran.returncode == 0:
                continue
            names = TEST_NAME.findall(ran.stdout)
            test = " ".join(names[0].split()) if names else "before any test"
        except subprocess.TimeoutExpired:
            print(f"{program}: no end within {TIME_LIMIT_S} s", flush=True)
            continue
        return f"{program}, {test}", time.monotonic() - begun
    return None, time.monotonic() - begun


def planted(folder, plant):
    path = folder / plant.file
    text = path.read_text()
    spoiled = text
    for old, new in edits(plant):
        if text.count(old) != 1:
            raise SystemExit(f"{plant.name}: its text stands {text.count(old)} times in "
                             f"{plant.file}; mend tests/planted/plants.py")
        spoiled = spoiled.replace(old, new)
    path.write_text(spoiled)
    try:
        build(folder, plant.tests)
        return first_failing(folder, plant.tests)
    finally:
        path.write_text(text)


def chosen(arguments):
    if arguments.rotate:
        # A turn is two days: .ci/run asks every other day.
        start = datetime.date.today().toordinal() // 2 * arguments.rotate
        return [PLANTS[(start + i) % len(PLANTS)] for i in range(arguments.rotate)]
    if not arguments.names:
        return PLANTS
    by_name = {plant.name: plant for plant in PLANTS}
    unknown = [name for name in arguments.names if name not in by_name]
    if unknown:
        raise SystemExit(f"no such plants: {', '.join(unknown)}; there are {', '.join(by_name)}")
    return [by_name[name] for name in arguments.names]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--rotate", type=int)
    plants = chosen(parser.parse_args())
    survivors = []
    with tempfile.TemporaryDirectory(prefix="janji-planted-") as name:
        folder = pathlib.Path(name)
        copy_of_the_tree(folder)
        tests = sorted({test for plant in plants for test in plant.tests})
        print("without a plant: building", flush=True)
        build(folder, tests)
        failing, seconds = first_failing(folder, tests)
        if failing:
            raise SystemExit(f"{failing} fails without any plant")
        print(f"without a plant: all pass, {seconds:.1f} s", flush=True)
        for plant in plants:
            failing, seconds = planted(folder, plant)
            verdict = f"caught after {seconds:.1f} s by {failing}" if failing else "SURVIVED"
            print(f"{plant.name} ({plant.what}): {verdict}", flush=True)
            if not failing:
                survivors.append(plant.name)
    print(f"{len(plants) - len(survivors)} of {len(plants)} caught")
    print(f"counted {len(plants)} plants")
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
