"""`tjxl merge`: what lands where, what waits, what a second merge does."""

from __future__ import annotations

import datetime as dt
import hashlib
import random

import pytest

from tests.conftest import copy_of
from tests.office import (
    AUDIT,
    JUNE,
    MAY,
    PROGRESS,
    REPORTED_ON,
    SPORTS,
    Office,
    changed,
    filled,
    generated,
    opened,
    resaved,
    saved,
    zipped,
)
from tjxl.ooxml.book import Book
from tjxl.simulate import simulate

SHARED = "T035"  # 市商务局 leads, 市体育局 and others cooperate
REPORT = {
    "status": "正常推进", "percent_complete": 0.4, "progress_text": PROGRESS,
    "problems": None, "next_steps": None, "completion_date": None,
}  # fmt: skip


def reported(row: dict[str, object]) -> dict[str, object]:
    return {name: row[name] for name in REPORT}


def test_a_report_lands_in_the_task_and_in_the_assignment(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    (task,) = office.table("tasks", task_code="T130")
    (lead,) = office.table("assignments", task_code="T130", unit=SPORTS)
    for row in (task, lead):
        assert (reported(row), row["period"]) == (REPORT, MAY)


def test_a_task_shows_its_leads_word_not_that_of_who_cooperates(office: Office) -> None:
    office.send("配合.xlsx", filled(office.form(SPORTS), K8=0.9))
    office.merge()
    assert office.table("tasks", task_code=SHARED)[0]["status"] is None
    assert office.table("assignments", task_code=SHARED, unit=SPORTS)[0]["percent_complete"] == 0.9
    office.send("牵头.xlsx", filled(office.form("市商务局")))
    office.merge()
    assert office.table("tasks", task_code=SHARED)[0]["percent_complete"] == 0.4
    assert office.table("assignments", task_code=SHARED, unit=SPORTS)[0]["percent_complete"] == 0.9


def test_every_accepted_row_stands_in_the_ledger_with_where_it_came_from(office: Office) -> None:
    """The sheet row is the true one, also where rows were inserted, sorted or the sheet renamed."""
    book = opened(filled(office.form(SPORTS)))
    book["填报"].insert_rows(1, 2)
    book["填报"].insert_rows(10)
    book["填报"].title = "5月"
    member = saved(book)
    office.send("区县/报送.zip", zipped({"体育局.xlsx": member}))
    result = office.merge()
    assert result["rows"] == 3
    ledger = office.table("ledger")
    assert [(r["task_code"], r["row"]) for r in ledger] == [("T035", 11), ("T037", 12), ("T130", 9)]
    assert {(r["file"], r["sheet"], r["sha256"]) for r in ledger} == {
        ("区县/报送.zip/体育局.xlsx", "5月", hashlib.sha256(member).hexdigest())
    }
    assert {(r["period"], r["unit"], r["unit_code"], r["batch"]) for r in ledger} == {(MAY, SPORTS, "U031", 1)}
    assert {r["task_code"]: r["role"] for r in ledger} == {"T130": "牵头", "T035": "配合", "T037": "配合"}


def test_changes_name_old_and_new_and_the_cell_they_came_from(office: Office) -> None:
    content = filled(office.form(AUDIT))
    office.send("a.xlsx", content)
    result = office.merge()
    assert {(c["field"], c["old"], c["new"], c["cell"]) for c in result["changes"]} == {
        ("status", None, "正常推进", "J7"),
        ("percent_complete", None, 0.4, "K7"),
        ("progress_text", None, PROGRESS, "L7"),
    }
    one = result["changes"][0]
    sha256 = hashlib.sha256(content).hexdigest()
    assert (one["task"], one["unit"], one["sheet"]) == ("T137", AUDIT, "填报")
    assert (one["file"], one["sha256"]) == ("a.xlsx", sha256)
    assert (one["period"], one["code"], one["kind"]) == (MAY, "T137", "first")
    assert sorted(one) == [
        "cell", "code", "field", "file", "kind", "new", "old", "period", "sha256", "sheet", "task", "unit",
    ]  # fmt: skip
    assert (result["merged"], result["skipped"], result["rows"]) == (["a.xlsx"], [], 1)


def test_the_submission_is_noted(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT)), "2022-05-21 08:30")
    office.send("b.xlsx", filled(office.form(SPORTS), M4=dt.date(2022, 5, 26)))
    office.merge()
    (row,) = office.table("submissions", unit=AUDIT)
    assert (row["state"], row["reported_on"], row["file"]) == ("已报", dt.date(2022, 5, 20), "a.xlsx")
    assert (row["prepared_by"], row["phone"], row["reviewed_by"]) == ("张明", "022-23456789", "李华")
    assert row["file_time"] == dt.datetime(2022, 5, 21, 8, 30)
    (late,) = office.table("submissions", unit=SPORTS)
    assert (late["state"], late["due_on"]) == ("迟报", dt.date(2022, 5, 25))


