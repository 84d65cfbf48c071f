"""Adding parts to a package and taking them out: names, relationships and content types that fit together."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from tjxl.errors import PackageError
from tjxl.ooxml.outline import Element, Outline, attribute_text
from tjxl.ooxml.package import Package

CONTENT_TYPES = "[Content_Types].xml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_SUFFIXES = {
    "application/vnd.ms-excel.sheet.macroenabled.main+xml": ".xlsm",
    "application/vnd.ms-excel.template.macroenabled.main+xml": ".xltm",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml": ".xltx",
}
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


class PackageEditor:
    """A package and the parts changed so far; `save` writes it with every other part copied byte for byte."""

    def __init__(self, package: Package) -> None:
        self.package = package
        self._changes: dict[str, bytes | None] = {}

    def __contains__(self, name: str) -> bool:
        return self._changes[name] is not None if name in self._changes else name in self.package

    @property
    def names(self) -> list[str]:
        """The parts as they will be."""
        added = [name for name in self._changes if name not in self.package]
        return [name for name in (*self.package.names, *added) if name in self]

    @property
    def workbook_part(self) -> str:
        """The name of the workbook part."""
        return self.package.workbook_part

    def read(self, name: str) -> bytes:
        """A part as it stands now.

        Raises:
            PackageError: E302 the part is absent or broken; E304 it inflates beyond the limits.
        """
        if name not in self._changes:
            return self.package.read(name)
        content = self._changes[name]
        if content is None:
            raise PackageError("E302")
        return content

    def write(self, name: str, content: bytes) -> None:
        """Give a part another content; the same content is no change."""
        if name not in self.package or self.package.read(name) != content:
            self._changes[name] = content
        else:
            self._changes.pop(name, None)

    def add(self, pattern: str, content: bytes, content_type: str | None = None) -> str:
        """A new part under the first free name (`xl/comments{}.xml`), with its content type.

        Without one its extension says what it is (`default_type`).
        """
        taken = {name.lower() for name in self.names}
        number = 1
        while pattern.format(number).lower() in taken:
            number += 1
        name = pattern.format(number)
        self.write(name, content)
        if content_type is None:
            return name
        outline = Outline(self.read(CONTENT_TYPES))
        p = outline.root.prefix
        entry = f'<{p}Override PartName="/{attribute_text(name)}" ContentType="{content_type}"/>'
        outline.append(outline.root, entry.encode())
        self.write(CONTENT_TYPES, outline.done())
        return name

    def remove(self, name: str) -> None:
        """Take a part out, with its relationships and its content type. Who refers to it must `unrelate` it."""
        self._changes[name] = None
        rels = _rels_of(name)
        if rels in self:
            self._changes[rels] = None
        outline = Outline(self.read(CONTENT_TYPES))
        for entry in outline.root.all("Override"):
            if entry.attributes.get("PartName", "").lower() == f"/{name}".lower():
                outline.remove(entry)
        self.write(CONTENT_TYPES, outline.done())

    def default_type(self, extension: str, content_type: str) -> None:
        """See that parts with this extension have a content type."""
        outline = Outline(self.read(CONTENT_TYPES))
        known = {entry.attributes.get("Extension", "").lower() for entry in outline.root.all("Default")}
        if extension not in known:
            p = outline.root.prefix
            entry = f'<{p}Default Extension="{extension}" ContentType="{content_type}"/>'.encode()
            outline.insert(outline.root, "Default", ("Default",), entry)
            self.write(CONTENT_TYPES, outline.done())

    def relations(self, part: str) -> Mapping[str, tuple[str, str]]:
        """Relationships of a part as they stand now: id → (target part, type). External targets are left out."""
        if _rels_of(part) not in self._changes:
            return self.package.relations(part)
        out = {}
        for entry in self._entries(part)[1]:
            target = entry.attributes.get("Target", "")
            if entry.attributes.get("TargetMode") != "External":
                folder = posixpath.dirname(part)
                path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                out[entry.attributes.get("Id", "")] = (path, entry.attributes.get("Type", ""))
        return out

    def related(self, part: str, kind: str) -> tuple[str, str] | None:
        """Id and target of a part's first relationship of a kind (`comments`); None without one."""
        for key, (target, named) in self.relations(part).items():
            if named.endswith(f"/{kind}") and target in self:
                return key, target
        return None

    def relate(self, part: str, kind: str, target: str) -> str:
        """A new relationship of a part; its id. `kind` is a standard one (`comments`) or written out."""
        outline, entries = self._entries(part)
        taken = {entry.attributes.get("Id", "") for entry in entries}
        number = len(taken) + 1
        while f"rId{number}" in taken:
            number += 1
        path = posixpath.relpath(target, posixpath.dirname(part) or ".")
        p = outline.root.prefix
        full = kind if "://" in kind else f"{self._kinds()}/{kind}"
        entry = f'<{p}Relationship Id="rId{number}" Type="{full}" Target="{attribute_text(path)}"/>'
        outline.append(outline.root, entry.encode())
        self.write(_rels_of(part), outline.done())
        return f"rId{number}"

    def unrelate(self, part: str, key: str) -> None:
        """Take a relationship out; a part left without any loses the file of its relationships."""
        outline, entries = self._entries(part)
        left = [entry for entry in entries if entry.attributes.get("Id") != key]
        if not left:
            self._changes[_rels_of(part)] = None
            return
        for entry in entries:
            if entry not in left:
                outline.remove(entry)
        self.write(_rels_of(part), outline.done())

    def _entries(self, part: str) -> tuple[Outline, list[Element]]:
        rels = _rels_of(part)
        empty = f'{_DECLARATION}<Relationships xmlns="{_RELATIONS}"/>'.encode()
        outline = Outline(self.read(rels) if rels in self else empty)
        return outline, outline.root.all("Relationship")

    def _kinds(self) -> str:
        """What the types of relationships begin with: strict packages have other words than usual ones."""
        for _, kind in self.package.relations("").values():
            if kind.endswith("/officeDocument"):
                return kind.removesuffix("/officeDocument")
        raise PackageError("E302")

    @property
    def changes(self) -> dict[str, bytes | None]:
        """The parts that differ from the package's: new content, or None for a part taken out."""
        return {
            name: content for name, content in self._changes.items() if content is not None or name in self.package
        }

    def save(self, level: int = 6) -> bytes:
        """The changed package."""
        return self.package.rewritten(self.changes, level)


def suffix_of(package: Package) -> str:
    """The extension that Excel wants for what the workbook says it is: `.xlsx`, `.xlsm` …"""
    wanted = f"/{package.workbook_part}".lower()
    for entry in Outline(package.read(CONTENT_TYPES)).root.all("Override"):
        if entry.attributes.get("PartName", "").lower() == wanted:
            return _SUFFIXES.get(entry.attributes.get("ContentType", "").lower(), ".xlsx")
    return ".xlsx"


def _rels_of(part: str) -> str:
    folder, leaf = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{leaf}.rels")
