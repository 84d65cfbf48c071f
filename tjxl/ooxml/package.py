"""An Office Open XML package in memory: parts by name, rewritten with every untouched part copied byte for byte."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from functools import cached_property

from lxml import etree

from tjxl.errors import PackageError
from tjxl.ooxml.rawzip import Member, deflate, read_members, write_members

# Limits for one package (DESIGN section 7): 50 MB as sent; a sheet of any use inflates to far less than these.
MAX_MEMBERS = 10_000
MAX_PART = 512 * 1024 * 1024
MAX_TOTAL = 1024 * 1024 * 1024
# Deflate packs at most 1,032 to 1; sheets reach some 50. A small part may inflate freely, a large one may not.
MAX_RATIO = 200
FREE_RATIO_BELOW = 64 * 1024


def parse_xml(xml: bytes) -> etree._Element:
    """The root element of a part, with external entities and document types refused.

    Raises:
        PackageError: E303, the part is not well-formed or declares a document type.
    """
    try:
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise PackageError("E303", reason="XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise PackageError("E303", reason="DOCTYPE")
    return root


def local_name(element: etree._Element) -> str:
    """The tag without its namespace: transitional and strict packages differ in nothing else that matters here."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


class Package:
    """The parts of a package. Immutable; `rewritten` gives the bytes of a changed one."""

    def __init__(self, content: bytes) -> None:
        """
        Raises:
            PackageError: E302 no readable zip, or two parts of one name; E304 too many parts, or too large.
        """
        try:
            self.members: list[Member] = read_members(content)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
            raise PackageError("E302") from error
        if len(self.members) > MAX_MEMBERS or sum(m.size for m in self.members) > MAX_TOTAL:
            raise PackageError("E304")
        self._by_name = {m.name: m for m in self.members}
        if len(self._by_name) != len(self.members):  # readers disagree on which of two equal names counts
            raise PackageError("E302")
        self._inflated: dict[str, bytes] = {}
        self._relations: dict[str, dict[str, tuple[str, str]]] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    @property
    def names(self) -> list[str]:
        """Part names in archive order."""
        return [m.name for m in self.members]

    def member(self, name: str) -> Member:
        """The stored member."""
        return self._by_name[name]

    def read(self, name: str) -> bytes:
        """A part's content.

        Raises:
            PackageError: E302 the part is absent or broken; E304 it inflates beyond the limits.
        """
        if name in self._inflated:
            return self._inflated[name]
        member = self._by_name.get(name)
        if member is None or member.method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PackageError("E302")
        if member.size > MAX_PART or member.size > MAX_RATIO * max(len(member.data), FREE_RATIO_BELOW):
            raise PackageError("E304")
        content = member.data
        if member.method == zipfile.ZIP_DEFLATED:
            inflater = zlib.decompressobj(-15)
            try:
                # the directory's size is the sender's word: never inflate beyond it
                content = inflater.decompress(member.data, member.size + 1)
            except zlib.error as error:
                raise PackageError("E302") from error
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise PackageError("E302")
        self._inflated[name] = content
        return content

    def xml(self, name: str) -> etree._Element:
        """A part's root element."""
        return parse_xml(self.read(name))

    @cached_property
    def workbook_part(self) -> str:
        """The name of the workbook part, by the package's own relationship."""
        for target, kind in self.relations("").values():
            if kind.endswith("/officeDocument"):
                return target
        raise PackageError("E302")

    def relations(self, part: str) -> Mapping[str, tuple[str, str]]:
        """Relationships of a part: id → (target part, type). External targets are left out."""
        if part not in self._relations:
            self._relations[part] = self._read_relations(part)
        return self._relations[part]

    def _read_relations(self, part: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels not in self:
            return {}
        out = {}
        for element in self.xml(rels):
            target = element.get("Target", "")
            if local_name(element) != "Relationship" or element.get("TargetMode") == "External":
                continue
            path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            out[element.get("Id", "")] = (path, element.get("Type", ""))
        return out

    def rewritten(self, changes: Mapping[str, bytes | None], level: int = 6) -> bytes:
        """The package with these parts replaced (None: removed), every other part copied as stored.

        Parts that the package does not have yet are added at the end.
        """
        out = []
        for m in self.members:
            if m.name not in changes:
                out.append(m)
                continue
            content = changes[m.name]
            if content is not None:
                out.append(deflate(m.name, content, level, like=m))
        out += [deflate(n, c, level) for n, c in changes.items() if n not in self and c is not None]
        return write_members(out)
