"""Parts, comments and sheets put into a package and taken out of it.

1. Names, relationships and content types fit together; what is taken out leaves nothing behind.
2. Comments: text and box in step; a sheet without any gets both, the last one takes both along.
3. A drawing with form controls keeps them, also when it is no well-formed XML.
4. A sheet in front: names of single sheets, the sheet shown and the selection follow; and back.
"""

from __future__ import annotations

import pytest

from tests.merge.test_preserved import content_of, parts
from tests.ooxml.consistency import problems_of
from tests.ooxml.examples import decorated, worksheet
from tjxl.errors import PackageError
from tjxl.ooxml.book import Book
from tjxl.ooxml.frame import SheetFrame
from tjxl.ooxml.notes import SheetNotes
from tjxl.ooxml.package import Package
from tjxl.ooxml.parts import PackageEditor, suffix_of
from tjxl.ooxml.sheets_add import SheetList, add_first_sheet, remove_sheet
from tjxl.ooxml.vml import Box, blocks_of, box_beside, edited_drawing, new_drawing

FIRST, SECOND = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
BOX = box_beside(2, 3, (300, 80), lambda _: 64, lambda _: 20)


@pytest.fixture
def editor() -> PackageEditor:
    """A workbook with a comment on 台账!A4 and none on 附表."""
    return PackageEditor(Package(decorated()))


# ---- 1. parts


def test_a_part_and_its_relation(editor: PackageEditor) -> None:
    name = editor.add("xl/comments{}.xml", b"<comments/>", "application/x-test")
    assert name == "xl/comments2.xml"
    key = editor.relate(SECOND, "comments", name)
    assert editor.related(SECOND, "comments") == (key, name)
    editor.unrelate(SECOND, key)
    editor.remove(name)
    assert editor.related(SECOND, "comments") is None
    assert parts(editor.save()) == parts(decorated())


def test_the_extension_is_that_of_the_content_type() -> None:
    assert suffix_of(Package(decorated())) == ".xlsx"
    out = parts(decorated())
    types = "[Content_Types].xml"
    plain, macro = b"openxmlformats-officedocument.spreadsheetml.sheet.main", b"ms-excel.sheet.macroEnabled.main"
    out[types] = out[types].replace(plain, macro)
    assert suffix_of(Package(content_of(out))) == ".xlsm"


# ---- 2. comments


def change_notes(editor: PackageEditor, part: str, change: object) -> bytes:
    frame = SheetFrame(editor.read(part))
    notes = SheetNotes(editor, part, frame)
    change(notes)  # type: ignore[operator]
    notes.save()
    editor.write(part, frame.done())
    return editor.save()


def texts(content: bytes, part: str) -> dict[tuple[int, int], str]:
    editor = PackageEditor(Package(content))
    notes = SheetNotes(editor, part, SheetFrame(editor.read(part)))
    return {place: note.text for place, note in notes.notes.items()}


@pytest.mark.parametrize(("part", "before"), [(FIRST, {(4, 1): "请核实"}), (SECOND, {})])
def test_a_comment_is_added_and_taken_out(
    editor: PackageEditor, part: str, before: dict[tuple[int, int], str]
) -> None:
    more = change_notes(editor, part, lambda notes: notes.add((2, 3), "甲", "一\n二 _x0041_ <&>", BOX))
    assert problems_of(more) == []
    assert texts(more, part) == before | {(2, 3): "一\n二 _x005F_x0041_ <&>"}
    back = change_notes(PackageEditor(Package(more)), part, lambda notes: notes.remove((2, 3)))
    assert problems_of(back) == []
    assert texts(back, part) == before
    assert set(parts(back)) == set(parts(decorated()))


def test_the_last_comment_takes_its_parts_along(editor: PackageEditor) -> None:
    none = change_notes(editor, FIRST, lambda notes: notes.remove((4, 1)))
    assert problems_of(none) == []
    assert not [name for name in parts(none) if "comments" in name or "vml" in name]
    assert b"legacyDrawing" not in parts(none)[FIRST]


def test_comments_that_belong_to_no_cell_stay(editor: PackageEditor) -> None:
    name = "xl/comments1.xml"
    odd = b'<comment ref="?" authorId="0"><text><t>odd</t></text></comment></commentList>'
    editor.write(name, editor.read(name).replace(b"</commentList>", odd))
    none = change_notes(editor, FIRST, lambda notes: notes.remove((4, 1)))
    assert odd in parts(none)[name]


