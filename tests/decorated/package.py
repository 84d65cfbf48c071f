"""A workbook package to be decorated: its parts as XML trees, relationships, content types, sheets.

Knows nothing of `tjxl.ooxml`, which is what the decorated master puts to the test.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from typing import cast

from lxml import etree

from tests.ooxml.consistency import WORKSHEET_ORDER

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
X15 = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/main"
XM = "http://schemas.microsoft.com/office/excel/2006/main"
NAMESPACES = {"m": MAIN, "r": R, "a": A, "xdr": XDR, "c": C, "mc": MC, "x14": X14, "x15": X15, "xm": XM}

DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
WORKBOOK = "xl/workbook.xml"
WORKBOOK_ORDER = (
    "fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "workbookProtection", "bookViews",
    "sheets", "functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews",
    "pivotCaches", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst",
)  # fmt: skip

Element = etree._Element


class Parts:
    """A package whose parts are read as trees, changed in place and written together."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            self._parts = {name: package.read(name) for name in package.namelist()}
        self._trees: dict[str, Element] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    @property
    def names(self) -> list[str]:
        """The parts in order."""
        return list(self._parts)

    def tree(self, name: str) -> Element:
        """The root of a part; what is changed in it is written by `save`."""
        if name not in self._trees:
            self._trees[name] = etree.fromstring(self._parts[name])
        return self._trees[name]

    def save(self) -> bytes:
        """The package, each changed part as Excel declares it."""
        for name, root in self._trees.items():
            self._parts[name] = DECLARATION.encode() + etree.tostring(root, encoding="UTF-8")
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
            for name, part in self._parts.items():
                package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), part, zipfile.ZIP_DEFLATED)
        return out.getvalue()

    # ---- parts and what binds them

    def add(self, name: str, content: str | bytes, kind: str | None = None) -> str:
        """A new part, with its content type unless its extension says it."""
        assert name not in self._parts, name
        if isinstance(content, str):
            content = (DECLARATION + content).encode()
            etree.fromstring(content)
        self._parts[name] = content
        if kind is not None:
            entry = etree.SubElement(self.tree("[Content_Types].xml"), f"{{{_TYPES}}}Override")
            entry.set("PartName", f"/{name}")
            entry.set("ContentType", kind)
        return name

    def default(self, extension: str, kind: str) -> None:
        """The content type of an extension."""
        types = self.tree("[Content_Types].xml")
        if all(e.get("Extension") != extension for e in types):
            entry = etree.Element(f"{{{_TYPES}}}Default", Extension=extension, ContentType=kind)
            types.insert(0, entry)

    def retype(self, name: str, kind: str) -> None:
        """Another content type for a part."""
        for entry in self.tree("[Content_Types].xml"):
            if entry.get("PartName") == f"/{name}":
                entry.set("ContentType", kind)

    def replace(self, name: str, root: Element) -> None:
        """Another tree for a part."""
        self._trees[name] = root

    def relate(self, part: str, kind: str, target: str, *, external: bool = False) -> str:
        """A relationship from a part ("" for the package); `kind` is the end of an office type, or a whole one."""
        folder, leaf = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{leaf}.rels")
        if rels not in self._parts:
            self._parts[rels] = f'{DECLARATION}<Relationships xmlns="{_RELATIONS}"/>'.encode()
        root = self.tree(rels)
        key = f"rId{len(root) + 1}"
        assert all(e.get("Id") != key for e in root)
        entry = etree.SubElement(root, f"{{{_RELATIONS}}}Relationship", Id=key)
        entry.set("Type", kind if "://" in kind else f"{R}/{kind}")
        entry.set("Target", target if external else posixpath.relpath(target, folder or "."))
        if external:
            entry.set("TargetMode", "External")
        return key

    def related(self, part: str, kind: str) -> list[tuple[str, str]]:
        """Id and target of a part's relationships of a kind."""
        folder, leaf = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{leaf}.rels")
        if rels not in self._parts:
            return []
        found = [e for e in self.tree(rels) if e.get("Type", "").endswith(f"/{kind}")]
        return [(e.get("Id", ""), _target(folder, e.get("Target", ""))) for e in found]

    # ---- sheets

    @property
    def book(self) -> Element:
        """The workbook part."""
        return self.tree(WORKBOOK)

    @property
    def sheets(self) -> list[Element]:
        """The entries of the sheets in order."""
        return list(child(self.book, "sheets"))

    def part_of(self, title: str) -> str:
        """The part of a sheet."""
        key = next(e.get(f"{{{R}}}id") for e in self.sheets if e.get("name") == title)
        kinds = [*self.related(WORKBOOK, "worksheet"), *self.related(WORKBOOK, "chartsheet")]
        return dict(kinds)[str(key)]

    def sheet(self, title: str) -> Element:
        """The root of a sheet."""
        return self.tree(self.part_of(title))

    def new_sheet(self, title: str, body: str, *, state: str | None = None, kind: str = "worksheet") -> str:
        """A sheet behind all others; `body` is what stands inside its root. Returns its part."""
        number = 1 + sum(name.startswith(f"xl/{kind}s/sheet") for name in self._parts)
        part = f"xl/{kind}s/sheet{number}.xml"
        self.add(part, f'<{kind} xmlns="{MAIN}" xmlns:r="{R}">{body}</{kind}>', f"{SPREADSHEET}.{kind}+xml")
        key = self.relate(WORKBOOK, kind, part)
        entry = etree.SubElement(child(self.book, "sheets"), f"{{{MAIN}}}sheet", name=title)
        entry.set("sheetId", str(1 + max(int(e.get("sheetId", "0")) for e in self.sheets[:-1])))
        if state is not None:
            entry.set("state", state)
        entry.set(f"{{{R}}}id", key)
        return part

    def table(self, name: str) -> tuple[str, Element, Element]:
        """A table by name: its sheet's title, the sheet's root, the table's root."""
        for entry in self.sheets:
            title = entry.get("name", "")
            for _, target in self.related(self.part_of(title), "table"):
                root = self.tree(target)
                if root.get("displayName") == name:
                    return title, self.sheet(title), root
        raise LookupError(name)

    def define(self, name: str, text: str, *, sheet: str | None = None, hidden: bool = False) -> None:
        """A defined name, of the workbook or of one sheet, in Excel's order."""
        names = child(self.book, "definedNames")
        entry = etree.SubElement(names, f"{{{MAIN}}}definedName", name=name)
        entry.text = text
        if sheet is not None:
            entry.set("localSheetId", str([e.get("name") for e in self.sheets].index(sheet)))
        if hidden:
            entry.set("hidden", "1")
        names[:] = sorted(names, key=lambda e: (e.get("name", "").lower(), int(e.get("localSheetId", "-1"))))


