"""Volumes: workbooks in 往期流水 that hold rows of past periods in the master's stead, and how they are read.

The master registers each volume in its very hidden sheet `_tjxl` with the digest of its content, as a pair of key and
value: so masters of every earlier version can have volumes too. A volume is never changed. What is taken out of one
goes back to the master whole, and the volume is no longer registered (`tjxl.merge.recall`): a backup of the master
still finds the volumes that it names.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from tjxl.errors import PackageError, ProjectError
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.periods import parse_period
from tjxl.resources import layout_toml
from tjxl.sheets.form_places import IDENTITY_SHEET
from tjxl.sheets.layout import Column, SheetLayout, master_layout
from tjxl.sheets.pairs import pairs, put_pairs
from tjxl.sheets.rows import LeanValues, TableRow, read_long

MOVABLE = ("ledger", "target_ledger", "milestone_ledger", "changes")
"""The tables whose rows are moved, in the order of their sheets."""

MASTER_ROW = "master_row"
"""The volume's own column: the row in the master that a row has left."""

_PREFIX = "volume:"


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume as the master registers it.

    Attributes:
        file: its name in 往期流水.
        rows: table → how many of its rows it holds.
        moved_at: local time, in ISO form.
    """

    file: str
    period: str
    sha256: str
    rows: Mapping[str, int]
    moved_at: str


@dataclass(frozen=True, slots=True)
class ArchivedRow(TableRow):
    """A row of a ledger that stands in a volume. `number` is the row of the master that it has left.

    Attributes:
        volume: the volume's file; at: the row of the volume's sheet.
    """

    volume: str
    at: int


def place_of(row: TableRow) -> tuple[str, int]:
    """What tells a row of a ledger from all others of it: the file (blank for the master) and the row there."""
    return (row.volume, row.at) if isinstance(row, ArchivedRow) else ("", row.number)


@cache
def volume_layout(name: str) -> SheetLayout:
    """The layout of a table in a volume: the master's, and the row of the master at its end."""
    layout, own = master_layout()[name], layout_toml("volumes.toml")[MASTER_ROW]
    column = Column(MASTER_ROW, own["title"], "int", "generated", own["width"])
    return replace(layout, columns=(*layout.columns, column))


def registered(book: Book) -> tuple[Volume, ...]:
    """The volumes that a master registers, the oldest period first; none in a workbook that is no master.

    Raises:
        PackageError: E284, somebody has changed what is registered.
    """
    found = [_volume(key.removeprefix(_PREFIX), said) for key, _, said in pairs(book) if key.startswith(_PREFIX)]
    return tuple(sorted(found, key=lambda v: (v.period, v.moved_at, v.file)))


def _volume(file: str, said: str) -> Volume:
    """What the master says of a volume, as `register_volumes` has written it."""
    try:
        volume = Volume(file, **json.loads(said))
    except (ValueError, TypeError) as error:
        raise PackageError("E284", file=file) from error
    words = (volume.period, volume.sha256, volume.moved_at)
    if not all(isinstance(word, str) for word in words) or not _are_counts(volume.rows):
        raise PackageError("E284", file=file)
    return volume


def _are_counts(rows: object) -> bool:
    return isinstance(rows, dict) and all(name in MOVABLE and type(count) is int for name, count in rows.items())


def register_volumes(editor: BookEditor, volumes: Iterable[Volume]) -> None:
    """Add volumes to those that the master registers."""
    put_pairs(editor, ((_PREFIX + volume.file, _said(volume)) for volume in volumes))


def _said(volume: Volume) -> str:
    said = {
        "period": volume.period,
        "sha256": volume.sha256,
        "rows": dict(volume.rows),
        "moved_at": volume.moved_at,
    }
    return json.dumps(said, ensure_ascii=False)


def unregister_volumes(editor: BookEditor, files: Collection[str]) -> None:
    """Take volumes out of those that the master registers; their files stay for the backups that name them."""
    for key, row, _ in list(pairs(editor.book)):
        if key.startswith(_PREFIX) and key.removeprefix(_PREFIX) in files:
            editor.edit(IDENTITY_SHEET, row, 1, Put(None))
            editor.edit(IDENTITY_SHEET, row, 2, Put(None))


class Shelf:
    """The volumes of a project, each read when a command first asks for its rows, and then kept."""

    def __init__(self, folder: Path, copies: Path) -> None:
        self._folders = (folder, copies)
        self._contents: dict[str, bytes] = {}
        self._rows: dict[tuple[str, str], list[ArchivedRow]] = {}

    def content(self, volume: Volume) -> bytes:
        """The bytes of a volume, as they were when it was registered: from its folder, else from the copies.

        Raises:
            ProjectError: E281 neither file can be read; E282 what can be read is not what was registered.
        """
        if volume.sha256 not in self._contents:
            found = [content for folder in self._folders if (content := _read(folder / volume.file)) is not None]
            whole = next((content for content in found if _is(volume, content)), None)
            if whole is None:
                (file, copy) = (f"{folder.name}/{volume.file}" for folder in self._folders)
                parent = self._folders[1].parent.name
                period = parse_period(volume.period).title
                raise ProjectError("E282" if found else "E281", file=file, copy=f"{parent}/{copy}", period=period)
            self._contents[volume.sha256] = whole
        return self._contents[volume.sha256]

    def standing(self, volume: Volume) -> tuple[bool, bool]:
        """Whether a volume is as it was registered in its folder, and in that of the copies."""
        here, copy = (_read(folder / volume.file) for folder in self._folders)
        return here is not None and _is(volume, here), copy is not None and _is(volume, copy)

    def rows(self, volume: Volume, name: str) -> list[ArchivedRow]:
        """The rows of a table (`MOVABLE`) that a volume holds, in their order there.

        Raises:
            ProjectError: as of `content`.
        """
        key = volume.sha256, name
        if key not in self._rows:
            self._rows[key] = rows_of(self.content(volume), volume.file, name)
        return self._rows[key]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _is(volume: Volume, content: bytes) -> bool:
    return hashlib.sha256(content).hexdigest() == volume.sha256


def rows_of(content: bytes, file: str, name: str) -> list[ArchivedRow]:
    """The rows of a table in the content of a volume."""
    rows = read_long(Book(content), volume_layout(name))
    names = rows[0].values if rows else ()
    at = {column: place for place, column in enumerate(names) if column != MASTER_ROW}
    return [
        ArchivedRow(int(row[MASTER_ROW]), LeanValues(at, tuple(row.values.values())), file, row.number)
        for row in rows
    ]
