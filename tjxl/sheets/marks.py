"""Marks in the cells of a return: a colour and a comment, and how they are known again when the file comes back.

The colour is a conditional format whose formula is always true and names tjxl; the comment's words stand between two
lines. Both survive Excel, WPS, LibreOffice and openpyxl, wherever the cells go. Of a comment that a unit wrote, or
wrote on in, only the words between the lines are tjxl's to take away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tjxl.findings import SEVERITY_TITLES, Finding, Severity
from tjxl.ooxml.frame import SheetFrame, ranges
from tjxl.ooxml.notes import SheetNotes
from tjxl.ooxml.parts import PackageEditor
from tjxl.ooxml.refs import cell_ref
from tjxl.ooxml.styles import Styles
from tjxl.ooxml.vml import box_beside
from tjxl.resources import layout_toml
from tjxl.sheets.form_places import ANNOTATOR
from tjxl.sheets.textsize import lines_of
from tjxl.sheets.theme import highlight_properties

# These three are how marks in files on the way back are known: they must never change.
FORMULA = 'LEN("tjxl-mark")>0'
FIRST_LINE = f"──{ANNOTATOR}──"
LAST_LINE = "────────────"
_SIGN = "tjxl-mark"
SEVERITIES: tuple[Severity, ...] = ("error", "question", "warning", "note")
"""The worst first."""
_LINE_PIXELS = 16
_HIGHEST = 480

Place = tuple[int, int]


def clear_marks(editor: PackageEditor, part: str) -> None:
    """Take tjxl's marks out of a sheet; colours and comments of others stay as they are."""
    xml = editor.read(part)
    comments = editor.related(part, "comments")
    commented = comments is not None and ANNOTATOR.encode() in editor.read(comments[1])
    if _SIGN.encode() not in xml and not commented:
        return
    frame = SheetFrame(xml)
    frame.drop_rules(lambda formula: _SIGN in formula)
    notes = SheetNotes(editor, part, frame)
    for place, note in notes.notes.items():
        spans = own_spans(note.text)
        if not spans:
            continue
        if unit_words(note.text).strip():
            for start, end in reversed(spans):
                notes.cut(place, start, end)
        else:
            notes.remove(place)
    notes.save()
    editor.write(part, frame.done())


def own_spans(text: str) -> list[tuple[int, int]]:
    """Where tjxl's words stand in a comment: from its first line to its last, the break before included.

    Where somebody has deleted the last line, as far as lines follow that begin like tjxl's.
    """
    out: list[tuple[int, int]] = []
    position = 0
    while (at := text.find(FIRST_LINE, position)) >= 0:
        end = text.find(LAST_LINE, at + len(FIRST_LINE))
        following = text.find(FIRST_LINE, at + 1)
        if end >= 0 and not 0 <= following < end:
            position = end + len(LAST_LINE)
        else:
            position = _end_of_lines(text, at + len(FIRST_LINE))
        out.append((at - (at > 0 and text[at - 1] == "\n"), position))
    return out


def _end_of_lines(text: str, position: int) -> int:
    heads = tuple(f"\n【{title}】" for title in SEVERITY_TITLES.values())
    while text.startswith(heads, position):
        line_end = text.find("\n", position + 1)
        position = line_end if line_end >= 0 else len(text)
    return position


def unit_words(text: str) -> str:
    """What others have written in a comment. Its author proves nothing: LibreOffice does not keep authors."""
    for start, end in reversed(own_spans(text)):
        text = text[:start] + text[end:]
    return text


def set_marks(editor: PackageEditor, part: str, found: Mapping[Place, Sequence[Finding]], styles: Styles) -> None:
    """Mark cells of a sheet (without marks as yet) by what was found in them."""
    frame = SheetFrame(editor.read(part))
    by_severity: dict[Severity, list[Place]] = {severity: [] for severity in SEVERITIES}
    for place, findings in found.items():
        by_severity[min((f.severity for f in findings), key=SEVERITIES.index)].append(place)
    frame.add_rules(
        [
            (ranges(places, cell_ref), styles.differential(highlight_properties(f"mark_{severity}")), FORMULA)
            for severity, places in by_severity.items()
            if places
        ]
    )
    notes = SheetNotes(editor, part, frame)
    present = notes.notes
    wide, high, width = frame.column_pixels(), frame.row_pixels(), layout_toml("feedback.toml")["comment"]["width"]
    for place, findings in sorted(found.items()):
        text = comment_text(findings)
        if place not in present:
            lines = lines_of(text, width / 6 - 3)
            size = (width, min(_HIGHEST, (lines + 1) * _LINE_PIXELS))
            notes.add(place, ANNOTATOR, text, box_beside(*place, size, wide, high))
        elif not present[place].threaded:
            notes.append(place, f"\n{text}")
    notes.save()
    editor.write(part, frame.done())


def comment_text(findings: Sequence[Finding]) -> str:
    """The comment of a cell, between the two lines that make it known again."""
    line = layout_toml("feedback.toml")["comment"]["line"]
    said = [line.format(severity=SEVERITY_TITLES[f.severity], message=shown_message(f)) for f in findings]
    return "\n".join([FIRST_LINE, *(text.replace("─", "—") for text in said), LAST_LINE])


def shown_message(found: Finding) -> str:
    """What was found, cut where a unit's own long text is quoted in it."""
    return clipped(found.message, layout_toml("feedback.toml")["result"]["longest_message"])


def clipped(text: str, longest: int) -> str:
    """Text of no more than so many characters."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
