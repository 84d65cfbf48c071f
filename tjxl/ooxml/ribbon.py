"""The ribbon of a workbook: the part `customUI/customUI.xml` in the namespace of 2006.

That one is read by Excel 2007 and everything since, and openpyxl carries it along with `keep_vba`; the newer
`customUI14.xml` would add nothing that these buttons need, and openpyxl loses it.
"""

from __future__ import annotations

from tjxl.ooxml.parts import PackageEditor

_KIND = "http://schemas.microsoft.com/office/2006/relationships/ui/extensibility"
_PART = "customUI/customUI.xml"


def ribbon_of(editor: PackageEditor) -> bytes | None:
    """The ribbon's XML; None where the workbook has none."""
    part = _part_of(editor)
    return editor.read(part) if part is not None else None


def set_ribbon(editor: PackageEditor, xml: bytes) -> None:
    """Give a workbook this ribbon in place of the one it has."""
    part = _part_of(editor)
    if part is not None:
        editor.write(part, xml)
        return
    editor.default_type("xml", "application/xml")
    editor.write(_PART, xml)
    editor.relate("", _KIND, _PART)


def _part_of(editor: PackageEditor) -> str | None:
    parts = (target for target, kind in editor.relations("").values() if kind == _KIND)
    return next((part for part in parts if part in editor), None)
