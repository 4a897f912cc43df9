"""The layers of the engine: engine -> {catalogue, ledger, journal, state} -> {store, record}
-> base.

Never upwards; sideways only one way. A public header is of the layer it is named for, if any,
and at least of the layer of every public header that it includes.
"""

from tree import Violation
from rules.includes import PUBLIC, includes_of, resolve

RANKS = {
    "engine": 3,
    "catalogue": 2, "ledger": 2, "journal": 2, "state": 2,
    "store": 1, "record": 1,
    "base": 0,
}


def check(tree):
    sideways = {}
    for path in tree.under("engine/src"):
        layer = _folder(path)
        if layer not in RANKS:
            yield Violation("layer", path, 1, f"engine/src has the folders {', '.join(RANKS)}")
            continue
        for include in includes_of(tree, path):
            target = resolve(tree, path, include)
            if target is None or not target.startswith("engine/"):
                continue
            rank = _rank(tree, target)
            if rank > RANKS[layer]:
                yield Violation("layer", path, include.line,
                                f"{include.name}: the layer {layer} may not look upwards")
            elif target.startswith("engine/src/") and rank == RANKS[layer]:
                sideways.setdefault((layer, _folder(target)), (path, include))
    yield from _mutual(sideways)


def _mutual(sideways):
    """Circles of more than two layers count too."""
    for (source, target), (path, include) in sorted(sideways.items(), key=lambda e: e[0]):
        if source != target and _reaches(sideways, target, source):
            yield Violation("layer", path, include.line,
                            f"{include.name}: {source} and {target} depend on each other")


def _reaches(sideways, start, goal):
    seen, waiting = set(), [start]
    while waiting:
        layer = waiting.pop()
        if layer == goal:
            return True
        if layer not in seen:
            seen.add(layer)
            waiting += [target for source, target in sideways if source == layer]
    return False


def _folder(path):
    parts = path.split("/")
    return parts[2] if len(parts) > 3 else ""


def _rank(tree, path, seen=()):
    if path.startswith("engine/src/"):
        return RANKS.get(_folder(path), 0)
    if path in seen:
        return 0
    stem = path[len(PUBLIC + "janji/"):].split("/")[0].removesuffix(".hpp")
    targets = (resolve(tree, path, include) for include in includes_of(tree, path))
    below = (_rank(tree, target, (*seen, path)) for target in targets
             if target and target.startswith(PUBLIC))
    return max(below, default=0) if stem not in RANKS else max(RANKS[stem], *below, 0)
