"""Compiles the engine with strict_atomics.hpp, in which an atomic's every access needs an order:

    python3 tests/tidy/strict_atomics.py COMPILER [root]       the engine's sources
    python3 tests/tidy/strict_atomics.py COMPILER --self-test  planted violations must not compile
"""

import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile

from rules.includes import includes_of, resolve
from tree import Tree

HERE = os.path.dirname(os.path.abspath(__file__))
SHIM = os.path.join(HERE, "strict_atomics.hpp")
FLAGS = ["-std=c++20", "-Winvalid-pch", "-DUSE_OS_TZDB=1", "-DONLY_C_LOCALE=1",
         "-DHAS_STRING_VIEW=1"]

GOOD = """x.store(1, std::memory_order_release);
  int y = 0;
  return flag.test(std::memory_order_acquire) ? x.load(std::memory_order_acquire)
       : x.compare_exchange_weak(y, 2, std::memory_order_acq_rel, std::memory_order_relaxed);"""
BAD = [
    "return x;", "return x.load();", "x = 1; return 0;", "x.store(1); return 0;", "return ++x;",
    "return x--;", "x += 2; return 0;", "if (x) return 1; return 0;", "return x == 3;",
    "return x.fetch_add(1);", "int y = 0; return x.compare_exchange_strong(y, 1);",
    "x.wait(1); return 0;", "many[1] = 1; return 0;", "return many[0] + 1;", "return holder.word;",
    "flag.clear(); return 0;", "int y = 0; return std::atomic_ref<int>(y).load();",
]
PROGRAM = """#include <atomic>
struct Holder {{ std::atomic<int> word; int plain; }};
std::atomic<int> x{{0}};
std::atomic<int> many[2];
std::atomic_flag flag;
Holder holder;
template <class T> int in_template(T) {{
  {body}
}}
int f() {{ return in_template(1); }}
"""


class Compiler:
    """Precompiles the header once: it reads most of the standard library."""

    def __init__(self, compiler, folder):
        self.compiler, self.header = compiler, os.path.join(folder, "strict_atomics.hpp")
        shutil.copy(SHIM, self.header)
        subprocess.run([compiler, *FLAGS, "-w", "-x", "c++-header", self.header, "-o",
                        self.header + ".gch"], check=True)

    def errors(self, source, *includes):
        """What the compiler says, or None if it took the source."""
        command = [self.compiler, *FLAGS, "-fsyntax-only", "-include", self.header]
        command += [*(f"-I{path}" for path in includes), source]
        result = subprocess.run(command, capture_output=True, text=True)
        return result.stderr if result.returncode else None


def reached_from(tree, path, seen=None):
    """The file and all of ours that it includes, directly or not."""
    seen = set() if seen is None else seen
    if path not in seen:
        seen.add(path)
        for include in includes_of(tree, path):
            target = resolve(tree, path, include)
            if target:
                reached_from(tree, target, seen)
    return seen


def sources_with_atomics(root):
    """Compiling the others, most of all there are, would show nothing."""
    tree = Tree(root)
    return [os.path.join(root, path) for path in tree.under("engine/src", suffixes=(".cpp",))
            if any("atomic" in tree.code(reached) for reached in reached_from(tree, path))]


def check(compiler, root):
    sources = sources_with_atomics(root)
    includes = (f"{root}/engine/include", f"{root}/engine/src")
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda source: compiler.errors(source, *includes), sources)
        for source, errors in zip(sources, results):
            if errors is not None:
                failed += 1
                print(f"{os.path.relpath(source, root)}: an access without a memory order, or "
                      f"something that strict_atomics.hpp lacks:\n{errors}")
    print(f"{len(sources)} sources that see an atomic, {failed} failed")
    return failed == 0 and len(sources) > 0


def self_test(compiler, folder):
    def errors(body):
        source = os.path.join(folder, "planted.cpp")
        with open(source, "w", encoding="utf-8") as file:
            file.write(PROGRAM.format(body=body))
        return compiler.errors(source)

    complaint = errors(GOOD)
    wrong = [f"must compile: {GOOD}\n{complaint}"] if complaint is not None else []
    wrong += [f"must not compile: {body}" for body in BAD if errors(body) is None]
    print("\n".join(wrong) or f"{len(BAD)} planted violations found")
    return not wrong


def main():
    root = sys.argv[2] if len(sys.argv) > 2 else os.path.join(HERE, "../..")
    with tempfile.TemporaryDirectory() as folder:
        compiler = Compiler(sys.argv[1], folder)
        if root == "--self-test":
            good = self_test(compiler, folder)
        else:
            good = check(compiler, os.path.realpath(root))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
