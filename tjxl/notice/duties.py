"""Who leads and who cooperates: task rows → assignments, questions, findings. Pure.

The notice's own rule: the first-listed unit leads, the others cooperate. A group never leads. A unit that is named
beside a group containing it, or twice, counts once; the lead role wins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tjxl.findings import Finding, finding
from tjxl.notice.names import looks_odd, plain_name
from tjxl.notice.questions import asked
from tjxl.notice.rows import TaskRow
from tjxl.notice.units import Meaning, UnitNames
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
    _ask_about_twins(out, names)
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
        _ask_who_leads(_about(row, "N122", listed[0], lead=said), listed, meanings, out)
    elif row.leads is not None and len(listed) > 1:
        _ask_who_leads(_about(row, "N128", "、".join(listed)), listed, meanings, out)
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
            _ask_who_else(_about(row, "N127", name), out)
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


def _ask_who_leads(doubt: Finding, listed: Sequence[str], meanings: Mapping[str, Meaning], out: Duties) -> None:
    """Who may lead: the units listed, then those that a group among them stands for, as far as they are known."""
    units = [meanings[name].name for name in listed if not meanings[name].group]
    within = [u for name in listed for u in (*meanings[name].members, *meanings[name].choices)]
    out.findings.append(doubt)
    choices = dict.fromkeys((*units, *within))
    out.questions.append(asked(doubt, f"lead:{doubt.task}", {"task": doubt.task}, tuple(choices)))


def _ask_who_else(doubt: Finding, out: Duties) -> None:
    """A list that ends with 「等」: one question a task."""
    out.findings.append(doubt)
    key = f"more-units:{doubt.task}"
    if all(q.key != key for q in reversed(out.questions)):
        none = notice_data("answers")["no_others"]
        out.questions.append(asked(doubt, key, {"task": doubt.task}, (none,)))


def _ask_who(row: TaskRow, printed: str, group: str, choices: tuple[str, ...], out: Duties) -> None:
    """An open group: one question a task, shown among the findings as well."""
    doubt = _about(row, "N120", printed)
    out.findings.append(doubt)
    key = f"open-group:{row.code}:{group}"
    out.questions.append(asked(doubt, key, {"task": row.code, "group": printed}, choices, group))


def _ask_for_members(rows: Sequence[TaskRow], out: Duties, names: UnitNames) -> None:
    """A closed group without a list for this notice: one question for all its tasks."""
    concerned: dict[str, list[int]] = {}
    choices: dict[str, tuple[str, ...]] = {}
    for row, duty in zip(rows, out.duties, strict=True):
        for name in duty.cooperating:
            if (meaning := names.meaning(name)).unlisted:
                concerned.setdefault(meaning.name, []).append(row.serial_no)
                choices[meaning.name] = meaning.choices
    for group, serials in concerned.items():
        doubt = finding("N121", field="units", value=group, serials=say_ranges(number_ranges(serials)))
        out.findings.append(doubt)
        out.questions.append(asked(doubt, f"group-members:{group}", {"group": group}, choices[group], group))


def _ask_about_twins(out: Duties, names: UnitNames) -> None:
    """Names that may mean one unit though nothing says so (groups.tsv): one question for each pair.

    「A（B）」 beside 「A」 or 「B」 may be one office with two names; 「国土房管局」 beside 「市国土房管局」 may have
    lost the prefix that only the first of a list carries.
    """
    answers = notice_data("answers")
    prefixes = _prefixes_before(out.duties, names)
    by_name = {fold(unit.name): unit.name for unit in out.units if unit.kind != "group"}
    for unit in out.units:
        if unit.kind == "group":
            continue
        plain = plain_name(unit.name)
        inner = fold(unit.name)[len(plain) + 1 :].removesuffix(")")
        others = [by_name[part] for part in (plain, inner) if by_name.get(part, unit.name) != unit.name]
        others += [name for p in prefixes.get(unit.name, ()) if (name := names.known(p + unit.name)) is not None]
        for other in others:
            doubt = finding("N125", field="units", value=unit.name, other=other)
            out.findings.append(doubt)
            key = f"same-unit:{unit.name}:{other}"
            choices = (answers["one_unit"], answers["two_units"])
            out.questions.append(asked(doubt, key, {"unit": unit.name, "other": other}, choices, unit.name))


def _prefixes_before(duties: Sequence[Duty], names: UnitNames) -> dict[str, dict[str, None]]:
    """Registered name of a unit without a prefix (市) → the prefixes of units that stand before it in some list."""
    known: Sequence[str] = notice_data("units")["department_prefixes"]
    out: dict[str, dict[str, None]] = {}
    for duty in duties:
        met: dict[str, None] = {}
        for printed in filter(None, (duty.lead, *duty.cooperating)):
            if own := next((prefix for prefix in known if printed.startswith(prefix)), None):
                met[own] = None
            elif met:
                out.setdefault(names.registered(printed), {}).update(met)
    return out
