"""The annotated copy of a return.

1. What no mark touches is the unit's own, byte for byte; in touched sheets everything but tjxl's additions too.
2. Marks: colour and comment in the cell, a line with a link on 校验结果, which stands first.
3. A unit's comments are kept and written on below; threads are left alone.
4. A second round: old marks go, whatever program saved the file between, and nothing stands twice.
5. Taking the marks away gives the file back.
6. The package is sound for Excel, openpyxl and LibreOffice; the same input gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl.comments import Comment

from tests.libreoffice import recalculate, requires_libreoffice
from tests.merge.test_preserved import content_of, parts
from tests.office import SPORTS, Office, filled, opened, saved
from tests.ooxml.consistency import problems_of
from tests.sheets.returned import OTHER_NOTE, OWN_NOTE, OWN_SHEET, UNIT, decorated
from tjxl.errors import PackageError
from tjxl.findings import Finding, Severity
from tjxl.ooxml.book import Book
from tjxl.ooxml.outline import MAIN
from tjxl.ooxml.package import Package, local_name
from tjxl.ooxml.refs import cell_ref
from tjxl.resources import layout_toml
from tjxl.sheets.annotate import annotated, cleared
from tjxl.sheets.marks import FIRST_LINE, FORMULA, LAST_LINE, own_spans, unit_words

HEADING = "市体育局 2022年5月"
RESULT = "校验结果"


def found(
    cell: str | None, message: str = "有误。", severity: Severity = "error", sheet: str | None = "填报"
) -> Finding:
    return Finding("V405", severity, message, sheet, cell, "percent_complete", "T130", "八成")


FINDINGS = [
    found("K7", "完成进度“八成”不是百分数。"),
    found("H4", "联系电话不是电话号码。"),
    found("L8", "与上期相同。", "warning"),
    found("A2", "数据与指标不符。", "question", OWN_SHEET),
    found(None, "缺少第 35 项任务的填报行。"),
]


@pytest.fixture(scope="module")
def plain(issued_project: Office) -> bytes:
    """A return as Excel saves it, nothing added."""
    return filled(issued_project.form(SPORTS), K7="八成")


@pytest.fixture(scope="module")
def rich(plain: bytes) -> bytes:
    """A return with everything that people add."""
    return decorated(plain)


def strict(content: bytes) -> bytes:
    """The same as Strict OOXML has it: other namespaces, other types of relationships."""
    words = (
        ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", MAIN[True]),
        ("http://schemas.openxmlformats.org/officeDocument/2006/", "http://purl.oclc.org/ooxml/officeDocument/"),
    )
    out = parts(content)
    for old, new in words:
        out = {name: xml.replace(old.encode(), new.encode()) for name, xml in out.items()}
    return content_of(out)


@pytest.fixture(params=["plain", "rich", "prefixed"])
def returned(request: pytest.FixtureRequest, plain: bytes, rich: bytes) -> bytes:
    """Returns of several writers."""
    return {"plain": plain, "rich": rich, "prefixed": prefixed(plain)}[request.param]


def prefixed(content: bytes) -> bytes:
    """The same, every element of workbook, sheets and styles under the prefix `x:` as some programs write them."""
    out = parts(content)
    for name in out:
        if name.startswith(("xl/worksheets/", "xl/workbook", "xl/styles")):
            root = etree.fromstring(out[name])
            new = etree.Element(
                root.tag, root.attrib, {"x": etree.QName(root).namespace, "r": root.nsmap.get("r", "urn:r")}
            )
            new.extend(list(root))
            etree.cleanup_namespaces(new, keep_ns_prefixes=["x", "r"])
            out[name] = etree.tostring(new, xml_declaration=True, encoding="UTF-8")
            assert b"<x:" in out[name]
    return content_of(out)


# ---- reading the marks of a copy


def marks_of(content: bytes) -> dict[tuple[str, str], str]:
    """The colours that tjxl set: sheet and cell → colour."""
    out = {}
    for sheet in opened(content).worksheets:
        for area in sheet.conditional_formatting:
            for rule in area.rules:
                if rule.formula == [FORMULA]:
                    for block in str(area.sqref).split():
                        for row in sheet[f"{block}:{block}" if ":" not in block else block]:
                            out |= {(sheet.title, cell.coordinate): rule.dxf.fill.bgColor.rgb for cell in row}
    return out


def comments_of(content: bytes) -> dict[tuple[str, str], str]:
    book = opened(content)
    return {
        (sheet.title, cell.coordinate): cell.comment.text
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.comment
    }


def listed(content: bytes, sheet: str = RESULT) -> list[list[Any]]:
    first = layout_toml("feedback.toml")["result"]["header_row"] + 1
    return [[c.value for c in row] for row in opened(content)[sheet].iter_rows(min_row=first, max_col=6)]


def values_of(content: bytes) -> dict[tuple[str, int, int], Any]:
    """Every value and formula, as tjxl reads them; 校验结果 left out."""
    book = Book(content)
    return {
        (name, *place): (cell.value, cell.formula)
        for name in book.sheets
        if name != RESULT
        for place, cell in book.cells(name).cells.items()
    }


# ---- 1. what is the unit's stays


def test_parts_that_no_mark_touches_are_the_same_bytes(rich: bytes) -> None:
    before, after = parts(rich), parts(annotated(rich, FINDINGS, HEADING))
    book = Book(rich)
    touched = {book.sheets[name].part for name in ("填报", OWN_SHEET)}
    relations = {f"xl/worksheets/_rels/{part.rpartition('/')[2]}.rels" for part in touched}
    allowed = touched | relations | {
        "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/styles.xml", "docProps/app.xml",
        "xl/comments/comment1.xml", "xl/drawings/commentsDrawing1.vml",
    }  # fmt: skip
    assert {name for name in before if before[name] != after.get(name)} <= allowed
    assert {"xl/media/picture.png", "xl/charts/chart1.xml", "xl/drawings/drawing1.xml"} <= set(before) - allowed
    added = {name.rpartition("/")[2].rstrip("0123456789.xmlv") for name in set(after) - set(before)}
    assert added == {"sheet", "comments", "vmlDrawing"}


def test_touched_sheets_keep_everything_but_the_additions(returned: bytes) -> None:
    before, after = Book(returned), Book(annotated(returned, FINDINGS, HEADING))
    for name, info in before.sheets.items():
        old, new = before.package.xml(info.part), after.package.xml(after.sheets[name].part)
        assert canonical(without_marks(new)) == canonical(without_marks(old))


def without_marks(root: etree._Element) -> etree._Element:
    """A worksheet without tjxl's additions; priorities as ranks, which is all that they say."""
    for element in list(root):
        formula = "".join(element.itertext()) if local_name(element) == "conditionalFormatting" else ""
        if formula == FORMULA or local_name(element) == "legacyDrawing":
            root.remove(element)
    for view in root.iter():
        if local_name(view) == "sheetView":
            view.attrib.pop("tabSelected", None)
    rules = [e for e in root.iter() if local_name(e) == "cfRule" and e.get("priority")]
    for rank, e in enumerate(sorted(rules, key=lambda e: int(e.get("priority", "")))):
        e.set("priority", str(rank))
    return root


