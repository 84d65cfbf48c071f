"""Reading many files in several processes: the same returns in the same order, whatever happens to a process.

Reading is work for the processor, so threads would gain nothing. A process takes some tenths of a second to start:
below `THRESHOLD` files one process is faster. Processes on this machine and those of a cluster
(`tjxl.intake.cluster`) are given work in the same way; what neither brings back is read here, each file in its turn.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from pathlib import Path

from tjxl.bulk import in_bulk
from tjxl.findings import finding
from tjxl.intake.context import Context
from tjxl.intake.filenames import label_of
from tjxl.intake.returns import Return, read_return
from tjxl.intake.sources import Source, open_source

THRESHOLD = 400
_MOST_WORKERS = 8
_CHUNK = 16
_PATIENCE = 5.0
"""Seconds without any answer after which it is asked whether one is still to come."""

_AHEAD: ContextVar[_Pool | None] = ContextVar("ahead", default=None)

Reading = list[Return]
"""What one file on disk holds: one return, or several of a zip archive."""


def workers_for(files: int) -> int:
    """How many processes are worth their start; 1 means to read in this one."""
    return 1 if files < THRESHOLD else min(os.cpu_count() or 1, _MOST_WORKERS)


@contextmanager
def started_ahead(files: int) -> Iterator[None]:
    """Within, the processes for so many files are already starting when `read_in_parallel` wants them.

    They load what they need while this one still reads the master.
    """
    workers = workers_for(files)
    if workers == 1:
        yield
        return
    with _Pool(workers) as pool:
        token = _AHEAD.set(pool)
        try:
            pool.begin()
            yield
        finally:
            _AHEAD.reset(token)


@contextmanager
def _begun(workers: int) -> Iterator[_Pool]:
    """Processes to read with, those started ahead where there are; they end when all is read."""
    ahead = _AHEAD.get()
    usable = ahead is not None and ahead.workers == workers and not ahead.told
    with ahead if ahead is not None and usable else _Pool(workers) as pool:
        yield pool


def read_path(path: Path, inbox: Path, context: Context) -> Reading:
    """The returns in one file on disk, their contents let go."""
    out = []
    for source in open_source(path, inbox):
        r = read_return(source, context)
        out.append(r.with_source(source.without_content()))
    return out


def read_in_parallel(
    paths: Sequence[Path], inbox: Path, context: Context, workers: int, step: Callable[[], None]
) -> list[Reading]:
    """What each file holds, in the order given, read by processes of this machine.

    A file that ends the process reading it gets a finding (I228); the files that shared its process are read again.

    Args:
        step: called once for each file that is done.
    """
    with _begun(workers) as pool:
        pool.tell(inbox, context)
        if not pool.starts():  # no processes can be started here
            return [_counted(read_path(path, inbox, context), step) for path in paths]
        done = read_many(pool.submit, paths, step)
    return with_the_rest(done, paths, inbox, context, step)


def read_many(
    submit: Callable[[list[Path]], Future[list[Reading]]],
    paths: Sequence[Path],
    step: Callable[[], None],
    *,
    at_once: int | None = None,
    goes_on: Callable[[], bool] = lambda: True,
) -> dict[int, Reading]:
    """What the files hold that `submit` brings back, by their place: a chunk that fails is left out.

    Args:
        submit: gives some files to a process.
        at_once: how many chunks are under way at most; all where nothing is said.
        goes_on: asked when a chunk has failed, or none has come back for a while: whether it is worth waiting.
    """
    chunks = iter([range(i, min(i + _CHUNK, len(paths))) for i in range(0, len(paths), _CHUNK)])
    waiting = {submit([paths[i] for i in chunk]): chunk for chunk in islice(chunks, at_once)}
    done: dict[int, Reading] = {}
    while waiting:
        finished, _ = wait(waiting, _PATIENCE, FIRST_COMPLETED)
        failed = not finished
        for future in finished:
            chunk = waiting.pop(future)
            if future.cancelled() or future.exception() is not None:
                failed = True
                continue
            for i, reading in zip(chunk, future.result(), strict=True):
                done[i] = _counted(reading, step)
        if failed and not goes_on():
            break
        for chunk in islice(chunks, len(finished)):
            waiting[submit([paths[i] for i in chunk])] = chunk
    return done


def with_the_rest(
    done: dict[int, Reading], paths: Sequence[Path], inbox: Path, context: Context, step: Callable[[], None]
) -> list[Reading]:
    """All readings in order: files not done yet are read in a process of this machine, each in its turn.

    So it is known which of them ends a process: that one gets a finding (I228).
    """
    left = [i for i in range(len(paths)) if i not in done]
    while left:
        with _Pool(1) as pool:
            pool.tell(inbox, context)
            for i in tuple(left):
                left.remove(i)
                alone = pool.read_alone(paths[i])
                done[i] = _counted(_killed(paths[i], inbox, context) if alone is None else alone, step)
                if alone is None:
                    break
    return [done[i] for i in range(len(paths))]


def _killed(path: Path, inbox: Path, context: Context) -> Reading:
    source = Source(label_of(path, inbox), b"", dt.datetime.min, path, finding("I228"))
    return [read_return(source, context)]


def _counted(reading: Reading, step: Callable[[], None]) -> Reading:
    step()
    return reading


class _Pool:
    """Processes that wait to be told the context. Spawned on every system: a fork would copy locks that threads hold.

    What they read with is some megabytes, and who hands it to a starting process waits until that has loaded
    everything: so it goes into a queue, which a thread of its own empties, while the next process already starts.
    """

    def __init__(self, workers: int) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.workers = workers
        self.told = False
        self._to_know: multiprocessing.Queue[bytes] = spawn.Queue()
        self._pool = ProcessPoolExecutor(workers, spawn, _begin, (self._to_know,))
        self._first: Future[int] | None = None

    def begin(self) -> None:
        """Start all processes without waiting for them; one that cannot be started is told by `starts`."""
        try:
            with _interrupts_held():
                begun = [self._pool.submit(os.getpid) for _ in range(self.workers)]
        except (BrokenProcessPool, OSError):
            return
        self._first = begun[0]

    def tell(self, inbox: Path, context: Context) -> None:
        """What the files are read with, once for all of them."""
        self._tell(pickle.dumps((inbox, context), pickle.HIGHEST_PROTOCOL))

    def _tell(self, known: bytes) -> None:
        if not self.told:
            self.told = True
            for _ in range(self.workers):
                self._to_know.put(known)

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self._tell(_NOTHING)  # who still waits to be told must be let go
        self._pool.shutdown(cancel_futures=True)  # at Ctrl-C too: only what is being read is waited for
        self._to_know.close()
        self._to_know.cancel_join_thread()  # what was meant for a process that has ended meanwhile

    def starts(self) -> bool:
        """Whether a process can be started at all."""
        if self._first is None:
            self.begin()
        try:
            return self._first is not None and bool(self._first.result())
        except (BrokenProcessPool, OSError):
            return False

    def submit(self, paths: list[Path]) -> Future[list[Reading]]:
        """Read these in one of the processes."""
        try:
            with _interrupts_held():
                return self._pool.submit(_read, paths)
        except BrokenProcessPool as error:
            broken: Future[list[Reading]] = Future()
            broken.set_exception(error)
            return broken

    def read_alone(self, path: Path) -> Reading | None:
        """What one file holds; None when it ends the process."""
        try:
            return self.submit([path]).result()[0]
        except BrokenProcessPool:
            return None


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Ctrl-C waits while a process starts.

    It goes to every process of the terminal, and one that is just starting would answer it with a traceback. Started
    with the signal blocked, it never hears of it. This process hears of it through its other threads, so what it does
    about it waits as well: given up half-way, the start would leave a process without what it is to begin with.
    Windows knows no such blocking.
    """
    heard: list[int] = []
    answer = signal.getsignal(signal.SIGINT)
    holds = answer is not None and threading.current_thread() is threading.main_thread()
    if holds:
        signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    blocks = hasattr(signal, "pthread_sigmask")
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}) if blocks else set()
    try:
        yield
    finally:
        if blocks:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if holds:
            signal.signal(signal.SIGINT, answer)
        if heard:
            signal.raise_signal(signal.SIGINT)


_NOTHING = b""
_inbox: Path
_context: Context


def _begin(to_know: multiprocessing.Queue[bytes]) -> None:
    """In a new process: what all its files are read with. Ctrl-C is the first process's to answer."""
    global _inbox, _context
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if (known := to_know.get()) != _NOTHING:
        with in_bulk():  # what is made here stays to the end
            _inbox, _context = pickle.loads(known)


def _read(paths: list[Path]) -> list[Reading]:
    return [read_path(path, _inbox, _context) for path in paths]
