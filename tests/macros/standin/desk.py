"""What a pressed button finds instead of Excel: the engine over LibreOffice, and a person who answers as agreed.

`TJXL_PIPE` is the pipe of LibreOffice; `TJXL_ANSWERS` the answers to questions, by commas; what is said in a message
is written to `TJXL_HEARD`, one JSON object a line.
"""

from __future__ import annotations

import atexit
import json
import os
import time
from pathlib import Path
from typing import Any

import xlwings

from tests.excel import engine as parts
from tests.excel.program import connected, uno


class App(parts.App):
    """The application with a status bar and messages."""

    shown: list[Any]

    def __init__(self, apps: Any, engine: Any) -> None:
        super().__init__(apps, engine)
        self.shown = []

    @property
    def books(self) -> Any:
        return Books(self)

    @property
    def status_bar(self) -> Any:
        return self.shown[-1] if self.shown else False

    @status_bar.setter
    def status_bar(self, value: Any) -> None:
        self.shown.append(value)

    def alert(self, prompt: str, title: Any, buttons: Any, mode: Any, *_: Any) -> str:
        answers = os.environ.get("TJXL_ANSWERS", "").split(",")
        count = len(_heard())
        settings = [self.screen_updating, self.display_alerts, self.enable_events, self.calculation]
        line = {
            "title": title, "said": prompt, "buttons": buttons, "mode": mode, "shown": self.shown,
            "settings": settings, "at": time.time(), "cpu": time.process_time(),
        }  # fmt: skip
        _note(line)
        return "ok" if buttons == "ok" else answers[count]


class Books(parts.Books):
    """Books that lie on the screen, as those of a person do."""

    def _all(self) -> list[Any]:
        return [Book(self.app, book.doc) for book in super()._all()]

    def __call__(self, key: Any) -> Any:
        try:
            return super().__call__(key)
        except StopIteration:
            raise KeyError(key) from None

    def open(self, fullname: str, *_: Any, **__: Any) -> Any:
        url = uno.systemPathToFileUrl(str(Path(fullname).resolve()))
        return Book(self.app, self.app.api.loadComponentFromURL(url, "_blank", 0, ()))


class Book(parts.Book):
    """A book whose sheets can be shown."""

    @property
    def sheets(self) -> Any:
        return Sheets(self)


class Sheets(parts.Sheets):
    """Sheets that can be shown."""

    def __call__(self, key: Any) -> Any:
        return Sheet(self.book, super().__call__(key).sheet)

    def add(self, before: Any, after: Any, name: str) -> Any:
        assert before is None
        self.api.insertNewByName(name, after.index)
        return self(name)

    def __iter__(self) -> Any:
        return (Sheet(self.book, sheet.sheet) for sheet in super().__iter__())


class Sheet(parts.Sheet):
    """A sheet that can be shown, and knows its tables."""

    @property
    def visible(self) -> bool:
        return bool(self.sheet.IsVisible)

    @property
    def tables(self) -> Any:
        return Tables(self)

    @property
    def used_range(self) -> Any:
        cursor = self.sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        at = cursor.RangeAddress
        return self.range((1, 1), (at.EndRow + 1, at.EndColumn + 1))

    def activate(self) -> None:
        self.book.doc.CurrentController.setActiveSheet(self.sheet)


class Tables(parts.Tables):
    """The tables of one sheet."""

    def __iter__(self) -> Any:
        ranges, at = self.sheet.book.doc.DatabaseRanges, self.sheet.index - 1
        return (self(n) for n in ranges.ElementNames if ranges.getByName(n).DataArea.Sheet == at)

    def __len__(self) -> int:
        return len(list(iter(self)))


def _note(line: dict[str, Any]) -> None:
    with Path(os.environ["TJXL_HEARD"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _heard() -> list[str]:
    path = Path(os.environ["TJXL_HEARD"])
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def sit_down() -> None:
    """Make the engine xlwings' own."""
    atexit.register(_note, {"buttons": "left"})
    engine = parts.Engine(connected(os.environ["TJXL_PIPE"]))
    engine.apps = parts.Apps.__new__(parts.Apps)
    engine.apps.engine = engine
    engine.apps._app = App(engine.apps, engine)
    xlwings.engines.add(xlwings.Engine(impl=engine))
    xlwings.engines["libreoffice"].activate()
