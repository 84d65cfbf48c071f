"""The evaluator: formulas over a grid, every formula cell computed once."""

from __future__ import annotations

from collections import defaultdict
from typing import TypeAlias

from tjxl.formula.compile import Compiler
from tjxl.formula.errors import Unsupported
from tjxl.formula.grid import Formula, Grid
from tjxl.formula.parse import MAX_DEPTH
from tjxl.formula.place import Place
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
    """Evaluates formulas over *grid*, whose contents must not change meanwhile.

    Formula cells are computed once; other cells are asked of the grid whenever they are needed.
    """

    def __init__(self, grid: Grid, compiler: Compiler | None = None) -> None:
        """*compiler*: that of another grid with the same tables and names, so that formulas are put together once."""
        self._grid = grid
        self.compiler = Compiler(grid) if compiler is None else compiler
        self._known: defaultdict[tuple[str, int], dict[int, Value]] = defaultdict(dict)
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
            self._start(key, text)
            return self._supported(key)
        return self._start(key, text, own=False)

    def formula_cell(self, sheet: str, row: int, column: int) -> Value:
        """The value of a cell that holds a formula.

        Raises:
            Unsupported: as `evaluate` does; or the cell holds none.
        """
        key = (sheet, row, column)
        if not self._knows(key):
            text = self._grid.formula(*key)
            if text is None:
                raise Unsupported("no formula")
            self._start(key, text)
        return self._supported(key)

    def cell(self, sheet: str, row: int, column: int) -> Value:
        """The value of a cell: a formula is evaluated; where it is unsupported its stored value stands."""
        content = self._grid.content(sheet, row, column)
        return self._start((sheet, row, column), content.text) if isinstance(content, Formula) else content

    def _supported(self, key: _Key) -> Value:
        if key in self._failed:
            raise self._failed[key]
        return self._known[key[0], key[2]][key[1]]

    def _start(self, key: _Key, text: str, own: bool = True) -> Value:
        """Compute a cell from outside: cells that lie too deep are computed first, on a stack of their own.

        *own* says that *text* is the formula that stands in the cell, so that the result may be kept.
        """
        if own and self._knows(key):
            return self._known[key[0], key[2]][key[1]]
        waiting = [key]
        try:
            while True:
                current = waiting[-1]
                self._open.discard(current)
                self._depth = 0
                try:
                    if len(waiting) == 1:
                        return self._settle(key, text) if own else self._compute(key, text, own=False)
                    if not self._knows(current):
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

    def _knows(self, key: _Key) -> bool:
        return key[1] in self._known[key[0], key[2]]

    def _read(self, sheet: str, row: int, column: int) -> Value:
        """A cell that a formula refers to."""
        known = self._known[sheet, column]
        if row in known:
            return known[row]
        content = self._grid.content(sheet, row, column)
        if not isinstance(content, Formula):
            return content
        key = (sheet, row, column)
        if key in self._open:
            raise _Circle(key)
        return self._settle(key, content.text)

    def _settle(self, key: _Key, text: str) -> Value:
        """Compute a formula cell and keep the result; an unsupported one keeps its stored value."""
        try:
            value = self._keep(key, self._compute(key, text))
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
        return self._keep(key, self._grid.value(*key))

    def _keep(self, key: _Key, value: Value) -> Value:
        self._known[key[0], key[2]][key[1]] = value
        return value

    def _compute(self, key: _Key, text: str, own: bool = True) -> Value:
        program = self.compiler.program(text, key[0])
        if self._depth and self._depth + program.depth > MAX_DEPTH:
            raise _TooDeep(key)
        code = program.code()
        # A rule tried at a cell that holds a plain value may look at that value; a formula may not at its own.
        opened = own or self._grid.formula(*key) is not None
        if opened:
            self._open.add(key)
        self._depth += program.depth
        try:
            return _finished(code(Place(key[1], key[2], self._ranges, self._read)))
        finally:
            self._depth -= program.depth
            if opened:
                self._open.discard(key)


def _finished(value: Value) -> Value:
    """A result as a cell holds it: blank is 0, a whole number an int."""
    if value is None:
        return 0
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value
