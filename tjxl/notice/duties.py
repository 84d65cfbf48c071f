"""Who leads and who cooperates: task rows → assignments, questions, findings. Pure.

The notice's own rule: the first-listed unit leads, the others cooperate. A group never leads. A unit that is named
beside a group containing it, or twice, counts once; the lead role wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tjxl.findings import Finding, finding
from tjxl.notice.names import looks_odd, plain_name
from tjxl.notice.rows import TaskRow
from tjxl.notice.units import UnitNames
from tjxl.notice.words import fold, notice_data, number_ranges, quote, say_ranges
from tjxl.register import Assignment, Question, Role, Unit


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is responsible for one task: names as printed, and the role of each registered unit."""

    lead: str
    cooperating: tuple[str, ...]
    roles: dict[str, Role]


@dataclass(slots=True)
class Duties:
    """The duties of all tasks, in the order of the rows, with what they gave rise to."""

    duties: list[Duty] = field(default_factory=list)
    units: tuple[Unit, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    questions: list[Question] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def settle_duties(rows: Sequence[TaskRow], names: UnitNames) -> Duties:
    """Every task's lead and cooperating units, the registry of units, and who is assigned to what."""
    out = Duties()
    for row in rows:
        out.duties.append(_duty(row, names, out))
    out.units = names.register(name for d in out.duties for name in (d.lead, *d.cooperating) if name)
    codes = {unit.name: unit.code for unit in out.units}
    out.assignments = tuple(
        Assignment(row.code, codes[unit], role)
        for row, duty in zip(rows, out.duties, strict=True)
        for unit, role in duty.roles.items()
    )
    _ask_for_members(rows, out, names)
    out.findings += _possible_twins(out.units)
    return out


def _duty(row: TaskRow, names: UnitNames, out: Duties) -> Duty:
    printed = _printed(row, out)
    meanings = {name: names.meaning(name) for name in printed}
    # A column of leading units says who leads, even by being empty; without one the first-listed unit does.
    listed = printed if row.leads is None else printed[: len(dict.fromkeys(row.leads))]
    lead = next((name for name in listed if not meanings[name].group), "")
    roles: dict[str, Role] = {meanings[lead].name: "lead"} if lead else {}
    for name, meaning in meanings.items():
        for unit in meaning.members if meaning.group else (meaning.name,):
            roles.setdefault(unit, "cooperating")
        if meaning.open:
            _ask_who(row, name, meaning.name, meaning.choices, out)
    if listed and meanings[listed[0]].group:
        said = f"暂以“{quote(lead)}”牵头" if lead else "暂无牵头单位"
        out.findings.append(_about(row, "N122", listed[0], lead=said))
    if row.leads is not None and len(listed) > 1:
        out.findings.append(_about(row, "N128", "、".join(listed)))
    return Duty(lead, tuple(name for name in printed if name != lead), roles)


def _printed(row: TaskRow, out: Duties) -> list[str]:
    """The names of a row, each once, the list's closing 「等」 taken off."""
    end = notice_data("units")["open_list_end"]
    printed: dict[str, None] = {}
    repeated: dict[str, None] = {}
    leads = row.leads or ()
    for name in (*leads, *row.others):
        unit = name
        if name.endswith(end) and len(name) > len(end):
            out.findings.append(_about(row, "N127", name))
            unit = name.removesuffix(end)
        if unit in printed and unit not in leads:
            repeated[unit] = None
        elif looks_odd(unit):
            out.findings.append(_about(row, "N124", unit))
        printed[unit] = None
    out.findings += [_about(row, "N126", unit) for unit in repeated]
    return list(printed)


def _about(row: TaskRow, code: str, value: str, *, lead: str = "") -> Finding:
    return finding(
        code,
        task=row.code,
        field="units",
        value=quote(value),
        serial_no=row.serial_no,
        line=row.line,
        lead=lead,
    )


def _ask_who(row: TaskRow, printed: str, group: str, choices: tuple[str, ...], out: Duties) -> None:
    """An open group: one question a task, shown among the findings as well."""
    asked = _about(row, "N120", printed)
    out.findings.append(asked)
    out.questions.append(
        Question(asked.message, choices, row.code, group, key=f"open-group:{row.code}:{group}"),
    )


def _ask_for_members(rows: Sequence[TaskRow], out: Duties, names: UnitNames) -> None:
    """A closed group without a list for this notice: one question for all its tasks."""
    concerned: dict[str, list[int]] = {}
    for row, duty in zip(rows, out.duties, strict=True):
        for name in duty.cooperating:
            if (meaning := names.meaning(name)).unlisted:
                concerned.setdefault(meaning.name, []).append(row.serial_no)
    for group, serials in concerned.items():
        asked = finding("N121", field="units", value=group, serials=say_ranges(number_ranges(serials)))
        out.findings.append(asked)
        out.questions.append(Question(asked.message, unit=group, key=f"group-members:{group}"))


def _possible_twins(units: Sequence[Unit]) -> list[Finding]:
    """「A（B）」 beside 「A」 or 「B」, not said to be one: one office with two names, perhaps (groups.tsv)."""
    by_name = {fold(unit.name): unit.name for unit in units}
    out: list[Finding] = []
    for unit in units:
        plain = plain_name(unit.name)
        inner = fold(unit.name)[len(plain) + 1 :].removesuffix(")")
        out += [
            finding("N125", field="units", value=unit.name, other=by_name[part])
            for part in (plain, inner)
            if part in by_name and by_name[part] != unit.name
        ]
    return out
