"""What a plant is: pieces of text, each of which must stand in its file exactly once, replaced by
others, and the test programs that should fail then."""

import collections

Plant = collections.namedtuple("Plant", "name what file old new tests")


def edits(plant):
    """Its pairs of old and new text: most have one, some give tuples of several."""
    if isinstance(plant.old, tuple):
        return list(zip(plant.old, plant.new, strict=True))
    return [(plant.old, plant.new)]
