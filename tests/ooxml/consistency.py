"""What must hold in a workbook package for Excel to open it without a repair."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from tjxl.ooxml.book import Book
from tjxl.ooxml.package import Package, local_name, parse_xml

WORKSHEET_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks",
    "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties",
    "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF",
    "picture", "oleObjects", "controls", "AlternateContent", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
_R = re.compile(r"\{.*(?:relationships)\}id$")


def problems_of(content: bytes) -> list[str]:
    """Everything that is wrong with a package; empty for a sound one."""
    package = Package(content)
    out = [f"{name} stands twice" for name, n in Counter(package.names).items() if n > 1]
    for name in package.names:
        if name.endswith((".xml", ".rels", ".vml")):
            parse_xml(package.read(name))
    out += _content_types(package)
    out += _relations(package)
    out += _workbook(package)
    out += _styles(package)
    for sheet in Book(content).sheets.values():
        out += [f"{sheet.name}: {problem}" for problem in _sheet(package, sheet.part)]
    return out


def _content_types(package: Package) -> Iterator[str]:
    root = package.xml("[Content_Types].xml")
    defaults = [e.get("Extension", "").lower() for e in root if local_name(e) == "Default"]
    overrides = [e.get("PartName", "") for e in root if local_name(e) == "Override"]
    yield from (f"content type of {n} twice" for n, c in Counter(defaults + overrides).items() if c > 1)
    yield from (f"content type of no part {n}" for n in overrides if n[1:] not in package)
    for name in package.names:
        known = f"/{name}" in overrides or name.rpartition(".")[2].lower() in defaults
        if not known and name != "[Content_Types].xml":
            yield f"{name} has no content type"


def _relations(package: Package) -> Iterator[str]:
    for rels in (n for n in package.names if n.endswith(".rels")):
        folder, leaf = posixpath.split(rels)
        part = posixpath.join(posixpath.dirname(folder), leaf.removesuffix(".rels"))
        if part and part not in package:
            yield f"relations of no part {part}"
        entries = [e for e in package.xml(rels) if local_name(e) == "Relationship"]
        if not entries:
            yield f"{rels} is empty"
        yield from (f"{rels}: {i} twice" for i, c in Counter(e.get("Id") for e in entries).items() if c > 1)
        for target, _ in package.relations(part).values():
            if target not in package:
                yield f"{rels}: no {target}"


def _workbook(package: Package) -> Iterator[str]:
    root = package.xml(package.workbook_part)
    relations = package.relations(package.workbook_part)
    sheets = [e for e in root.iter() if local_name(e) == "sheet"]
    yield from _repeated("sheet name", [e.get("name", "").lower() for e in sheets])
    yield from _repeated("sheetId", [e.get("sheetId", "") for e in sheets])
    for e in sheets:
        if _relation_id(e) not in relations:
            yield f"sheet {e.get('name')} has no part"
    names = [e for e in root.iter() if local_name(e) == "definedName"]
    yield from _repeated("name", [f"{e.get('name')} of {e.get('localSheetId')}" for e in names])
    yield from (f"name of sheet {n}" for e in names if (n := e.get("localSheetId")) and int(n) >= len(sheets))
    yield from ("empty definedNames" for e in root if local_name(e) == "definedNames" and not len(e))
    views = [e for e in root.iter() if local_name(e) == "workbookView"]
    active = int(views[0].get("activeTab", "0")) if views else 0
    selected = [
        i
        for i, e in enumerate(sheets)
        for view in package.xml(relations[str(_relation_id(e))][0]).iter()
        if local_name(view) == "sheetView" and view.get("tabSelected") in ("1", "true")
    ]
    if selected != [active]:
        yield f"sheets {selected} selected, {active} shown"


def _styles(package: Package) -> Iterator[str]:
    root = package.xml(_styles_part(package))
    parts = {local_name(e): e for e in root}
    for name, e in parts.items():
        if e.get("count") is not None and int(e.get("count", "")) != len(e):
            yield f"{name} has {len(e)} of {e.get('count')}"
    for xf in parts["cellXfs"]:
        for attribute, name in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            if int(xf.get(attribute, "0")) >= len(parts[name]):
                yield f"cell style without its {name}"


def _styles_part(package: Package) -> str:
    return next(t for t, k in package.relations(package.workbook_part).values() if k.endswith("/styles"))


def _sheet(package: Package, part: str) -> Iterator[str]:
    root, styles = package.xml(part), package.xml(_styles_part(package))
    counts = {local_name(e): len(e) for e in styles}
    order = [WORKSHEET_ORDER.index(local_name(e)) for e in root if local_name(e) in WORKSHEET_ORDER]
    if order != sorted(order):
        yield "elements out of order"
    rules = [e for e in root.iter() if local_name(e) == "cfRule"]
    yield from _repeated("priority", [e.get("priority", "") for e in rules if e.get("priority")])
    yield from ("no such dxf" for e in rules if int(e.get("dxfId", "0")) >= max(counts.get("dxfs", 0), 1))
    yield from (
        "no such style" for e in root.iter() if local_name(e) == "c" and int(e.get("s", "0")) >= counts["cellXfs"]
    )
    relations = package.relations(part)
    for e in root.iter():
        if (key := _relation_id(e)) is not None and key not in _all_ids(package, part):
            yield f"{local_name(e)} refers to {key}, which is not there"
    comments = next((t for t, k in relations.values() if k.endswith("/comments")), None)
    if comments not in package:  # said of its relation, where it has one
        return
    notes = package.xml(str(comments))
    authors = [e for e in notes.iter() if local_name(e) == "author"]
    found = [e for e in notes.iter() if local_name(e) == "comment"]
    yield from _repeated("comment of", [e.get("ref", "") for e in found])
    yield from ("no author" for e in found if int(e.get("authorId", "")) >= len(authors))
    if not found:
        yield "no comment in the comments part"
    drawing = next((e for e in root if local_name(e) == "legacyDrawing"), None)
    if drawing is None:
        yield "comments without drawing"
        return
    vml = package.read(relations[str(_relation_id(drawing))][0])
    shapes = parse_xml(vml)
    yield from _repeated("shape", [s.get("id", "") for s in shapes if re.fullmatch(r"_x0000_s\d+", s.get("id", ""))])
    places = {
        (int(_text(data, "Row")), int(_text(data, "Column")))
        for data in shapes.iter()
        if local_name(data) == "ClientData" and data.get("ObjectType") == "Note"
    }
    cells = {_place(e.get("ref", "")) for e in found}
    if places != cells:
        yield f"boxes {sorted(places ^ cells)} without comment or the other way round"


def _all_ids(package: Package, part: str) -> set[str]:
    folder, leaf = posixpath.split(part)
    rels = posixpath.join(folder, "_rels", f"{leaf}.rels")
    return {str(e.get("Id")) for e in package.xml(rels)} if rels in package else set()


def _relation_id(element: etree._Element) -> str | None:
    return next((str(v) for k, v in element.attrib.items() if _R.match(str(k))), None)


def _text(element: etree._Element, name: str) -> str:
    return next(e.text or "" for e in element if local_name(e) == name)


def _place(ref: str) -> tuple[int, int]:
    from tjxl.ooxml.refs import parse_cell

    row, column = parse_cell(ref)
    return row - 1, column - 1


def _repeated(what: str, values: list[str]) -> Iterator[str]:
    yield from (f"{what} {value} {n} times" for value, n in Counter(values).items() if n > 1)