def canonical(root: etree._Element) -> str:
    return str(etree.canonicalize(etree.tostring(root).decode()))


def test_values_formulas_and_names_are_read_as_before(returned: bytes) -> None:
    copy = annotated(returned, FINDINGS, HEADING)
    assert values_of(copy) == values_of(returned)
    before, after = opened(returned), opened(copy)
    assert dict(after.defined_names) == dict(before.defined_names)
    for sheet in before.worksheets:
        same = after[sheet.title]
        assert (same.print_area, same.print_title_rows) == (sheet.print_area, sheet.print_title_rows)
        assert (same.protection.sheet, same.sheet_state) == (sheet.protection.sheet, sheet.sheet_state)
        assert same.sheet_state == sheet.sheet_state


def test_the_cells_to_mend_can_still_be_typed_into(plain: bytes) -> None:
    sheet = opened(annotated(plain, FINDINGS, HEADING))["填报"]
    assert sheet.protection.sheet
    assert not sheet["K7"].protection.locked
    assert sheet["K7"].number_format == "0%"


# ---- 2. marks and the list


def test_cells_are_coloured_by_the_worst_that_was_found_in_them(returned: bytes) -> None:
    findings = [
        found("K7", severity="note"),
        found("K7", severity="error"),
        found("K8", severity="warning"),
        found("K9", severity="warning"),
    ]
    red, yellow = "FFFFC7CE", "FFFFEB9C"
    marks = marks_of(annotated(returned, findings, HEADING))
    assert marks == {("填报", "K7"): red, ("填报", "K8"): yellow, ("填报", "K9"): yellow}


def test_no_colour_of_the_form_hides_a_mark(rich: bytes) -> None:
    book = Book(annotated(rich, FINDINGS, HEADING))
    rules = [e for e in book.package.xml(book.sheets["填报"].part).iter() if local_name(e) == "cfRule"]
    first = sorted((e for e in rules if e.get("priority")), key=lambda e: int(e.get("priority", "")))[:2]
    assert [("".join(e.itertext()), e.get("stopIfTrue")) for e in first] == [(FORMULA, "1")] * 2


