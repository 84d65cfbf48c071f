"""A sheet put before all others, and a sheet taken out: everything that counts sheets counts on.

What counts sheets by their place: the names of one sheet (`localSheetId`), the sheet shown first, the list of titles
in the document's properties. The calculation chain and formulas know sheets by id and by name.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence

from tjxl.errors import PackageError
from tjxl.ooxml.frame import relation_attribute, relation_of, selected
from tjxl.ooxml.outline import Element, Outline, attribute_text
from tjxl.ooxml.parts import PackageEditor

_CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_ORDER = (
    "fileVersion", "fileSharing", "workbookPr", "AlternateContent", "revisionPtr", "absPath", "workbookProtection",
    "bookViews", "sheets", "functionGroups", "externalReferences", "definedNames", "calcPr", "oleSize",
    "customWorkbookViews", "pivotCaches", "smartTagPr", "smartTagTypes", "webPublishing", "fileRecoveryPr",
    "webPublishObjects", "extLst",
)  # fmt: skip
_WORKSHEETS = ("Worksheets", "工作表")
"""What the document's properties call sheets, as Excel writes them."""


class SheetList:
    """The sheets of a workbook as they stand now: name and part, and which is shown first."""

    def __init__(self, editor: PackageEditor) -> None:
        self._editor, self._part = editor, editor.workbook_part
        self.outline = Outline(editor.read(self._part))
        area = self.outline.root.first("sheets")
        if area is None:
            raise PackageError("E302")
        self.area = area
        self.entries = area.all("sheet")
        relations = editor.relations(self._part)
        self.parts = [relations.get(relation_of(e) or "", ("", ""))[0] for e in self.entries]

    @property
    def names(self) -> list[str]:
        """The names in their order, chart sheets included."""
        return [entry.attributes.get("name", "") for entry in self.entries]

    @property
    def views(self) -> list[Element]:
        """The windows of the workbook."""
        return [view for area in self.outline.root.all("bookViews") for view in area.all("workbookView")]

    @property
    def active(self) -> int:
        """The place of the sheet shown first."""
        number = self.views[0].attributes.get("activeTab", "0") if self.views else "0"
        return int(number) if number.isdigit() and int(number) < len(self.entries) else 0

    def show(self, place: int) -> None:
        """Show another sheet first, its tab in view."""
        for view in self.views:
            self.outline.set_attribute(view, "activeTab", str(place) if place else None)
            self.outline.set_attribute(view, "firstSheet", None)

    def renumber(self, moved: Callable[[int], int | None], added: str = "") -> None:
        """Names of one sheet follow it (`moved`: old place → new, None with the sheet); `added`: new names."""
        area = self.outline.root.first("definedNames")
        names = area.all("definedName") if area is not None else []
        gone = []
        for name in names:
            local = name.attributes.get("localSheetId")
            if local is None or not local.isdigit():
                continue
            place = moved(int(local))
            if place is None:
                gone.append(name)
            elif place != int(local):
                self.outline.set_attribute(name, "localSheetId", str(place))
        p = self.outline.root.prefix
        if area is None:
            if added:
                text = f"<{p}definedNames>{added}</{p}definedNames>"
                self.outline.insert(self.outline.root, "definedNames", _ORDER, text.encode())
            return
        if len(gone) == len(names) and not added:  # an empty list is none
            self.outline.remove(area)
            return
        for name in gone:
            self.outline.remove(name)
        if added:
            self.outline.insert(area, "definedName", ("definedName",), added.encode(), first=True)

    def save(self) -> None:
        """Write the workbook part."""
        self._editor.write(self._part, self.outline.done())


