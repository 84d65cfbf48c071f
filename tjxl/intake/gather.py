"""Reading many files: the inbox as a list of returns, judged together, always in the same order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tjxl.intake.context import Context
from tjxl.intake.parallel import Reading, read_in_parallel, started_ahead, workers_for
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
        read = read_return(source, context) if known is None else known
        read = read.with_source(source.without_content())
        self.keep(read)
        return read

    def keep(self, read: Return) -> None:
        """Remember a reading."""
        if read.source.finding is None:
            self._by_digest[read.source.sha256] = read

    def hold_any(self) -> bool:
        """Whether anything was read in this process, so that it need not be again."""
        return bool(self._by_digest)

    def begin(self, context: Context) -> bool:
        """Forget what was read under another context; whether anything is known under this one."""
        if self._context != context:
            self._context, self._by_digest = context, {}
        return bool(self._by_digest)


_READINGS = _Readings()


def gather_returns(
    inbox: Path,
    context: Context,
    files: Sequence[Path] = (),
    progress: Step | None = None,
    *,
    archived: Sequence[Source] = (),
    workers: int | None = None,
    scheduler: str | None = None,
) -> list[Return]:
    """Every file under `inbox` (or just `files`) with its verdict.

    Args:
        archived: files from elsewhere that are judged with them, unless the inbox has the same content.
        progress: called with files done and files in all.
        workers: how many processes read; by default as many as pay for themselves.
        scheduler: address of a dask scheduler whose workers read.

    Raises:
        ProjectError: E245 to E248, the scheduler cannot be used.
    """
    known = _READINGS.begin(context)
    paths = find_sources(inbox, files)
    if workers is None:
        workers = 1 if known else workers_for(len(paths))  # what was read a moment ago is read fastest here
    counted = _counter(len(paths), progress)
    if scheduler is not None:
        from tjxl.intake.cluster import read_by_cluster

        returns = _kept(read_by_cluster(paths, inbox, context, scheduler, counted))
    elif workers == 1:
        returns = list(_read_here(paths, inbox, context, counted))
    else:
        returns = _kept(read_in_parallel(paths, inbox, context, workers, counted))
    present = {r.source.sha256 for r in returns}
    returns += [_READINGS.read(source, context) for source in archived if source.sha256 not in present]
    return judge(returns, context)


@contextmanager
def read_ahead(inbox: Path, files: Sequence[Path] = (), *, scheduler: str | None = None) -> Iterator[None]:
    """Within, processes that `gather_returns` will want for so many files are already starting."""
    if scheduler is not None or _READINGS.hold_any():
        yield
        return
    with started_ahead(len(files) or sum(len(names) for _, _, names in os.walk(inbox))):
        yield


def _kept(readings: Sequence[Reading]) -> list[Return]:
    """What others have read, remembered as if it had been read here."""
    returns = [r for reading in readings for r in reading]
    for r in returns:
        _READINGS.keep(r)
    return returns


def _read_here(paths: Sequence[Path], inbox: Path, context: Context, step: Callable[[], None]) -> Iterator[Return]:
    for path in paths:
        for source in open_source(path, inbox):
            yield _READINGS.read(source, context)
        step()


def _counter(total: int, progress: Step | None) -> Callable[[], None]:
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, total)

    return step
