"""One press of a button in the master: what every button does around its own work.

Progress goes to the status bar, the outcome to the sheet 运行日志, to the status bar and to a short message. Whatever
goes wrong becomes one Chinese sentence; nothing is raised to the macro, which could not show it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tjxl.errors import TjxlError, plain_reason
from tjxl.masters.live import LiveMaster, local_path
from tjxl.messages import message
from tjxl.project import Project, open_project
from tjxl.sheets.layout import master_layout

if TYPE_CHECKING:
    import xlwings as xw

_BETWEEN = 0.2
"""Seconds between two lines of progress: each is a call into the other program."""
_LONGEST = 32_000
_DONE, _NEEDS_PERSON, _FAILED, _CANCELLED = "完成", "需处理", "未完成", "已取消"


class CancelledError(Exception):
    """The person answered a question with 取消."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a press ended: the sentence to be shown, the sheet to go to, and whether something needs a person."""

    said: str
    sheet: str | None = None
    needs_person: bool = False
    saves: bool = False
    """Whether the master was written, so that the line of 运行日志 is to be saved too."""


@dataclass(slots=True)
class Press:
    """The workbook a button was pressed in, and what a button's work needs of it."""

    book: xw.Book
    title: str
    _shown: float = field(default=0.0)

    @property
    def project(self) -> Project:
        """The project of the master.

        Raises:
            ProjectError: E202, E203, the workbook is in no project folder; E244, it is in the cloud.
        """
        return open_project(local_path(self.book).parent)

    def master(self) -> LiveMaster:
        """The door to the open master."""
        return LiveMaster(self.project, self.book)

    def progress(self, done: int, total: int) -> None:
        """Show how far the work has come."""
        now = time.monotonic()
        if now - self._shown >= _BETWEEN or done == total:
            self._shown = now
            self.show(message("B750").say(title=self.title, done=done, total=total))

    def show(self, text: str | bool) -> None:
        """Put a text in the status bar; False gives it back to the program."""
        self.book.app.status_bar = text

    def ask(self, question: str, *, cancel: bool = True) -> bool:
        """Yes or no.

        Raises:
            CancelledError: neither.
        """
        answer = self.book.app.alert(question, self.title, "yes_no_cancel" if cancel else "yes_no", "info")
        if answer not in ("yes", "no"):
            raise CancelledError
        return answer == "yes"


def pressed(title: str, work: Callable[[Press], Outcome], ahead: Sequence[str] = ()) -> None:
    """Do a button's work on the workbook that called.

    Args:
        title: the button's caption.
        ahead: heavy modules that the work will need, imported while the other program saves the workbook.
    """
    threading.Thread(target=_import_all, args=(ahead,), daemon=True).start()
    import xlwings as xw

    press = Press(xw.Book.caller(), title)
    detail = ""
    try:
        press.show(message("B751").say(title=title))
        outcome = work(press)
        result = _NEEDS_PERSON if outcome.needs_person else _DONE
    except CancelledError:
        with contextlib.suppress(Exception):  # the status bar stays as it is: no harm, and nobody to tell
            press.show(False)
        return
    except Exception as error:
        outcome, result, detail = Outcome(_sentence(error), _log().title, needs_person=True), _FAILED, _detail(error)
    _end(press, outcome, result, detail)


def _import_all(names: Sequence[str]) -> None:
    for name in names:
        with contextlib.suppress(ImportError):  # said where the work itself imports it
            importlib.import_module(name)


def _sentence(error: Exception) -> str:
    if isinstance(error, TjxlError):
        return " ".join(str(error).split())
    if isinstance(error, OSError):
        return message("B753").say(file=error.filename or "", reason=plain_reason(error))
    return message("B754").say(kind=type(error).__name__)


def _detail(error: Exception) -> str:
    """What support asks for: where in the program, with the causes."""
    return "".join(traceback.format_exception(error))[-_LONGEST:]


def _end(press: Press, outcome: Outcome, result: str, detail: str) -> None:
    """Note the press in 运行日志, go to the sheet that matters, and say how it ended.

    Each step stands alone: a workbook in which one of them cannot be done still gets the others.
    """
    book = press.book
    steps: list[Callable[[], Any]] = [
        lambda: note(book, press.title, result, outcome.said, detail),
        lambda: book.sheets[outcome.sheet].activate() if outcome.sheet else None,
        lambda: press.show(f"{press.title}：{outcome.said}"),
        lambda: book.app.alert(outcome.said, press.title, "ok", "critical" if result == _FAILED else "info"),
        lambda: press.show(False),
        lambda: book.save() if outcome.saves else None,  # of the log alone: the work is saved long since
    ]
    for step in steps:
        try:
            step()
        except Exception as error:  # the other program's refusal, of whatever kind: the next step may still be heard
            _say_elsewhere(error)


def _say_elsewhere(error: Exception) -> None:
    """Where the workbook takes nothing more: a file of the user's, for support."""
    with (Path.home() / "tjxl-error.log").open("a", encoding="utf-8") as file:
        file.write(f"{dt.datetime.now():%Y-%m-%d %H:%M:%S}\n{_detail(error)}\n")


def _log() -> Any:
    return master_layout()["run_log"]


def note(book: xw.Book, action: str, result: str, said: str, detail: str) -> None:
    """Add a line to 运行日志; the sheet is made anew where somebody has taken it out."""
    layout = _log()
    titles = [column.title for column in layout.columns]
    if layout.title not in [sheet.name for sheet in book.sheets]:
        shown = [sheet for sheet in book.sheets if sheet.visible]  # the last one is very hidden: none goes after it
        book.sheets.add(layout.title, after=shown[-1])
        book.sheets[layout.title].range((1, 1), (1, len(titles))).value = titles
    sheet = book.sheets[layout.title]
    table = next((t for t in sheet.tables if t.name == layout.title), None)
    now = dt.datetime.now().replace(microsecond=0)
    values = [now, action, result, _as_text(said), _as_text(detail)]
    if table is None:
        row, left = sheet.used_range.last_cell.row + 1, 1
    else:
        area = table.range
        left, row = area.column, area.last_cell.row
        if sheet.range((row, left)).value is not None:
            row += 1
            table.resize(sheet.range((area.row, left), (row, area.last_cell.column)))
    sheet.range((row, left), (row, left + len(values) - 1)).value = values


def _as_text(text: str) -> str:
    """A text that no program takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
