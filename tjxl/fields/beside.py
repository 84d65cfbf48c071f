"""Rules checked in a process beside this one, which loads pandas and pandera while returns are still being read.

Loading them takes as long as reading a hundred returns, and a command is a new process each time. What the process
beside does not answer is checked here, as everything is where it is of no use: one processor, or pandera loaded.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import pickle
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, ClassVar, cast

from tjxl.fields.spec import Rule, Scope, Spec

_CHILD = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); from tjxl.fields.beside import serve; serve()"
)

_READY = b"tjxl: rules are checked here\n"
"""Ends whatever Python or a profile of the machine prints while the process starts."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows of one sheet, or heads, of many returns.

    Attributes:
        values: of each line, by field; what is not named is blank.
        facts: of each line, by name; none where the rules need none.
        unreadable: place of a line → fields whose value could not be read.
    """

    values: Sequence[Mapping[str, Any]]
    spec: Spec
    as_of: dt.date
    scope: Scope = "row"
    facts: Sequence[Mapping[str, Any]] = ()
    unreadable: Mapping[int, Collection[str]] | None = None


def broken_rules(lines: Lines) -> list[tuple[int, Rule]]:
    """Every broken rule with the place of its line, in the order of `tjxl.fields.frame.check_rows`."""
    beside = _BESIDE.get()
    found = beside.answer(lines) if beside is not None else None
    rules = {rule.code: rule for rule in lines.spec.rules_of(lines.scope)}
    return [(place, rules[code]) for place, code in (_checked(lines) if found is None else found)]


def _checked(lines: Lines) -> list[tuple[int, str]]:
    from tjxl.fields.frame import check_head, check_rows, typed_frame

    frame = typed_frame(lines.values, lines.spec, facts=lines.facts, scope=lines.scope)
    check = check_head if lines.scope == "head" else check_rows
    return [(cast(int, b.index), b.rule.code) for b in check(frame, lines.spec, lines.as_of, lines.unreadable)]


def _apart() -> dict[str, Any]:
    """Ctrl-C goes to every process of a terminal; it is the first one's to answer. On Windows no window opens."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


class _Beside:
    """The process: one pickled `Lines` after the other goes in, and a pickled answer comes back for each."""

    begun_before: ClassVar[bool] = False

    def __init__(self) -> None:
        self._ready = False
        self._process: subprocess.Popen[bytes] | None = subprocess.Popen(
            [sys.executable, "-P", "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            **_apart(),
        )
        self._send([str(Path(entry or ".").absolute()) for entry in sys.path])

    def _send(self, what: object) -> None:
        if self._process is None or self._process.stdin is None:
            return
        try:
            pickle.dump(what, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except OSError:  # it is gone
            self.end()

    def answer(self, lines: Lines) -> list[tuple[int, str]] | None:
        """The broken rules by place and code; None where the process has no answer."""
        self._send(lines)
        if self._process is None or self._process.stdout is None:
            return None
        try:
            self._wait_until_ready(self._process.stdout)
            found: list[tuple[int, str]] = pickle.load(self._process.stdout)
        except Exception:  # a stream that is no pickle, or ends, may raise anything; the rules are checked here then
            self.end()
            return None
        return found

    def _wait_until_ready(self, answers: IO[bytes]) -> None:
        while not self._ready:
            line = answers.readline()
            if not line:
                raise EOFError
            self._ready = line.endswith(_READY)

    def end(self) -> None:
        """Stop the process, whatever it is doing."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):  # what it had not read yet
                pipe and pipe.close()
        process.wait()


_BESIDE: ContextVar[_Beside | None] = ContextVar("beside", default=None)


@contextlib.contextmanager
def checked_beside(*, worth_it: bool = True) -> Iterator[None]:
    """Within, `broken_rules` asks a process that begins to load now what it needs, or has begun further out.

    Args:
        worth_it: whether anything is to be checked at all.
    """
    beside = _begun() if worth_it and _BESIDE.get() is None and _useful() else None
    if beside is None:
        yield
        return
    token = _BESIDE.set(beside)
    try:
        yield
    finally:
        _BESIDE.reset(token)
        beside.end()


def _useful() -> bool:
    """Whether loading is still to be done and another processor could do it: some other program may host Python.

    A process that does such work a second time does better to load it, and have it from then on.
    """
    python = "python" in Path(sys.executable or "").name.lower()
    return python and not _loaded() and not _Beside.begun_before and (os.cpu_count() or 1) > 1


def _loaded() -> bool:
    return "pandera" in sys.modules


def _begun() -> _Beside | None:
    _Beside.begun_before = True
    try:
        return _Beside()
    except OSError:  # no process can be started here
        return None


def serve() -> None:
    """The process beside: answer until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing that a library prints may come between
    answers.write(_READY)
    answers.flush()
    # pandas loads it where it is installed, which takes a fifth of the time of all this, and no rule needs it
    sys.modules["pyarrow"] = None  # type: ignore[assignment]
    import pandera.pandas  # noqa: F401 - loaded before the first question

    import tjxl.fields.frame  # noqa: F401

    while True:
        try:
            pickle.dump(_checked(pickle.load(sys.stdin.buffer)), answers, pickle.HIGHEST_PROTOCOL)
        except EOFError:
            return
        answers.flush()
