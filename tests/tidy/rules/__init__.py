"""Each module has check(tree), which yields violations."""

from . import atomics, documents, includes, layers, layout, sources

ALL = (layout, includes, layers, sources, atomics, documents)
