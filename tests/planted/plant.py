"""What a plant is: one piece of text, which must stand in its file exactly once, replaced by
another, and the test programs that should fail then."""

import collections

Plant = collections.namedtuple("Plant", "name what file old new tests")
