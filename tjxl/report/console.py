"""Where results are printed: standard output."""

from __future__ import annotations

from rich.console import Console


def console() -> Console:
    """Standard output; colours only where a person looks."""
    return Console(highlight=False, soft_wrap=True)
