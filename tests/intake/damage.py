"""What may be done to a returned workbook: by bad lines and disks, by other programs, by people."""

from __future__ import annotations

import io
import random
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tjxl.errors import PackageError
from tjxl.ooxml.book import Book


@dataclass(frozen=True, slots=True)
class Damaged:
    """A workbook with something done to it.

    Attributes:
        name: what was done.
        rows_whole: every value still stands in the row, and under the heading, for which it was written.
    """

    content: bytes
    name: str
    rows_whole: bool


def damaged(content: bytes, rng: random.Random) -> Damaged:
    """One to three things done to a workbook."""
    kind = rng.choices(list(_KINDS), [weight for weight, _, _ in _KINDS.values()])[0]
    _, rows_whole, work = _KINDS[kind]
    for _ in range(rng.choice((1, 1, 2, 3))):
        content = work(content, rng)
    return Damaged(content, kind, rows_whole)


# ---- bytes


def _bytes(content: bytes, rng: random.Random) -> bytes:
    """Bytes flipped, cut, doubled, put in; of a package the directory too."""
    out = bytearray(content)
    for _ in range(rng.choice((1, 1, 3, 20))):
        at = rng.randrange(len(out) or 1)
        match rng.randrange(5):
            case 0:
                out[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                out[at : at + 1] = bytes([out[at] ^ (1 << rng.randrange(8))]) if out else b""
            case 2:
                del out[at : at + rng.randrange(1, 200)]
            case 3:
                out[at:at] = out[at : at + rng.randrange(1, 500)]
            case 4:
                out[at:at] = rng.choice(
                    (b"<", b"</c>", b'"', b"\0", b"&x;", b"&#0;", b'r="A1" ', b"PK\x01\x02", b"<![CDATA[")
                )
        if not out:
            break
    return bytes(out)


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content) or 1)]


# ---- parts


def parts_of(content: bytes) -> dict[str, bytes]:
    """The parts of a package; none where it cannot be opened."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return {name: package.read(name) for name in package.namelist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return {}


def packed(parts: Mapping[str, bytes]) -> bytes:
    """A package of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def _parts(content: bytes, rng: random.Random) -> bytes:
    """Parts exchanged, lost, emptied, cut, renamed, or of another kind."""
    parts = parts_of(content)
    if not parts:
        return content
    name, other = rng.choice(sorted(parts)), rng.choice(sorted(parts))
    match rng.randrange(6):
        case 0:
            parts[name], parts[other] = parts[other], parts[name]
        case 1:
            del parts[name]
        case 2:
            parts[name] = b""
        case 3:
            parts[name] = _cut(parts[name], rng)
        case 4:
            parts[name.upper() if rng.random() < 0.5 else f"{name}.bak"] = parts.pop(name)
        case 5:
            parts[name] = parts[other]
    return packed(parts)


def _part_bytes(content: bytes, rng: random.Random) -> bytes:
    """Bytes of one part damaged and packed again: no checksum tells."""
    parts = parts_of(content)
    if not parts:
        return content
    name = _some_part(parts, rng)
    parts[name] = _bytes(parts[name], rng)
    return packed(parts)


def _some_part(parts: Mapping[str, bytes], rng: random.Random) -> str:
    """Any part, sheets more often than others."""
    sheets = [n for n in sorted(parts) if "worksheets/sheet" in n and n.endswith(".xml")]
    return rng.choice(sheets) if sheets and rng.random() < 0.6 else rng.choice(sorted(parts))


# ---- XML


_ODD = (
    "", "-1", "0", "1", "99999999999", "1e400", "NaN", "A0", "XFD1048576", "XFE1", "A1048577", "T1048576", "ZZZZ9",
    "true", "s", "n", "b", "e", "d", "str", "inlineStr", "veryHidden", "已完成", "=1+1", "_x000D_", "\U0001f600",
    "END",
)  # fmt: skip


