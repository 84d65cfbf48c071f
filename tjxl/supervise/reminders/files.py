"""催办/<期次>/<日期>/ on disk: notices, short texts and e-mail drafts, and what they are made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path

from tjxl.durable import said_plainly, sync_folder, write_whole
from tjxl.errors import PackageError
from tjxl.findings import SEVERITY_TITLES
from tjxl.issuing import form_file_name
from tjxl.ooxml.book import Book
from tjxl.project import Project
from tjxl.resources import layout_toml
from tjxl.supervise.reminders.letters import SentBack
from tjxl.supervise.reminders.matters import Concern


class NoticeFiles:
    """Where the notices of a day are put; never over one that 催办 names."""

    def __init__(self, project: Project, period: str, day: dt.date, named: Collection[str]) -> None:
        """
        Args:
            named: the files that rows of 催办 name, below the project folder.
        """
        self._project, self._folder = project, project.reminded(period, day)
        self._taken = {name.casefold() for name in named}

    def free(self, unit: str) -> Path:
        """The place of a unit's notice; a later one of the same day gets a number."""
        stem = form_file_name(unit).removesuffix(".xlsx")
        number, path = 1, self._folder / f"{stem}.docx"
        while self.name(path).casefold() in self._taken:
            number += 1
            path = self._folder / f"{stem}-{number}.docx"
        self._taken.add(self.name(path).casefold())
        return path

    def name(self, path: Path) -> str:
        """A file as 催办 names it: below the project folder, with `/`."""
        return path.relative_to(self._project.root).as_posix()

    def write(self, path: Path, content: bytes | str) -> str:
        """Put a file in its place; a text as the Windows notepad of any age opens it. Its name.

        Raises:
            ProjectError: E212, it cannot be written.
        """
        if isinstance(content, str):
            content = (content + "\n").replace("\n", "\r\n").encode("utf-8-sig")
        with said_plainly(path):
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)
        return self.name(path)

    def settle(self) -> None:
        """Force the folder to disk, before the master names what lies in it."""
        with said_plainly(self._folder):
            if self._folder.is_dir():
                sync_folder(self._folder)


def marked_copy(project: Project, concern: Concern) -> Path | None:
    """The annotated copy in 退回/ of the return that a concern `returned` is about."""
    digest = str(concern.facts.get("sha256") or "")[:6]
    folder = project.returned(concern.item.partition("·")[0])
    ending = f"_{digest}_{layout_toml('feedback.toml')['text']['copy']}"
    if not digest or not folder.is_dir():
        return None
    return next((path for path in sorted(folder.rglob("*")) if path.stem.endswith(ending)), None)


def sent_back(project: Project, concern: Concern) -> SentBack:
    """What can be said of a return that went back."""
    copy = marked_copy(project, concern)
    return SentBack(copy.name, _faults(copy)) if copy is not None else SentBack()


def _faults(copy: Path) -> int | None:
    """How many errors the sheet 校验结果 of an annotated copy lists; None where it cannot be read."""
    layout = layout_toml("feedback.toml")["result"]
    try:
        book = Book(copy.read_bytes())
        cells = book.cells(layout["sheet"]).cells if layout["sheet"] in book.sheets else {}
    except (PackageError, OSError):
        return None
    errors = [
        row
        for (row, column), cell in cells.items()
        if column == 1 and row > layout["header_row"] and cell.value == SEVERITY_TITLES["error"]
    ]
    return len(errors) or None