def test_the_file_is_archived_the_master_backed_up_the_inbox_emptied(office: Office) -> None:
    content, before = filled(office.form(AUDIT)), office.master
    office.send("随便.XLSX", content)
    backup = office.merge()["backup"]
    assert (office.project.archive / f"{hashlib.sha256(content).hexdigest()}.xlsx").read_bytes() == content
    assert (office.project.root / backup).read_bytes() == before
    assert office.inbox() == []


def test_what_has_errors_stays_and_nothing_of_it_is_merged(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), J8="差不多了"))
    before = office.master
    result = office.merge()
    assert result["skipped"] == [{"file": "a.xlsx", "unit": SPORTS, "verdict": "returned"}]
    assert (result["merged"], result["backup"], office.inbox()) == ([], None, ["a.xlsx"])
    assert office.master == before


def test_text_that_looks_like_a_formula_stays_text_all_the_way(office: Office) -> None:
    attack = "=cmd|'/c calc'!A0 请查看附件说明"
    office.send("a.xlsx", filled(office.form(AUDIT), L7=attack, M7="+1+1", N7="@SUM(A1)"))
    office.merge()
    master = opened(office.master)
    for title in ("任务台账", "责任分工", "填报流水"):
        cells = [c for row in master[title].iter_rows() for c in row if c.value == attack]
        assert [(c.value, c.data_type) for c in cells] == [(attack, "s")]


def test_strange_but_lawful_text_comes_back_as_it_was(office: Office) -> None:
    strange = "第一行\n第二行 <&>\"' _x000D_ 𠮷 已完成方案论证"
    office.send("a.xlsx", filled(office.form(AUDIT), L7=strange))
    office.merge()
    assert office.table("tasks", task_code="T137")[0]["progress_text"] == strange


# ---- again, older, newer


def test_merging_again_changes_nothing(office: Office) -> None:
    simulate(office.project, MAY, seed=5)
    office.merge()
    before, folders = office.master, sorted(office.project.backups.iterdir())
    result = office.merge()
    assert (result["merged"], result["rows"], result["changes"], result["backup"]) == ([], 0, [], None)
    assert (office.master == before, sorted(office.project.backups.iterdir()) == folders) == (True, True)


def test_so_does_sending_the_same_files_again(office: Office) -> None:
    content = filled(office.form(SPORTS))
    office.send("a.xlsx", content)
    office.merge()
    before = office.master
    office.send("又发一遍.xlsx", content, "2022-06-01 10:00")
    assert office.collect() == {"又发一遍.xlsx": ("ignored", [("I208", None, None, None)])}
    assert office.merge()["rows"] == 0
    assert (office.master == before, office.inbox()) == (True, [])


def test_so_does_the_same_report_saved_by_another_program(office: Office) -> None:
    """Other bytes, the same words: known as a new file, but no value and no ledger row changes."""
    content = filled(office.form(SPORTS))
    office.send("a.xlsx", content)
    office.merge()
    cells = generated(office)["tasks"], generated(office)["assignments"]
    office.send("a.xlsx", resaved(content), "2022-05-21 10:00")
    result = office.merge()
    assert (result["rows"], result["changes"], len(office.table("ledger"))) == (0, [], 3)
    assert (generated(office)["tasks"], generated(office)["assignments"]) == cells


