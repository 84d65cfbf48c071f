"""Packages as other programs write them: the same form, told in another spelling."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

from tests.office import part_of, with_part

_MAIN = "http://schemas.openxmlformats.org/"
_STRICT = "http://purl.oclc.org/ooxml/"
_NAMESPACES = {
    f"{_MAIN}spreadsheetml/2006/main": f"{_STRICT}spreadsheetml/main",
    f"{_MAIN}officeDocument/2006/relationships": f"{_STRICT}officeDocument/relationships",
    f"{_MAIN}drawingml/2006/main": f"{_STRICT}drawingml/main",
}
# What is a date in the strict form of a workbook is written out; 44701 is 2022-05-20.
_DATE = re.compile(rb'<c r="(M4)"( s="\d+")?><v>44701</v></c>')


def rewritten(content: bytes, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> bytes:
    """The package with each part as `change` gives it back: name and content, None to leave it out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            changed = change(name, old.read(name))
            if changed is not None:
                entry = zipfile.ZipInfo("x", (2022, 5, 20, 10, 0, 0))
                entry.filename = changed[0]  # as it is: the constructor would turn backslashes round on Windows
                new.writestr(entry, changed[1], zipfile.ZIP_DEFLATED)
    return out.getvalue()


def strict(content: bytes) -> bytes:
    """“Strict Open XML 电子表格”: other namespaces and kinds of relation, dates written out."""

    def change(name: str, part: bytes) -> tuple[str, bytes]:
        for old, new in _NAMESPACES.items():
            part = part.replace(old.encode(), new.encode())
        return name, _DATE.sub(rb'<c r="\1"\2 t="d"><v>2022-05-20T00:00:00.000</v></c>', part)

    return rewritten(content, change)


def wrong_dimension(content: bytes) -> bytes:
    """The sheet claims to reach from A1 to A1, as WPS writes it."""
    part = part_of(content, "填报")
    return with_part(content, part, lambda xml: re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"', xml))


def odd_names(content: bytes) -> bytes:
    """Parts named with backslashes and in another case than their relations say."""

    def change(name: str, part: bytes) -> tuple[str, bytes]:
        return (name if name.startswith("[") else name.replace("/", "\\").upper()), part

    return rewritten(content, change)


def absolute_names(content: bytes) -> bytes:
    """Relations that name their parts from the root of the package."""

    def change(name: str, part: bytes) -> tuple[str, bytes]:
        return name, part.replace(b'Target="worksheets/', b'Target="/xl/worksheets/') if ".rels" in name else part

    return rewritten(content, change)


def without_styles(content: bytes) -> bytes:
    """No part of styles: nothing tells a percentage from a number."""

    def change(name: str, part: bytes) -> tuple[str, bytes] | None:
        if name.endswith("styles.xml"):
            return None
        return name, re.sub(rb"<Relationship [^>]*styles[^>]*/>", b"", part) if name.endswith(".rels") else part

    return rewritten(content, change)


def uncounted(content: bytes) -> bytes:
    """Shared strings without their counts."""

    def change(name: str, part: bytes) -> tuple[str, bytes]:
        if name.endswith("sharedStrings.xml"):
            part = re.sub(rb' (?:uniqueCount|count)="\d+"', b"", part)
        return name, part

    return rewritten(content, change)


def x14_validation(content: bytes) -> bytes:
    """A dropdown in the extension of Excel 2010, which lists on other sheets are written in."""
    ext = (
        b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"'
        b' xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1"'
        b' xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:dataValidation type="list">'
        b"<x14:formula1><xm:f>_lists!$A$2:$A$6</xm:f></x14:formula1><xm:sqref>J7</xm:sqref></x14:dataValidation>"
        b"</x14:dataValidations></ext></extLst></worksheet>"
    )
    return with_part(content, part_of(content, "填报"), lambda xml: xml.replace(b"</worksheet>", ext))


def with_relation(content: bytes, owner: str, kind: str, parts: Mapping[str, bytes]) -> bytes:
    """The package with further parts, to each of which `owner` has a relation of a kind."""
    folder, _, name = owner.rpartition("/")
    rels = f"{folder}/_rels/{name}.rels"
    entries = "".join(
        f'<Relationship Id="rIdX{i}" Type="{_MAIN}officeDocument/2006/relationships/{kind}" Target="/{part}"/>'
        for i, part in enumerate(parts)
    ).encode()
    head = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            if entry.filename != rels:
                new.writestr(entry, old.read(entry))
        present = old.read(rels) if rels in old.namelist() else head + b"</Relationships>"
        new.writestr(rels, present.replace(b"</Relationships>", entries + b"</Relationships>"))
        for part, body in parts.items():
            new.writestr(part, body)
    return out.getvalue()


def with_pictures(content: bytes, sheet: str, count: int) -> bytes:
    """Pictures laid on a sheet, as Excel writes them."""
    part = part_of(content, sheet)
    a, r = f"{_MAIN}drawingml/2006/main", f"{_MAIN}officeDocument/2006/relationships"
    anchors = "".join(
        f"<xdr:twoCellAnchor><xdr:from><xdr:col>{i}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>11</xdr:row>"
        f"<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:to><xdr:col>{i + 1}</xdr:col><xdr:colOff>0</xdr:colOff>"
        f"<xdr:row>12</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to><xdr:pic><xdr:nvPicPr>"
        f'<xdr:cNvPr id="{i + 2}" name="图片 {i}"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill>'
        f'<a:blip r:embed="rIdX0"/><a:stretch><a:fillRect/></a:stretch></xdr:blipFill><xdr:spPr>'
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></xdr:spPr></xdr:pic><xdr:clientData/></xdr:twoCellAnchor>'
        for i in range(count)
    )
    drawing = (
        f'<xdr:wsDr xmlns:xdr="{_MAIN}drawingml/2006/spreadsheetDrawing" xmlns:a="{a}" xmlns:r="{r}">'
        f"{anchors}</xdr:wsDr>"
    )
    content = with_relation(content, part, "drawing", {"xl/drawings/drawing1.xml": drawing.encode()})
    content = with_relation(content, "xl/drawings/drawing1.xml", "image", {"xl/media/image1.png": _PICTURE})
    shown = f'<drawing xmlns:r="{r}" r:id="rIdX0"/></worksheet>'.encode()
    types = (
        b'<Default Extension="png" ContentType="image/png"/><Override PartName="/xl/drawings/drawing1.xml"'
        b' ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/></Types>'
    )
    content = with_part(content, part, lambda xml: xml.replace(b"</worksheet>", shown))
    return with_part(content, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", types))


def _png() -> bytes:
    """One red dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    head = struct.pack(">2L5B", 1, 1, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00\xff\x00\x00"))
        + chunk(b"IEND", b"")
    )


_PICTURE = _png()
