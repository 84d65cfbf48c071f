"""`docs/FAILURE_MODES.md`: every failure mode with what was done to files and what became of them, as judged now."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.books.case import Case, judged_in_full
from tests.office import Office
from tjxl.findings import VERDICT_TITLES, Finding

TABLE = Path(__file__).resolve().parents[2] / "docs" / "FAILURE_MODES.md"
_CELL = 90
"""Characters of a sentence that the table shows."""

_HEAD = """# 回收表的五十种情形与处理

由 `python -m tests.books --table` 从测试生成，请勿手改。每个样例都是一个真实的工作簿（`python -m tests.books 文件夹`
可全部写出），结论、编号、位置、原值由 `tests/books` 逐一核对。

结论：接收、有提示（接收并记说明或提示）、待裁决（其余行照常入账，有疑问的等办公厅裁定）、退回、忽略。
"""


def modes() -> dict[int, tuple[str, str]]:
    """Number → what happens, and what is done about it."""
    return {int(n): (what, done) for n, (what, done) in _data()["modes"].items()}


def _data() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "modes.toml").read_text(encoding="utf-8"))


def table(cases: Sequence[Case], stage: Callable[[Case], Office]) -> str:
    """The whole document; `stage` gives the project that a case plays in."""
    groups = {int(n): title for n, title in _data()["groups"].items()}
    lines = [_HEAD]
    for number, (what, done) in modes().items():
        if number in groups:
            lines += [f"## {groups[number]}", ""]
        lines += [f"### {number}. {what}", "", f"处理：{done}", ""]
        rows = [row for case in cases if case.mode == number for row in _rows(case, stage(case))]
        if rows:
            lines += ["| 样例 | 结论 | 编号与位置 | 说明 |", "|---|---|---|---|", *rows, ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _rows(case: Case, office: Office) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder)
        case.write(office, inbox)
        found = judged_in_full(office, inbox)
    out = []
    for number, returned in enumerate(found):
        file = f"（{returned['file']}）" if len(found) > 1 else ""
        how = (case.how if number == 0 else "") + file
        codes = "<br>".join(f"{f['code']} {_place(f)}".rstrip() for f in returned["findings"])
        said = "<br>".join(_escaped(_message(f)) for f in returned["findings"])
        out.append(f"| {_escaped(how)} | {VERDICT_TITLES[returned['verdict']]} | {codes} | {said} |")
    return out


def _place(f: dict[str, Any]) -> str:
    return f"{f['sheet']}!{f['cell']}" if f["cell"] else str(f["sheet"] or "")


def _message(f: dict[str, Any]) -> str:
    """The sentence without the place, which has a column of its own."""
    place = Finding(f["code"], f["severity"], "", f["sheet"], f["cell"]).sentence
    return str(f["message"]).removeprefix(place)


def _escaped(text: str) -> str:
    line = " ".join(text.split())
    line = line if len(line) <= _CELL else line[:_CELL] + "…"
    return line.replace("|", "\\|").replace("<", "&lt;")
