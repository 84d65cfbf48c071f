"""Work done in a process in which one file operation goes wrong: it kills the process, fails, or meets Ctrl-C.

What is an operation is not a list kept by hand: the interpreter's own audit events say which files below a folder are
opened, renamed, removed, made. A write to an open file and a force to disk have no event; they are counted by a file
object that stands in for the one of `open`. An event that changes something and is in no list here ends the process
with `UNKNOWN`: whoever lets tjxl use a new kind of file operation must add it here, and thereby test it.
"""

from __future__ import annotations

import builtins
import errno
import io
import json
import os
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tjxl.errors import TjxlError
from tjxl.merge import commit

DONE, REFUSED, INTERRUPTED, KILLED, UNKNOWN, BROKEN = 0, 2, 3, 9, 77, 78
"""How a process ended: done; with a sentence; by Ctrl-C; killed; by an operation unknown here; by a fault of ours."""

KILL, CTRL_C = "kill", "ctrl-c"
REFUSALS = (errno.ENOSPC, errno.EACCES, errno.EIO)
Fault = str | int

# Events that change what is on disk, and the place of the path that says where.
_CHANGING = {"os.rename": 1, "os.remove": 0, "os.mkdir": 0, "os.rmdir": 0, "os.utime": 0, "os.chmod": 0}
# Events that only look, or that are made up of others listed here.
_LOOKING = {"os.listdir", "os.scandir", "os.walk", "glob.glob", "glob.glob/2", "pathlib.Path.glob"}
_LOOKING |= {"pathlib.Path.rglob", "shutil.copystat", "os.listxattr", "os.getxattr", "object.__getattr__"}
_LOCK = "fcntl.flock"
# Nothing here names its files in a way that could be followed.
_FORBIDDEN = ("os.truncate", "os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "os.fork")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True)
class Operation:
    """One step on the disk: `open`, `write`, `fsync`, or the name of the event; the path below the folder."""

    kind: str
    path: str


class _Watch:
    """Counts operations below a folder, and does to the chosen one what was asked for."""

    def __init__(self, root: Path, step: int, fault: Fault) -> None:
        self.root = str(root)
        self.step, self.fault = step, fault
        self.done: list[Operation] = []
        self.paths: dict[int, str] = {}
        self.announced = threading.local()
        self.lock = threading.RLock()

    def below(self, path: object) -> bool:
        return isinstance(path, str | bytes | os.PathLike) and os.fsdecode(path).startswith(self.root)

    def reach(self, kind: str, path: object, half: Callable[[], object] | None = None) -> None:
        """An operation is about to happen. `half` does a part of it, for a process that dies in the middle."""
        with self.lock:
            self.done.append(Operation(kind, os.path.relpath(os.fsdecode(path), self.root)))  # type: ignore[arg-type]
            if len(self.done) != self.step:
                return
            if half is not None:
                half()
            if self.fault == KILL:
                os._exit(KILLED)
            if self.fault == CTRL_C:
                raise KeyboardInterrupt
            raise OSError(self.fault, os.strerror(int(self.fault)), os.fsdecode(path))  # type: ignore[arg-type]

    def event(self, event: str, args: tuple[Any, ...]) -> None:
        """The audit hook."""
        if event == "open":
            path, _, flags = args
            if self.below(path) and flags & _WRITING and not getattr(self.announced, "open", False):
                if not str(path).endswith("lock"):  # of the lock no content is written
                    _unknown(event, args)
                self.reach("open", path)
        elif event in _CHANGING:
            if any(self.below(a) for a in args):
                self.reach(event, args[_CHANGING[event]])
        elif event.startswith(_FORBIDDEN) or (event not in _LOOKING and any(self.below(a) for a in args)):
            _unknown(event, args)

    def open(self, file: Any, mode: str = "r", *args: Any, **more: Any) -> Any:
        """Stands in for `open`: what is opened for writing reports each write."""
        if not self.below(file) or not set(mode) & set("wax+"):
            return _OPEN(file, mode, *args, **more)
        if "b" not in mode:
            text = {k: more.get(k) for k in ("encoding", "errors", "newline")}
            return io.TextIOWrapper(self.open(file, mode + "b"), **text)
        self.reach("open", file)
        self.announced.open = True
        try:
            raw = _Raw(self, file, mode.replace("b", ""))
        finally:
            self.announced.open = False
        return io.BufferedWriter(raw)

    def os_open(self, path: Any, flags: int, *args: Any, **more: Any) -> int:
        """Stands in for `os.open`: remembers which folder a number stands for."""
        number = _OS_OPEN(path, flags, *args, **more)
        if self.below(path):
            self.paths[number] = os.fsdecode(path)
        return number

    def fsync(self, file: Any) -> None:
        """Stands in for `os.fsync`, without the wait."""
        number = file if isinstance(file, int) else file.fileno()
        if number not in self.paths:
            _unknown("fsync", (file,))
        self.reach("fsync", self.paths[number])


class _Raw(io.FileIO):
    """A file of which each write is an operation."""

    def __init__(self, watch: _Watch, file: Any, mode: str) -> None:
        super().__init__(file, mode)
        self.watch, self.path = watch, os.fsdecode(file)
        watch.paths[self.fileno()] = self.path

    def write(self, data: Any) -> int:
        content = bytes(data)
        self.watch.reach("write", self.path, lambda: super(_Raw, self).write(content[: len(content) // 2]))
        return super().write(content)


_OPEN, _OS_OPEN = io.open, os.open


def _unknown(event: str, args: Iterable[object]) -> None:
    _OPEN(2, "w", closefd=False).write(f"unknown file operation: {event} {args!r}\n")
    os._exit(UNKNOWN)


def run(root: Path, work: Callable[[], object], step: int = 0, fault: Fault = KILL) -> tuple[int, list[Operation]]:
    """Do some work in a copy of this process; how it ended, and its operations below `root` (none if it was killed).

    Args:
        step: number of the operation that goes wrong, from 1; 0 for none.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os._exit(_in_child(root, work, step, fault, writing))
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), [Operation(*o) for o in json.loads(said or "[]")]


def _in_child(root: Path, work: Callable[[], object], step: int, fault: Fault, pipe: int) -> int:
    try:
        commit._WRITERS = 1  # one after the other, so that the n-th operation is always the same
        watch = _Watch(root, step, fault)
        builtins.open = io.open = watch.open  # type: ignore[assignment]
        os.open, os.fsync = watch.os_open, watch.fsync  # type: ignore[assignment]
        sys.addaudithook(watch.event)
        try:
            work()
            ended = DONE
        except (TjxlError, OSError):  # the command line makes one sentence of either
            ended = REFUSED
        except KeyboardInterrupt:
            ended = INTERRUPTED
        os.write(pipe, json.dumps([(o.kind, o.path) for o in watch.done]).encode())
        return ended
    except BaseException as error:
        _OPEN(2, "w", closefd=False).write(f"{type(error).__name__}: {error}\n")
        return BROKEN
