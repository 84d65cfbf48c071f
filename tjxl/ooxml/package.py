"""An Office Open XML package in memory: parts by name, rewritten with every untouched part copied byte for byte."""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from lxml import etree

from tjxl.errors import PackageError
from tjxl.ooxml.rawzip import ArchiveTooLargeError, Member, deflate, read_members, write_members

_MB = 1024 * 1024
# Deflate packs at most 1,032 to 1; sheets reach some 50. A small part may inflate freely, a large one may not.
MAX_RATIO = 200
FREE_RATIO_BELOW = 64 * 1024
# A tree of elements takes some 30 times the memory of its text, and several times as long as one pass over it.
_TREE_WORK = 4
# Workbooks of one period share their template's parts byte for byte: what these hold is kept. Larger ones are not.
KEPT_PART = 64 * 1024
KEPT_MEMBER = 16 * 1024
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a package is taken in before it is refused.

    Attributes:
        members: parts in the package.
        part, total: bytes that a part that is read, and all parts together, may inflate to.
        work: bytes of all that is read, those read as a tree of elements counted four times.
        tree: bytes of one part that is read as a tree.
        cells: filled cells of a sheet; merged areas too.
        strings: texts that the cells of all sheets share.
    """

    members: int = 10_000
    part: int = 512 * _MB
    total: int = 1024 * _MB
    work: int = 4096 * _MB
    tree: int = 512 * _MB
    cells: int = 20_000_000
    strings: int = 20_000_000


class Workload:
    """What reading a package has cost so far, against its limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.done = 0

    def text(self, size: int) -> None:
        """One pass over `size` bytes.

        Raises:
            PackageError: E304, the limits are passed.
        """
        self.done += size
        if self.done > self.limits.work:
            raise PackageError("E304")

    def tree(self, size: int) -> None:
        """A tree of elements of `size` bytes that have been read.

        Raises:
            PackageError: E304, the limits are passed.
        """
        if size > self.limits.tree:
            raise PackageError("E304")
        self.text(size * (_TREE_WORK - 1))


_SAFELY: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def parse_xml(xml: bytes) -> etree._Element:
    """The root element of a part, with external entities and document types refused.

    Raises:
        PackageError: E303, the part is not well-formed or declares a document type.
    """
    try:
        root = etree.fromstring(xml, etree.XMLParser(**_SAFELY))
    except etree.XMLSyntaxError as error:
        raise PackageError("E303", reason="XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise PackageError("E303", reason="DOCTYPE")
    return root


def stream_xml(xml: bytes, name: str) -> Iterator[etree._Element]:
    """The children of a part's root, each let go when the next is asked for; all must be called `name`.

    Raises:
        PackageError: E303, as of `parse_xml`, or a `name` stands inside another.
    """
    events = etree.iterparse(io.BytesIO(xml), tag=f"{{*}}{name}", **_SAFELY)
    try:
        for _, element in events:
            root = element.getparent()
            if root is None or root.getparent() is not None or root.getroottree().docinfo.internalDTD is not None:
                raise PackageError("E303", reason=name)
            yield element
            element.clear()
            while element.getprevious() is not None:
                del root[0]
    except etree.XMLSyntaxError as error:
        raise PackageError("E303", reason="XML") from error


def local_name(element: etree._Element) -> str:
    """The tag without its namespace: transitional and strict packages differ in nothing else that matters here."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _relationships(xml: bytes, folder: str) -> tuple[tuple[str, str, str], ...]:
    """Id, target and type of each relationship of a part in `folder`."""
    out = []
    for element in parse_xml(xml):
        target = element.get("Target", "").replace("\\", "/")
        if local_name(element) != "Relationship" or element.get("TargetMode") == "External":
            continue
        path = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        out.append((element.get("Id", ""), path, element.get("Type", "")))
    return tuple(out)


_kept_relationships = lru_cache(maxsize=64)(_relationships)


def _inflated(data: bytes, size: int) -> bytes:
    """What a deflated member holds: never more than a byte beyond the directory's size, which is the sender's word.

    Raises:
        PackageError: E302, it is broken.
    """
    try:
        return zlib.decompressobj(-15).decompress(data, size + 1)
    except zlib.error as error:
        raise PackageError("E302") from error


_kept_inflated = lru_cache(maxsize=64)(_inflated)


def _spelling(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


class Package:
    """The parts of a package. Immutable; `rewritten` gives the bytes of a changed one."""

    def __init__(self, content: bytes, limits: Limits | None = None) -> None:
        """
        Args:
            limits: for a package from a stranger; else those that a master of any size keeps.

        Raises:
            PackageError: E302 no readable zip, or two parts of one name; E304 too many parts, or too large; E307
                locked with a password to open it.
        """
        if content.startswith(_COMPOUND) and _ENCRYPTED_PACKAGE in content:
            raise PackageError("E307")
        self.workload = Workload(limits or Limits())
        limits = self.workload.limits
        try:
            self.members: list[Member] = read_members(content, limits.members)
        except ArchiveTooLargeError as error:
            raise PackageError("E304") from error
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
            raise PackageError("E302") from error
        if sum(m.size for m in self.members) > limits.total:
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
        if member.size > self.workload.limits.part or member.size > MAX_RATIO * max(
            len(member.data), FREE_RATIO_BELOW
        ):
            raise PackageError("E304")
        self.workload.text(member.size)
        content = member.data
        if member.method == zipfile.ZIP_DEFLATED:
            small = max(member.size, len(member.data)) <= KEPT_MEMBER  # both are kept: what is packed is the key
            content = (_kept_inflated if small else _inflated)(member.data, member.size)
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise PackageError("E302")
        self._inflated[name] = content
        return content

    def xml(self, name: str) -> etree._Element:
        """A part's root element."""
        content = self.read(name)
        self.workload.tree(len(content))
        return parse_xml(content)

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

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        return {_spelling(name): name for name in self._by_name}

    def _read_relations(self, part: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(part.replace("\\", "/").lstrip("/"))
        rels = self._as_stored(posixpath.join(folder, "_rels", f"{name}.rels"))
        if rels not in self:
            return {}
        content = self.read(rels)
        self.workload.tree(len(content))
        targets = (_kept_relationships if len(content) <= KEPT_PART else _relationships)(content, folder)
        return {own: (self._as_stored(path), kind) for own, path, kind in targets}

    def _as_stored(self, name: str) -> str:
        """A part's name as the archive spells it: names differ in case only for the eye, some writers use `\\`."""
        return name if name in self else self._by_spelling.get(_spelling(name), name)

    def let_go(self, name: str) -> None:
        """Forget what a part holds, for who keeps it in another form; it may be read again."""
        self._inflated.pop(name, None)

    def rewritten(self, changes: Mapping[str, bytes | Member | None], level: int = 6) -> bytes:
        """The package with these parts replaced (None: removed), every other part copied as stored.

        Parts that the package does not have yet are added at the end.
        """
        out = []
        for m in self.members:
            content = changes.get(m.name, m)
            if content is not None:
                out.append(deflate(m.name, content, level, like=m) if isinstance(content, bytes) else content)
        for name, content in changes.items():
            if name not in self and content is not None:
                out.append(deflate(name, content, level) if isinstance(content, bytes) else content)
        return write_members(out)
