"""The comments of a sheet (Excel's notes): read, added, lengthened, shortened, taken out.

A comment stands in two places, its text in the comments part and its box in a VML drawing; both are kept in step, and
with the last comment both go. Threaded comments leave a copy of themselves among the notes: `Note.threaded` tells it.
"""

from __future__ import annotations

import html
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from tjxl.errors import PackageError
from tjxl.ooxml import vml
from tjxl.ooxml.frame import SheetFrame
from tjxl.ooxml.outline import MAIN, Element, Outline, attribute_text
from tjxl.ooxml.parts import PackageEditor
from tjxl.ooxml.refs import cell_ref, parse_cell
from tjxl.ooxml.stored import protected
from tjxl.ooxml.vml import Box

_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FONT = "微软雅黑"
_ORDER = ("authors", "commentList", "extLst")
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Note:
    """A comment: its author and its plain text."""

    author: str
    text: str

    @property
    def threaded(self) -> bool:
        """The copy of a threaded comment, which newer programs show in its stead."""
        return self.author.startswith("tc=")


@dataclass(frozen=True, slots=True)
class _Run:
    """A piece of text as stored, and how it looks: its properties as written, None for a new comment's."""

    looks: bytes | None
    text: str


class SheetNotes:
    """The comments of one sheet. Changes are made in memory; `save` writes them to package and sheet."""

    def __init__(self, editor: PackageEditor, sheet_part: str, frame: SheetFrame) -> None:
        """
        Raises:
            PackageError: E303 or E305, the comments are written in a way that cannot be changed safely.
        """
        self._editor, self._sheet, self._frame = editor, sheet_part, frame
        found = editor.related(sheet_part, "comments")
        self._key = found[0] if found else None
        self._part = found[1] if found else None
        self._outline = Outline(editor.read(self._part)) if self._part else None
        self._elements: dict[Place, Element] = {}
        self._authors: list[str] = []
        self._unplaced = False
        if self._outline is not None:
            self._read(self._outline.root)
        self._runs = {place: self._runs_of(element) for place, element in self._elements.items()}
        self._changed: set[Place] = set()
        self._new: dict[Place, tuple[str, str, Box]] = {}

    def _read(self, root: Element) -> None:
        self._authors = [a.text for area in root.all("authors") for a in area.all("author")]
        for comment in (c for area in root.all("commentList") for c in area.all("comment")):
            try:
                place = parse_cell(comment.attributes.get("ref", ""))
            except ValueError:
                place = None
            if place is None or place in self._elements:  # of no cell, or a second one: nobody's to change
                self._unplaced = True
            else:
                self._elements[place] = comment

    @property
    def notes(self) -> Mapping[Place, Note]:
        """The comments by cell (row, column), as they will be."""
        kept = {place: Note(self._author(place), _text(runs)) for place, runs in self._runs.items()}
        return kept | {place: Note(author, text) for place, (author, text, _) in self._new.items()}

    def add(self, place: Place, author: str, text: str, box: Box) -> None:
        """A comment for a cell that has none."""
        self._new[place] = (author, text, box)

    def append(self, place: Place, text: str) -> None:
        """Add text to a cell's comment, in the looks of a new comment."""
        self._runs[place] = [*self._runs[place], _Run(None, protected(text))]
        self._changed.add(place)

    def cut(self, place: Place, start: int, end: int) -> None:
        """Take these characters out of a cell's comment; the looks of the rest stay."""
        left, position = [], 0
        for run in self._runs[place]:
            text = run.text[: max(0, start - position)] + run.text[max(0, end - position) :]
            position += len(run.text)
            if text:
                left.append(_Run(run.looks, text))
        self._runs[place] = left
        self._changed.add(place)

    def remove(self, place: Place) -> None:
        """Take a cell's comment out."""
        del self._runs[place]
        self._changed.discard(place)

    def save(self) -> None:
        """Write the changes: the comments part, the drawing, and in the frame the reference to it."""
        gone = set(self._elements) - set(self._runs)
        if not (gone or self._changed or self._new):
            return
        self._save_texts(gone)
        if gone or self._new:
            self._save_drawing(gone)

    def _save_texts(self, gone: set[Place]) -> None:
        if self._outline is None or self._part is None or self._key is None:
            main = MAIN[self._frame.outline.strict]
            empty = f'{_DECLARATION}<comments xmlns="{main}"><authors/><commentList/></comments>'
            content = self._with_new(Outline(empty.encode()))
            folder = posixpath.dirname(self._editor.workbook_part)
            part = self._editor.add(posixpath.join(folder, "comments{}.xml"), content, _CONTENT_TYPE)
            self._editor.relate(self._sheet, "comments", part)
            return
        if not (self._runs or self._new or self._unplaced):
            self._editor.unrelate(self._sheet, self._key)
            self._editor.remove(self._part)
            return
        for place in gone:
            self._outline.remove(self._elements[place])
        for place in self._changed:
            self._outline.replace(*self._inside_text(place), _written(self._runs[place], self._outline.root.prefix))
        self._editor.write(self._part, self._with_new(self._outline))

    def _inside_text(self, place: Place) -> tuple[int, int]:
        text = self._elements[place].first("text")
        if text is None or text.inside == text.end:
            raise PackageError("E305")
        return text.inside, text.inside_end

    def _with_new(self, outline: Outline) -> bytes:
        """The comments part with the new comments and their authors."""
        p, root = outline.root.prefix, outline.root
        names = list(dict.fromkeys(author for author, _, _ in self._new.values()))
        unknown = [name for name in names if name not in self._authors]
        numbers = {name: i for i, name in reversed(list(enumerate([*self._authors, *unknown])))}
        authors = "".join(f"<{p}author>{attribute_text(name)}</{p}author>" for name in unknown)
        comments = b"".join(
            f'<{p}comment ref="{cell_ref(*place)}" authorId="{numbers[author]}" shapeId="0"><{p}text>'.encode()
            + _written([_Run(None, protected(text))], p)
            + f"</{p}text></{p}comment>".encode()
            for place, (author, text, _) in sorted(self._new.items())
        )
        for name, new in (("authors", authors.encode()), ("commentList", comments)):
            area = root.first(name)
            if area is None:
                tag = f"{p}{name}".encode()
                outline.insert(root, name, _ORDER, b"<%s>%s</%s>" % (tag, new, tag))
            elif new:
                outline.append(area, new)
        return outline.done()

    def _save_drawing(self, gone: set[Place]) -> None:
        editor, key = self._editor, self._frame.legacy_drawing
        boxes = [box for _, (_, _, box) in sorted(self._new.items())]
        drawing = editor.relations(self._sheet).get(key, ("", ""))[0] if key else ""
        if drawing in editor and key is not None:
            content = vml.edited_drawing(editor.read(drawing), boxes, gone)
            if content is not None:
                editor.write(drawing, content)
                return
            self._frame.set_legacy_drawing(None)
            editor.unrelate(self._sheet, key)
            editor.remove(drawing)
        elif boxes:
            taken = {
                n for name in editor.names if name.lower().endswith(".vml") for n in vml.blocks_of(editor.read(name))
            }
            folder = posixpath.join(posixpath.dirname(editor.workbook_part), "drawings")
            content = vml.new_drawing(boxes, max(taken, default=0) + 1)
            editor.default_type("vml", vml.CONTENT_TYPE)
            part = editor.add(posixpath.join(folder, "vmlDrawing{}.vml"), content)
            self._frame.set_legacy_drawing(editor.relate(self._sheet, "vmlDrawing", part))

    def _author(self, place: Place) -> str:
        number = self._elements[place].attributes.get("authorId", "")
        return self._authors[int(number)] if number.isdigit() and int(number) < len(self._authors) else ""

    def _runs_of(self, comment: Element) -> list[_Run]:
        out = []
        for child in (child for text in comment.all("text") for child in text.children):
            if child.name == "t":
                out.append(_Run(b"", child.text))
            elif child.name == "r" and self._outline is not None:
                looks = child.first("rPr")
                written = self._outline.text_of(looks) if looks is not None else b""
                out.append(_Run(written, "".join(t.text for t in child.all("t"))))
        return out


def _text(runs: list[_Run]) -> str:
    return "".join(run.text for run in runs)


def _written(runs: list[_Run], p: str) -> bytes:
    """The inside of a comment's text; without looks of its own it needs no runs."""
    if len(runs) == 1 and runs[0].looks == b"":
        return _plain(runs[0], p)
    new = f'<{p}rPr><{p}sz val="9"/><{p}color indexed="81"/><{p}rFont val="{_FONT}"/><{p}family val="2"/></{p}rPr>'
    tag = f"{p}r".encode()
    return b"".join(
        b"<%s>%s%s</%s>" % (tag, new.encode() if run.looks is None else run.looks, _plain(run, p), tag)
        for run in runs
    )


def _plain(run: _Run, p: str) -> bytes:
    return f'<{p}t xml:space="preserve">{html.escape(run.text, quote=False)}</{p}t>'.encode()
