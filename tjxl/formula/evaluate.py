"""The evaluator: formulas over a grid, every formula cell computed once."""

from __future__ import annotations

from typing import TypeAlias

from tjxl.formula.errors import Unsupported
from tjxl.formula.grid import Grid
from tjxl.formula.interpret import Interpreter
from tjxl.formula.parse import MAX_DEPTH, parse
from tjxl.formula.ranges import Ranges
from tjxl.formula.values import Value

_Key: TypeAlias = tuple[str, int, int]


class _Circle(Unsupported):
    """A formula that refers to its own cell, by whatever way; `key` is that cell."""

    def __init__(self, key: _Key) -> None:
        super().__init__(f"a circle through row {key[1]}, column {key[2]} of {key[0]}")
        self.key = key


class _TooDeep(Exception):  # noqa: N818 - a signal between cells, caught in this module
    """A chain of formulas has become too long for recursion: the first of `path` must be computed first.

    The cells after it in `path` are those that wait for it, each for the one before.
    """

    def __init__(self, key: _Key) -> None:
        super().__init__(key)
        self.path = [key]


class Evaluator:
    """Evaluates formulas over *grid*, whose contents must not change meanwhile."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._known: dict[_Key, Value] = {}
        self._failed: dict[_Key, Unsupported] = {}
        self._open: set[_Key] = set()
        self._depth = 0
        self._ranges = Ranges(self._read, lambda sheet: grid.used(sheet)[0])

    def evaluate(self, formula: str, sheet: str, row: int, column: int) -> Value:
        """The value of *formula* (with or without ``=``) as if it stood in this cell; a blank result is 0.

        Raises:
            Unsupported: it holds, or rests in a circle on, something outside the subset.
        """
        key = (sheet, row, column)
        text = formula.removeprefix("=")
        stored = self._grid.formula(*key)
        if stored is not None and stored.removeprefix("=") == text:
            value = self._start(key, text)
            if key in self._failed:
                raise self._failed[key]
            return value
        return self._start(key, text, own=False)

    def cell(self, sheet: str, row: int, column: int) -> Value:
        """The value of a cell: a formula is evaluated; where it is unsupported its stored value stands."""
        key = (sheet, row, column)
        if key in self._known:
            return self._known[key]
        text = self._grid.formula(*key)
        if text is None:
            return self._plain(key)
        return self._start(key, text)

    def _plain(self, key: _Key) -> Value:
        value = self._known[key] = self._grid.value(*key)
        return value

    def _start(self, key: _Key, text: str, own: bool = True) -> Value:
        """Compute a cell from outside: cells that lie too deep are computed first, on a stack of their own.

        *own* says that *text* is the formula that stands in the cell, so that the result may be kept.
        """
        if own and key in self._known:
            return self._known[key]
        waiting = [key]
        try:
            while True:
                current = waiting[-1]
                self._open.discard(current)
                self._depth = 0
                try:
                    if len(waiting) == 1:
                        return self._settle(key, text) if own else self._compute(key, text)
                    if current not in self._known:
                        self._settle(current, str(self._grid.formula(*current)))
                    waiting.pop()
                except _TooDeep as deep:
                    # Waiting cells stay open, so that a circle is noticed however long it is.
                    waiting += [cell for cell in reversed(deep.path) if cell != current]
                    self._open.update(waiting[-len(deep.path) - 1 :])
                except _Circle as circle:
                    self._break(circle, waiting)
                    if not waiting:
                        if own:
                            return self._fail(key, circle)
                        raise
        except RecursionError:
            raise Unsupported("formulas nested too deep") from None
        finally:
            self._open = set()
            self._depth = 0

    def _break(self, circle: _Circle, waiting: list[_Key]) -> None:
        """Every waiting cell from the one where the circle closes is part of it: keep their stored values."""
        closed = False
        while waiting and not closed:
            key = waiting.pop()
            self._open.discard(key)
            closed = key == circle.key
            if waiting:
                self._fail(key, circle)

    def _read(self, sheet: str, row: int, column: int) -> Value:
        """A cell that a formula refers to."""
        key = (sheet, row, column)
        if key in self._known:
            return self._known[key]
        text = self._grid.formula(sheet, row, column)
        if text is None:
            return self._plain(key)
        if key in self._open:
            raise _Circle(key)
        return self._settle(key, text)

    def _settle(self, key: _Key, text: str) -> Value:
        """Compute a formula cell and keep the result; an unsupported one keeps its stored value."""
        try:
            value = self._known[key] = self._compute(key, text)
        except _Circle as circle:
            value = self._fail(key, circle)
            if circle.key != key:
                raise  # this cell is part of the circle; it closes further out
        except Unsupported as unsupported:
            value = self._fail(key, unsupported)
        except _TooDeep as deep:
            deep.path.append(key)
            raise
        return value

    def _fail(self, key: _Key, reason: Unsupported) -> Value:
        self._failed[key] = reason
        value = self._known[key] = self._grid.value(*key)
        return value

    def _compute(self, key: _Key, text: str) -> Value:
        parsed = parse(text)
        if self._depth and self._depth + parsed.depth > MAX_DEPTH:
            raise _TooDeep(key)
        # A rule tried at a cell that holds a plain value may look at that value; a formula may not at its own.
        opened = {key} if self._grid.formula(*key) is not None else set()
        self._open |= opened
        self._depth += parsed.depth
        try:
            at = Interpreter(self._grid, self._ranges, self._read, key)
            return _finished(at.single(at.evaluate(parsed.node, array=False)))
        finally:
            self._depth -= parsed.depth
            self._open -= opened


def _finished(value: Value) -> Value:
    """A result as a cell holds it: blank is 0, a whole number an int."""
    if value is None:
        return 0
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
