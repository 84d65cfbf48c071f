"""Form-control buttons of a sheet: shapes of the old VML that each run a macro.

Written as XlsxWriter writes them, which Excel has read for many years: without the newer `ctrlProps` beside them,
which openpyxl's round trip would leave dangling.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Sequence
from typing import NamedTuple

from tjxl.errors import PackageError
from tjxl.ooxml.frame import SheetFrame
from tjxl.ooxml.parts import PackageEditor
from tjxl.ooxml.vml import CONTENT_TYPE, NAMESPACES, blocks_of, shape_spans

_SHAPE_TYPE = (
    '<v:shapetype {declared}id="_x0000_t201" coordsize="21600,21600" o:spt="201" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/>'
    '<v:path shadowok="f" o:extrusionok="f" strokeok="f" fillok="f" o:connecttype="rect"/>'
    '<o:lock v:ext="edit" shapetype="t"/></v:shapetype>'
)
_SHAPE = (
    '<v:shape {declared}id="_x0000_s{id}" type="#_x0000_t201" alt="{caption}" style="position:absolute;'
    "margin-left:{left}pt;margin-top:{top}pt;width:{width}pt;height:{height}pt;z-index:{order};"
    'mso-wrap-style:tight" o:button="t" fillcolor="buttonFace [67]" strokecolor="windowText [64]" o:insetmode="auto">'
    '<v:fill color2="buttonFace [67]" o:detectmouseclick="t"/><o:lock v:ext="edit" rotation="t"/>'
    '<v:textbox style="mso-direction-alt:auto" o:singleclick="f"><div style="text-align:center">'
    '<font face="{font}" size="{size}" color="#000000">{caption}</font></div></v:textbox>'
    '<x:ClientData ObjectType="Button"><x:Anchor>{anchor}</x:Anchor><x:PrintObject>False</x:PrintObject>'
    "<x:AutoFill>False</x:AutoFill><x:FmlaMacro>[0]!{macro}</x:FmlaMacro>"
    "<x:TextHAlign>Center</x:TextHAlign><x:TextVAlign>Center</x:TextVAlign></x:ClientData></v:shape>"
)
_MACRO = re.compile(rb"<(?:[\w.-]{1,40}:)?FmlaMacro>\s*\[0\]!([\w.]{1,100})\s*</")
_NUMBER = re.compile(rb"_x0000_s([0-9]{1,9})\b")
_BLOCK_SIZE = 1024


class Button(NamedTuple):
    """A button: its caption, the macro it runs, and its box in pixels from the upper left corner of a cell.

    Args:
        row, column: the cell that the box is measured from, from 1.
        columns: how many columns the box spans.
    """

    caption: str
    macro: str
    row: int
    column: int
    columns: int


FONT, SIZE = "微软雅黑", 10
_GAP = 2
"""Pixels left free at each side of a button."""


def macros_of(editor: PackageEditor, sheet_part: str) -> list[str]:
    """The macros that the buttons of a sheet run, in their order."""
    drawing = _drawing_of(editor, SheetFrame(editor.read(sheet_part)), sheet_part)
    if drawing is None:
        return []
    xml = editor.read(drawing)
    spans = [xml[start:end] for start, end in shape_spans(xml)]
    return [found[1].decode() for span in spans if (found := _MACRO.search(span))]


def add_buttons(editor: PackageEditor, sheet_part: str, buttons: Sequence[Button]) -> None:
    """Put buttons on a sheet; what else is drawn there stays.

    None is taken out: where Excel has saved the workbook, a button has parts elsewhere too.

    Raises:
        PackageError: E305, the drawing is not written as Excel, WPS, LibreOffice or openpyxl write it.
    """
    frame = SheetFrame(editor.read(sheet_part))
    drawing = _drawing_of(editor, frame, sheet_part)
    if drawing is not None:
        editor.write(drawing, _edited(editor.read(drawing), buttons, frame))
        return
    taken = {n for name in editor.names if name.lower().endswith(".vml") for n in blocks_of(editor.read(name))}
    block = max(taken, default=0) + 1
    layout = f'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{block}"/></o:shapelayout>'
    xml = f"<xml {' '.join(NAMESPACES)}>{layout}</xml>".encode()
    folder = posixpath.join(posixpath.dirname(editor.workbook_part), "drawings")
    editor.default_type("vml", CONTENT_TYPE)
    part = editor.add(posixpath.join(folder, "vmlDrawing{}.vml"), _edited(xml, buttons, frame))
    frame.set_legacy_drawing(editor.relate(sheet_part, "vmlDrawing", part))
    editor.write(sheet_part, frame.done())


def _drawing_of(editor: PackageEditor, frame: SheetFrame, sheet_part: str) -> str | None:
    key = frame.legacy_drawing
    target = editor.relations(sheet_part).get(key, ("", ""))[0] if key else ""
    return target if target in editor else None


def _edited(xml: bytes, buttons: Sequence[Button], frame: SheetFrame) -> bytes:
    end = xml.rfind(b"</xml>")
    if end < 0:
        raise PackageError("E305")
    head = xml[: xml.find(b">", xml.find(b"<xml")) + 1]
    declared = "" if all(n.encode() in head for n in NAMESPACES) else " ".join((*NAMESPACES, ""))
    out = [xml[:end]]
    if b'id="_x0000_t201"' not in xml:
        out.append(_SHAPE_TYPE.format(declared=declared).encode())
    numbers = [int(m[1]) for m in _NUMBER.finditer(xml)]
    first = max([*numbers, *(block * _BLOCK_SIZE for block in blocks_of(xml))], default=_BLOCK_SIZE) + 1
    wide, high = frame.column_pixels(), frame.row_pixels()
    for i, button in enumerate(buttons):
        left = sum(map(wide, range(1, button.column))) + _GAP
        width = sum(map(wide, range(button.column, button.column + button.columns))) - 2 * _GAP
        top, height = sum(map(high, range(1, button.row))) + _GAP, high(button.row) - 2 * _GAP
        last = button.column + button.columns - 1
        across, down = wide(last) - _GAP, high(button.row) - _GAP
        anchor = (button.column - 1, _GAP, button.row - 1, _GAP, last - 1, across, button.row - 1, down)
        out.append(
            _SHAPE.format(
                declared=declared,
                id=first + i,
                order=len(numbers) + i + 1,
                caption=html.escape(button.caption),
                macro=button.macro,
                left=left * 3 / 4,
                top=top * 3 / 4,
                width=width * 3 / 4,
                height=height * 3 / 4,
                anchor=", ".join(map(str, anchor)),
                font=FONT,
                size=SIZE * 20,
            ).encode()
        )
    return b"".join([*out, xml[end:]])