def _target(folder: str, target: str) -> str:
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def xml(text: str) -> Element:
    """An element; `m:` (also the default), `r:`, `a:`, `xdr:`, `c:`, `mc:`, `x14:`, `x15:`, `xm:` are declared."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items() if f"{prefix}:" in text)
    wrapper = etree.fromstring(f'<w xmlns="{MAIN}" {declared}>{text}</w>')
    return wrapper[0]


def child(root: Element, name: str) -> Element:
    """The child of a name, in the spreadsheet's namespace."""
    found = root.find(f"{{{MAIN}}}{name}")
    assert found is not None, name
    return found


def put(root: Element, text: str | Element, order: tuple[str, ...] = WORKSHEET_ORDER) -> Element:
    """Insert a child where the schema wants it, behind others of its name."""
    new = xml(text) if isinstance(text, str) else text
    rank = order.index(etree.QName(new).localname)
    before = [i for i, e in enumerate(root) if order.index(etree.QName(e).localname) <= rank]
    root.insert(before[-1] + 1 if before else 0, new)
    etree.cleanup_namespaces(new)
    return new


def extend(root: Element, uri: str, text: str, order: tuple[str, ...] = WORKSHEET_ORDER) -> None:
    """Put something into the list of extensions of a sheet or workbook; one entry for each kind."""
    found = root.find(f"{{{MAIN}}}extLst")
    extensions = put(root, "<extLst/>", order) if found is None else found
    entry = next((e for e in extensions if e.get("uri") == uri), None)
    new = xml(text)
    if entry is None:
        entry = etree.SubElement(extensions, f"{{{MAIN}}}ext", nsmap={"x14": X14, "x15": X15})
        entry.set("uri", uri)
        entry.append(new)
    else:
        entry[0].extend(list(new))
    etree.cleanup_namespaces(entry, keep_ns_prefixes=["x14", "x15"])


def cell(sheet: Element, ref: str) -> Element:
    """A cell of a sheet by address."""
    found = sheet.xpath(f'm:sheetData/m:row/m:c[@r="{ref}"]', namespaces=NAMESPACES)
    return cast(list[Element], found)[0]


def rows(sheet: Element) -> list[Element]:
    """The rows of a sheet."""
    return list(child(sheet, "sheetData"))
