"""Excel's data validation, conditional formats and the guide, from the same rules.

1. Options per field: what is refused, what is only questioned, Excel's limits kept.
2. The formulas of the conditional formats, recalculated by LibreOffice, mark what the check marks.
3. The guide says what is needed, in words, with a good and a poor example.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from tests.fields.rows import CHOICES_OF, breaches, put, random_rows, serial
from tests.libreoffice import recalculate, requires_libreoffice
from tjxl.fields.guide import fitted, guide_items, guide_samples
from tjxl.fields.loading import load_specs
from tjxl.fields.scalar import breaks_rule
from tjxl.fields.spec import PARTS, Part, Spec
from tjxl.fields.validation import cell_rules, conditional_formats, data_validation
from tjxl.formula import Evaluator, MemoryGrid
from tjxl.settings import load_settings

SPECS = load_specs(load_settings())
SPEC = SPECS["report"]
UNIT = [f for f in SPEC.fields if f.owner == "unit"]
SOURCE = "=_lists!$A$2:$A$6"


def options(name: str, part: Part = "report") -> dict[str, Any]:
    spec = SPECS[part]
    return data_validation(spec, spec.field(name), "L8", spec.as_of, status_source=SOURCE)


def test_status_is_a_list_and_refuses_anything_else() -> None:
    assert options("status") == {
        "validate": "list",
        "source": SOURCE,
        "ignore_blank": True,
        "input_title": "进展状态",
        "input_message": (
            "按期末实际情况从下拉列表中选择：未启动、正常推进、滞后、已完成、申请调整；尚未开展的选“未启动”。\n"
            "每一行都要填写。\n"
            "完成时限已过的任务，只能选“已完成”“滞后”或“申请调整”。\n"
            "上期已报“已完成”的，本期一般仍为“已完成”；确有变化的，请在进展情况中说明。"
        ),
        "error_type": "stop",
        "error_title": "进展状态",
        "error_message": "进展状态不在可选范围内。请从下拉列表中选择：未启动、正常推进、滞后、已完成、申请调整。",
    }


def test_whether_a_milestone_is_done_is_yes_or_no() -> None:
    done = options("done", "milestones")
    assert (done["validate"], done["source"], done["error_type"]) == ("list", ["是", "否"], "stop")
    assert done["error_message"] == "是否完成应为“是”或“否”。请从下拉列表中选择。"


def test_a_value_of_a_target_is_a_number() -> None:
    value = options("current_value", "targets")
    assert (value["validate"], value["value"], value["error_type"]) == ("custom", "=ISNUMBER(L8)", "stop")
    assert value["error_message"] == "本期完成值不是数字。请按本行的单位只填数字。"


def test_percent_and_dates_have_bounds() -> None:
    percent, date = options("percent_complete"), options("completion_date")
    assert {k: percent[k] for k in ("validate", "criteria", "minimum", "maximum", "error_type")} == {
        "validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1, "error_type": "stop"}  # fmt: skip
    assert {k: date[k] for k in ("validate", "criteria", "minimum", "maximum", "error_type")} == {
        "validate": "date",
        "criteria": "between",
        "minimum": dt.date(2021, 1, 1),
        "maximum": dt.datetime(2027, 12, 31, 23, 59, 59),
        "error_type": "stop",
    }


def test_a_text_that_is_too_long_is_only_questioned() -> None:
    text = options("progress_text")
    assert (text["validate"], text["error_type"]) == ("custom", "warning")
    assert text["value"].endswith("<=2000")
    assert len(text["value"]) <= 255
    problems = options("problems")  # no error, a warning: that is what is asked about
    assert (problems["validate"], problems["error_type"]) == ("custom", "warning")
    assert problems["error_message"].startswith("存在问题中有11位以上的连续数字")


OWN = """
[[own_rule]]
sheet = "填报"
code = "X001"
field = "进展情况"
severity = "退回"
when = "已填(进展情况)"
must = "字数(进展情况) >= 12"
message = "进展情况不足12个字。"
remedy = "请写具体。"

[[own_rule]]
sheet = "填报"
code = "X002"
field = "完成进度"
severity = "提示"
must = "完成进度 <= 0.99"
message = "完成进度为100%。"
remedy = "请核对。"

[[own_rule]]
sheet = "指标"
code = "X003"
field = "本期完成值"
severity = "退回"
when = "已填(本期完成值)"
must = "本期完成值 < 30 or 本期完成值 == 35.2"
message = "本期完成值过大。"
remedy = "请核对。"

