"""How the processes that run the application load it."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

M_ARENA_MAX = -8


@contextmanager
def loading() -> Iterator[None]:
    """With one heap and without garbage collection, and what is loaded stays out of it for good.

    Looking through the modules for garbage is a fifth of the time to start; later it is 0.16 s each time, for which all wait.
    """
    _share_heap()
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def _share_heap() -> None:
    """Let all threads allocate from one heap (glibc's `mallopt`; elsewhere nothing).

    Each page has a thread of its own, and what the last one of a heap leaves behind, the next cannot use.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)