def test_a_newer_return_corrects_the_merged_one(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    newer = filled(office.form(SPORTS), M4=dt.date(2022, 5, 24), K7=0.6)
    office.send("b.xlsx", newer)
    result = office.merge()
    assert [(c["task"], c["field"], c["old"], c["new"]) for c in result["changes"]] == [
        ("T130", "percent_complete", 0.4, 0.6)
    ]
    rows = office.table("ledger", task_code="T130")
    assert [(r["batch"], r["percent_complete"]) for r in rows] == [(1, 0.4), (2, 0.6)]
    assert len(office.table("ledger")) == 4  # rows that say the same add nothing
    assert office.table("tasks", task_code="T130")[0]["percent_complete"] == 0.6
    (row,) = office.table("submissions", unit=SPORTS)
    assert (row["file"], row["reported_on"]) == ("b.xlsx", dt.date(2022, 5, 24))


def test_an_older_return_after_a_newer_one_is_ignored(office: Office) -> None:
    office.send("b.xlsx", filled(office.form(SPORTS), M4=dt.date(2022, 5, 24), K7=0.6))
    office.merge()
    before = generated(office)
    (row,) = [r for r in before["submissions"] if r["unit"] == SPORTS]
    office.send("a.xlsx", filled(office.form(SPORTS)))
    assert office.collect() == {"a.xlsx": ("ignored", [("I209", None, None, None)])}
    result = office.merge()
    row["first_reported_on"] = REPORTED_ON  # it was the first to come: nothing else of it counts
    assert (result["merged"], generated(office) == before, office.inbox()) == ([], True, [])


def test_another_word_of_the_same_moment_as_the_merged_one_is_a_question(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    office.send("b.xlsx", filled(office.form(SPORTS), K7=0.6))
    assert office.collect() == {"b.xlsx": ("needs_decision", [("I210", None, None, None)])}
    assert office.merge()["merged"] == []
    assert office.table("tasks", task_code="T130")[0]["percent_complete"] == 0.4


def test_an_older_version_stays_until_its_successor_is_merged(office: Office) -> None:
    """The newer one has a mistake; nothing of the older is taken in its place, and it is not lost either."""
    office.send("旧.xlsx", filled(office.form(SPORTS)))
    office.send("新.xlsx", filled(office.form(SPORTS), M4=dt.date(2022, 5, 24), J7=None))
    assert (office.merge()["merged"], office.inbox()) == ([], ["新.xlsx", "旧.xlsx"])
    office.send("新.xlsx", filled(office.form(SPORTS), M4=dt.date(2022, 5, 24)))
    assert (office.merge()["merged"], office.inbox()) == (["新.xlsx"], [])


def test_last_months_report_corrected_does_not_hide_this_months(june: Office) -> None:
    june.send("六月.xlsx", filled(june.form(SPORTS, JUNE), M4=dt.date(2022, 6, 20), K7=0.95))
    june.merge()
    task = june.table("tasks", task_code="T130")
    june.send("五月更正.xlsx", filled(june.form(SPORTS, MAY), M4=dt.date(2022, 6, 21), K7=0.5))
    june.merge(MAY)
    assert june.table("tasks", task_code="T130") == task
    rows = june.table("ledger", task_code="T130", unit=SPORTS)
    assert [(r["period"], r["percent_complete"]) for r in rows[1:]] == [(JUNE, 0.95), (MAY, 0.5)]


# ---- questions


def test_a_questioned_row_waits_the_rest_is_merged(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7="1"))
    result = office.merge()
    assert (result["merged"], result["rows"]) == (["a.xlsx"], 2)
    assert result["skipped"] == [{"file": "a.xlsx", "unit": SPORTS, "verdict": "needs_decision"}]
    assert office.table("tasks", task_code="T130")[0]["status"] is None
    assert office.table("assignments", task_code="T035", unit=SPORTS)[0]["status"] == "正常推进"
    assert office.table("submissions", unit=SPORTS)[0]["state"] == "待裁决"
    assert office.inbox() == ["a.xlsx"]
    before = office.master
    assert (office.merge()["rows"], office.master == before) == (0, True)


def test_a_report_that_awaits_a_decision_is_not_missing_on_the_dashboard(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7="1"))
    office.send("b.xlsx", filled(office.form(AUDIT)))
    office.merge()
    texts = [cell.value for cell in Book(office.master).cells("看板").cells.values()]
    assert "本期应报67个单位，已报2个，未报65个" in texts