def test_comments_say_what_is_wrong(plain: bytes) -> None:
    copy = annotated(plain, [*FINDINGS, found("K7", "请核对。", "warning")], HEADING)
    assert comments_of(copy) == {
        ("填报", "H4"): f"{FIRST_LINE}\n【错误】联系电话不是电话号码。\n{LAST_LINE}",
        ("填报", "K7"): f"{FIRST_LINE}\n【错误】完成进度“八成”不是百分数。\n【提示】请核对。\n{LAST_LINE}",
        ("填报", "L8"): f"{FIRST_LINE}\n【提示】与上期相同。\n{LAST_LINE}",
    }


def test_the_list_stands_first_worst_first_with_links(rich: bytes) -> None:
    copy = annotated(rich, FINDINGS, HEADING)
    book = opened(copy)
    assert book.sheetnames == [RESULT, *opened(rich).sheetnames]
    assert (book.active.title, bool(book["填报"].sheet_view.tabSelected)) == (RESULT, False)
    assert listed(copy) == [
        ["错误", "填报", "K7", "130", "八成", "完成进度“八成”不是百分数。"],
        ["错误", "填报", "H4", "130", "八成", "联系电话不是电话号码。"],
        ["错误", "填报", None, "130", "八成", "缺少第 35 项任务的填报行。"],
        ["待裁决", OWN_SHEET, "A2", "130", "八成", "数据与指标不符。"],
        ["提示", "填报", "L8", "130", "八成", "与上期相同。"],
    ]
    links = {cell.coordinate: cell.hyperlink.location for cell in book[RESULT]["C"] if cell.hyperlink}
    assert links == {"C5": "'填报'!K7", "C6": "'填报'!H4", "C8": f"'{OWN_SHEET}'!A2", "C9": "'填报'!L8"}
    assert book[RESULT]["A2"].value.startswith("须改正 3 处，待确认 1 处，提示 1 处。")


def test_text_from_outside_is_never_a_formula_and_long_text_is_cut(plain: bytes) -> None:
    value = "=cmd|' /C calc'!A0" + "长" * 40_000
    finding = Finding("V413", "error", f"“{value}”过长。", "填报", "L7", None, "T130", value)
    copy = annotated(plain, [finding], HEADING)
    row = listed(copy)[0]
    assert row[4].startswith("=cmd|")
    assert (len(row[4]), len(row[5])) == (60, 400)
    assert opened(copy)[RESULT]["E5"].data_type == "s"
    assert problems_of(copy) == []


def test_a_sheet_of_the_units_own_of_that_name_is_not_touched(plain: bytes) -> None:
    book = opened(plain)
    book.create_sheet(RESULT)["A1"] = "本单位自查结果"
    own = saved(book)
    once = annotated(own, FINDINGS, HEADING)
    twice = annotated(once, FINDINGS[:1], HEADING)
    for copy in (once, twice):
        assert opened(copy).sheetnames == ["校验结果2", *opened(own).sheetnames]
        assert opened(copy)[RESULT]["A1"].value == "本单位自查结果"
    assert len(listed(twice, "校验结果2")) == 1


def test_findings_of_sheets_and_cells_that_do_not_exist_are_listed(plain: bytes) -> None:
    copy = annotated(plain, [found("K7", sheet="已删的表"), found("没有"), found("XFD1048577")], HEADING)
    assert (marks_of(copy), comments_of(copy)) == ({}, {})
    assert [row[2] for row in listed(copy)] == ["K7", "没有", "XFD1048577"]


# ---- 3. the unit's comments


def test_a_units_comment_is_written_on_below_and_given_back(rich: bytes) -> None:
    copy = annotated(rich, FINDINGS, HEADING)
    said = comments_of(copy)
    assert said["填报", "K7"] == f"{OWN_NOTE}\n{FIRST_LINE}\n【错误】完成进度“八成”不是百分数。\n{LAST_LINE}"
    assert said["填报", "M7"] == OTHER_NOTE
    sheet = opened(copy)["填报"]
    authors = {cell: sheet[cell].comment.author for cell in ("K7", "M7", "H4")}
    assert authors == {"K7": UNIT, "M7": UNIT, "H4": "督查台账校验"}
    assert comments_of(cleared(copy)) == {("填报", "K7"): OWN_NOTE, ("填报", "M7"): OTHER_NOTE}


