"""The one error of this package that leaves it."""

from __future__ import annotations


class Unsupported(Exception):  # noqa: N818 - says what the formula is, not that something went wrong
    """Syntax, a function or a reference outside the subset, or a circle: the caller leaves the cell alone."""