def test_once_the_unit_says_what_it_meant_the_rest_follows(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7="1"))
    office.merge()
    office.send("b.xlsx", filled(office.form(SPORTS), M4=dt.date(2022, 5, 23)))
    assert (office.merge()["rows"], office.inbox()) == (1, [])
    assert office.table("submissions", unit=SPORTS)[0]["state"] == "已报"


def test_words_in_a_row_without_a_task_do_not_hold_the_others(office: Office) -> None:
    def add(sheet: object) -> None:
        sheet.insert_rows(8)  # type: ignore[attr-defined]
        sheet["L8"] = "另：本月新增一项工作。"  # type: ignore[index]

    office.send("a.xlsx", changed(filled(office.form(SPORTS)), add))
    assert (office.merge()["rows"], office.inbox()) == (3, ["a.xlsx"])
    assert office.table("submissions", unit=SPORTS)[0]["state"] == "待裁决"


def test_two_versions_of_one_moment_wait_both(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.send("b.xlsx", filled(office.form(SPORTS), K7=0.6))
    result = office.merge()
    assert (result["merged"], len(result["skipped"]), office.inbox()) == ([], 2, ["a.xlsx", "b.xlsx"])


def test_a_request_to_adjust_is_merged_and_asks_the_office(office: Office) -> None:
    asked = {"J7": "申请调整", "M7": "上级政策调整，需重新论证", "O7": dt.date(2022, 12, 31)}
    office.send("a.xlsx", filled(office.form(AUDIT), **asked))
    result = office.merge()
    assert (result["rows"], result["questions"]) == (1, 1)
    assert office.table("tasks", task_code="T137")[0]["status"] == "申请调整"
    question = office.table("questions")[-1]
    assert (question["unit"], question["task_code"], question["choices"]) == (AUDIT, "T137", "同意、不同意")
    assert question["question"] == (
        "市审计局就任务 137 申请调整：上级政策调整，需重新论证（拟调整至 2022-12-31）。是否同意？"
    )
    assert office.table("submissions", unit=AUDIT)[0]["state"] == "已报"


# ---- in any order


def deliver(office: Office) -> list[str]:
    """Returns of five units, two of them with an older version beside the one that counts; their names."""
    units = [SPORTS, AUDIT, "市信访办", "市外办", "市应急局"]
    simulate(office.project, MAY, seed=11, units=units)
    office.send("旧/体育.xlsx", filled(office.form(SPORTS), M4=dt.date(2022, 5, 2), K7=0.11))
    office.send("旧/审计.xlsx", filled(office.form(AUDIT), M4=dt.date(2022, 5, 3), K7=0.12))
    return office.inbox()


@pytest.mark.parametrize("seed", [1, 2])
def test_returns_merged_one_by_one_in_any_order_give_the_same_master(
    issued_project: Office, office: Office, seed: int
) -> None:
    files = deliver(office)
    other = copy_of(issued_project, office.project.root.parent / "逐份合并")
    deliver(other)
    waiting = other.project.inbox.rename(other.project.root / "待收")
    office.merge()
    for name in random.Random(seed).sample(files, len(files)):
        path = other.project.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        (waiting / name).rename(path)
        other.merge()
    assert generated(other) == generated(office)
    assert (office.inbox(), other.inbox()) == ([], [])
