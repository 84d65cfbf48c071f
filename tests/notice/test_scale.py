"""Notices of any size read back as they were meant, in linear time; hostile text ends fast with a clear answer."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notice.conftest import Read
from tests.notice.synthetic import plan, render, synthetic_notice
from tjxl.errors import NoticeError
from tjxl.notice.columns import Titles
from tjxl.notice.documents import document_of_text
from tjxl.notice.read import build_register, read_notice
from tjxl.settings import Settings, load_settings

DEFAULTS = load_settings()


@settings(max_examples=60, deadline=None)
@given(tasks=st.integers(1, 120), units=st.integers(1, 80), seed=st.integers(0, 2**32))
def test_round_trip(tasks: int, units: int, seed: int) -> None:
    planned = plan(tasks, units, seed)
    document = document_of_text(render(planned, seed), "notice.txt", Titles())
    columns = Titles().recognise(document.header.cells)
    assert columns is not None
    register = build_register(document, columns, 2022, DEFAULTS)
    assert register.findings == ()
    assert [
        (t.serial_no, t.theme, t.text, t.deadline_text, t.leaders, (t.lead_unit, *t.cooperating_units))
        for t in register.tasks
    ] == [(p.serial_no, p.theme, p.text, p.deadline, p.leaders, p.units) for p in planned]
    assert len(register.reporting_units) == units
    assert len(register.assignments) == sum(len(p.units) for p in planned)


def test_the_generator_is_pure() -> None:
    assert synthetic_notice(30, 10, 5) == synthetic_notice(30, 10, 5) != synthetic_notice(30, 10, 6)


def test_reading_is_linear(tmp_path: Path, settings: Settings) -> None:
    """10,000 tasks take about ten times as long as 1,000 (a second on a slow core); a quadratic step would show."""
    seconds = {}
    for tasks in (1_000, 10_000):
        path = tmp_path / f"{tasks}.txt"
        path.write_text(synthetic_notice(tasks, 59, 1), encoding="utf-8")
        runs = []
        for _ in range(2):
            started = time.process_time()
            register = read_notice(path, 2022, settings)
            runs.append(time.process_time() - started)
        seconds[tasks] = min(runs)
        assert (len(register.tasks), len(register.reporting_units), register.findings) == (tasks, 59, ())
    assert seconds[10_000] < 30 * seconds[1_000]


HEADER = "\t序号\n\t重点工作\n\t责任单位\n\n"
TEN_MB = 10_000_000


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\t" * TEN_MB, "E102"),
        ("\t\n" * (TEN_MB // 2), "E102"),
        ("市" * (TEN_MB // 3), "E101"),
        ("\t市" * (TEN_MB // 4), "E109"),
        ("a|b\n" * (TEN_MB // 4), "E109"),
        ("a\n" * (TEN_MB // 2), "E109"),
        ("a\n" * 400_000, "E101"),
        ("1.a\n" * 400_000, "E101"),
        ("（市教委负责" * (TEN_MB // 18), "E101"),
        ("关于" * (TEN_MB // 6) + "\n" + HEADER, "E108"),
        ("共1项" * (TEN_MB // 10) + "\n" + HEADER, "E108"),
        (HEADER + "\t" * TEN_MB, "E109"),
    ],
    ids=[
        "tabs",
        "tab lines",
        "one line",
        "cells",
        "pipes",
        "too many lines",
        "lines",
        "numbered lines",
        "open brackets",
        "title",
        "counts",
        "tabs in the table",
    ],
)
def test_hostile_text_is_refused_fast(read: Read, text: str, code: str) -> None:
    started = time.process_time()
    with pytest.raises(NoticeError) as caught:
        read(text)
    assert caught.value.code == code
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (HEADER + "\t\n" * 400_000, "N110"),
        (HEADER + "\t1\n\t做事\n\t" + "市、" * (TEN_MB // 6), "N119"),
        (HEADER + "\t1\n\t做事\n\t" + "（" * (TEN_MB // 3), "N119"),
        (HEADER + "\t1\n\t" + "做\n" * 400_000, "N110"),
    ],
    ids=["empty cells", "names", "brackets", "lines in a cell"],
)
def test_hostile_cells_are_errors_fast(read: Read, text: str, code: str) -> None:
    started = time.process_time()
    register = read(text)
    assert register.tasks == ()
    assert [f.code for f in register.findings if f.severity == "error"] == [code, "N117"]
    assert time.process_time() - started < 10


@given(st.binary(max_size=2_000))
def test_any_bytes_without_a_table_end_in_a_notice_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("any") / "x.txt"
    path.write_bytes(data)
    with pytest.raises(NoticeError, match=r"x\.txt"):
        read_notice(path, 2022, DEFAULTS)


_NOTICE_CHARACTERS = "\t\n 序号重点工作责任单位1234.一、（二）市委局：负责牵头，配合等各区。年月底前完成其中"


@pytest.mark.parametrize("head", [HEADER, "", "一、目标\n"], ids=["table", "anything", "prose"])
@given(text=st.text(alphabet=_NOTICE_CHARACTERS, max_size=300))
def test_any_text_ends_in_a_register_or_a_clear_refusal(head: str, text: str) -> None:
    try:
        document = document_of_text(head + text, "x.txt", Titles())
    except NoticeError:
        return  # one clear sentence: the catalogue's
    register = build_register(document, Titles().columns_of(document.header.cells), 2022, DEFAULTS)
    assert len({t.code for t in register.tasks}) == len(register.tasks)
    assert {a.task_code for a in register.assignments} <= {t.code for t in register.tasks}
    assert len({(a.task_code, a.unit_code) for a in register.assignments}) == len(register.assignments)
