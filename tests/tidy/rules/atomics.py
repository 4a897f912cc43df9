"""Every call on an atomic in the engine names its memory order. There is no mark of exception:
another class's method that is called like an atomic's, with as few arguments, needs another name.

This reads text, so it sees unused code and templates too, but not operators and conversions:
those are for the compiler, in strict_atomics.py.
"""

import re

from tree import Violation, line_of

# Method -> the number of arguments with which an atomic would default the order.
_METHODS = {
    "load": 0, "store": 1, "exchange": 1, "test_and_set": 0,
    "fetch_add": 1, "fetch_sub": 1, "fetch_and": 1, "fetch_or": 1, "fetch_xor": 1,
    "compare_exchange_weak": 2, "compare_exchange_strong": 2,
}
_CALL = re.compile(rf"(?:\.|->)\s*({'|'.join(_METHODS)})\s*\(")
# Free functions never name an order unless they are called _explicit.
_FREE = re.compile(r"\batomic_(?:flag_)?(?:load|store|exchange|compare_exchange_\w+|fetch_\w+|"
                   r"test_and_set|clear|test|wait)(?<!_explicit)\s*\(")
# strict_atomics.hpp replaces std::atomic, std::atomic_ref and std::atomic_flag by name.
_ALIAS = re.compile(r"\bstd::atomic_(?:u?int\w*|bool|u?char\w*|s?char|u?short|u?long|u?llong|llong|"
                    r"size_t|ptrdiff_t|(?:un)?signed_lock_free)\b")


def check(tree):
    for path in tree.under("engine"):
        code = tree.code(path)
        for offset, message in _offences(code):
            yield Violation("memory-order", path, line_of(code, offset), message)


def _offences(code):
    for match in _CALL.finditer(code):
        count, text = _arguments(code, match.end())
        if count <= _METHODS[match.group(1)] and (count == 0 or "memory_order" not in text):
            yield match.start(), f"{match.group(1)}() names no memory order"
    for match in _FREE.finditer(code):
        yield match.start(), "use the member function, with its order"
    for match in _ALIAS.finditer(code):
        yield match.start(), f"{match.group(0)}: write std::atomic<...>"


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
