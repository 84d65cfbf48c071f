"""Where the elements of a part stand in its text, so that one can be added, changed or taken out and every other
byte left as it was.

The parser is expat: prefixes, comments and character data mean here what they mean to every reader. A worksheet's
`sheetData` is not outlined (`tjxl.ooxml.frame` leaves it out): its cells are the business of `tjxl.ooxml.splice`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from tjxl.errors import PackageError
from tjxl.ooxml.stored import storable

MAIN = {
    False: "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    True: "http://purl.oclc.org/ooxml/spreadsheetml/main",
}
"""The namespace of a spreadsheet's parts; under True that of Strict OOXML."""
_TAG = re.compile(rb"""<(?:[^"'>]++|"[^"]*+"|'[^']*+')*+>""")


@dataclass(slots=True)
class Element:
    """An element and the bytes it takes.

    Attributes:
        name: without prefix; prefix: as written, with its colon (`x:`), empty for none.
        attributes: by local name; those in a namespace as `{namespace}name`.
        start, inside, inside_end, end: first byte, first and last byte of what it holds, first byte after it.
        pieces: the text that it holds itself.
    """

    name: str
    prefix: str
    attributes: dict[str, str]
    start: int
    inside: int = 0
    inside_end: int = 0
    end: int = 0
    pieces: list[str] = field(default_factory=list)
    children: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text that it holds itself, not that of its children."""
        return "".join(self.pieces)

    def all(self, name: str) -> list[Element]:
        """Its children of this name."""
        return [child for child in self.children if child.name == name]

    def first(self, name: str) -> Element | None:
        """Its first child of this name."""
        return next((child for child in self.children if child.name == name), None)

    def walk(self) -> Iterator[Element]:
        """It and everything in it, in order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting += reversed(element.children)


class Outline:
    """A part's text with its elements, and the changes made to it; `done` gives the changed text."""

    def __init__(self, xml: bytes) -> None:
        """
        Raises:
            PackageError: E303, not well-formed or with a document type; E305, not UTF-8.
        """
        if not is_utf8(xml):
            raise PackageError("E305")
        self.xml = xml
        self.prefixes: dict[str, str] = {}
        self.root = self._parsed()
        self._changes: list[tuple[int, int, bytes]] = []

    def _parsed(self) -> Element:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.namespace_prefixes = True
        parser.buffer_text = True
        top = Element("", "", {}, 0)
        stack = [top]

        def begin(name: str, attributes: dict[str, str]) -> None:
            parts = name.split(" ")
            at = parser.CurrentByteIndex
            tag = _TAG.match(self.xml, at)
            if tag is None:
                raise PackageError("E303", reason="XML")
            local = parts[1] if len(parts) > 1 else parts[0]
            prefix = f"{parts[2]}:" if len(parts) > 2 else ""
            named = {_attribute_name(key): value for key, value in attributes.items()}
            element = Element(local, prefix, named, at, tag.end())
            if tag[0].endswith(b"/>"):
                element.inside_end = element.end = tag.end()
            stack[-1].children.append(element)
            stack.append(element)

        def finish(_: str) -> None:
            element = stack.pop()
            if not element.end:
                element.inside_end = parser.CurrentByteIndex
                element.end = self.xml.index(b">", element.inside_end) + 1

        def said(text: str) -> None:
            stack[-1].pieces.append(text)

        def declared(prefix: str | None, uri: str) -> None:
            if len(stack) == 1:
                self.prefixes.setdefault(uri, f"{prefix}:" if prefix else "")

        def refuse(*_: object) -> None:
            raise PackageError("E303", reason="DOCTYPE")

        parser.StartElementHandler = begin
        parser.EndElementHandler = finish
        parser.CharacterDataHandler = said
        parser.StartNamespaceDeclHandler = declared
        parser.StartDoctypeDeclHandler = refuse
        try:
            parser.Parse(self.xml, True)
        except expat.ExpatError as error:
            raise PackageError("E303", reason="XML") from error
        return top.children[0]

    @property
    def strict(self) -> bool:
        """Whether the part is written in the words of Strict OOXML."""
        return any("purl.oclc.org" in uri for uri in self.prefixes)

    @property
    def changed(self) -> bool:
        """Whether anything was changed."""
        return bool(self._changes)

    def text_of(self, element: Element) -> bytes:
        """The element as written."""
        return self.xml[element.start : element.end]

    def replace(self, start: int, end: int, new: bytes) -> None:
        """Put other text in the place of these bytes."""
        self._changes.append((start, end, new))

    def remove(self, element: Element) -> None:
        """Take an element out."""
        self.replace(element.start, element.end, b"")

    def append(self, parent: Element, new: bytes) -> None:
        """Add text behind what the element holds."""
        if parent.inside < parent.end or self.xml[parent.inside - 2 : parent.inside] != b"/>":
            self.replace(parent.inside_end, parent.inside_end, new)
            return
        qualified = f"{parent.prefix}{parent.name}".encode()
        self.replace(parent.inside - 2, parent.end, b">" + new + b"</" + qualified + b">")

    def insert(self, parent: Element, name: str, order: Sequence[str], new: bytes, *, first: bool = False) -> None:
        """Add a child where the schema wants it: behind the last child that comes no later.

        Args:
            order: names of the children in the order of the schema.
            first: before children of the same name, not behind them.
        """
        rank = {n: i for i, n in enumerate(order)}
        limit = rank[name] - first
        before = [child for child in parent.children if rank.get(child.name, len(order)) <= limit]
        if before:
            self.replace(before[-1].end, before[-1].end, new)
        elif parent.children:
            self.replace(parent.inside, parent.inside, new)
        else:
            self.append(parent, new)

    def set_attribute(self, element: Element, name: str, value: str | None) -> None:
        """Change an attribute without prefix; None takes it out."""
        old = re.compile(rb"\s" + re.escape(name.encode()) + rb"""\s*=\s*(?:"[^"]*"|'[^']*')""")
        tag = self.xml[element.start : element.inside]
        written = f' {name}="{attribute_text(value)}"'.encode() if value is not None else b""
        if (m := old.search(tag)) is not None:
            self.replace(element.start + m.start(), element.start + m.end(), written)
        elif written:
            end = element.inside - (2 if tag.endswith(b"/>") else 1)
            self.replace(end, end, written)

    def done(self) -> bytes:
        """The text with all changes; of two at one place the one made first stands first."""
        out, position = [], 0
        for start, end, new in sorted(self._changes, key=lambda change: change[:2]):
            if start < position:
                raise PackageError("E305")
            out += [self.xml[position:start], new]
            position = end
        return b"".join([*out, self.xml[position:]])


def _attribute_name(key: str) -> str:
    parts = key.split(" ")
    return f"{{{parts[0]}}}{parts[1]}" if len(parts) > 1 else key


def attribute_text(text: str) -> str:
    """Text as it stands in a double-quoted attribute."""
    return html.escape(storable(text)).translate({9: "&#9;", 10: "&#10;", 13: "&#13;"})


_ENCODING = re.compile(rb"<\?xml[^>]*?\bencoding\s*=\s*[\"']([^\"']*)")


def is_utf8(xml: bytes) -> bool:
    """Whether new text may be written into this part as UTF-8."""
    declared = _ENCODING.match(xml.removeprefix(b"\xef\xbb\xbf"))
    return b"\x00" not in xml and (declared is None or declared[1].lower() in (b"utf-8", b"utf8"))
