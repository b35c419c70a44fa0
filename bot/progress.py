"""How long work says how far it is."""

from collections.abc import Callable

# Called with (done, total), in whatever the work counts: texts, cases.
Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """Say nothing; both arguments are ignored."""
    del done, total
