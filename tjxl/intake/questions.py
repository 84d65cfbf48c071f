"""Questions about returns: what 待裁决 asks, and what the office's answer makes of a return. Pure.

A question belongs to one place in one file's content: its key ends with the file's sha256, so that an answer never
reaches a corrected return, and the same file read again asks nothing twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tjxl.fields.spec import Part
from tjxl.findings import Finding, finding
from tjxl.intake.readform import ReadForm, ReadRow
from tjxl.ooxml.refs import parse_cell
from tjxl.register import Question
from tjxl.sheets.layout import answer_words
from tjxl.stages import SINGLE

if TYPE_CHECKING:
    from tjxl.intake.returns import Return

VALUE, FILE = "value", "file"
"""Kinds of questions: what stands in a cell or a row, and which of several files counts."""

_WHICH_FILE = "I210"


def asked_by(returns: Iterable[Return]) -> list[Question]:
    """The questions of these returns, each once."""
    found: dict[str, Question] = {}
    for r in returns:
        for f in _open_questions(r):
            question = _question(r, f)
            found.setdefault(question.key, question)
    return list(found.values())


def _open_questions(r: Return) -> list[Finding]:
    return (
        [f for f in r.findings if f.severity == "question"] if r.identity is not None and r.form is not None else []
    )


def _question(r: Return, f: Finding) -> Question:
    """A question as 待裁决 asks it: the choices of its finding, or to take what is there; else to ask the unit."""
    assert r.identity is not None
    values = dict(_options(f))
    data: dict[str, Any] = {"code": f.code, "period": r.identity.period, "unit_code": r.identity.unit_code}
    if r.identity.stage != SINGLE:
        data["stage"] = r.identity.stage
    data |= {"time": r.source.time.isoformat(timespec="seconds"), "values": {k: _plain(v) for k, v in values.items()}}
    if f.code == _WHICH_FILE:
        text = f.message.replace("本文件", f"“{r.source.file}”")
    else:
        text = f.sentence
        part, row = _row_at(r.form, f)
        data |= {"file": r.source.file, "sha256": r.source.sha256, "sheet": f.sheet, "cell": f.cell}
        data |= {"field": f.field, "value": _plain(f.value), "part": part, "row_code": row.code if row else None}
    return Question(text, tuple(values), f.task, r.identity.unit, r.identity.period, question_key(r, f), data)


def _options(f: Finding) -> Sequence[tuple[str, Any]]:
    words = answer_words()
    if f.code == _WHICH_FILE:
        return f.options
    return (*(f.options or ((words["as_it_is"], None),)), (words["send_back"], None))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def question_key(r: Return, f: Finding) -> str:
    """What a question is about: period, unit, task, row of which sheet, field, kind of doubt, and the file's content.

    Of several files it is all of their contents, in an order that does not depend on which of them asks.
    """
    assert r.identity is not None
    start = f"{r.identity.period}:{r.identity.unit_code}"
    if f.code == _WHICH_FILE:
        return f"{FILE}:{start}:{':'.join(sorted(sha256 for _, (sha256, _) in f.options))}"
    part, row = _row_at(r.form, f)
    place = row.code if row else f.cell or ""
    return f"{VALUE}:{start}:{f.task or ''}:{part or ''}:{place}:{f.field or ''}:{f.code}:{r.source.sha256}"


def _row_at(form: ReadForm | None, f: Finding) -> tuple[Part | None, ReadRow | None]:
    """The sheet and row of a finding; no row where none with a code stands there."""
    for part, sheet in form.sheets.items() if form else ():
        if sheet.title == f.sheet:
            number = parse_cell(f.cell)[0] if f.cell else None
            return part, next((row for row in sheet.rows if row.row == number), None)
    return None, None


def with_answers(r: Return, answers: Mapping[str, str]) -> Return:
    """The return with the questions settled that the office has answered.

    The value decided on stands in the row as if it had been typed so, and a note says whose word it is. A question
    that is to go back to the unit becomes an error.

    Args:
        answers: key of a question → the choice.
    """
    if not answers or r.form is None:
        return r
    form, findings = r.form, []
    for f in r.findings:
        answer = answers.get(question_key(r, f)) if f.severity == "question" and f.code != _WHICH_FILE else None
        options = dict(_options(f)) if answer is not None else {}
        if answer not in options:  # not answered, or what is asked has other readings now
            findings.append(f)
        elif answer == answer_words()["send_back"]:
            findings.append(replace(f, severity="error"))
        else:
            value = options[answer]
            place = {"sheet": f.sheet, "cell": f.cell, "field": f.field, "task": f.task}
            findings.append(finding("V426", value=f.value, normalised=_plain(value), choice=answer).at(**place))
            if value is not None and f.field is not None:
                form = _settled(form, f, f.field, value)
    return replace(r, form=form, findings=tuple(findings))


def _settled(form: ReadForm, f: Finding, field: str, value: Any) -> ReadForm:
    """The form with a field's value decided, in its row or in the head."""
    part, row = _row_at(form, f)
    if part is None or row is None:
        head = {**form.head, field: value}
        return replace(form, head=head, head_unreadable=form.head_unreadable - {field})
    settled = replace(row, values={**row.values, field: value}, unreadable=row.unreadable - {field})
    rows = tuple(settled if other is row else other for other in form.sheets[part].rows)
    return replace(form, sheets={**form.sheets, part: replace(form.sheets[part], rows=rows)})
