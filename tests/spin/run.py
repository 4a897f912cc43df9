"""Searches a Promela model with Spin, whole:

    python3 tests/spin/run.py MODEL.pml            must find nothing
    python3 tests/spin/run.py MODEL.pml PLANT_X    must find the planted bug
    python3 tests/spin/run.py --self-test          the judgement on what a search prints

A search that was cut short, by depth or by memory, is a failure in any case.
"""

import os
import re
import subprocess
import sys
import tempfile

MEMORY_MB = 2048
DEPTH = 100000
SECONDS = 300


def unreached(output, source):
    """The states that a search never came to, but for those whose line says that it may."""
    states = re.findall(r"^\s.*?:(\d+), state \d+, \"(.*)\"$", output, re.MULTILINE)
    lines = source.splitlines()
    return [f"line {line}: {state}" for line, state in states
            if state != "-end-" and "may be unreached" not in lines[int(line) - 1]]


def judge(output, planted, source=""):
    """What is wrong with a search that printed this; "" if nothing is."""
    found = re.search(r"^State-vector .* errors: (\d+)$", output, re.MULTILINE)
    if not found:
        return "the search came to no end"
    if re.search(r"max search depth too small|out of memory|reached -DMEMLIM|hash table .* full",
                 output) or "Search not completed" in output and found.group(1) == "0":
        return "the search was cut short"
    stored = re.search(r"^\s*(\d+) states, stored$", output, re.MULTILINE)
    if not stored or int(stored.group(1)) < 10:
        return "a model without states shows nothing"
    errors = int(found.group(1))
    if planted and errors == 0:
        return "the planted bug wasn't found"
    if not planted and errors != 0:
        return "an error"
    if not planted and unreached(output, source):
        return "never reached: " + ", ".join(unreached(output, source))
    return ""


def search(model, plant):
    """What Spin and its search print."""
    with tempfile.TemporaryDirectory() as folder:
        def run(*command):
            return subprocess.run(command, cwd=folder, check=True, text=True, timeout=SECONDS,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
        define = [f"-D{plant}"] if plant else []
        said = run("spin", "-a", *define, os.path.abspath(model))
        if "rror" in said:
            raise subprocess.CalledProcessError(1, "spin", said)
        run("cc", "-O1", "-w", "-DSAFETY", f"-DMEMLIM={MEMORY_MB}", "-o", "pan", "pan.c")
        output = run("./pan", f"-m{DEPTH}")
        trail = os.path.join(folder, os.path.basename(model) + ".trail")
        if os.path.exists(trail) and not plant:
            output += run("spin", "-t", "-p", "-g", "-k", trail, *define, os.path.abspath(model))
        return output


def self_test():
    good = "State-vector 48 byte, depth reached 73, errors: 0\n    38651 states, stored\n"
    bad = "pan:1: assertion violated x\n" + good.replace("errors: 0", "errors: 1")
    cases = [
        (good, False, True), (good, True, False), (bad, False, False), (bad, True, True),
        ("error: max search depth too small\n" + good, False, False),
        ("pan: out of memory\n" + good, False, False),
        ("pan: reached -DMEMLIM bound\n" + good, False, False),
        ("Warning: Search not completed\n" + good, False, False),
        ("Warning: Search not completed\n" + bad, True, True),
        (good.replace("38651", "3"), False, False),
        ("", False, False), ("", True, False),
        (good + '\tm.pml:1, state 5, "x = 1"\n', False, False),
        (bad + '\tm.pml:1, state 5, "x = 1"\n', True, True),
        (good + '\tm.pml:2, state 5, "x = 2"\n', False, True),
        (good + '\tm.pml:1, state 5, "-end-"\n', False, True),
    ]
    source = "x = 1\nx = 2 /* may be unreached */\n"
    wrong = [case for case in cases if (judge(case[0], case[1], source) == "") != case[2]]
    for case in wrong:
        print("misjudged:", case)
    print(f"{len(cases)} outputs, {len(wrong)} misjudged")
    return not wrong


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 0 if self_test() else 1
    model, plant = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None
    with open(model, encoding="utf-8") as file:
        source = file.read()
    if plant and plant not in re.findall(r"#ifn?def (PLANT_\w+)", source):
        print(f"{model} has no {plant}")
        return 1
    try:
        output = search(model, plant)
    except FileNotFoundError as error:
        print(f"{error.filename} isn't installed: .ci/install brings it")
        return 1
    except subprocess.CalledProcessError as error:
        print(f"{error}\n{error.output}")
        return 1
    wrong = judge(output, plant is not None, source)
    print(f"{wrong}:\n{output}" if wrong else "\n".join(re.findall(
        r"^.*(?:states, stored|errors: \d+)$|^pan:1:.*$", output, re.MULTILINE)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
