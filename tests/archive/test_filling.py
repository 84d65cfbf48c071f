"""A table that nears the last row of its sheet is told well before, and one that is full is refused.

A sheet has 1,048,576 rows; here it is given fewer.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.archive.conftest import JUNE, PERIODS
from tests.conftest import copy_of
from tests.office import Office
from tjxl import flows
from tjxl.archiving import archive_period
from tjxl.errors import PackageError
from tjxl.installation.doctor import doctor
from tjxl.ooxml import editor
from tjxl.ooxml.book import Book
from tjxl.resources import layout_toml
from tjxl.sheets import filling
from tjxl.sheets.filling import nearly_full, reported_periods
from tjxl.simulate import simulate


def said(office: Office, limit: int, title: str = "") -> list[str]:
    """The warnings, of one table or of all."""
    state = office.state
    issued, reported = len(state.issued_periods), len(reported_periods(state))
    found = nearly_full(state.book, issued, reported, state.volumes, limit)
    return [f.sentence for f in found if not title or f.sheet == title]


def last_row(office: Office, title: str = "变更记录") -> int:
    return Book(office.master).tables[title].last_row


def test_a_sheet_has_room_enough(five_months: Office) -> None:
    assert said(five_months, 1_048_576) == []


def test_a_table_of_which_few_more_periods_fit_is_told_with_what_helps(five_months: Office) -> None:
    used = last_row(five_months)
    pace = -(-(used - 2) // 5)
    limit = used + 3 * pace - 1
    (told,) = said(five_months, limit)
    assert told == (
        f"「变更记录」表：已用 {used} 行，工作表最多 {limit} 行；照目前每期约 {pace} 行，还可记约 2 期。"
        "请及早用 tjxl archive-period 把往期的行移到“往期流水”中的工作簿。"
    )
    assert said(five_months, used + 3 * pace) == []


def test_a_table_that_has_used_four_fifths_is_told_though_it_grows_slowly(five_months: Office) -> None:
    book, used = Book(five_months.master), last_row(five_months)
    limit = used * 10 // 8
    assert [f.sheet for f in nearly_full(book, 50, 50, (), limit)] == ["变更记录"]
    assert nearly_full(book, 50, 50, (), limit + 10) == []


def test_other_tables_are_told_with_other_help(five_months: Office) -> None:
    used = last_row(five_months, "报送情况")
    (told,) = (s for s in said(five_months, used + 1) if "「报送情况」" in s)
    assert told.endswith("还可记约 0 期。请删除不再需要的行和表格下方多余的空行，或另立新年度的总台账。")


def test_moving_old_periods_out_makes_room(five_months: Office, months: Office) -> None:
    limit = last_row(five_months) + 10
    assert "「变更记录」" in said(five_months, limit)[0]
    archive_period(months.project, PERIODS[3])
    assert last_row(months) == last_row(five_months)  # nothing shifts, yet the rows above are free
    assert [s for s in said(months, limit) if "流水" in s or "变更记录" in s] == []


def test_forms_that_nobody_has_filled_in_yet_leave_the_pace_as_it_was(months: Office) -> None:
    limit = last_row(months) + 10
    before = said(months, limit, "变更记录")
    flows.issue(months.project, JUNE)
    assert said(months, limit, "变更记录") == before
    used = last_row(months, "报送情况")
    assert f"每期约 {-(-(used - 2) // 6)} 行" in said(months, used, "报送情况")[0]


def test_periods_that_were_moved_count_for_the_pace_and_not_for_what_is_used(months: Office) -> None:
    rows, listed = last_row(months) - 2, len(months.state.changes)
    archive_period(months.project, PERIODS[3])
    left = len(months.table("changes"))
    limit = left + 2 + 10
    assert rows == listed > left
    (told,) = said(months, limit, "变更记录")
    pace = -(-rows // 5)
    assert f"已用 {left + 2} 行，工作表最多 {limit} 行；照目前每期约 {pace} 行，还可记约 {10 // pace} 期" in told


def test_a_merge_counts_the_period_that_it_has_merged(months: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, last_row(months) + 1000)
    monkeypatch.setitem(layout_toml("volumes.toml")["filling"], "share", 0.01)
    flows.issue(months.project, JUNE)
    simulate(months.project, JUNE, seed=5, stage="cooperating")
    merged = {f["message"] for f in months.merge()["findings"] if f["code"] == "M530"}
    assert merged == {f["message"] for f in flows.status(months.project)["findings"] if f["code"] == "M530"}
    pace = -(-(last_row(months, "填报流水") - 2) // 6)
    assert any("「填报流水」" in told and f"每期约 {pace} 行" in told for told in merged)


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch, five_months: Office) -> int:
    """Sheets of just so many rows as 变更记录 has now, and a few."""
    return limited(monkeypatch, last_row(five_months) + 3)


def limited(monkeypatch: pytest.MonkeyPatch, limit: int) -> int:
    monkeypatch.setattr(editor, "MAX_ROW", limit)
    monkeypatch.setattr(filling.nearly_full, "__defaults__", (limit,))
    monkeypatch.setattr(filling.has_room, "__defaults__", (limit,))
    return limit


def test_every_command_that_looks_at_the_master_tells(months: Office, tight: int) -> None:
    def codes(findings: list[dict[str, Any]]) -> set[str]:
        return {f["code"] for f in findings}

    del tight
    assert "M530" in codes(flows.status(months.project)["findings"])
    assert "M530" in codes(flows.collect(months.project)["findings"])
    assert "M530" in codes(flows.merge(months.project)["findings"])
    assert "M530" in codes(doctor(months.project)["checks"])


def test_a_merge_that_does_not_fit_is_refused_before_anything_is_written(
    months: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    flows.issue(months.project, "2022-06")
    simulate(months.project, "2022-06", seed=5, stage="cooperating")
    tight = limited(monkeypatch, max(last_row(months, "填报流水"), last_row(months, "报送情况")))
    other = copy_of(months, tmp_path / "移出")
    before, inbox, archive = months.master, months.inbox(), sorted(months.project.archive.iterdir())
    with pytest.raises(PackageError) as refused:
        months.merge()
    assert str(refused.value) == (
        "「填报流水」表已用到工作表的最后一行，新记录无处可放，文件未作任何改动。"
        "填报流水、指标流水、节点流水、变更记录可用 tjxl archive-period 移出往期的行；"
        "其他表请删除表格下方多余的空行，或另立新年度的总台账。"
    )
    assert (months.master, months.inbox(), sorted(months.project.archive.iterdir())) == (before, inbox, archive)
    archive_period(other.project, PERIODS[3])
    assert other.merge()["rows"] > 0
    assert last_row(other, "填报流水") <= tight


def test_no_merge_is_refused_for_want_of_room_in_the_list_of_changes(months: Office, tight: int) -> None:
    flows.issue(months.project, "2022-06")
    simulate(months.project, "2022-06", seed=5, stage="cooperating")
    listed = last_row(months)
    result = months.merge()
    assert result["rows"] > 0
    (told,) = (f["message"] for f in result["findings"] if f["code"] == "M504")
    assert told == (
        f"「变更记录」表余下的行不够，本次 {len(result['changes'])} 处变更未列入该表；流水照常入账，"
        "可用 tjxl history 查看。请用 tjxl archive-period 移出往期的行，或删除该表中不再需要的行。"
    )
    assert last_row(months) == listed < tight