def _xml(content: bytes, rng: random.Random) -> bytes:
    """Elements and attributes of a part lost, doubled, moved, exchanged, changed."""
    parts = parts_of(content)
    if not parts:
        return content
    name = _some_part(parts, rng)
    try:
        root = etree.fromstring(parts[name], etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return content
    for _ in range(rng.choice((1, 1, 2, 5))):
        _change(root, rng)
    parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if rng.random() < 0.05:
        entity = rng.choice((b'"x"', b'SYSTEM "file:///etc/passwd"', b'"&e;"'))
        declared, _, rest = parts[name].partition(b"?>")
        parts[name] = declared + b"?><!DOCTYPE x [<!ENTITY e " + entity + b">]>" + rest.replace(b"<v>", b"<v>&e;", 1)
    return packed(parts)


def _change(root: Any, rng: random.Random) -> None:
    elements = [e for e in root.iter() if isinstance(e.tag, str)]
    element, other = rng.choice(elements), rng.choice(elements)
    parent, alike = element.getparent(), [e for e in elements if e.tag == element.tag]
    attributes = list(element.attrib)
    match rng.randrange(10):
        case 0 if parent is not None:
            parent.remove(element)
        case 1 if parent is not None:
            parent.insert(rng.randrange(len(parent) + 1), _copy(element))
        case 2 if parent is not None and element not in list(other.iterancestors()):
            other.append(_copy(element))
        case 3:
            twin = rng.choice(alike)
            element.text, twin.text = twin.text, element.text
        case 4:
            twin = rng.choice(alike)
            for key in set(attributes) & set(twin.attrib):
                element.attrib[key], twin.attrib[key] = twin.attrib[key], element.attrib[key]
        case 5 if attributes:
            del element.attrib[rng.choice(attributes)]
        case 6 if attributes:
            element.set(rng.choice(attributes), rng.choice(_ODD))
        case 7 if attributes:
            key = rng.choice(attributes)
            element.set(key, rng.choice(alike).get(key, ""))
        case 8:
            element.text = rng.choice(_ODD)
        case 9 if parent is not None:
            twin = rng.choice(alike)
            if twin not in list(element.iter()) and element not in list(twin.iter()):
                _exchange(element, twin)


def _copy(element: Any) -> Any:
    return etree.fromstring(etree.tostring(element, with_tail=False))


def _exchange(one: Any, two: Any) -> None:
    """Two elements in each other's places."""
    first, second = one.getparent(), two.getparent()
    if first is None or second is None:
        return
    mark = etree.Element("mark")
    first.replace(one, mark)
    second.replace(two, one)
    mark.getparent().replace(mark, two)


# ---- what people do

_VALUES: tuple[Any, ...] = (
    None, "", "　", 0, 1, 0.8, 80, 100, -1, 1e300, "80", "80％", "百分之八十", "约80%", "2022.6.30", "6月底",
    "06-07-22",
    44742, 99999, "已完成", "正常", "√", "基本完成", "=1+1", "#REF!", True, "无", "张明", "022-23456789",
    "END", "T001",
    "2000万", "二千万元", "长" * 3000, "\n\n", "1-2", "2022年13月40日", "NaN", "_x000D_", "'", "<b>&amp;",
)  # fmt: skip


def _sheets(content: bytes, rng: random.Random, change: Callable[[Worksheet], None]) -> bytes:
    """The workbook with one of its form sheets changed in openpyxl; as it was where openpyxl cannot."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(content))
        change(book[rng.choice([n for n in ("填报", "填报", "节点", "指标") if n in book.sheetnames])])
        out = io.BytesIO()
        book.save(out)
    except Exception:  # a second change to what openpyxl cannot take: one will do
        return content
    return out.getvalue()


def _height(sheet: Worksheet) -> int:
    return min(sheet.max_row, 200)  # openpyxl makes a cell wherever it looks, and some cells stand far away


def _width(sheet: Worksheet) -> int:
    return min(sheet.max_column, 40)


def _cells(content: bytes, rng: random.Random) -> bytes:
    """Anything typed into some cells, headings and codes included."""

    def change(sheet: Worksheet) -> None:
        for _ in range(rng.choice((1, 2, 5))):
            cell = sheet.cell(rng.randrange(1, _height(sheet) + 3), rng.randrange(1, _width(sheet) + 3))
            if type(cell).__name__ == "Cell":
                cell.value = rng.choice(_VALUES)
                if rng.random() < 0.3:
                    cell.number_format = rng.choice(("General", "@", "0%", "yyyy-mm-dd", '0"万"', "[h]:mm"))

    return _sheets(content, rng, change)


def _rows(content: bytes, rng: random.Random) -> bytes:
    """Rows sorted, hidden, inserted, deleted, doubled; columns exchanged, inserted, deleted, hidden; areas merged."""

    def change(sheet: Worksheet) -> None:
        keyed = [r for r in range(1, _height(sheet) + 1) if str(sheet.cell(r, 1).value)[:1] == "T"]
        row, column = rng.choice(keyed or [1]), rng.randrange(1, _width(sheet) + 1)
        match rng.randrange(10):
            case 0:
                _permuted(sheet, keyed, rng)
            case 1 if sheet.max_row < 1000:
                sheet.insert_rows(rng.randrange(1, _height(sheet) + 2), rng.randrange(1, 4))
            case 2 if sheet.max_row < 1000:
                sheet.delete_rows(row)
            case 3 if sheet.max_row < 1000:
                sheet.insert_cols(column)
            case 4 if sheet.max_row < 1000:
                sheet.delete_cols(column)
            case 5:
                sheet.row_dimensions[row].hidden = True
                sheet.column_dimensions[get_column_letter(column)].hidden = True
            case 6:
                _columns_exchanged(sheet, column, rng.randrange(1, _width(sheet) + 1))
            case 7:
                sheet.append([None, "合计", *[rng.choice(_VALUES) for _ in range(9)]])
            case 8:
                sheet.title = rng.choice(("Sheet1", "填报表", "5月", "节 点"))
            case 9:
                sheet.cell(1_048_576, 20).value = "x"

    return _sheets(content, rng, change)


def _permuted(sheet: Worksheet, rows: list[int], rng: random.Random) -> None:
    order = rng.sample(rows, len(rows))
    width = range(1, _width(sheet) + 1)
    held = {row: [(sheet.cell(row, c).value, sheet.cell(row, c)._style) for c in width] for row in rows}
    for to, source in zip(rows, order, strict=True):
        for column, (value, style) in zip(width, held[source], strict=True):
            sheet.cell(to, column).value, sheet.cell(to, column)._style = value, style


def _columns_exchanged(sheet: Worksheet, one: int, two: int) -> None:
    """Two columns of the table change places, headings and all; the head above stays."""
    header = next((r for r in range(1, 20) if sheet.cell(r, 1).value in ("任务编码", "节点编码", "指标编码")), 1)
    for row in range(header, _height(sheet) + 1):
        a, b = sheet.cell(row, one), sheet.cell(row, two)
        if type(a).__name__ == type(b).__name__ == "Cell":
            (a.value, a._style), (b.value, b._style) = (b.value, b._style), (a.value, a._style)


def _renamed(content: bytes, rng: random.Random) -> bytes:
    """A sheet's name or state changed in the workbook part."""
    try:
        names = [n.encode() for n in Book(content).sheets]
    except PackageError:
        return content
    parts = parts_of(content)
    old, new = rng.choice(names), rng.choice((b"x", "填报".encode(), "节点".encode(), b"_tjxl", b""))
    workbook = parts.get("xl/workbook.xml", b"")
    parts["xl/workbook.xml"] = workbook.replace(b'name="' + old + b'"', b'name="' + new + b'"', 1)
    return packed(parts)


_KINDS: dict[str, tuple[float, bool, Callable[[bytes, random.Random], bytes]]] = {
    "bytes": (0.15, True, _bytes),
    "cut": (0.02, True, _cut),
    "parts": (0.12, False, _parts),
    "bytes of a part": (0.15, False, _part_bytes),
    "XML": (0.3, False, _xml),
    "cells": (0.1, True, _cells),
    "rows and columns": (0.12, True, _rows),
    "names of sheets": (0.04, True, _renamed),
}
