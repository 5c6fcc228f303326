"""Memory that was freed goes back to the system.

Python's allocator and the C library keep what was freed for what comes next. After a rare large piece of work (a state saved, a database
made, a file read in) that is memory nobody uses, on a laptop that has other things to do.
"""

from __future__ import annotations

import ctypes
import gc


def give_back() -> None:
    """Collect what nothing refers to and return free pages. Milliseconds; where the C library has no `malloc_trim`, it only collects."""
    gc.collect()
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError, TypeError):
        return
