"""Whether a lead and a cooperating unit say the same of a task in one period (`schemas/agreement.toml`). Pure.

A contradiction is for people to look at: it is shown as a warning and never decides anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tjxl.findings import Finding, finding
from tjxl.intake.context import Context, Reported
from tjxl.intake.surroundings import shortened
from tjxl.resources import schema_toml
from tjxl.settings import Settings

if TYPE_CHECKING:
    from tjxl.intake.returns import Return

_COUNTING = ("accepted", "accepted_with_notes", "needs_decision")


class Agreement:
    """The rules, with the names that an office gives to its statuses."""

    def __init__(self, settings: Settings) -> None:
        data = schema_toml("agreement.toml")
        self._meaning = {s.name: str(s.meaning) for s in settings.statuses}
        self._pairs = {(a, b) for rule in data["statuses"] for a in rule["lead"] for b in rule["cooperating"]}
        self._problems = data["problems"]
        self._gap = settings.reporting.percent_gap

    def contradictions(self, lead: Reported, unit: str, theirs: Reported) -> list[Finding]:
        """What speaks against the lead's word; the findings have no place yet."""
        own, other = self._meaning.get(lead.status or ""), self._meaning.get(theirs.status or "")
        facts: dict[str, Any] = {"unit": unit, "lead": lead.status, "cooperating": theirs.status}
        out = []
        if (own, other) in self._pairs:
            out.append(finding("P121", **facts, field="status", value=lead.status))
        elif own in self._problems["lead"] and theirs.problems and other not in self._problems["solved"]:
            said = shortened(theirs.problems)[: self._problems["shown"]]
            out.append(finding("P122", **facts, problems=said, field="status", value=lead.status))
        if lead.percent is not None and theirs.percent is not None and not out:
            gap = round(lead.percent - theirs.percent, 6)
            if gap > self._gap:
                shown: dict[str, Any] = {"percent": f"{lead.percent:.0%}", "theirs": f"{theirs.percent:.0%}"}
                shown["gap"] = f"{self._gap * 100:g}"
                place: dict[str, Any] = {"field": "percent_complete", "value": lead.percent}
                out.append(finding("P123", unit=unit, **shown, **place))
        return out


def reported(values: Mapping[str, object]) -> Reported:
    """What a row says, of what is compared."""
    status, percent, problems = (values.get(name) for name in ("status", "percent_complete", "problems"))
    number = float(percent) if isinstance(percent, int | float) else None
    return Reported(str(status) if status else None, number, str(problems) if problems else None)


def contradicted(returns: Sequence[Return], context: Context) -> Iterator[tuple[int, Finding]]:
    """The warnings about the leads' returns: place in the sequence and finding.

    A cooperating unit's return that came with them counts before what is merged, so that the order in which files
    come changes nothing.
    """
    leads = [i for i, r in enumerate(returns) if _is_of(r, "lead")]
    if not leads:
        return
    rules = Agreement(context.settings)
    theirs = {task: dict(reports) for task, reports in context.cooperating.items()}
    for r in returns:
        if _is_of(r, "cooperating") and r.verdict in _COUNTING and r.form is not None and r.identity is not None:
            for row in r.form.report.rows:
                theirs.setdefault(row.task_code, {})[r.identity.unit_code] = reported(row.values)
    for i in leads:
        form = returns[i].form
        for row in form.report.rows if form is not None else ():
            for unit, said in theirs.get(row.task_code, {}).items():
                name = context.unit_names.get(unit, unit)
                for found in rules.contradictions(reported(row.values), name, said):
                    cell = row.cells.get(str(found.field))
                    assert form is not None
                    yield i, found.at(sheet=form.report.title, cell=cell, task=row.task_code)


def _is_of(r: Return, stage: str) -> bool:
    return r.identity is not None and r.identity.stage == stage and r.form is not None and r.settled is None
