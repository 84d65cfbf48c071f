"""核查: what audit, statistics or finance found, set against what units reported. Pure; nothing reported is changed.

What is compared with what:

* a target: the value reported for that period (指标流水, by the lead, who alone reports targets) with the value
  found, in the target's own unit; equal within the tolerance of the settings;
* a milestone: 是否完成 with 是, 否, 已完成, 未完成;
* a task: 进展状态 with a status, with 未完成 (any status but 已完成 agrees), or 完成进度 with a percentage, of the
  unit named, else of the lead;
* where the finding gives no more than 属实 or 不属实, that word is the conclusion.

What cannot be matched to one task and unit is 待对应, with the candidates; the office names one in 对应任务.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tjxl.fields.loading import load_spec
from tjxl.fields.spec import Part
from tjxl.intake.normalise.choices import read_choice, read_status
from tjxl.intake.normalise.percents import read_percent, say_percent
from tjxl.intake.normalise.quantities import Measured, read_quantity
from tjxl.intake.values import Reading, squeeze
from tjxl.merge.projection import Entry, Key
from tjxl.merge.references import Index, Item, Reference
from tjxl.ooxml.cells import RawCell
from tjxl.register import MEASURE_TITLES
from tjxl.resources import schema_toml
from tjxl.settings import Settings
from tjxl.sheets.layout import conclusion_words
from tjxl.sheets.registry import Registry
from tjxl.sheets.state import MasterState

_SHOWN = 5
_LONGEST = 24
_EXACT = 1e-9
_ENDINGS = "。.，,；;！!"
_POINTS = "个百分点"


@dataclass(frozen=True, slots=True)
class Grounds:
    """What findings are compared with.

    Attributes:
        leads: task code → code of its lead.
        duties: (task, unit) that have a part in it.
        effective: sheet of the form → the ledger rows that count.
    """

    index: Index
    registry: Registry
    leads: Mapping[str, str]
    duties: frozenset[tuple[str, str]]
    effective: Mapping[Part, Mapping[Key, Entry]]
    settings: Settings

    @classmethod
    def of(cls, state: MasterState, effective: Mapping[Part, Mapping[Key, Entry]], settings: Settings) -> Grounds:
        """Those of a master."""
        duties = frozenset((str(a["task_code"]), str(a["unit_code"])) for a in state.assignments)
        index = Index.of(state.tasks, state.targets, state.milestones)
        return cls(index, state.registry, state.leads, duties, effective, settings)


@dataclass(frozen=True, slots=True)
class Result:
    """A conclusion by name (agrees, differs, not_comparable, unmatched), what was reported, the difference said."""

    conclusion: str
    reported: str | None = None
    difference: str | None = None


def settled(data: str, assigned: object, grounds: Grounds) -> dict[str, Any]:
    """What a row of 核查 says, by column name.

    Args:
        data: the finding as its file says it (核查依据).
        assigned: what the office has written as 对应任务.
    """
    said: dict[str, str] = json.loads(data)
    where = grounds.index.coded(str(assigned)) if str(assigned or "").strip() else _named(said, grounds)
    item = where.item
    open_reference = Reference()
    if item is not None and not assigned:
        open_reference = _meant(said, item, grounds)
        item = open_reference.item or item
    unit, doubt = _unit(said.get("unit", ""), item, grounds)
    if item is None:
        unit, result = None, Result("unmatched", None, _candidates(where))
    elif doubt is not None:
        result = Result("unmatched", None, doubt)
    elif open_reference.candidates:
        result = Result("unmatched", None, _candidates(open_reference))
    else:
        result = _compared(said, item, str(unit), grounds)
    found = said.get("value") or said.get("word") or ""
    registered = grounds.registry.by_code.get(unit or "")
    return {
        "source": said.get("source"),
        "period": said.get("period"),
        "task_code": item.task if item else None,
        "row_code": item.code if item and item.code != item.task else None,
        "unit_code": unit,
        "unit": registered.name if registered else said.get("unit") or None,
        "matter": said.get("matter") or (item.said if item else None) or said.get("target") or said.get("task"),
        "reported": result.reported,
        "found": _with_unit(found, said.get("measured_in", "")) or None,
        "found_on": dt.date.fromisoformat(said["found_on"]) if said.get("found_on") else None,
        "conclusion": conclusion_words()[result.conclusion],
        "difference": result.difference,
    }


def _vocabulary(name: str) -> frozenset[str]:
    return frozenset(schema_toml("verification.toml")["words"][name])


def _named(said: Mapping[str, str], grounds: Grounds) -> Reference:
    return grounds.index.find(said.get("task", ""), said.get("target", ""))


def _candidates(where: Reference) -> str:
    """Why nothing is matched, for people."""
    if not where.candidates:
        return "没有找到对应的任务，请在“对应任务”填写任务、指标或节点编码。"
    named = "、".join(f"{c.code}（{_short(c.said)}）" for c in where.candidates[:_SHOWN])
    more = f"等{len(where.candidates)}项" if len(where.candidates) > _SHOWN else ""
    return f"可能是{named}{more}，请在“对应任务”填写其中一个编码。"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _unit(name: str, item: Item | None, grounds: Grounds) -> tuple[str | None, str | None]:
    """Code of the unit whose report counts, and why there is none."""
    lead = grounds.leads.get(item.task) if item else None
    if not name:
        return lead, None if lead else "这项任务没有牵头单位，请补登后再对照。"
    found = grounds.registry.find(name)
    if found is None or not found.code:
        return None, f"责任单位中没有“{_short(name)}”，请在责任单位补登名称或别名。"
    if item is not None and (item.task, found.code) not in grounds.duties:
        return found.code, f"{found.name}不是{item.task}的责任单位，请核对任务和单位。"
    if item is not None and item.code != item.task and found.code != lead:
        return found.code, f"{item.code}由牵头单位填报，{found.name}没有填报，请核对单位。"
    return found.code, None


def _meant(said: Mapping[str, str], item: Item, grounds: Grounds) -> Reference:
    """What a number speaks of that is given for a task with targets: the task's 完成进度, or one of the targets.

    A target is meant where 核查事项 names it, or where the number's unit fits that one alone (183家 is no 完成进度);
    otherwise only a person knows.
    """
    value = said.get("value", "")
    parts = [p for p in grounds.index.parts_of(item.task) if "target_code" in p.row.values]
    if item.code != item.task or not parts or not _is_number(value):
        return Reference(item)
    if matter := said.get("matter"):
        named = grounds.index.named(matter, parts)
        if len(named) == 1:
            return Reference(named[0])
    counted = _with_unit(value, said.get("measured_in", ""))
    if squeeze(counted)[-1:].isdigit() or read_percent(_cell(counted), "general").value is not None:
        return Reference(candidates=(*parts, item))
    fitting = [p for p in parts if read_quantity(_cell(counted), "general", _measured(p)).value is not None]
    return Reference(fitting[0]) if len(fitting) == 1 else Reference(candidates=(*(fitting or parts), item))


def _is_number(value: str) -> bool:
    return read_percent(_cell(value), "general").value is not None or squeeze(value)[:1].isdigit()


def _cell(text: str) -> RawCell:
    return RawCell(text, "text", 0, None)


def _with_unit(value: str, unit: str) -> str:
    """「5.1」 of 「%」 → 「5.1%」; a unit that stands there already is not repeated."""
    plain, own = squeeze(value), squeeze(unit)
    return value if not own or plain.endswith(own) or not plain[-1:].isdigit() else f"{plain}{own}"


def _compared(said: Mapping[str, str], item: Item, unit: str, grounds: Grounds) -> Result:
    period = said.get("period", "")
    if "target_code" in item.row.values:
        entry = grounds.effective["targets"].get((period, item.code, unit))
        return _target(said, item, entry, grounds)
    if "milestone_code" in item.row.values:
        entry = grounds.effective["milestones"].get((period, item.code, unit))
        return _milestone(said, entry, grounds)
    return _task(said, grounds.effective["report"].get((period, item.code, unit)), grounds)


_NO_REPORT = "单位没有填报该期内容。"


def _target(said: Mapping[str, str], item: Item, entry: Entry | None, grounds: Grounds) -> Result:
    unit = str(item.row["measured_in"] or "")
    value = said.get("value", "")
    if not value:
        return _by_word(said, _said_number(entry["current_value"], unit) if entry else None)
    counted = _with_unit(value, said.get("measured_in", ""))
    reading = read_quantity(_cell(counted), "general", _measured(item))
    if not isinstance(reading.value, int | float):
        return Result("not_comparable", _reported_value(entry, unit), _unread(value, reading))
    reported = entry["current_value"] if entry else None
    if not isinstance(reported, int | float):
        return Result("not_comparable", None, _NO_REPORT if entry is None else "单位该期没有填报数值。")
    rules = grounds.settings.verification
    allowed = (
        rules.tolerance_points if unit == "%" else abs(reading.value) * rules.tolerance_percent / 100
    ) + _EXACT * max(1.0, abs(reading.value))
    gap = abs(reported - reading.value)
    shown = _said_number(reported, unit)
    if gap <= allowed:
        return Result("agrees", shown)
    apart = _said_number(gap, _POINTS if unit == "%" else unit)
    source = said.get("source") or "核查"
    return Result("differs", shown, f"填报{shown}，{source}{_said_number(reading.value, unit)}，差{apart}。")


def _measured(item: Item) -> Measured:
    """What values of a target count."""
    aim, kind = item.row["target_value"], str(item.row["measure"] or "")
    measure = next((m for m, title in MEASURE_TITLES.items() if kind.startswith(title)), None)
    return Measured(str(item.row["measured_in"] or ""), float(aim) if isinstance(aim, int | float) else None, measure)


def _reported_value(entry: Entry | None, unit: str) -> str | None:
    value = entry["current_value"] if entry else None
    return _said_number(value, unit) if isinstance(value, int | float) else None


def _said_number(value: Any, unit: str) -> str | None:
    return f"{value:.10g}{unit}" if isinstance(value, int | float) else None


def _unread(value: str, reading: Reading) -> str:
    if reading.finding is not None:
        return reading.finding.message
    return f"核查值“{_short(value)}”无法识别。"


def _milestone(said: Mapping[str, str], entry: Entry | None, grounds: Grounds) -> Result:
    value = said.get("value") or said.get("word", "")
    reported = str(entry["done"]) if entry and entry["done"] else None
    done = _done(value, grounds)
    if done is None:
        return _by_word(said, reported)
    if reported is None:
        return Result("not_comparable", None, _NO_REPORT)
    if _done(reported, grounds) is done:
        return Result("agrees", reported)
    return _apart(said, value, reported)


def _done(value: str, grounds: Grounds) -> bool | None:
    """Whether a word says that something is done; None where it does not say."""
    word = squeeze(value).rstrip(_ENDINGS)
    if word in _vocabulary("not_completed"):
        return False
    choices = load_spec(grounds.settings, part="milestones").field("done").choices
    answer = read_choice(_cell(value), choices).value
    if answer is not None:
        return any(c.name == answer and c.meaning == "yes" for c in choices)
    status = read_status(_cell(value), grounds.settings).value
    return _meaning(status, grounds) == "completed" if status is not None else None


def _task(said: Mapping[str, str], entry: Entry | None, grounds: Grounds) -> Result:
    value = said.get("value") or said.get("word", "")
    word = squeeze(value).rstrip(_ENDINGS)
    status = str(entry["status"]) if entry and entry["status"] else None
    not_completed = word in _vocabulary("not_completed")
    found = None if not_completed else read_status(_cell(value), grounds.settings).value
    if not_completed or found is not None:
        if status is None:
            return Result("not_comparable", None, _NO_REPORT)
        meaning = _meaning(status, grounds)
        same = meaning != "completed" if not_completed else meaning == _meaning(found, grounds)
        return Result("agrees", status) if same else _apart(said, value, status)
    if said.get("value") and _is_number(value):
        return _percent(said, entry, grounds)
    return _by_word(said, status)


def _meaning(status: object, grounds: Grounds) -> str | None:
    return next((s.meaning for s in grounds.settings.statuses if s.name == status), None)


def _percent(said: Mapping[str, str], entry: Entry | None, grounds: Grounds) -> Result:
    value = said["value"]
    reading = read_percent(_cell(_with_unit(value, said.get("measured_in", ""))), "general")
    reported = entry["percent_complete"] if entry else None
    if not isinstance(reading.value, int | float):
        return Result("not_comparable", None, _unread(value, reading))
    if not isinstance(reported, int | float):
        return Result("not_comparable", None, _NO_REPORT if entry is None else "单位该期没有填报完成进度。")
    shown, gap = say_percent(reported), abs(reported - reading.value) * 100
    if gap <= grounds.settings.verification.tolerance_points + _EXACT:
        return Result("agrees", shown)
    source = said.get("source") or "核查"
    return Result("differs", shown, f"填报{shown}，{source}{say_percent(reading.value)}，差{gap:.10g}{_POINTS}。")


def _by_word(said: Mapping[str, str], reported: str | None) -> Result:
    """The source's own word: 属实, 一致 … or 不属实; anything else cannot be compared by a program."""
    word = squeeze(said.get("word") or said.get("value", "")).rstrip(_ENDINGS)
    if word in _vocabulary("agrees"):
        return Result("agrees", reported)
    if word in _vocabulary("differs"):
        source = said.get("source") or "核查"
        return Result("differs", reported, f"{source}认定“{word}”。")
    return Result("not_comparable", reported, "核查情况是文字说明，请办公厅对照填报内容判断。")


def _apart(said: Mapping[str, str], found: str, reported: str) -> Result:
    source = said.get("source") or "核查"
    return Result("differs", reported, f"填报“{reported}”，{source}“{_short(found)}”。")
