"""Reading many files: the inbox as a list of returns, judged together, always in the same order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tjxl.intake.context import Context
from tjxl.intake.returns import Return, judge, read_return
from tjxl.intake.sources import find_sources, open_source

Step = Callable[[int, int], None]


def gather_returns(
    inbox: Path, context: Context, files: Sequence[Path] = (), progress: Step | None = None
) -> list[Return]:
    """Every file under `inbox` (or just `files`) with its verdict.

    Args:
        progress: called with files done and files in all.
    """
    paths = find_sources(inbox, files)
    returns: list[Return] = []
    for done, path in enumerate(paths, 1):
        for source in open_source(path, inbox):
            read = read_return(source, context)
            returns.append(replace(read, source=read.source.without_content()))
        if progress:
            progress(done, len(paths))
    return judge(returns, context)
