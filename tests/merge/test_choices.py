"""What the office decides about whole files, and what questions about a row hold back and what not."""

from __future__ import annotations

import pytest

from tests.office import MAY, SPORTS, Office, changed, filled
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.sheets.layout import master_layout
from tjxl.sheets.rows import find_table


def answer(office: Office, question_no: str, text: str) -> None:
    """The office types its decision into 待裁决."""
    editor = BookEditor(office.master)
    table = find_table(editor.book, master_layout()["questions"])
    row = next(r.number for r in office.state.questions if r["question_no"] == question_no)
    editor.edit(table.sheet, row, table.columns["处理意见"], Put(text))
    office.project.master.write_bytes(editor.save())


def send_two(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.send("b.xlsx", filled(office.form(SPORTS), K7=0.45, L8="已召开部门协调会，形成实施方案初稿。"))


def asked(office: Office) -> list[dict[str, object]]:
    return office.table("questions", period=MAY, unit=SPORTS)


def test_which_of_two_files_counts_is_asked_once_with_what_differs(office: Office) -> None:
    send_two(office)
    office.collect()
    office.collect()
    (question,) = asked(office)
    assert question["choices"] == "a.xlsx、b.xlsx"
    assert question["question"] == (
        "“a.xlsx”、“b.xlsx”是同一单位同一时刻的报送，但内容不同，不同之处：第 130 项“完成进度”（40%／45%）、"
        "第 35 项“进展情况”（已完成方案论证和立项批复，各参与…／"
        "已召开部门协调会，形成实施方案初…）。请确认以哪一份为准。"
    )


@pytest.mark.parametrize(("chosen", "percent"), [("a.xlsx", 0.4), ("b.xlsx", 0.45)])
def test_the_file_that_the_office_chooses_is_merged_and_both_are_put_away(
    office: Office, chosen: str, percent: float
) -> None:
    send_two(office)
    office.collect()
    assert office.merge()["merged"] == []
    answer(office, str(asked(office)[0]["question_no"]), chosen)
    other = {"a.xlsx": "b.xlsx", "b.xlsx": "a.xlsx"}[chosen]
    judged = office.collect()
    assert judged[chosen] == ("accepted", [])
    assert judged[other] == ("ignored", [("I223", None, None, None)])
    assert office.merge()["merged"] == [chosen]
    assert office.table("tasks", task_code="T130")[0]["percent_complete"] == percent
    assert office.inbox() == []


def test_another_answer_chooses_nothing(office: Office) -> None:
    send_two(office)
    office.collect()
    answer(office, str(asked(office)[0]["question_no"]), "c.xlsx")
    assert office.merge()["merged"] == []


def test_a_wish_for_another_deadline_is_asked_and_holds_nothing_back(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), E7="2023年6月底前完成"))
    result = office.merge()
    assert (result["merged"], result["rows"], result["questions"]) == (["a.xlsx"], 3, 1)
    (question,) = asked(office)
    assert (question["task_code"], question["choices"]) == ("T130", "同意、不同意、退回单位核实")
    assert "由“年底前完成”改为“2023年6月底前完成”" in str(question["question"])
    assert (office.inbox(), office.table("submissions", unit=SPORTS)[0]["state"]) == ([], "已报")
    assert office.table("tasks", task_code="T130")[0]["deadline"] == "年底前完成"


def test_rows_filled_in_as_one_wait_and_the_others_are_merged(office: Office) -> None:
    def merge_two(sheet: object) -> None:
        sheet["L8"] = None  # type: ignore[index]
        sheet.merge_cells("L7:L8")  # type: ignore[attr-defined]

    office.send("a.xlsx", changed(filled(office.form(SPORTS)), merge_two))
    office.merge()
    assert [row["task_code"] for row in office.table("ledger")] == ["T037"]


def test_the_same_words_saved_twice_are_no_question(office: Office) -> None:
    from tests.office import resaved

    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.send("b.xlsx", resaved(filled(office.form(SPORTS))))
    assert sorted(verdict for verdict, _ in office.collect().values()) == ["accepted", "ignored"]


def test_a_late_report_is_taken_and_noted_as_late(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), M4="2022-05-31"))
    office.merge()
    assert office.table("submissions", unit=SPORTS)[0]["state"] == "迟报"