def test_text_is_added_below_and_cut_out_again(editor: PackageEditor) -> None:
    more = change_notes(editor, FIRST, lambda notes: notes.append((4, 1), "\n加一行"))
    assert texts(more, FIRST) == {(4, 1): "请核实\n加一行"}
    back = change_notes(PackageEditor(Package(more)), FIRST, lambda notes: notes.cut((4, 1), 3, 7))
    assert texts(back, FIRST) == {(4, 1): "请核实"}
    assert [problems_of(c) for c in (more, back)] == [[], []]


def test_a_box_stands_beside_its_cell() -> None:
    assert Box(2, 3, 300, 80, (3, 15, 0, 7, 7, 59, 4, 7)) == BOX
    hidden = box_beside(2, 3, (100, 50), lambda c: 0 if c == 5 else 64, lambda _: 20)
    assert hidden.anchor[4:6] == (5, 51)


# ---- 3. drawings

CONTROL = (
    b'<v:shape id="_x0000_s1030" type="#_x0000_t201"><v:textbox><div>A<br>B</div></v:textbox>'
    b'<x:ClientData ObjectType="Button"><x:Row>1</x:Row><x:Column>2</x:Column></x:ClientData></v:shape>'
)


def test_form_controls_stay_although_their_drawing_is_no_sound_xml() -> None:
    drawing = new_drawing([BOX], 3).replace(b"</xml>", CONTROL + b"</xml>")
    assert blocks_of(drawing) == {3}
    more = edited_drawing(drawing, [BOX._replace(row=9)], {(2, 3)})
    assert more is not None
    assert CONTROL in more
    assert (more.count(b'ObjectType="Note"'), more.count(b"<x:Row>8</x:Row>")) == (1, 1)
    assert edited_drawing(more, [], {(9, 3)}) == drawing.replace(
        drawing[drawing.index(b"<v:shape ") : drawing.index(CONTROL)], b""
    )


def test_shape_numbers_are_used_once() -> None:
    drawing = new_drawing([BOX._replace(row=n) for n in range(1, 1500)], 2)
    assert blocks_of(drawing) == {2, 3}
    more = edited_drawing(drawing, [BOX._replace(row=2000)], set())
    assert more is not None
    assert more.count(b'id="_x0000_s3548"') == 1


def test_a_drawing_that_is_none_is_refused() -> None:
    with pytest.raises(PackageError):
        edited_drawing(b"<html></html>", [BOX], set())


# ---- 4. sheets

NEW = worksheet("", before='<sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews>')


def test_a_sheet_in_front_and_back(editor: PackageEditor) -> None:
    add_first_sheet(editor, "结果 'A&B'", NEW, "$4:$4")
    content = editor.save()
    assert problems_of(content) == []
    assert list(Book(content).sheets) == ["结果 'A&B'", "台账", "附表"]
    assert Book(content).names == Book(decorated()).names
    workbook = parts(content)["xl/workbook.xml"].decode()
    assert '<definedName name="_xlnm.Print_Area" localSheetId="1">' in workbook
    assert 'localSheetId="0">&#x27;结果 &#x27;&#x27;A&amp;B&#x27;&#x27;&#x27;!$4:$4</definedName>' in workbook
    again = PackageEditor(Package(content))
    remove_sheet(again, 0, "附表")
    back = again.save()
    assert problems_of(back) == []
    assert list(Book(back).sheets) == ["台账", "附表"]
    assert SheetList(PackageEditor(Package(back))).active == 1
    assert set(parts(back)) == set(parts(decorated()))
    assert parts(back)["docProps/app.xml"] == parts(decorated())["docProps/app.xml"]


def test_a_sheet_is_taken_out_with_what_is_its_own(editor: PackageEditor) -> None:
    remove_sheet(editor, 0)
    content = editor.save()
    assert problems_of(content) == []
    assert list(Book(content).sheets) == ["附表"]
    gone = set(parts(decorated())) - set(parts(content))
    assert {FIRST, "xl/comments1.xml", "xl/tables/table1.xml", "xl/charts/chart1.xml"} <= gone
    assert "_xlnm.Print_Area" not in parts(content)["xl/workbook.xml"].decode()
