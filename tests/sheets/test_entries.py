"""Where the office types into the master: dropdowns, input messages, refusals, colours (`schemas/office.toml`).

1. Every column and cell that people fill in has its validation, down the whole table, with a message in Chinese.
2. Rules that the form has too are the form's own; the office changes them for both in one line.
3. The red colours, recalculated by LibreOffice, mark what the rules find.
4. The dropdown of 处理意见 holds each question's own choices, also after a sort and for questions added later.
5. A question that has only its choices shows any other answer red.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.workbook.workbook import Workbook as Opened

from tests.fields.rows import put
from tests.libreoffice import recalculate, requires_libreoffice
from tests.office import layouts
from tjxl.fields.loading import load_office_spec, load_spec
from tjxl.fields.scalar import breaks_rule
from tjxl.fields.spec import Rule
from tjxl.fields.validation import conditional_formats, data_validation
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import cell_ref
from tjxl.ooxml.splice import Put, PutFormula
from tjxl.register import UNIT_KIND_TITLES, Question, Register
from tjxl.settings import OfficeRules, Settings, load_settings
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master import MasterMeta, build_master
from tjxl.sheets.master_edit import add_questions
from tjxl.sheets.questions import choices_formula, no_choice_formula
from tjxl.sheets.state import MasterState

SPEC = load_office_spec(load_settings())
FIXED_LIGHTS = ("B35", "B36", "B37")
"""已完成, 达到序时进度 and 其他 are green."""


def opened(file: bytes, values: bool = False) -> Opened:
    return openpyxl.load_workbook(io.BytesIO(file), data_only=values)


def validations(ws: Any) -> dict[str, Any]:
    return {str(v.sqref): v for v in ws.data_validations.dataValidation}


def red(ws: Any) -> dict[str, list[str]]:
    """Range → the conditional formats that are formulas."""
    return {
        str(area.sqref): [r.formula[0] for r in area.rules if r.type == "expression"]
        for area in ws.conditional_formatting
    }


@pytest.fixture(scope="module")
def book(sample_master: bytes) -> Opened:
    return opened(sample_master)


# 1


@pytest.mark.parametrize("table", layouts())
def test_every_column_that_people_fill_in_says_what_to_type(book: Opened, table: str) -> None:
    layout = master_layout()[table]
    ws = book[layout.title]
    bottom = int(re.findall(r"\d+", ws.tables[layout.title].ref)[-1])
    found = validations(ws)
    open_columns = [i for i, c in enumerate(layout.columns, 1) if c.owner in ("office", "shared")]
    assert open_columns
    for place in open_columns:
        letter = openpyxl.utils.get_column_letter(place)
        (area,) = [ref for ref in found if ref.partition(":")[0] == f"{letter}{layout.first_row}"]
        assert int(area.rpartition(letter)[2]) >= bottom
        assert len(found[area].prompt) > 8
        assert found[area].promptTitle == layout.columns[place - 1].title


def test_verified_status_is_chosen_from_the_list_on_the_settings_sheet(book: Opened) -> None:
    rule = validations(book["任务台账"])["S3:S140"]
    assert (rule.type, rule.formula1, rule.showErrorMessage, rule.errorStyle) == ("list", "状态列表", True, None)
    assert (
        rule.error
        == "核定状态不在可选范围内，不起作用。请从下拉列表中选择：未启动、正常推进、滞后、已完成、申请调整。"
    )


def test_kinds_of_units_are_a_list_that_leaves_out_what_tjxl_alone_gives(book: Opened) -> None:
    rule = next(v for ref, v in validations(book["责任单位"]).items() if ref.startswith("D3:"))
    assert (rule.type, rule.formula1, rule.showErrorMessage) == ("list", '"部门,区,群组,其他单位"', True)


def test_kinds_are_those_of_the_register() -> None:
    assert {c.meaning: c.name for c in SPEC.field("unit_kind").choices} == UNIT_KIND_TITLES


def test_what_no_phone_number_and_no_address_lacks_is_asked_for_at_once(book: Opened) -> None:
    found = {ref[0]: v for ref, v in validations(book["责任单位"]).items()}
    assert (found["I"].type, found["I"].formula1) == (
        "custom",
        'OR(LEN(I3)>=7,TRIM(SUBSTITUTE(I3,"\u3000",""))="")',
    )
    assert (found["J"].type, found["J"].formula1) == ("custom", 'ISNUMBER(FIND(".",J3,FIND("@",J3)+2))')
    assert found["J"].error == "电子邮箱不是一个邮箱地址。请只填写一个地址，例如 zhangsan@tj.gov.cn。"


def test_settings_days_are_a_whole_number_and_the_rest_is_for_reading(book: Opened) -> None:
    found = validations(book["设置"])
    days = found["B7"]
    assert (days.type, days.operator, days.formula1, days.formula2) == ("whole", None, "0", "366")
    shown = {
        ref
        for ref, rule in found.items()
        if (rule.type, rule.formula1, rule.allow_blank) == ("custom", "FALSE", False)
    }
    assert shown == {"B3", "B4", "B5", "B6", "A16:C20", *FIXED_LIGHTS}
    assert red(book["设置"])["B7"][0].startswith('AND(B7<>"",')


def test_the_bound_of_the_settings_file_is_that_of_the_sheet(tmp_path: Path) -> None:
    file = tmp_path / "tjxl.toml"
    file.write_text("[lights]\ndue_soon_days = 366\n", encoding="utf-8")
    assert (
        load_settings(file).due_soon_days
        == data_validation(SPEC, SPEC.field("due_soon_days"), "B7", SPEC.as_of, status_source="")["maximum"]
    )


# 2


def test_a_rule_of_the_form_holds_for_the_master_as_the_office_changed_it() -> None:
    form = {r.code: r for r in load_spec(load_settings()).rules}
    assert replace(form["F103"], scope="head") in SPEC.rules
    own = replace(load_settings(), rules=OfficeRules(changes={"F103": {"message": "电话有误。"}}))
    (phone,) = (r for r in load_office_spec(own).rules if r.field == "phone")
    assert phone.message == "电话有误。"
    off = replace(load_settings(), rules=OfficeRules(changes={"F103": {"off": True}, "B002": {"off": True}}))
    assert {r.field for r in load_office_spec(off).rules}.isdisjoint({"phone", "email"})


@pytest.mark.parametrize("rule", SPEC.rules, ids=lambda r: r.code)
def test_examples_of_a_rule(rule: Rule) -> None:
    assert [breaks_rule(rule, e, SPEC, SPEC.as_of) for e in rule.good] == [False] * len(rule.good)
    assert [breaks_rule(rule, e, SPEC, SPEC.as_of) for e in rule.bad] == [True] * len(rule.bad)


# 3


@requires_libreoffice
def test_colours_mark_what_the_rules_find(tmp_path: Path) -> None:
    names = list(SPEC.values("head"))
    cases = [
        (rule.field, example) for rule in SPEC.rules for example in (*rule.good, *rule.bad)
        if all(n in names for n in example)
    ]  # fmt: skip
    file = xlsxwriter.Workbook(str(tmp_path / "in.xlsx"))
    sheet = file.add_worksheet()
    expected = []
    for row, (field, example) in enumerate(cases):
        for name, value in example.items():
            put(sheet, row, names.index(name), value, None)
        places = {name: f"${openpyxl.utils.get_column_letter(i)}{row + 1}" for i, name in enumerate(names, 1)}
        formats = conditional_formats(SPEC, field, places, "0", scope="head")
        tests = ",".join(f.formula[1:] for f in formats)
        sheet.write_formula(row, len(names) + 1, f"=OR({tests})", None, "stale")
        expected.append(any(breaks_rule(r, example, SPEC, SPEC.as_of) for r in SPEC.rules if r.field == field))
    file.close()
    made = opened(recalculate(tmp_path / "in.xlsx", tmp_path / "out.xlsx").read_bytes(), values=True).active
    assert made is not None
    assert [made.cell(row, len(names) + 2).value for row in range(1, len(cases) + 1)] == expected
    assert expected.count(True) > 10


# 4 and 5

LONG = tuple(f"第{n}街道办事处综合服务中心" for n in range(30))
ADDED = (
    Question(
        "完成进度写的是 1。", ("100%", "1%"), "T002", "市外办", "2022-05", key="value:2022-05:U002:T002:percent"
    ),
    Question("请指定单位。", LONG, "T004", "各区人民政府", "2022-05", key="open-group:T004:各区人民政府"),
    Question("请说明。", (), "T005", "市甲局", "2022-05", key="value:2022-05:U001:T005:other"),
)


def with_questions(content: bytes, *questions: Question) -> bytes:
    """The master after a command has asked more."""
    state = MasterState(content)
    editor = BookEditor(state.book)
    add_questions(editor, state, questions)
    return editor.save()


def sorted_backwards(content: bytes) -> bytes:
    """待裁决 with its rows in the opposite order, as sorting in Excel leaves it: values move, validations do not."""
    editor = BookEditor(content)
    table = editor.book.tables["待裁决"]
    cells = editor.book.cells(table.sheet).cells
    rows = range(table.first_row, table.last_row + 1)
    for row, other in zip(rows, reversed(rows), strict=True):
        for column in table.columns.values():
            value = cells[other, column].value if (other, column) in cells else None
            editor.edit(table.sheet, row, column, Put(value))
    return editor.save()


def dropdowns(content: bytes, folder: Path, answers: Mapping[str, str] | None = None) -> dict[str, tuple[Any, ...]]:
    """编号 → the list of its dropdown as LibreOffice computes it, then whether 处理意见 is red."""
    ws = opened(content)["待裁决"]
    ((area, rule),) = [(ref, v) for ref, v in validations(ws).items() if ref.startswith("G3:")]
    assert (rule.type, rule.showErrorMessage) == ("list", False)
    assert "=" + rule.formula1 == choices_formula("$A3")
    assert red(ws)[area] == [no_choice_formula("$A3", "$G3")[1:]]
    editor = BookEditor(content)
    cells = editor.book.cells("待裁决").cells
    numbers = {row: str(cells[row, 1].value) for row in range(3, int(area.rpartition("G")[2]) + 1)}
    for row, number in numbers.items():
        editor.edit("待裁决", row, 7, Put((answers or {}).get(number)))
        key, answer = f"$A{row}", f"$G{row}"
        editor.edit("待裁决", row, 30, PutFormula(f"IFERROR(ROWS({choices_formula(key)[1:]}),0)", 0))
        editor.edit("待裁决", row, 31, PutFormula(f"IFERROR({no_choice_formula(key, answer)[1:]},FALSE)", 0))
        for n in range(1, 32):
            choice = f'IFERROR(INDEX({choices_formula(key)[1:]},{n})&"","")'
            editor.edit("待裁决", row, 31 + n, PutFormula(choice, ""))
    (folder / "in.xlsx").write_bytes(editor.save())
    made = opened(recalculate(folder / "in.xlsx", folder / "out.xlsx").read_bytes(), values=True)["待裁决"]
    out: dict[str, tuple[Any, ...]] = {}
    for row, number in numbers.items():
        count = int(made.cell(row, 30).value)
        out[number] = (*(made.cell(row, 31 + n).value for n in range(1, count + 1)), made.cell(row, 31).value)
    return out


@pytest.fixture(scope="module")
def small_master(small: Register, settings: Settings, meta: MasterMeta) -> bytes:
    return build_master(small, settings, meta)


@requires_libreoffice
def test_each_question_has_its_own_choices(small_master: bytes, tmp_path: Path) -> None:
    expected = {
        "Q001": ("东区人民政府", "西区人民政府", False),
        "Q002": ("市甲局", "市外办", False),
        "Q003": (False,),
    }
    assert dropdowns(small_master, tmp_path) == expected
    added = with_questions(small_master, *ADDED)
    expected |= {"Q004": ("100%", "1%", False), "Q005": (*LONG, False), "Q006": (False,)}
    assert dropdowns(added, tmp_path) == expected
    turned = sorted_backwards(added)
    assert str(opened(turned)["待裁决"]["A3"].value) == "Q006"
    assert dropdowns(turned, tmp_path) == expected
    later = with_questions(
        turned, Question("是否同意？", ("同意", "不同意"), "T001", key="adjustment:2022-05:T001:U001")
    )
    assert dropdowns(later, tmp_path) == expected | {"Q007": ("同意", "不同意", False)}


@requires_libreoffice
def test_only_a_question_without_other_answers_is_red(small_master: bytes, tmp_path: Path) -> None:
    content = with_questions(small_master, *ADDED)
    wrong = {"Q001": "东区、西区", "Q002": "市教委", "Q003": "照办", "Q004": "80%", "Q005": "全部", "Q006": "见附件"}
    found = dropdowns(content, tmp_path, wrong)
    assert {number for number, (*_, is_red) in found.items() if is_red} == {"Q004"}
    assert not dropdowns(content, tmp_path, {"Q004": " 100% "})["Q004"][-1]


def test_a_master_without_questions_gives_the_first_one_its_dropdown(
    small: Register, settings: Settings, meta: MasterMeta
) -> None:
    content = with_questions(build_master(replace(small, questions=()), settings, meta), *ADDED)
    ws = opened(content)["待裁决"]
    assert [ref for ref in validations(ws) if ref.startswith("G")] == ["G3:G5"]
    assert [ref for ref in red(ws) if ref.startswith("G")] == ["G3:G5"]
    names = MasterState(content).book.names
    assert {(names[n][1].top, names[n][1].bottom) for n in ("裁决编号", "裁决选项", "裁决作答")} == {(2, 33)}


def test_a_number_of_a_deleted_question_is_not_given_again(small_master: bytes) -> None:
    """Its choices still stand in the hidden table: a new question under the old number would show them."""
    content = with_questions(small_master, *ADDED[:1])
    state = MasterState(content)
    (row,) = (q.number for q in state.questions if q["question_no"] == "Q004")
    editor = BookEditor(content)
    for column in editor.book.tables["待裁决"].columns.values():
        editor.edit("待裁决", row, column, Put(None))
    after = MasterState(with_questions(editor.save(), ADDED[1]))
    assert [q["question_no"] for q in after.questions] == ["Q001", "Q002", "Q003", "Q005"]


def test_an_answer_stays_the_text_that_was_picked(book: Opened) -> None:
    """In a cell of General format Excel makes a date of 2022-07-15 and a number of 100%."""
    assert {book["待裁决"][cell_ref(row, 7)].number_format for row in range(3, 15)} == {"@"}
