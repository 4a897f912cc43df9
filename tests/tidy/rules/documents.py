"""What documents name exists: paths in backticks, links, scripts in shell snippets."""

import os
import re

from tree import Violation, line_of

_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_TICKED = re.compile(r"`([^`\n]+)`")
_PATH = re.compile(r"(?:engine|daemon|bindings|bench|tests|docs|\.ci)/[\w./-]*")
_FILE = re.compile(r"(?:CMakeLists\.txt|CMakePresets\.json|LICENSE|README\.md|\.clang-\w+)")
_LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
_SCRIPT = re.compile(r"^\s*(?:\$ )?(?:\w+=\S+ )*bash ([\w./-]+)", re.MULTILINE)
_SHELL = {"sh", "shell", "bash", "console"}
FIRST_COMMANDS = ["bash daemon/run", "bash tests/run"]


def check(tree):
    for path in tree.paths:
        if path.endswith(".md"):
            yield from _document(tree, path)
    if tree.exists("README.md"):
        yield from _first_commands(tree)


def _document(tree, path):
    text = tree.text(path)
    prose = _FENCE.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), text)
    for match in _TICKED.finditer(prose):
        named = match.group(1)
        known = _PATH.fullmatch(named) or _FILE.fullmatch(named)
        if known and not tree.exists(named):
            yield Violation("document-path", path, line_of(text, match.start()),
                            f"`{named}` doesn't exist")
    for match in _LINK.finditer(prose):
        if "://" in match.group(1) or match.group(1).startswith(("mailto:", "/")):
            continue
        target = os.path.normpath(os.path.join(os.path.dirname(path), match.group(1)))
        if not tree.exists(target):
            yield Violation("document-link", path, line_of(text, match.start()),
                            f"{match.group(1)} doesn't exist")
    for offset, snippet in _shell_snippets(text):
        for match in _SCRIPT.finditer(snippet):
            if not tree.exists(match.group(1)):
                yield Violation("document-command", path, line_of(text, offset + match.start(1)),
                                f"`bash {match.group(1)}`: no such script")


def _first_commands(tree):
    """Whoever opens the README finds the two commands first."""
    snippets = "".join(snippet for _, snippet in _shell_snippets(tree.text("README.md")))
    commands = re.findall(r"^(?:\$ )?(?!#)(\S+(?: \S+)?)", snippets, re.MULTILINE)
    if commands[: len(FIRST_COMMANDS)] != FIRST_COMMANDS:
        yield Violation("first-commands", "README.md", 1,
                        f"the first commands must be {' and '.join(FIRST_COMMANDS)}")


def _shell_snippets(text):
    for match in _FENCE.finditer(text):
        if match.group(1) in _SHELL:
            yield match.start(2), match.group(2)
