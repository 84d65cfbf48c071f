"""Findings: what is wrong or worth saying about input, where it stands, and how it is said.

A finding is for the person who can mend it. It never stops the program; an error (`tjxl.errors`) does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

from tjxl.messages import message

Severity = Literal["error", "question", "warning", "note"]
Verdict = Literal["accepted", "accepted_with_notes", "needs_decision", "returned", "ignored"]

SEVERITY_TITLES: dict[Severity, str] = {"error": "错误", "question": "待裁决", "warning": "提示", "note": "说明"}
VERDICT_TITLES: dict[Verdict, str] = {
    "accepted": "接收",
    "accepted_with_notes": "有提示",
    "needs_decision": "待裁决",
    "returned": "退回",
    "ignored": "忽略",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Attributes:
        code: catalogue or rule code.
        severity: error (the return goes back), question (the office decides), warning, or note.
        message: the Chinese sentence without its place; `sentence` puts the place before it.
        sheet, cell: where it stands, as the user sees it (true sheet row); None when it has no single cell.
        field: the field's identifier (`status`), None when no field is concerned.
        task: the task code (`T010`), None when no task is concerned.
        value: the original value; `normalised` is what it was read as, where it was changed.
        options: of a question, what the office may answer: as said, and the typed value that it stands for (None
            where the answer gives no value).
    """

    code: str
    severity: Severity
    message: str
    sheet: str | None = None
    cell: str | None = None
    field: str | None = None
    task: str | None = None
    value: Any = None
    normalised: Any = None
    options: tuple[tuple[str, Any], ...] = ()

    @property
    def sentence(self) -> str:
        """Where and what: 「填报」表 H12：…"""
        if self.sheet and self.cell:
            return f"「{self.sheet}」表 {self.cell}：{self.message}"
        if self.sheet:
            return f"「{self.sheet}」表：{self.message}"
        return self.message

    def at(self, **place: Any) -> Finding:
        """The same finding at another place (`sheet`, `cell`, `field`, `task`)."""
        return replace(self, **place)

    def offering(self, options: Iterable[tuple[str, Any]]) -> Finding:
        """The same question with what the office may answer."""
        return replace(self, options=tuple(options))

    def to_json(self) -> dict[str, Any]:
        """The finding as section 11 of the design shows it; dates in ISO form."""
        out: dict[str, Any] = {
            "code": self.code,
            "severity": self.severity,
            "sheet": self.sheet,
            "cell": self.cell,
            "field": self.field,
            "task": self.task,
            "value": _plain(self.value),
            "message": self.sentence,
        }
        if self.normalised is not None:
            out["normalised"] = _plain(self.normalised)
        return out


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value


def finding(
    code: str,
    *,
    sheet: str | None = None,
    cell: str | None = None,
    field: str | None = None,
    task: str | None = None,
    value: Any = None,
    normalised: Any = None,
    **facts: object,
) -> Finding:
    """A finding with the catalogue's sentence and severity; `facts` fill the sentence's braces."""
    entry = message(code)
    text = entry.say(value=value, normalised=normalised, task=task, **facts)
    return Finding(code, entry.severity, text, sheet, cell, field, task, value, normalised)  # type: ignore[arg-type]


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """The verdict that a return's findings give: an error outweighs a question, a question a note."""
    severities = {f.severity for f in findings}
    if "error" in severities:
        return "returned"
    if "question" in severities:
        return "needs_decision"
    return "accepted_with_notes" if severities else "accepted"
