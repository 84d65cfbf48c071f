"""Reading by a cluster: the processes of a dask scheduler, for those whose returns outgrow one machine.

The files are opened here (a worker need not see 收件) and judged there; only the readings come back. A worker that
dies is the scheduler's to replace: what it was reading goes to another. What no worker brings back is read here
(`tjxl.intake.parallel`), so that every file gets exactly one verdict whatever becomes of the cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from tjxl import __version__
from tjxl.errors import ProjectError
from tjxl.intake.context import Context
from tjxl.intake.parallel import Reading, read_many, with_the_rest
from tjxl.intake.returns import read_return
from tjxl.intake.sources import Source, open_source

_CONNECTING = 10
"""Seconds within which a scheduler must answer."""
_LOGGERS = ("distributed", "distributed.client", "bokeh", "tornado", "tornado.application", "asyncio")
_CHUNKS_A_WORKER = 3
"""Chunks of files under way for each worker: none waits for work, and few files are held in memory here."""


def read_by_cluster(
    paths: Sequence[Path], inbox: Path, context: Context, scheduler: str, step: Callable[[], None]
) -> list[Reading]:
    """What each file holds, in the order given, read by the workers of a dask scheduler.

    Args:
        scheduler: its address, `tcp://10.0.0.5:8786`.
        step: called once for each file that is done.

    Raises:
        ProjectError: E245 dask.distributed is not installed; E246 no scheduler answers; E247 it has no workers;
            E248 a worker has no tjxl, or another version of it.
    """
    with _client(scheduler) as client:
        workers = _ready(client, scheduler)
        # A task rather than scattered data: when the workers that hold it die, the scheduler makes it again.
        shared = client.submit(_same, context, pure=False)
        executor = client.get_executor(pure=False)

        def submit(chunk: list[Path]) -> Future[list[Reading]]:
            sources = [list(open_source(path, inbox)) for path in chunk]
            found: Future[list[Reading]] = executor.submit(_read_sources, sources, shared)
            return found

        def goes_on() -> bool:
            return bool(client.scheduler_info()["workers"])

        done = read_many(submit, paths, step, at_once=workers * _CHUNKS_A_WORKER, goes_on=goes_on)
        executor.shutdown(wait=False)
    return with_the_rest(done, paths, inbox, context, step)


def _client(scheduler: str) -> Any:
    try:
        import dask

        # What becomes of the cluster is told in tjxl's words; dask's own log would show tracebacks. It is set up when
        # distributed is first imported.
        dask.config.set(logging=dict.fromkeys(_LOGGERS, "critical"))
        from distributed import Client
    except ImportError as error:
        raise ProjectError("E245") from error
    try:
        return Client(scheduler, timeout=_CONNECTING, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError, TypeError) as error:  # nobody answers; no address
        raise ProjectError("E246", address=scheduler) from error


def _ready(client: Any, scheduler: str) -> int:
    """The number of workers, all of them able to read a return as this program would.

    Raises:
        ProjectError: E247, E248.
    """
    versions: dict[str, Any] = client.run(_version, on_error="return")
    if not versions:
        raise ProjectError("E247", address=scheduler)
    for worker, version in versions.items():
        if version != __version__:
            said = version if isinstance(version, str) else "未安装"
            raise ProjectError("E248", worker=worker, version=said, own=__version__)
    return len(versions)


def _version() -> str:
    """On a worker: the version of tjxl there."""
    import tjxl

    return tjxl.__version__


def _same(context: Context) -> Context:
    return context


def _read_sources(files: Sequence[Sequence[Source]], context: Context) -> list[Reading]:
    """On a worker: the readings of some files, each with the sources found in it."""
    return [[r.with_source(r.source.without_content()) for r in _read(sources, context)] for sources in files]


def _read(sources: Sequence[Source], context: Context) -> Reading:
    return [read_return(source, context) for source in sources]
