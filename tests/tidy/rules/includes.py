"""Who may include what, by the part of the tree: engine, daemon, bindings, tests, bench."""

import os
import re

from tree import Violation, line_of

# Quoted names survive only in the raw text, so a commented-out include is told by the code text.
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")', re.MULTILINE)
_DIRECTIVE = re.compile(r"[ \t]*#[ \t]*include\b")

PUBLIC = "engine/include/"
LMDB_HOME = "engine/src/store/"
# What the engine may use of others: its libraries, the C library, the kernel.
ENGINE_FOLDERS = {"janji", "date", "sys", "linux"}
ENGINE_HEADERS = {
    "lmdb.h", "xxhash.h", "dirent.h", "errno.h", "fcntl.h", "immintrin.h", "emmintrin.h",
    "limits.h", "poll.h", "pthread.h", "sched.h", "signal.h", "time.h", "unistd.h",
}


class Include:
    def __init__(self, line, name, quoted):
        self.line, self.name, self.quoted = line, name, quoted


def includes_of(tree, path):
    raw, code = tree.text(path), tree.code(path)
    for match in _INCLUDE.finditer(raw):
        if _DIRECTIVE.match(code, match.start()):
            line = line_of(raw, match.start(1) if match.group(1) else match.start(2))
            yield Include(line, match.group(1) or match.group(2), match.group(2) is not None)


def resolve(tree, path, include):
    """The repository's file that an include means, or None if it isn't one of ours."""
    roots = [os.path.dirname(path)] if include.quoted else []
    part = path.split("/", 1)[0]
    if part in ("engine", "daemon"):
        roots.append(f"{part}/src")
    if include.name.startswith("janji/"):
        roots.append("engine/include")
    for root in roots:
        target = os.path.normpath(f"{root}/{include.name}")
        if tree.exists(target):
            return target
    return None


def check(tree):
    for path in tree.under("engine", "daemon", "bindings"):
        for include in includes_of(tree, path):
            message = _objection(tree, path, include)
            if message:
                yield Violation("include", path, include.line, f"{include.name}: {message}")
    yield from _one_file_of_lmdb(tree)


def _objection(tree, path, include):
    target = resolve(tree, path, include)
    if target is None and (include.quoted or include.name.startswith("janji/")):
        return "no such file from here"
    if path.startswith(PUBLIC):
        return _objection_public(include, target)
    if path.startswith("engine/"):
        return _objection_engine(include, target)
    if target and target.startswith("engine/src/") or include.name.startswith("engine/"):
        return "only the engine, its tests and its benches see engine/src; use <janji/...>"
    if target and not target.startswith((PUBLIC, path.split("/", 1)[0] + "/")):
        return "dependencies go bindings -> engine <- daemon, never across"
    return None


def _objection_public(include, target):
    if target:
        return None if target.startswith(PUBLIC) else "public headers include public headers only"
    if "/" in include.name or include.name.endswith(".h"):
        return "public headers use nothing but the standard library"
    return None


def _objection_engine(include, target):
    if target:
        return None if target.startswith("engine/") else "the engine uses nobody in this tree"
    folder, slash, _ = include.name.partition("/")
    known = folder in ENGINE_FOLDERS if slash else (
        "." not in include.name or include.name in ENGINE_HEADERS)
    return None if known else "not among the engine's libraries"


def _one_file_of_lmdb(tree):
    """Tests and benches are free: they damage stores, and compare with bare LMDB."""
    holders = [(path, include.line)
               for path in tree.under("engine", "daemon", "bindings")
               for include in includes_of(tree, path)
               if include.name == "lmdb.h"]
    at_home = [path for path, _ in holders if path.startswith(LMDB_HOME)]
    for path, line in holders:
        if path not in at_home[:1]:
            yield Violation("lmdb", path, line,
                            f"one file includes lmdb.h, and it stands in {LMDB_HOME}")