def test_what_a_unit_answers_in_a_comment_of_tjxl_is_kept(plain: bytes) -> None:
    book = opened(annotated(plain, FINDINGS[:1], HEADING))
    note = book["填报"]["K7"].comment
    book["填报"]["K7"].comment = Comment(note.text + "\n小刘：已改为80%", note.author)
    assert comments_of(cleared(saved(book))) == {("填报", "K7"): "\n小刘：已改为80%"}


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("只有单位的话", "只有单位的话"),
        (f"{FIRST_LINE}\n【错误】甲。\n{LAST_LINE}", ""),
        (f"前\n{FIRST_LINE}\n【错误】甲。\n{LAST_LINE}\n后", "前\n后"),
        (f"前\n{FIRST_LINE}\n【错误】甲。\n【提示】乙。\n后", "前\n后"),  # somebody deleted the last line
        (f"{FIRST_LINE}\n【错误】甲。\n{FIRST_LINE}\n【错误】甲。\n{LAST_LINE}", ""),
        (f"{FIRST_LINE}", ""),
    ],
)
def test_only_tjxls_words_are_taken_out_of_a_comment(text: str, left: str) -> None:
    assert unit_words(text) == left
    assert (own_spans(left), unit_words(left)) == ([], left)


def test_a_thread_is_left_alone(rich: bytes) -> None:
    """A thread leaves a copy among the comments, by an author `tc=…`; Excel shows the thread in its stead."""
    out = parts(rich)
    name = "xl/comments/comment1.xml"
    out[name] = out[name].replace(UNIT.encode(), b"tc={0A1B2C3D-0000-0000-0000-000000000001}")
    thread = content_of(out)
    copy = annotated(thread, FINDINGS, HEADING)
    assert comments_of(copy)["填报", "K7"] == OWN_NOTE
    assert ("填报", "K7") in marks_of(copy)


# ---- 4. the second round


def by_openpyxl(content: bytes, _: Path) -> bytes:
    return saved(opened(content))


def by_libreoffice(content: bytes, folder: Path) -> bytes:
    (folder / "in.xlsx").write_bytes(content)
    return recalculate(folder / "in.xlsx", folder / "out.xlsx").read_bytes()


def untouched(content: bytes, _: Path) -> bytes:
    return content


def second_round(content: bytes, save: Callable[[bytes, Path], bytes], folder: Path) -> None:
    again = save(annotated(content, FINDINGS, HEADING), folder)
    fewer = [found("K7", "仍不是百分数。"), found("M8", "请补充。", "warning")]
    copy = annotated(again, fewer, HEADING)
    assert set(marks_of(copy)) == {("填报", "K7"), ("填报", "M8")}
    ours = {place: text for place, text in comments_of(copy).items() if FIRST_LINE in text}
    assert set(ours) == set(marks_of(copy))
    assert all(text.count(FIRST_LINE) == 1 for text in ours.values())
    assert [row[5] for row in listed(copy)] == ["仍不是百分数。", "请补充。"]
    assert [n for n in opened(copy).sheetnames if n.startswith(RESULT)] == [RESULT]
    assert values_of(copy) == values_of(again)
    theirs = {place: unit_words(text) for place, text in comments_of(copy).items() if unit_words(text)}
    assert theirs == comments_of(content)


@pytest.mark.parametrize("save", [untouched, by_openpyxl])
def test_old_marks_go_and_nothing_stands_twice(returned: bytes, save: Any, tmp_path: Path) -> None:
    second_round(returned, save, tmp_path)


@requires_libreoffice
def test_old_marks_go_after_libreoffice_saved_the_file(rich: bytes, tmp_path: Path) -> None:
    second_round(rich, by_libreoffice, tmp_path)


@requires_libreoffice
def test_libreoffice_opens_the_copy_with_its_comments_and_values(rich: bytes, tmp_path: Path) -> None:
    copy = annotated(rich, FINDINGS, HEADING)
    again = by_libreoffice(copy, tmp_path)
    assert comments_of(again) == comments_of(copy)
    assert opened(again).sheetnames == opened(copy).sheetnames
    assert set(marks_of(again)) == set(marks_of(copy))


def test_a_renamed_and_moved_list_is_replaced(plain: bytes) -> None:
    book = opened(annotated(plain, FINDINGS, HEADING))
    book[RESULT].title = "已看"
    book.move_sheet("已看", offset=4)
    copy = annotated(saved(book), FINDINGS[:1], HEADING)
    assert opened(copy).sheetnames == [RESULT, *opened(plain).sheetnames]


# ---- 5. taking the marks away