def add_first_sheet(editor: PackageEditor, name: str, xml: bytes, print_titles: str) -> None:
    """Put a worksheet before all others and show it; no other sheet stays selected with it.

    Args:
        name: one that no other sheet has.
        print_titles: rows repeated on every printed page (`$4:$4`).
    """
    folder = posixpath.join(posixpath.dirname(editor.workbook_part), "worksheets")
    part = editor.add(posixpath.join(folder, "sheet{}.xml"), xml, _CONTENT_TYPE)
    key = editor.relate(editor.workbook_part, "worksheet", part)
    sheets = SheetList(editor)
    for other in sheets.parts:
        if other in editor:
            editor.write(other, selected(editor.read(other), False))
    outline, p = sheets.outline, sheets.outline.root.prefix
    ids = [int(n) for e in sheets.entries if (n := e.attributes.get("sheetId", "")).isdigit()]
    entry = (
        f'<{p}sheet name="{attribute_text(name)}" sheetId="{max(ids, default=0) + 1}" '
        f"{relation_attribute(outline, key)}/>"
    )
    outline.replace(sheets.area.inside, sheets.area.inside, entry.encode())
    quoted = attribute_text("'" + name.replace("'", "''") + "'")
    titles = f'<{p}definedName name="_xlnm.Print_Titles" localSheetId="0">{quoted}!{print_titles}</{p}definedName>'
    sheets.renumber(lambda place: place + 1, titles)
    sheets.show(0)
    sheets.save()
    _change_titles(editor, lambda titles: [name, *titles])


def remove_sheet(editor: PackageEditor, place: int, show: str | None = None) -> None:
    """Take out the worksheet at this place, with what belongs to it alone.

    Args:
        show: the sheet to be shown in its stead, where it was the one shown; else the first that people see.
    """
    sheets = SheetList(editor)
    entry, part, name = sheets.entries[place], sheets.parts[place], sheets.names[place]
    key = relation_of(entry)
    left = [i for i in range(len(sheets.entries)) if i != place]
    visible = [i for i in left if sheets.entries[i].attributes.get("state", "visible") == "visible"]
    named = [i for i in visible if sheets.names[i] == show]
    was_shown = sheets.active == place
    shown = (named or visible or left)[0] if was_shown else sheets.active
    sheets.outline.remove(entry)
    sheets.renumber(lambda old: None if old == place else old - (old > place))
    sheets.show(shown - (shown > place))
    sheets.save()
    if was_shown and sheets.parts[shown] in editor:
        editor.write(sheets.parts[shown], selected(editor.read(sheets.parts[shown]), True))
    if key is not None:
        editor.unrelate(editor.workbook_part, key)
    _remove_with_own(editor, part)
    _change_titles(editor, lambda titles: [t for t in titles if t != name])


def _remove_with_own(editor: PackageEditor, part: str) -> None:
    """Take a sheet's part out, and the parts that nothing else refers to."""
    own = [target for target, _ in editor.relations(part).values() if target in editor]
    editor.remove(part)
    used = {
        target for name in editor.names if not name.endswith(".rels") for target, _ in editor.relations(name).values()
    }
    for target in own:
        if target not in used and target in editor:
            _remove_with_own(editor, target)


def _change_titles(editor: PackageEditor, change: Callable[[list[str]], Sequence[str]]) -> None:
    """The titles of sheets in the document's properties, where they are listed the way Excel lists them."""
    found = next((t for t, k in editor.package.relations("").values() if k.endswith("/extended-properties")), None)
    if found is None or found not in editor:
        return
    outline = Outline(editor.read(found))
    kinds = [e for area in outline.root.all("HeadingPairs") for v in area.all("vector") for e in v.all("variant")]
    parts = [v for area in outline.root.all("TitlesOfParts") for v in area.all("vector")]
    if len(kinds) < 2 or len(parts) != 1 or not kinds[0].children or not kinds[1].children:
        return
    label, count = kinds[0].children[0], kinds[1].children[0]
    titles = parts[0].all("lpstr")
    if label.text not in _WORKSHEETS or not count.text.isdigit() or int(count.text) > len(titles):
        return
    listed = titles[: int(count.text)]
    new = change([t.text for t in listed])
    p = parts[0].prefix
    written = "".join(f"<{p}lpstr>{attribute_text(t)}</{p}lpstr>" for t in new).encode()
    start = listed[0].start if listed else parts[0].inside
    outline.replace(start, listed[-1].end if listed else start, written)
    outline.replace(count.inside, count.inside_end, str(len(new)).encode())
    outline.set_attribute(parts[0], "size", str(len(titles) - len(listed) + len(new)))
    editor.write(found, outline.done())
