"""What an official document says, as plain values: the same blocks make a .docx and the rows of a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Masthead:
    """版头: the red name, the number (第6期), and below it who issues it and when."""

    name: str
    number: str
    issuer: str
    date: str


@dataclass(frozen=True, slots=True)
class Title:
    """The document's title, in the pieces between which a line may end (7.3.1: 回行时做到词意完整)."""

    pieces: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole title."""
        return "".join(self.pieces)


@dataclass(frozen=True, slots=True)
class Recipients:
    """主送机关, with its colon."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its number: level 0 is 「一、」, 1 「（一）」, 2 「1.」; `rest` follows in its paragraph."""

    level: int
    text: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the text. `item` tells an entry of a list from running text."""

    text: str
    item: bool = False


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its title, its width as a share of the table's, where its texts stand."""

    title: str
    share: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its header row is repeated on every page."""

    caption: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one name over a chart's categories; `pattern` is a fill that a black print tells apart."""

    name: str
    values: tuple[int, ...]
    pattern: Literal["dark", "stripes", "dots", "light", "blank"]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of counts: `columns` side by side, or `stacked` bars."""

    kind: Literal["columns", "stacked"]
    caption: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]


@dataclass(frozen=True, slots=True)
class AnnexNote:
    """附件说明: what is enclosed, said under the text."""

    text: str


@dataclass(frozen=True, slots=True)
class Signature:
    """发文机关署名 and 成文日期."""

    issuer: str
    date: str


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex begins: on a page of its own, 「附件」 at its top left, then its title."""

    mark: str
    title: str


Block: TypeAlias = Masthead | Title | Recipients | Heading | Paragraph | Table | Chart | AnnexNote | Signature | Annex
