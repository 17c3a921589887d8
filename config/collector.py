"""Python's search for rings of objects, set for processes that keep most of what they load.

The collector goes through all that lives whenever enough new objects have been made: at start-up,
where everything is there to stay, and in a page of a thousand rows, of which nothing stays. The
rest is freed as before, the moment nobody holds it.
"""

import gc

YOUNG_OBJECTS = 10_000
"""New objects before they are searched.

Python's own 700 are fewer than a list page has; of five times as many as these one search is so
long that one page in twenty shows it.
"""


def search_less() -> None:
    gc.set_threshold(YOUNG_OBJECTS)


def set_aside() -> None:
    """Take all that lives now out of every search to come."""
    gc.collect()
    gc.freeze()
