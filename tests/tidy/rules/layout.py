"""Top-level list, file names, header guards, file sizes."""

import re

from tree import Violation

TOP_FOLDERS = {"engine", "daemon", "bindings", "bench", "tests", "docs", ".ci"}
TOP_FILES = {"CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md"}
DOT_FILES = {".clang-format", ".clang-tidy", ".gitattributes", ".gitignore", ".editorconfig"}
MAX_LINES = 600
_NAME = re.compile(r"[a-z0-9_]+\.(cpp|hpp|h)")


def check(tree):
    yield from _top_level(tree)
    for path in tree.under("engine", "daemon", "bindings", "bench", "tests",
                           suffixes=(".cpp", ".hpp", ".h", ".cc", ".cxx", ".hh")):
        name = path.rsplit("/", 1)[-1]
        if not _NAME.fullmatch(name):
            yield Violation("file-name", path, 1, "use snake_case and .cpp, .hpp (.h for C)")
        if not path.endswith((".hpp", ".h")):
            continue
        if not re.search(r"^#pragma once$", tree.code(path), re.MULTILINE):
            yield Violation("pragma-once", path, 1, "a header without #pragma once")
    for path in tree.under("engine", "daemon"):
        lines = tree.text(path).count("\n")
        if lines > MAX_LINES:
            yield Violation("file-size", path, lines, f"more than {MAX_LINES} lines: split it")


def _top_level(tree):
    seen = set()
    for path in tree.paths:
        top, slash, _ = path.partition("/")
        if top in seen:
            continue
        seen.add(top)
        allowed = TOP_FOLDERS if slash else TOP_FILES | DOT_FILES
        if top not in allowed:
            yield Violation("top-level", path, 1, f"`{top}` doesn't belong at the top")
