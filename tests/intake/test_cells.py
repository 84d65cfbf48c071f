"""One return, one wrong or odd cell: the verdict, and the finding with its sheet, cell and original value."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.intake.conftest import Desk
from tests.office import AUDIT, PROGRESS, SPORTS, changed, part_of, resaved, with_part, without_format

LATE = dt.date(2022, 9, 30)


def test_a_return_without_a_mistake_is_accepted(desk: Desk) -> None:
    assert desk.judge(desk.filled(SPORTS)) == ("accepted", [])


def test_so_is_one_saved_by_another_program(desk: Desk) -> None:
    assert desk.judge(resaved(desk.filled(SPORTS))) == ("accepted", [])


def test_the_form_as_issued_says_so_once(desk: Desk) -> None:
    assert desk.judge(desk.form(SPORTS)) == ("returned", [("R310", "填报", None, None)])


def test_so_does_a_form_of_which_only_the_head_was_filled(desk: Desk) -> None:
    empty = {f"{column}{row}": None for column in "JKL" for row in (7, 8, 9)}
    assert desk.judge(desk.filled(SPORTS, **empty)) == ("returned", [("R310", "填报", None, None)])


@pytest.mark.parametrize(
    ("cells", "verdict", "finding"),
    [
        ({"J7": "推进中"}, "accepted_with_notes", ("V401", "填报", "J7", "推进中")),
        ({"J7": "差不多了"}, "returned", ("V402", "填报", "J7", "差不多了")),
        ({"J7": None}, "returned", ("F010", "填报", "J7", None)),
        ({"J7": "未启动", "L7": None}, "returned", ("F021", "填报", "K7", 0.4)),
        ({"K7": "80％"}, "accepted_with_notes", ("V403", "填报", "K7", "80％")),
        ({"K7": "百分之八十"}, "accepted_with_notes", ("V403", "填报", "K7", "百分之八十")),
        ({"K7": "约80%"}, "accepted_with_notes", ("V406", "填报", "K7", "约80%")),
        ({"K7": "1"}, "needs_decision", ("V404", "填报", "K7", "1")),
        ({"K7": "很快"}, "returned", ("V405", "填报", "K7", "很快")),
        ({"K7": 1.8}, "returned", ("F020", "填报", "K7", 1.8)),
        ({"K7": -0.1}, "returned", ("F020", "填报", "K7", -0.1)),
        ({"K7": None}, "returned", ("F022", "填报", "K7", None)),
        ({"L7": None}, "returned", ("F030", "填报", "L7", None)),
        ({"L7": "正在推进"}, "returned", ("F031", "填报", "L7", "正在推进")),
        ({"L7": "长" * 2001}, "returned", ("F032", "填报", "L7", "长" * 2001)),
        ({"O7": "9月底前后"}, "returned", ("V410", "填报", "O7", "9月底前后")),
        ({"O7": "2022.9.30"}, "accepted_with_notes", ("V407", "填报", "O7", "2022.9.30")),
        ({"O7": "9月底"}, "accepted_with_notes", ("V414", "填报", "O7", "9月底")),
        ({"O7": "06-07-22"}, "needs_decision", ("V408", "填报", "O7", "06-07-22")),
        ({"O7": "2032-09-30"}, "returned", ("V409", "填报", "O7", "2032-09-30")),
        ({"J7": "已完成"}, "returned", ("F023", "填报", "K7", 0.4)),
        ({"F4": None}, "returned", ("F101", "填报", "F4", None)),
        ({"H4": "找小王"}, "returned", ("F103", "填报", "H4", "找小王")),
        ({"H4": None}, "returned", ("F102", "填报", "H4", None)),
        ({"J4": "　"}, "returned", ("F104", "填报", "J4", None)),
        ({"M4": None}, "returned", ("F106", "填报", "M4", None)),
        ({"M4": "5月20日"}, "accepted_with_notes", ("V414", "填报", "M4", "5月20日")),
        ({"M4": "月底"}, "returned", ("V410", "填报", "M4", "月底")),
        ({"H3": "市教委"}, "returned", ("I205", "填报", "H3", "市教委")),
        ({"C7": "另一项工作"}, "accepted_with_notes", ("R309", "填报", "C7", "另一项工作")),
    ],
)
def test_one_wrong_cell(desk: Desk, cells: dict[str, object], verdict: str, finding: tuple[object, ...]) -> None:
    done = {"O7": dt.date(2022, 5, 10), "P7": "验收报告"} if cells.get("J7") == "已完成" else {}
    assert desk.judge(desk.filled(SPORTS, **cells, **done)) == (verdict, [finding])


def test_every_mistake_of_a_file_is_told_at_once_in_reading_order(desk: Desk) -> None:
    content = desk.filled(SPORTS, H4=None, K7="很快", J8="差不多了", J9="滞后")
    assert desk.judge(content) == (
        "returned",
        [
            ("F102", "填报", "H4", None),
            ("V405", "填报", "K7", "很快"),
            ("V402", "填报", "J8", "差不多了"),
            ("F040", "填报", "M9", None),
            ("F050", "填报", "N9", None),
            ("F063", "填报", "O9", None),
        ],
    )


def test_a_late_task_with_reason_measure_and_date_is_fine(desk: Desk) -> None:
    reason = {"M7": "征地补偿协议尚有三户未签订。", "N7": "八月底前完成剩余三户签约。"}
    assert desk.judge(desk.filled(SPORTS, J7="滞后", O7=LATE, **reason)) == ("accepted", [])


def test_a_date_that_breaks_a_rule_is_shown_as_a_date(desk: Desk) -> None:
    done = desk.filled(SPORTS, J7="已完成", K7=1, O7=LATE, P7="验收报告")
    assert desk.judge(done) == ("returned", [("F062", "填报", "O7", "2022-09-30")])


@pytest.mark.parametrize(
    ("typed", "verdict", "findings"),
    [
        (0.8, "accepted_with_notes", [("V403", "填报", "K7", 0.8)]),
        (80, "accepted_with_notes", [("V403", "填报", "K7", 80.0)]),
        (1, "needs_decision", [("V404", "填报", "K7", 1.0)]),
        (0, "accepted", []),
    ],
)
def test_a_percent_in_a_cell_that_lost_its_format(
    desk: Desk, typed: float, verdict: str, findings: list[tuple[str, str, str, object]]
) -> None:
    assert desk.judge(without_format(desk.filled(SPORTS), K7=typed)) == (verdict, findings)


def test_one_in_percent_format_is_a_hundred_percent(desk: Desk) -> None:
    done = desk.filled(SPORTS, J7="已完成", K7=1, O7=dt.date(2022, 5, 10), P7="验收报告")
    assert desk.judge(done) == ("accepted", [])


def test_a_date_pasted_as_a_bare_number_is_noted(desk: Desk) -> None:
    content = without_format(desk.filled(SPORTS), O7=44834)
    assert desk.judge(content) == ("accepted_with_notes", [("V407", "填报", "O7", "44834")])


def test_a_formula_without_a_value_is_not_read_as_blank(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS), lambda sheet: sheet["K7"].__setattr__("value", "=1/2"))
    assert desk.judge(content) == ("returned", [("V412", "填报", "K7", None)])


def test_an_error_value_is_not_read_as_blank(desk: Desk) -> None:
    def put_error(sheet: object) -> None:
        cell = sheet["K7"]  # type: ignore[index]
        cell.value, cell.data_type = "#DIV/0!", "e"

    assert desk.judge(changed(desk.filled(SPORTS), put_error)) == ("returned", [("V411", "填报", "K7", "#DIV/0!")])


def test_a_formula_with_a_value_counts_by_its_value(desk: Desk) -> None:
    content = desk.filled(SPORTS, K7=0.4)
    formula = with_part(content, part_of(content, "填报"), lambda xml: _as_formula(xml, b"K7", b"<f>2/5</f>"))
    assert formula != content
    assert desk.judge(formula) == ("accepted", [])


def _as_formula(xml: bytes, ref: bytes, formula: bytes) -> bytes:
    start = xml.index(b"<v>", xml.index(b'r="%s"' % ref))
    return xml[:start] + formula + xml[start:]


def test_a_text_that_looks_like_a_formula_is_text(desk: Desk) -> None:
    attack = "=cmd|'/c calc'!A0 请查看附件说明"
    assert desk.judge(desk.filled(SPORTS, L7=attack)) == ("accepted", [])


def test_text_beyond_what_a_cell_can_hold(desk: Desk) -> None:
    # No spreadsheet program writes it, but a script does.
    content = desk.filled(SPORTS, L7="标记" + PROGRESS)
    longer = with_part(content, part_of(content, "填报"), lambda xml: xml.replace("标记".encode(), b"x" * 32_768))
    verdict, findings = desk.judge(longer)
    assert (verdict, [(code, cell) for code, _, cell, _ in findings]) == ("returned", [("V413", "L7")])


@pytest.mark.parametrize("unit", [SPORTS, AUDIT])
def test_an_optional_percent_may_stay_blank(desk: Desk, unit: str) -> None:
    """A cooperating unit, and a task that is to make visible progress, owe no percentage."""
    optional = "K8" if unit == SPORTS else "K7"
    assert desk.judge(desk.filled(unit, **{optional: None})) == ("accepted", [])
