"""Findings of statistics and audit, made up from what units sent: some agree with it, some do not."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterator, Sequence
from typing import Any

from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.rehearsal.year import Turn, Year, ends_quarter
from tjxl.supervise.verification.columns import columns
from tjxl.supervise.verification.run import verify
from tjxl.supervise.verification.template import template

_SHARE = 0.08
"""The share of what was reported that is looked into, one of each kind at least."""
_DIFFERS = 0.35
_STATISTICS, _AUDIT = "统计", "审计"

Found = dict[str, Any]
"""A finding by column name of `schemas/verification.toml`, and `agrees`: whether it says what the unit said."""


def take_findings(play: Year, turn: Turn) -> str | None:
    """Where a quarter ends, files of findings come into 核查 and are imported: a .csv and an .xlsx."""
    if not ends_quarter(play, turn.period):
        return None
    rng = play.rng("findings", turn.period.code)
    by_source = {
        _STATISTICS: _some(rng, list(_of_targets(play, turn, rng))),
        _AUDIT: _some(rng, list(_of_tasks(play, turn, rng))),
    }
    folder = play.project.verification
    for source, found in by_source.items():
        if found:
            name = f"{turn.period.title}{source}核查结果"
            path = folder / (f"{name}.csv" if source == _STATISTICS else f"{name}.xlsx")
            path.write_bytes(_as_csv(found) if source == _STATISTICS else _as_workbook(play, found))
            play.findings += [{"step": len(play.steps), **f} for f in found]
    result = verify(play.project)
    return f"导入 {result['added']} 项，不一致的共 {len(result['disagreements'])} 项"


def _some(rng: random.Random, found: list[Found]) -> list[Found]:
    return rng.sample(found, max(1, round(len(found) * _SHARE))) if found else []


def _last_sent(play: Year, turn: Turn, part: str) -> dict[tuple[str, str], Any]:
    """Row code and unit → what the unit said of it in the period last."""
    return {
        (code, event.sent.unit): values
        for event in play.events
        if event.period == turn.period.code and event.outcome == "accepted"
        for sheet, rows in event.sent.values.items()
        if sheet == part
        for code, values in rows.items()
    }


def _of_targets(play: Year, turn: Turn, rng: random.Random) -> Iterator[Found]:
    targets = {str(row["target_code"]): row for row in play.state().targets}
    for (code, unit), values in _last_sent(play, turn, "targets").items():
        value = values.get("current_value")
        if value is None:
            continue
        agrees = rng.random() >= _DIFFERS
        counted = value if agrees else round(value + max(1.0, abs(value) * 0.1), 2)
        yield _found(turn, _STATISTICS, targets[code]["task_code"], unit, "统计年报数") | {
            "target": code,
            "value": f"{counted:.10g}{targets[code]['measured_in'] or ''}",
            "agrees": agrees,
        }


def _of_tasks(play: Year, turn: Turn, rng: random.Random) -> Iterator[Found]:
    """Percentages of tasks without targets (of others a bare number may mean a target), and whether they are done."""
    with_targets = {row["task_code"] for row in play.state().targets}
    completed = play.project.settings().status_named("completed")
    for (code, unit), values in _last_sent(play, turn, "report").items():
        agrees = rng.random() >= _DIFFERS
        percent, done = values.get("percent_complete"), values["status"] == completed
        if percent is not None and not done and code not in with_targets and rng.random() < 0.5:
            found = round(percent * 100) + (0 if agrees else 9)
            yield _found(turn, _AUDIT, code, unit, "实际完成进度") | {"value": f"{found}%", "agrees": agrees}
        else:
            word = "已完成" if done is agrees else "未完成"
            yield _found(turn, _AUDIT, code, unit, "是否完成") | {"word": word, "agrees": agrees}


def _found(turn: Turn, source: str, task: str, unit: str, matter: str) -> Found:
    day = turn.period.last_day.isoformat()
    about = {"source": source, "task": task, "target": "", "unit": unit, "matter": matter}
    return about | {"period": turn.period.code, "value": "", "word": "", "found_on": day}


def _as_csv(found: Sequence[Found]) -> bytes:
    out = io.StringIO(newline="")
    lines = csv.writer(out)
    lines.writerow([column.title for column in columns()])
    lines.writerows([str(f.get(column.name, "")) for column in columns()] for f in found)
    return out.getvalue().encode("utf-8-sig")


def _as_workbook(play: Year, found: Sequence[Found]) -> bytes:
    """The shipped template, filled in."""
    editor = BookEditor(template(play.project.settings()))
    sheet = next(iter(editor.book.sheets))
    for row, one in enumerate(found, 2):
        for place, column in enumerate(columns(), 1):
            if one.get(column.name):
                editor.edit(sheet, row, place, Put(str(one[column.name])))
    return editor.save()