[[own_rule]]
sheet = "填报"
code = "X004"
field = "佐证材料"
severity = "提示"
when = "已填(佐证材料)"
must = "字数(佐证材料) >= 4"
message = "佐证材料过于简单。"
remedy = "请写全称。"
"""


@pytest.mark.parametrize("text", ["", OWN], ids=["shipped", "with rules of the office's own"])
@pytest.mark.parametrize("part", PARTS)
def test_a_validation_refuses_nothing_that_the_check_accepts(part: Part, text: str, tmp_path: Path) -> None:
    (tmp_path / "tjxl.toml").write_text(text, encoding="utf-8")
    spec = load_specs(load_settings(tmp_path / "tjxl.toml"))[part]
    for field in spec.unit_fields:
        options = data_validation(spec, field, "L8", spec.as_of, status_source=SOURCE)
        rules = cell_rules(spec, field)
        assert options["validate"] != "any" or not rules, field.name
        for value in (v for v in CHOICES_OF[part][field.name] if not _is_blank(v)):
            broken = [r.code for r in rules if breaks_rule(r, {field.name: value}, spec, spec.as_of)]
            if not accepts(options, value, spec):
                assert broken, (field.name, value)
            elif field.name not in ("progress_text", "evidence"):  # those may ask for less than the rules
                assert not broken, (field.name, value)


def test_a_validation_holds_what_the_office_adds(tmp_path: Path) -> None:
    (tmp_path / "tjxl.toml").write_text(OWN, encoding="utf-8")
    specs = load_specs(load_settings(tmp_path / "tjxl.toml"))

    def made(part: Part, name: str) -> tuple[str, str, str]:
        spec = specs[part]
        options = data_validation(spec, spec.field(name), "L8", spec.as_of, status_source=SOURCE)
        return options["validate"], options["error_type"], options["error_message"].split("\n")[-1]

    assert made("report", "progress_text") == ("custom", "warning", "进展情况不足12个字。请写具体。")
    assert made("report", "percent_complete")[:2] == ("decimal", "stop")  # a warning is not refused
    assert made("targets", "current_value") == ("custom", "stop", "本期完成值过大。请核对。")
    assert made("report", "evidence") == ("custom", "warning", "佐证材料过于简单。请写全称。")


def accepts(options: dict[str, Any], value: Any, spec: Spec) -> bool:
    """What a spreadsheet program lets stand: whether the value may be typed without a word."""
    kind = options["validate"]
    plain = serial(value) if isinstance(value, dt.date) else value
    if kind == "list":
        choices = options["source"] if isinstance(options["source"], list) else sum(spec.statuses.values(), ())
        return value in choices
    if kind in ("decimal", "date"):
        low, high = (serial(b) if isinstance(b, dt.date) else b for b in (options["minimum"], options["maximum"]))
        return isinstance(plain, int | float) and low <= plain <= high
    grid = MemoryGrid({"填报": {(8, 12): plain}})
    return kind == "any" or bool(Evaluator(grid).evaluate(options["value"][1:], "填报", 1, 1))


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def test_a_message_too_long_for_excel_ends_with_a_whole_sentence() -> None:
    said = fitted(["甲" * 100 + "。", "乙" * 100 + "。", "丙" * 100 + "。"], "其余要求见“填报说明”。")
    assert said == "甲" * 100 + "。\n" + "乙" * 100 + "。\n其余要求见“填报说明”。"
    assert len(fitted(["甲" * 300])) == 255


def test_excels_limits_hold_for_every_field() -> None:
    fields = [(s, f) for s in SPECS.values() for f in (*s.fields, *s.head) if f.owner == "unit"]
    for spec, field in fields:
        made = data_validation(spec, field, "L8", spec.as_of, status_source=SOURCE)
        assert 0 < len(made["input_title"]) <= 32
        assert 0 < len(made["input_message"]) <= 255
        assert len(made.get("error_message", "")) <= 255


@requires_libreoffice
@pytest.mark.parametrize("part", PARTS)
def test_colours_mark_what_the_check_marks(part: Part, tmp_path: Path) -> None:
    rows = random_rows(250, seed=11, part=part)
    expected = [
        {r.field: ("warning" if r.severity == "warning" else _state(row[r.field])) for r in found}
        for row, found in zip(rows, breaches(SPECS[part], rows), strict=True)
    ]
    assert _colours(tmp_path, rows, SPECS[part]) == expected


def _state(value: object) -> str:
    blank = value is None or (isinstance(value, str) and not value.strip())
    return "missing" if blank else "error"


def _colours(folder: Path, rows: list[dict[str, Any]], spec: Spec) -> list[dict[str, str]]:
    """The formulas of the conditional formats, put into cells and recalculated; the first true one counts."""
    letters = dict(zip(spec.values("row"), "ABCDEFGHIJKLMNOPQ", strict=False))
    book = xlsxwriter.Workbook(str(folder / "in.xlsx"))
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    formats = []
    for i, row in enumerate(rows, 1):
        for name, kind in spec.values("row").items():
            value = row[name]
            titled = kind in ("role", "goal", "measure") and value is not None
            put(sheet, i - 1, ord(letters[name]) - ord("A"), spec.titles_of(value)[0] if titled else value, day)
        places = {name: f"${letter}{i}" for name, letter in letters.items()}
        colours = {f.name: conditional_formats(spec, f.name, places, "DATE(2022,6,30)") for f in spec.unit_fields}
        formats = [(name, c) for name, states in colours.items() for c in states]
        for k, (_, colour) in enumerate(formats):
            sheet.write_formula(i - 1, 30 + k, colour.formula, None, False)
    book.close()
    recalculate(folder / "in.xlsx", folder / "out.xlsx")
    made = openpyxl.load_workbook(folder / "out.xlsx", data_only=True).active
    assert made is not None
    out: list[dict[str, str]] = []
    for i in range(1, len(rows) + 1):
        states: dict[str, str] = {}
        for k, (name, colour) in enumerate(formats):
            if made.cell(i, 31 + k).value is True:
                states.setdefault(name, colour.state)
        out.append(states)
    return out


def test_a_rule_about_facts_out_of_reach_is_left_to_the_self_check() -> None:
    near = {f.name: f"${letter}8" for f, letter in zip(UNIT, "JKLMNOP", strict=True)}
    states = [c.state for c in conditional_formats(SPEC, "status", near, "$A$1")]
    assert states == ["error", "missing"]  # the warning looks at last period's status
    everything = near | dict.fromkeys(SPEC.facts, "$Z8")
    assert [c.state for c in conditional_formats(SPEC, "status", everything, "$A$1")] == [
        "error",
        "missing",
        "warning",
    ]


def test_the_guide_says_what_is_needed() -> None:
    assert [(i.title, i.necessity) for i in guide_items(SPEC)] == [
        ("进展状态", "必填"),
        ("完成进度", "视情况必填"),
        ("进展情况", "视情况必填"),
        ("存在问题", "视情况必填"),
        ("下一步措施", "视情况必填"),
        ("预计（实际）完成日期", "视情况必填"),
        ("佐证材料", "选填"),
        ("自检", "自动"),
    ]
    problems = guide_items(SPEC)[3]
    assert problems.what == "写清卡在哪里、什么原因、需要谁协调。"
    assert problems.rules == (
        "状态为“滞后”的，必须说明滞后原因。",
        "滞后原因不少于10个字。",
        "状态为“申请调整”的，必须写明理由。",
        "提示：请勿写入个人手机号码、身份证号码。",
    )
    assert {i.necessity for i in guide_items(SPEC, "head")} == {"必填"}


def test_the_guide_of_milestones_and_targets() -> None:
    said = {p: [(i.title, i.necessity) for i in guide_items(SPECS[p])] for p in ("milestones", "targets")}
    assert said == {
        "milestones": [
            ("是否完成", "视情况必填"), ("完成日期", "视情况必填"), ("说明", "视情况必填"), ("自检", "自动"),
        ],
        "targets": [
            ("本期完成值", "视情况必填"), ("数据截止日期", "视情况必填"), ("说明", "视情况必填"), ("自检", "自动"),
        ],
    }  # fmt: skip


def test_the_good_example_is_good_and_the_poor_one_is_poor() -> None:
    good, poor = guide_samples(SPEC)
    assert good.complaints == ()
    assert [title for title, _ in good.cells] == [f.title for f in UNIT]
    assert poor.complaints == (
        "进展情况不足10个字（现有4个字）。请写明本期做了什么、到了哪一步。",
        "状态为“滞后”，但未填写存在问题。请说明滞后原因。",
        "状态为“滞后”，下一步措施不足10个字（现有4个字）。请把措施写具体。",
        "状态为“滞后”，预计完成日期应晚于本期末。请填写今后的预计完成日期；已经完成的，请改状态。",
    )
