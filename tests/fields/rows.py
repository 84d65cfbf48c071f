"""Rows for the tests of the field rules, and a workbook in which a spreadsheet program judges them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.libreoffice import shown_texts
from tjxl.fields.frame import Breach, check_head, check_rows, typed_frame
from tjxl.fields.selfcheck import head_formula, row_formula
from tjxl.fields.spec import Part, Rule, Scope, Spec, message_of
from tjxl.formula import Evaluator, Formula, MemoryGrid

Row = Mapping[str, Any]

TEXTS = (
    None,
    "　",
    "无",
    "正在推进",
    "各项工作正在有序推进。",
    "已完成立项批复，联系人手机13800000000。",
    "已完成立项批复和审查",
    "已完成 立项批复　和审查\n",
    "已 完 成 立 项 批 复 事　宜",
    "甲" * 2000,
    "甲" * 2001,
)
PERCENTS = (None, 0, 0.008, 0.3, 0.1 + 0.2, 0.999, 1, 1.01, -0.1, 80, "约八成")
DATES = (
    None,
    dt.date(2020, 12, 31),
    dt.date(2021, 1, 1),
    dt.date(2022, 6, 30),
    dt.datetime(2022, 6, 30, 18, 0),
    dt.date(2022, 7, 1),
    dt.date(2027, 12, 31),
    dt.date(2028, 1, 1),
    "9月底前后",
)
STATUSES = (None, "未启动", "正常推进", "滞后", "已完成", "申请调整", "差不多了")
DUE = (None, dt.date(2022, 6, 29), dt.date(2022, 6, 30), dt.date(2022, 12, 31))
CHOICES: dict[str, tuple[Any, ...]] = {
    "status": STATUSES,
    "percent_complete": PERCENTS,
    "progress_text": TEXTS,
    "problems": TEXTS,
    "next_steps": TEXTS,
    "completion_date": DATES,
    "evidence": (None, "　", "竣工验收报告"),
    "role": ("lead", "cooperating"),
    "goal": ("complete", "significant_progress", "continuing"),
    "deadline": DUE,
    "last_status": STATUSES[:-1],
    "last_percent": (None, 0, 0.3, 0.5, 1),
    "last_text": (None, "已完成立项批复和审查", "Abcdefghijk"),
}
"""Values a row of 填报 may hold: at, just before and just after what the rules distinguish, blanks, wrong types."""

VALUES = (None, 0, 3, 19.9, 20, 20.000000000000004, -0.5, 35.2, "35万左右")
CHOICES_OF: dict[Part, dict[str, tuple[Any, ...]]] = {
    "report": CHOICES,
    "milestones": {
        "done": (None, "是", "否", "基本完成"),
        "completed_on": DATES,
        "explanation": TEXTS,
        "due": (*DUE, dt.date(2022, 7, 1)),
        "last_done": (None, "是", "否"),
    },
    "targets": {
        "current_value": VALUES,
        "data_date": DATES,
        "explanation": TEXTS,
        "measure": ("growth", "flow", "stock", "share", "price", None),
        "target_value": (35.0, None),
        "measured_in": ("万人", "%", None),
        "last_value": (None, 0, 19.9, 20, 40),
    },
}
"""The same for each sheet of the form."""


def random_rows(count: int, seed: int, part: Part = "report") -> list[dict[str, Any]]:
    """Rows drawn from `CHOICES_OF` the sheet, the same for the same seed."""
    draw = random.Random(seed)
    return [{name: draw.choice(values) for name, values in CHOICES_OF[part].items()} for _ in range(count)]


def breaches(spec: Spec, rows: Sequence[Row], scope: Scope = "row") -> list[list[Rule]]:
    """What the pandera face says of each row."""
    check = check_rows if scope == "row" else check_head
    out: list[list[Rule]] = [[] for _ in rows]
    found: list[Breach] = check(typed_frame(rows, spec, scope=scope), spec, spec.as_of)
    for breach in found:
        assert isinstance(breach.index, int)
        out[breach.index].append(breach.rule)
    return out


def expected_texts(spec: Spec, row: Row, rules: Sequence[Rule]) -> str:
    """What 自检 has to say where the check finds these rules broken."""
    unit = [row.get(f.name) for f in spec.unit_fields]
    untouched = all(v is None or (isinstance(v, str) and not v.strip()) for v in unit)
    if untouched and any(r.severity == "error" for r in rules):
        return spec.self_check.unfilled
    if not rules:
        return spec.self_check.fine
    first = min(rules, key=spec.rules.index)
    message = message_of(first, row.get(first.field))
    return message if first.severity == "error" else spec.self_check.warning_prefix + message


class SelfCheckBook:
    """Cells like those of an issued form: rows with 自检 formulas, facts in the sheet `_lists` by task code."""

    FIRST_ROW = 4
    VERDICT = 13

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.cells: dict[str, dict[tuple[int, int], Any]] = {"填报": {}, "_lists": {(1, 1): spec.as_of}}
        self.count = 0

    def add_rows(self, rows: Sequence[Row], specs: Sequence[Spec] = ()) -> SelfCheckBook:
        """One row after the other; with `specs`, each row under rules of its own."""
        last = self.FIRST_ROW + len(rows) - 1
        for i, row in enumerate(rows):
            spec = specs[i] if specs else self.spec
            number = self._next(f"T{i:04d}")
            unit = [f.name for f in spec.fields if f.owner == "unit"]
            columns = dict(zip(unit, "BCDEFGHIJK", strict=False))
            for name, letter in columns.items():
                self.cells["填报"][number, ord(letter) - ord("A") + 1] = row.get(name)
            self._add_facts(number, spec, row)
            facts = {"as_of": "_lists!$A$1"} | {
                name: f"VLOOKUP($A{number},_lists!$A${self.FIRST_ROW}:$K${last},{k},FALSE)"
                for k, name in enumerate(spec.facts, 2)
            }
            self.cells["填报"][number, self.VERDICT] = Formula(row_formula(spec, columns, number, facts))
        return self

    def add_heads(self, field: str, heads: Sequence[Row]) -> SelfCheckBook:
        """The check of one value of each head, one head in a row."""
        names = [f.name for f in self.spec.head if f.owner == "unit"]
        for head in heads:
            number = self._next("head")
            places = {name: f"${letter}${number}" for name, letter in zip(names, "BCDE", strict=True)}
            for k, name in enumerate(names, 2):
                self.cells["填报"][number, k] = head.get(name)
            formula = head_formula(self.spec, field, places, "_lists!$A$1")
            self.cells["填报"][number, self.VERDICT] = Formula(formula)
        return self

    def recalculated(self, folder: Path) -> list[str]:
        """What LibreOffice says in each 自检 cell."""
        book = xlsxwriter.Workbook(str(folder / "form.xlsx"))
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, cells in self.cells.items():
            sheet = book.add_worksheet(name)
            for (row, column), value in cells.items():
                put(sheet, row - 1, column - 1, value, day)
        book.close()
        judged = shown_texts(folder / "form.xlsx")["填报"]
        return [judged[row - 1][self.VERDICT - 1] for row in self._numbers()]

    def evaluated(self) -> list[str]:
        """What tjxl's own evaluator says in each 自检 cell."""
        plain = {
            name: {place: serial(v) if isinstance(v, dt.date) else v for place, v in cells.items() if v is not None}
            for name, cells in self.cells.items()
        }
        evaluator = Evaluator(MemoryGrid(plain))
        return [str(evaluator.cell("填报", row, self.VERDICT)) for row in self._numbers()]

    def _next(self, code: str) -> int:
        number = self.FIRST_ROW + self.count
        self.cells["填报"][number, 1] = code
        self.count += 1
        return number

    def _numbers(self) -> range:
        return range(self.FIRST_ROW, self.FIRST_ROW + self.count)

    def _add_facts(self, number: int, spec: Spec, row: Row) -> None:
        self.cells["_lists"][number, 1] = self.cells["填报"][number, 1]
        for k, (name, kind) in enumerate(spec.facts.items(), 2):
            value = row.get(name)
            titled = kind in ("role", "goal", "measure") and isinstance(value, str)
            self.cells["_lists"][number, k] = spec.titles_of(str(value))[0] if titled else value


def put(sheet: Any, row: int, column: int, value: Any, day: Any) -> None:
    """Write a value into a sheet of XlsxWriter: texts as text, formulas with a stale value."""
    if isinstance(value, Formula):
        sheet.write_formula(row, column, value.text, None, "stale")
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, column, value, day)
    elif isinstance(value, str):
        sheet.write_string(row, column, value)
    elif value is not None:
        sheet.write_number(row, column, value)


def serial(day: dt.date) -> float:
    """The number that stands for a day (and time) in a cell."""
    moment = day if isinstance(day, dt.datetime) else dt.datetime.combine(day, dt.time())
    return (moment - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
