"""Where two returns of one unit differ, field by field: for the office to see before it says which one counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tjxl.fields.spec import Field, Part, Spec
from tjxl.intake.readform import ReadForm, ReadRow
from tjxl.intake.surroundings import shortened
from tjxl.register import serial_of

_SHOWN = 3
_SHOWN_TEXT = 16


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two returns fill in differently.

    Attributes:
        task: the task code; None of the head.
        row: the row's code, None of the head.
        field: its identifier, title: as people call it.
        values: what stands in the one and in the other; None where nothing does.
    """

    task: str | None
    row: str | None
    field: str
    title: str
    values: tuple[Any, Any]

    @property
    def sentence(self) -> str:
        """第 130 项“完成进度”（40%／45%）"""
        where = f"第 {serial_of(self.task)} 项" if self.task else ""
        one, other = (_shown(self.field, value) for value in self.values)
        return f"{where}“{self.title}”（{one}／{other}）"


def differences(one: ReadForm, other: ReadForm, specs: Mapping[Part, Spec]) -> list[Difference]:
    """What the unit has filled in differently, head first, then sheet by sheet in the order of the rows."""
    head = [f for f in specs["report"].head if f.owner == "unit"]
    out = [
        Difference(None, None, f.name, f.title, (one.head.get(f.name), other.head.get(f.name)))
        for f in head
        if one.head.get(f.name) != other.head.get(f.name)
    ]
    for part in {**one.sheets, **other.sheets}:
        rows = [{r.code: r for r in form.sheets[part].rows} if part in form.sheets else {} for form in (one, other)]
        for code in {**rows[0], **rows[1]}:
            out += _of_rows(rows[0].get(code), rows[1].get(code), specs[part].unit_fields)
    return out


def _of_rows(one: ReadRow | None, other: ReadRow | None, fields: tuple[Field, ...]) -> Iterator[Difference]:
    known = one or other
    assert known is not None
    for field in fields:
        values = _value(one, field.name), _value(other, field.name)
        if values[0] != values[1]:
            yield Difference(known.task_code, known.code, field.name, field.title, values)


def _value(row: ReadRow | None, name: str) -> Any:
    if row is None:
        return None
    return row.original(name) if name in row.unreadable else row.values.get(name)


def said(found: list[Difference]) -> str:
    """The first few differences as the end of a sentence; empty where there are none."""
    if not found:
        return ""
    more = f"等 {len(found)} 处" if len(found) > _SHOWN else ""
    return "，不同之处：" + "、".join(d.sentence for d in found[:_SHOWN]) + more


def _shown(field: str, value: Any) -> str:
    if value is None:
        return "空"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        return f"{value:.10g}" if field != "percent_complete" else f"{value * 100:.10g}%"
    text = shortened(str(value))
    return text if len(text) <= _SHOWN_TEXT else text[:_SHOWN_TEXT] + "…"
