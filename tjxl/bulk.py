"""Work that makes a great many objects which all live to its end."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

_SELDOM = 500_000
"""Objects made between two searches for garbage."""


@contextlib.contextmanager
def in_bulk() -> Iterator[None]:
    """Let Python look for circles of garbage seldom: there are hardly any.

    Looking costs a merge of 1,000 returns a sixth of its time. What nothing refers to is freed at once all the same.
    """
    before = gc.get_threshold()
    gc.set_threshold(_SELDOM, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