def test_taking_the_marks_away_gives_the_file_back(returned: bytes) -> None:
    back = cleared(annotated(returned, FINDINGS, HEADING))
    before, after = Package(returned), Package(back)
    assert sorted(after.names) == sorted(before.names)
    differing = {name for name in before.names if before.read(name) != after.read(name)}
    sheets = {info.part for info in Book(returned).sheets.values()}
    assert differing <= sheets | {
        "[Content_Types].xml",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/comments/comment1.xml",
        "xl/drawings/commentsDrawing1.vml",
    }
    for name in differing & sheets:
        assert canonical(ranked(after.xml(name))) == canonical(ranked(before.xml(name)))
    assert comments_of(back) == comments_of(returned)
    old, new = opened(returned), opened(back)
    assert (new.sheetnames, new.active.title) == (old.sheetnames, old.active.title)


def ranked(root: etree._Element) -> etree._Element:
    """A worksheet in which only the order of priorities counts."""
    drawing = [e for e in root if local_name(e) == "legacyDrawing"]
    selected = [v.get("tabSelected") for v in root.iter() if local_name(v) == "sheetView"]
    root = without_marks(root)
    root.set("drawings", str(len(drawing)))
    root.set("selected", str([s in ("1", "true") for s in selected]))
    return root


def test_a_file_without_marks_is_cleared_to_itself(returned: bytes) -> None:
    assert cleared(returned) == returned or parts(cleared(returned)) == parts(returned)


# ---- 6. soundness


def test_the_package_is_sound(returned: bytes) -> None:
    copy = annotated(returned, FINDINGS, HEADING)
    fewer = annotated(copy, FINDINGS[:1], HEADING)
    assert [problems_of(c) for c in (returned, copy, fewer, cleared(copy))] == [[], [], [], []]


def test_a_strict_workbook_is_marked_in_its_own_words(plain: bytes, rich: bytes) -> None:
    """openpyxl sees no sheet in such a file; the marks are compared in the words of a usual one."""
    for content in (plain, rich):
        copy = annotated(strict(content), FINDINGS, HEADING)
        assert problems_of(copy) == []
        assert parts(copy) == parts(strict(annotated(content, FINDINGS, HEADING)))
        assert annotated(copy, FINDINGS, HEADING) == copy
        assert values_of(cleared(copy)) == values_of(content)


def test_the_same_findings_give_the_same_bytes_and_again_on_the_copy(returned: bytes) -> None:
    copy = annotated(returned, FINDINGS, HEADING)
    assert annotated(returned, FINDINGS, HEADING) == copy
    assert annotated(copy, FINDINGS, HEADING) == copy


def test_properties_of_the_document_name_the_sheet(plain: bytes) -> None:
    xml = parts(annotated(plain, FINDINGS, HEADING))["docProps/app.xml"].decode()
    assert "<vt:i4>4</vt:i4>" in xml
    assert f"<vt:lpstr>{RESULT}</vt:lpstr><vt:lpstr>填报说明</vt:lpstr>" in xml
    titles = xml.partition("<TitlesOfParts>")[2].partition("</TitlesOfParts>")[0]
    assert f'size="{titles.count("<vt:lpstr>")}"' in titles


def test_a_part_in_another_encoding_is_refused_unchanged(plain: bytes) -> None:
    out = parts(plain)
    part = Book(plain).sheets["填报"].part
    text = out[part].decode().replace('encoding="UTF-8"', 'encoding="UTF-16"')
    out[part] = text.encode("utf-16")
    with pytest.raises(PackageError) as error:
        annotated(content_of(out), FINDINGS, HEADING)
    assert error.value.code == "E305"


cells = st.builds(cell_ref, st.integers(1, 14), st.integers(1, 18))
texts = st.text(st.sampled_from("甲乙<>&\"'_x0041_\n─" + FIRST_LINE + LAST_LINE), min_size=1, max_size=60)
severities = st.sampled_from(["error", "question", "warning", "note"])
sheets = st.sampled_from(["填报", "自检", "填报说明", OWN_SHEET, "无此表", None])
some_findings = st.lists(st.builds(found, st.one_of(cells, st.none()), texts, severities, sheets), max_size=12)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=some_findings, second=some_findings)
def test_any_findings_anywhere(rich: bytes, first: list[Finding], second: list[Finding]) -> None:
    once = annotated(rich, first, HEADING)
    assert problems_of(once) == []
    twice = annotated(once, second, HEADING)
    assert problems_of(twice) == []
    direct = annotated(rich, second, HEADING)
    assert (marks_of(twice), comments_of(twice), listed(twice)) == (
        marks_of(direct),
        comments_of(direct),
        listed(direct),
    )
    assert values_of(twice) == values_of(rich)
    assert comments_of(cleared(twice)) == comments_of(rich)
    assert io.BytesIO(once).getvalue() == annotated(rich, first, HEADING)
