"""The files of a checkout, and their text without comments."""

import os
import re
import subprocess

CPP = (".cpp", ".hpp", ".h")
SKIPPED = {".git", "build", "__pycache__"}

# A literal or a comment, whichever begins first. Raw strings come before plain ones.
_TOKEN = re.compile(
    r'R"([^()\\\s]{0,16})\(.*?\)\1"|"(?:[^"\\\n]|\\.)*"'
    r"|(?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)+'|//[^\n]*|/\*.*?\*/",
    re.DOTALL,
)


class Violation:
    def __init__(self, rule, path, line, message):
        self.rule, self.path, self.line, self.message = rule, path, line, message

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


class Tree:
    """Paths are relative to the root, with slashes."""

    def __init__(self, root):
        self.root = root
        self.paths = sorted(_tracked(root) if _is_checkout(root) else _walk(root))
        self._known = set(self.paths)
        for path in self.paths:
            while path := os.path.dirname(path):
                self._known.add(path)
        self._texts = {}

    def exists(self, path):
        return path.rstrip("/") in self._known

    def text(self, path):
        if path not in self._texts:
            with open(os.path.join(self.root, path), encoding="utf-8") as file:
                self._texts[path] = file.read()
        return self._texts[path]

    def code(self, path):
        """The text with comments and the insides of literals blanked out, every line in its place."""
        return _TOKEN.sub(_blank, self.text(path))

    def under(self, *folders, suffixes=CPP):
        prefixes = tuple(folder + "/" for folder in folders)
        return [p for p in self.paths if p.startswith(prefixes) and p.endswith(suffixes)]


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def _blank(match):
    token = match.group(0)
    if token[0] == "/":
        return re.sub(r"[^\n]", " ", token)
    # Quotes stay, so that a literal is still an argument.
    return '"' + re.sub(r"[^\n]", "_", token[1:-1]) + '"'


def _is_checkout(root):
    return os.path.exists(os.path.join(root, ".git"))


def _tracked(root):
    """What git tracks or would add: neither build folders nor an editor's leavings."""
    command = ["git", "-c", "safe.directory=*", "-C", root]
    command += ["ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listing = subprocess.run(command, check=True, capture_output=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return _walk(root)
    paths = [p for p in listing.decode().split("\0") if p]
    return [p for p in paths if os.path.exists(os.path.join(root, p))]


def _walk(root):
    for folder, folders, names in os.walk(root):
        folders[:] = [f for f in folders if f not in SKIPPED]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), root)
