"""What is said to a unit about its return, ready to paste into a message, and the list of all for the office."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tjxl.findings import Finding
from tjxl.grouping import grouped
from tjxl.intake.returns import Return
from tjxl.periods import Period
from tjxl.resources import layout_toml
from tjxl.stages import Sender


@dataclass(frozen=True, slots=True)
class Copy:
    """The file that goes with a text: the unit's own, marked, or a form made anew with its values."""

    name: str
    kind: Literal["own", "new"]


@dataclass(frozen=True, slots=True)
class Letters:
    """The texts of a period.

    Attributes:
        due: the day by which its reports are due, of a sender of whom nothing else is known.
        contact: whom units may ask; empty for nobody.
        due_of: sender → the day by which its own report is due.
    """

    period: Period
    due: dt.date
    contact: str
    due_of: Mapping[Sender, dt.date] = field(default_factory=dict)

    def letter(self, r: Return, copy: Copy | None) -> str:
        """The text about one return: what to do and by when, what is wrong where, which file goes with it."""
        words = layout_toml("feedback.toml")["text"]
        unit = r.identity.unit if r.identity else None
        greeting = words["greeting"] if unit else words["greeting_unknown"]
        lines = [greeting.format(unit=unit, file=r.source.file), self._opening(r, words)]
        errors, questions = of_severity(r, "error"), of_severity(r, "question")
        most = words["most_items"] if copy is not None else None
        if errors and questions:
            lines += [words["wrong_title"], *_items(errors, most, words)]
            lines += [words["asked_title"], *_items(questions, most, words)]
        else:
            lines += _items(errors or questions, most, words)
        if copy is not None:
            if hints := of_severity(r, "warning"):
                lines.append(words["hints"].format(n=len(hints)))
            lines.append(words["own_copy" if copy.kind == "own" else "new_copy"].format(copy=copy.name))
        if self.contact:
            lines.append(words["contact"].format(contact=self.contact))
        return "\n".join(lines)

    def _opening(self, r: Return, words: Any) -> str:
        facts = {"period": self.period.title, "file": r.source.file.rpartition("/")[2]}
        if r.verdict == "needs_decision":
            return str(words["opening_asked"]).format(questions=len(of_severity(r, "question")), **facts)
        last = self.due_of.get(r.identity.sender, self.due) if r.identity else self.due
        late = r.source.time.date() > last  # by the file's own time: the clock would make each run another text
        due = words["overdue" if late else "due"].format(due=_day(last))
        key = "opening" if r.form is not None else "opening_refused"
        return str(words[key]).format(errors=len(of_severity(r, "error")), due=due, **facts)


def overview(period: Period, letters: Sequence[tuple[Return, Copy | None, str, str]]) -> str:
    """The list for the office, then every text.

    Args:
        letters: return, copy, whom to write to, text; in the order in which they are listed.
    """
    words, text = layout_toml("feedback.toml")["overview"], layout_toml("feedback.toml")["text"]
    kinds = {"returned": "error", "needs_decision": "question"}
    by_verdict = {verdict: [item for item in letters if item[0].verdict == verdict] for verdict in kinds}
    counts = {"returned": len(by_verdict["returned"]), "asked": len(by_verdict["needs_decision"])}
    lines = [words["heading"].format(period=period.title, **counts), words["hint"]]
    for verdict, title in (("returned", words["returned"]), ("needs_decision", words["asked"])):
        if by_verdict[verdict]:
            lines += ["", title]
        for n, (r, copy, contact, _) in enumerate(by_verdict[verdict], 1):
            lines.append(
                words["line"].format(
                    n=n,
                    unit=r.identity.unit if r.identity else f"（{text['unknown_unit']}）",
                    file=r.source.file,
                    count=len(of_severity(r, kinds[verdict])),
                    contact=words["contact_part"].format(contact=contact) if contact else "",
                    copy=words["copy_part"].format(copy=copy.name) if copy else "",
                )
            )
    for verdict in kinds:
        for *_, said in by_verdict[verdict]:
            lines += ["", words["rule"], said]
    return "\n".join(lines)


def of_severity(r: Return, severity: str) -> list[Finding]:
    """The findings of a return that weigh so much."""
    return [f for f in r.findings if f.severity == severity]


def _items(findings: Sequence[Finding], most: int | None, words: Any) -> list[str]:
    groups = grouped(findings)
    shown = groups if most is None or len(groups) <= most else groups[:most]
    lines = [words["item"].format(n=n, sentence=group.sentence) for n, group in enumerate(shown, 1)]
    if len(shown) < len(groups):
        lines.append(words["rest"].format(n=len(groups) - len(shown)))
    return lines


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
