"""Reading many files: the inbox as a list of returns, judged together, always in the same order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from tjxl.intake.context import Context
from tjxl.intake.returns import Return, judge, read_return
from tjxl.intake.sources import Source, find_sources, open_source

Step = Callable[[int, int], None]


class _Readings:
    """The latest readings by content: a merge right after a collection parses no file a second time.

    A reading rests on the file's bytes and the context alone, so equal bytes under an equal context read the same.
    """

    def __init__(self) -> None:
        self._context: Context | None = None
        self._by_digest: dict[str, Return] = {}

    def read(self, source: Source, context: Context) -> Return:
        if source.finding is not None:
            return read_return(source, context)
        source = replace(source, digest=source.sha256)
        known = self._by_digest.get(source.digest)
        read = read_return(source, context) if known is None else replace(known, source=source)
        read = replace(read, source=source.without_content())
        self._by_digest[source.digest] = read
        return read

    def begin(self, context: Context) -> None:
        """Forget what was read under another context."""
        if self._context != context:
            self._context, self._by_digest = context, {}


_READINGS = _Readings()


def gather_returns(
    inbox: Path, context: Context, files: Sequence[Path] = (), progress: Step | None = None
) -> list[Return]:
    """Every file under `inbox` (or just `files`) with its verdict.

    Args:
        progress: called with files done and files in all.
    """
    _READINGS.begin(context)
    paths = find_sources(inbox, files)
    returns: list[Return] = []
    for done, path in enumerate(paths, 1):
        for source in open_source(path, inbox):
            returns.append(_READINGS.read(source, context))
        if progress:
            progress(done, len(paths))
    return judge(returns, context)
