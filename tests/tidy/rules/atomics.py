"""Every operation on an atomic in the engine names its memory order. There is no exception mark:
a method of another class that is called like an atomic's, with as many arguments, needs
another name. Operators and conversions are looked for in the header and source that share the
name of the file that declares the atomic."""

import re

from tree import Violation, line_of

# Method -> number of arguments with which an atomic's own defaults the order.
_METHODS = {
    "load": 0, "store": 1, "exchange": 1, "test_and_set": 0,
    "fetch_add": 1, "fetch_sub": 1, "fetch_and": 1, "fetch_or": 1, "fetch_xor": 1,
    "compare_exchange_weak": 2, "compare_exchange_strong": 2,
}
_CALL = re.compile(rf"(?:\.|->)\s*({'|'.join(_METHODS)})\s*\(")
# Free functions: the ones without _explicit never name an order.
_FREE = re.compile(r"\batomic_(?:flag_)?(?:load|store|exchange|compare_exchange_\w+|fetch_\w+|"
                   r"test_and_set|clear|test|wait)(?<!_explicit)\s*\(")
# These names belong to other classes too, so they count only on what is declared as an atomic.
_DECLARED_ONLY = r"(?:\.|->)\s*(wait|clear|test)\s*\("
_ANGLES = r"<(?:[^<>;]|<(?:[^<>;]|<[^<>;]*>)*>)*>"
_ATOMIC = rf"\bstd::atomic(?:_\w+|\s*{_ANGLES})"
_ALIAS = re.compile(rf"\busing\s+(\w+)\s*=\s*(?:{_ATOMIC})\s*;")
_HOLDER = rf"\bstd::(?:array|vector|unique_ptr|span|deque)\s*<\s*(?:const\s+)?{_ATOMIC}[^;(){{}}]*>"
_OPERATOR = r"(?:\s*(?:\[[^\]]*\])?\s*(?:\+\+|--|[-+|&^]=|=(?!=)))"
_READ_AFTER = r"\s*(?:==|!=|<=|>=|&&|\|\||[-+?%<>])"
_READ_BEFORE = r"(?:\breturn\s+|!|[=!<>]=\s*|&&\s*|\|\|\s*|\b(?:if|while|switch)\s*\(\s*)"


def check(tree):
    declaration = _declaration(tree)
    atomics = _declared(tree, declaration)
    for path in tree.under("engine"):
        code = tree.code(path)
        for offset, message in _offences(code, atomics[_stem(path)], declaration):
            yield Violation("memory-order", path, line_of(code, offset), message)


def _offences(code, names, declaration):
    for match in _CALL.finditer(code):
        count, text = _arguments(code, match.end())
        defaulted = count <= _METHODS[match.group(1)]
        if defaulted and (count == 0 or "memory_order" not in text):
            yield match.start(), f"{match.group(1)}() names no memory order"
    for match in _FREE.finditer(code):
        yield match.start(), "use the member function, with its order"
    for name in sorted(names):
        yield from _offences_of(code, name, declaration)


def _offences_of(code, name, declaration):
    declarations = {m.start("name") for m in declaration.finditer(code)}
    for match in re.finditer(rf"(?<![\w.:]){name}{_DECLARED_ONLY}", code):
        if "memory_order" not in _arguments(code, match.end())[1]:
            yield match.start(), f"{name}.{match.group(1)}() names no memory order"
    subject = rf"(?<![\w]){name}\b(?!\s*(?:\.|->|\())"
    for pattern, what in (
        (rf"(?:\+\+|--)\s*(?:\w+(?:\.|->))*{subject}", "changed by an operator"),
        (rf"{subject}{_OPERATOR}", "changed by an operator"),
        (rf"{_READ_BEFORE}{subject}(?!\s*\[)", "read by conversion"),
        (rf"(?<!&){subject}{_READ_AFTER}", "read by conversion"),
    ):
        for match in re.finditer(pattern, code):
            if code.find(name, match.start()) not in declarations:
                yield match.start(), f"{name} is {what}, which names no memory order"


def _declaration(tree):
    """Matches what declares an atomic, by its own name, by an alias, or in a container."""
    aliases = [m.group(1) for path in tree.under("engine") for m in _ALIAS.finditer(tree.code(path))]
    types = "|".join([_HOLDER, _ATOMIC, *(rf"\b{alias}" for alias in sorted(set(aliases)))])
    return re.compile(rf"(?:{types})\s*&?\s*(?<!\w)(?P<name>\w+)\s*[;{{=\[(]")


def _declared(tree, declaration):
    """Atomics by the file's path without suffix: a header's serve its source and the reverse."""
    found = {}
    for path in tree.under("engine"):
        names = {m.group("name") for m in declaration.finditer(tree.code(path))}
        found.setdefault(_stem(path), set()).update(names)
    return found


def _stem(path):
    return path.rsplit(".", 1)[0].replace("engine/include/janji/", "engine/src/")


def _arguments(code, start):
    """How many arguments stand from here to the closing parenthesis, and their text."""
    depth, commas = 1, 0
    for offset in range(start, len(code)):
        char = code[offset]
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
            if depth == 0:
                text = code[start:offset]
                return (commas + 1 if text.strip() else 0), text
        elif char == "," and depth == 1:
            commas += 1
    return 0, ""
