"""The pipeline over a set of files: open → identify → read → normalise → check → verdict.

Each file is read on its own and can fail only for itself. Then the readings are looked at together: repeats and
successors of one unit, and all rows of all files through the field rules in one pandera validation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tjxl.errors import PackageError
from tjxl.fields.beside import Lines, broken_rules
from tjxl.fields.spec import Part, Spec, rule_finding
from tjxl.findings import Finding, Verdict, finding, verdict_of
from tjxl.intake.agreement import contradicted
from tjxl.intake.carrier import refusal, remarks
from tjxl.intake.completeness import check_rows_present, is_unfilled
from tjxl.intake.context import Context, Expected, ExpectedRow, MergedReturn
from tjxl.intake.differences import differences, said
from tjxl.intake.guard import open_book
from tjxl.intake.identify import Identity, check_identity, read_identity, sheets_without
from tjxl.intake.names import FileNames, check_shown_unit
from tjxl.intake.questions import with_answers
from tjxl.intake.read import FormReader
from tjxl.intake.readform import ReadForm, ReadRow, head_date
from tjxl.intake.sources import Source, foreign_kind
from tjxl.ooxml.refs import parse_cell
from tjxl.periods import parse_period
from tjxl.sheets.form_places import FORM_VERSION, IDENTITY_SHEET
from tjxl.sheets.layout import answer_words
from tjxl.stages import Sender, stage_title


@dataclass(frozen=True, slots=True)
class Return:
    """One file and what came of it.

    Attributes:
        form: what was read; None where the file could not be read as a form.
        identity: who it says it is; None where unknown.
        findings: everything found, in the order file, head, rows.
        settled: a verdict that needs no further look (ignored).
        first_on: the day of the first report of this sender that could be accepted, among the files judged together;
            None where this one is the first, or goes back.
    """

    source: Source
    identity: Identity | None = None
    form: ReadForm | None = None
    findings: tuple[Finding, ...] = ()
    settled: Verdict | None = None
    first_on: dt.date | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict of section 7 of the design."""
        return self.settled or verdict_of(self.findings)

    def with_source(self, source: Source) -> Return:
        """The same reading of a file of the same content."""
        return replace(self, source=source)

    def to_json(self) -> dict[str, Any]:
        """One member of `returns`; `annotated` is added by whoever writes the annotated copy.

        `stage` is there where the period has two: 配合 or 牵头.
        """
        title = stage_title(self.identity.stage) if self.identity else None
        return {
            "file": self.source.file,
            "unit": self.identity.unit if self.identity else None,
            **({"stage": title} if title else {}),
            "verdict": self.verdict,
            "annotated": None,
            "findings": [f.to_json() for f in self.findings],
        }


def read_return(source: Source, context: Context) -> Return:
    """Open, identify and read one file. Never raises: what is wrong with the file becomes a finding."""
    if source.finding is not None:
        settled: Verdict | None = "ignored" if source.finding.severity == "note" else None
        return Return(source, findings=(source.finding,), settled=settled)
    if source.sha256 in context.merged_files:
        return Return(source, findings=(finding("I208"),), settled="ignored")
    if (foreign := foreign_kind(source.content)) is not None:
        return Return(source, findings=(foreign,))
    try:
        return _read_workbook(source, context)
    except PackageError as error:
        return Return(source, findings=(refusal(error),))
    except Exception as error:  # the last net: one file that breaks the program must not stop the others
        return Return(source, findings=(finding("I219", reason=type(error).__name__),))


def _read_workbook(source: Source, context: Context) -> Return:
    book = open_book(source.content)
    identity = read_identity(book.cells(IDENTITY_SHEET)) if IDENTITY_SHEET in book.sheets else None
    if identity is None:
        return Return(source, findings=(finding("I201"),))
    key = context.key if context.check_digest else None
    doubt = check_identity(identity, master_id=context.master_id, key=key, period=context.period.code)
    if doubt is not None and doubt.code == "I204":
        return _of_another_period(source, identity, doubt, context)
    if doubt is not None:
        return Return(source, findings=(doubt,))
    if (stray := _of_no_stage(identity, context)) is not None:
        return Return(source, identity, findings=(stray,))
    expected = context.expected[identity.sender]
    as_of, without = context.period.last_day, sheets_without(identity)
    specs = context.specs_of(identity.stage)
    reader = FormReader(book, specs, context.settings, context.year, expected, as_of=as_of, without=without)
    form = reader.read()
    if is_unfilled(form, expected, context.specs):
        unfilled = finding("R310", sheet=form.report.title)
        return Return(source, identity, replace(form.with_rows({}), findings=()), (unfilled,))
    rows: dict[Part, tuple[ReadRow, ...]] = {}
    problems = list(form.findings)
    for part, sheet in form.sheets.items():
        rows[part], wrong = check_rows_present(sheet, expected.get(part, {}), context.specs[part])
        void = {row.row for row in sheet.rows} - {row.row for row in rows[part]}
        # of a row that answers for nothing its cells are not judged as well
        problems = [f for f in problems if f.sheet != sheet.title or _row_of(f.cell) not in void]
        problems += wrong
    problems += check_shown_unit(form, identity, context)
    problems += _older_version(form, identity, expected, context.specs)
    problems += _late(form, identity, context)
    return Return(source, identity, form.with_rows(_as_filled_in(rows, specs)), (*remarks(book), *problems))


def _of_another_period(source: Source, identity: Identity, doubt: Finding, context: Context) -> Return:
    """A form of another period goes back; where a report of that period may still come, it waits where it is."""
    if (identity.period, identity.sender) not in context.waiting:
        return Return(source, identity, findings=(doubt,))
    own = parse_period(identity.period)
    waits = finding("I237", own=own.title, wanted=context.period.title, period=own.code)
    return Return(source, identity, findings=(waits,), settled="ignored")


def _as_filled_in(
    rows: Mapping[Part, tuple[ReadRow, ...]], specs: Mapping[Part, Spec]
) -> dict[Part, tuple[ReadRow, ...]]:
    """The rows with what their unit fills in: the printed columns have been compared, and need not be kept."""
    names = {part: frozenset(f.name for f in specs[part].unit_fields) for part in rows}
    return {part: tuple(row.only(names[part]) for row in own) for part, own in rows.items()}


def _of_no_stage(identity: Identity, context: Context) -> Finding | None:
    """What speaks against a form of the period that its unit was not sent, or not for this stage."""
    if identity.sender in context.expected:
        return None
    stages = [stage for unit, stage in context.expected if unit == identity.unit_code]
    if not stages:
        return finding("I220", unit=identity.unit)
    own, *issued = (stage_title(stage) or "不分" for stage in (identity.stage, *stages))
    return finding("P101", period=context.period.title, own=own, issued="、".join(issued))


def _row_of(cell: str | None) -> int | None:
    return parse_cell(cell)[0] if cell else None


def _older_version(
    form: ReadForm, identity: Identity, expected: Expected, specs: Mapping[Part, Spec]
) -> list[Finding]:
    """What is said of a form that an earlier version of tjxl issued: it is read by its titles like any other."""
    if identity.form_version == FORM_VERSION:
        return []
    lacking = [specs[p].sheet for p in sheets_without(identity) if expected.get(p) and not form.sheets[p].keyed]
    without = f"；旧版没有「{'」「'.join(lacking)}」表，这些内容本期未报" if lacking else ""
    return [finding("I230", own=identity.form_version, current=FORM_VERSION, without=without)]


def _late(form: ReadForm, identity: Identity, context: Context) -> list[Finding]:
    """A late report is taken; how late it is counts in the appraisal (failure mode 48). A correction is not late."""
    due, merged = context.due.get(identity.sender), context.merged.get(identity.sender)
    reported = head_date(form)
    if due is None or reported is None or reported <= due:
        return []
    if merged is not None and merged.first_on is not None and merged.first_on <= due:
        return []
    place = {"sheet": form.report.title, "cell": form.head_cells["reported_on"], "field": "reported_on"}
    return [finding("I234", reported=reported, due=due, days=(reported - due).days, value=reported, **place)]


def judge(returns: Sequence[Return], context: Context) -> list[Return]:
    """The returns with the office's answers carried out, repeats settled and rules checked, in the order given."""
    answered = [with_answers(r, context.answers) for r in returns]
    names = FileNames(context)
    named = [
        _with(r, *found) if r.form and (found := names.check(r.source.file, r.identity)) else r for r in answered
    ]
    settled = _repeats_settled(named, context)
    judged = _with_first_days(_checked(settled, context), named, context)
    for i, f in contradicted(judged, context):
        findings = _in_reading_order((*judged[i].findings, f), judged[i].form)
        judged[i] = replace(judged[i], findings=findings)
    return judged


_OLDER = ("I206", "I209")
"""What is said of a return that gives way to a newer one."""


def _with_first_days(judged: list[Return], read: Sequence[Return], context: Context) -> list[Return]:
    """The returns with the day of their sender's first acceptable report, where an older file is that.

    An older file gives way to a newer one and is not merged, but that it came, and when, is so: whoever reported in
    time and corrected it later was not late. It must have been acceptable: a file that goes back is no report.
    """
    places = [i for i, r in enumerate(judged) if r.settled and any(f.code in _OLDER for f in r.findings)]
    days: dict[Sender, dt.date] = {}
    out = list(judged)
    for i, r in zip(places, _checked([read[i] for i in places], context), strict=True):
        day = head_date(r.form) if r.form is not None else None
        if r.identity is None or day is None or r.verdict == "returned":
            continue
        days[r.identity.sender] = min(day, days.get(r.identity.sender, day))
        out[i] = replace(out[i], first_on=day)
    for i, r in enumerate(out):
        if r.settled is None and r.identity is not None and (first := days.get(r.identity.sender)) is not None:
            due = context.due.get(r.identity.sender)
            in_time = due is not None and first <= due
            findings = tuple(f for f in r.findings if f.code != "I234" or not in_time)
            out[i] = replace(r, first_on=first, findings=findings)
    return out


def _repeats_settled(returns: Sequence[Return], context: Context) -> list[Return]:
    """Of several returns of one unit and stage the newest counts (填报日期, then file time); failure mode 29.

    Where two of one moment differ, the office says which. A form on which another unit's name stands proves nothing
    about the unit that it was issued to: it goes back, and displaces nobody's return.
    """
    by_sender: dict[Sender, list[int]] = {}
    out = list(returns)
    for i, r in enumerate(returns):
        if (chosen := context.set_aside.get(r.source.sha256)) is not None:
            out[i] = _ignored(r, finding("I223", successor=chosen.file))
        elif r.form is not None and r.identity is not None and not _of_another_unit(r):
            by_sender.setdefault(r.identity.sender, []).append(i)
    for sender, places in by_sender.items():
        ranked = sorted(places, key=lambda i: _recency(returns[i]), reverse=True)
        best = returns[ranked[0]]
        for i in ranked[1:]:
            if (why := _outdone(returns[i], best, context)) is not None:
                out[i] = _ignored(returns[i], why)
        tied = [i for i in ranked if out[i].settled is None]
        if len(tied) > 1:
            question = _which(sorted((returns[i] for i in tied), key=lambda r: r.source.file), context)
            for i in tied:
                out[i] = _with(out[i], question)
        merged = context.merged.get(sender)
        if merged is not None and merged.reported_on is not None:
            for i in tied:
                out[i] = _against_merged(out[i], merged, context)
    return out


def _of_another_unit(r: Return) -> bool:
    return any(f.code in ("I205", "I233", "I236") for f in r.findings)


def _outdone(r: Return, best: Return, context: Context) -> Finding | None:
    """Why a return gives way to the best of its unit; None where only the office can say."""
    successor = best.source.file
    if r.source.sha256 == best.source.sha256:
        return finding("I207", successor=successor)
    assert r.form is not None
    assert best.form is not None
    found = differences(r.form, best.form, context.specs)
    if _moment(r) < _moment(best):
        return finding("I206", successor=successor, differences=said(found))
    return None if found else finding("I238", successor=successor)


def _which(tied: Sequence[Return], context: Context) -> Finding:
    """The question which of several returns counts; the same words in each of them."""
    forms = [r.form for r in tied if r.form is not None]
    found = [d for form in forms[1:] for d in differences(forms[0], form, context.specs)]
    files = "、".join(f"“{r.source.file}”" for r in tied)
    question = finding("I210", files=files, differences=said(found))
    return question.offering((r.source.file, (r.source.sha256, r.source.file)) for r in tied)


def _against_merged(r: Return, merged: MergedReturn, context: Context) -> Return:
    """A return beside the one of its unit that is merged already: newer is a correction, older is not wanted."""
    theirs = (merged.reported_on or dt.date.min, merged.file_time or dt.datetime.min)
    chosen = context.set_aside.get(merged.sha256)
    if r.source.sha256 == merged.sha256 or _moment(r) > theirs or (chosen and chosen.sha256 == r.source.sha256):
        return r
    if _moment(r) < theirs:
        return _ignored(r, finding("I209", merged=theirs[0].isoformat()))
    known = answer_words()["merged_file"].format(file=merged.file)
    files = ((known, (merged.sha256, merged.file)), (r.source.file, (r.source.sha256, r.source.file)))
    return _with(r, finding("I210", files=f"“{known}”、“{r.source.file}”", differences="").offering(files))


def _moment(r: Return) -> tuple[dt.date, dt.datetime]:
    """When a return was made: its own 填报日期, then the file's time."""
    reported = head_date(r.form) if r.form is not None else None
    return reported or dt.date.min, r.source.time.replace(microsecond=0)


def _recency(r: Return) -> tuple[dt.date, dt.datetime, str, str]:
    """By its moment; digest and name only make the order stable."""
    return *_moment(r), r.source.sha256, r.source.file


def _ignored(r: Return, why: Finding) -> Return:
    return replace(r, findings=(why,), settled="ignored")


def _with(r: Return, *extra: Finding) -> Return:
    return replace(r, findings=(*extra, *r.findings))


@dataclass(slots=True)
class _Rows:
    """The rows of one sheet of all returns as one table, and the return each came from."""

    owner: list[int] = field(default_factory=list)
    rows: list[ReadRow] = field(default_factory=list)
    expected: list[ExpectedRow] = field(default_factory=list)


def _checked(returns: Sequence[Return], context: Context) -> list[Return]:
    """All rows of a sheet, and all heads, through the rules in one validation; findings go back to their files."""
    found: dict[int, list[Finding]] = {}
    tables: dict[Part, _Rows] = {}
    heads: list[int] = []
    for i, r in enumerate(returns):
        if r.form is None or r.identity is None or r.settled or not any(s.rows for s in r.form.sheets.values()):
            continue
        heads.append(i)
        for part, sheet in r.form.sheets.items():
            expected, table = context.expected[r.identity.sender].get(part, {}), tables.setdefault(part, _Rows())
            for row in sheet.rows:
                table.owner.append(i)
                table.rows.append(row)
                table.expected.append(expected[row.code])
    if heads:
        for i, f in _head_findings(returns, heads, context):
            found.setdefault(i, []).append(f)
    for part, table in tables.items():
        for i, f in _row_findings(returns, part, table, context):
            found.setdefault(i, []).append(f)
    said = [(r, (*r.findings, *found.get(i, ()))) for i, r in enumerate(returns)]
    return [replace(r, findings=_in_reading_order(findings, r.form)) for r, findings in said]


def _in_reading_order(findings: Iterable[Finding], form: ReadForm | None) -> tuple[Finding, ...]:
    """Findings of the whole file first, then sheet by sheet and cell by cell from the top."""
    titles = [sheet.title for sheet in form.sheets.values()] if form else []

    def place(f: Finding) -> tuple[int, int, int, str]:
        digits = "".join(c for c in f.cell or "" if c.isdigit())
        letters = (f.cell or "").rstrip("0123456789")
        sheet = titles.index(f.sheet) if f.sheet in titles else 0
        return (sheet, int(digits) if digits else 0, len(letters), letters)

    return tuple(sorted(findings, key=place))


def _head_findings(
    returns: Sequence[Return], heads: Sequence[int], context: Context
) -> Iterable[tuple[int, Finding]]:
    spec = context.specs["report"]
    forms = [r.form for i in heads if (r := returns[i]).form is not None]
    unreadable = {k: f.head_unreadable for k, f in enumerate(forms) if f.head_unreadable}
    lines = Lines([f.head for f in forms], spec, context.period.last_day, "head", unreadable=unreadable)
    for place, rule in broken_rules(lines):
        form = forms[place]
        cell, value = form.head_cells.get(rule.field), form.head.get(rule.field)
        yield heads[place], rule_finding(rule, sheet=form.report.title, cell=cell, read=value, value=value)


def _row_findings(
    returns: Sequence[Return], part: Part, table: _Rows, context: Context
) -> Iterable[tuple[int, Finding]]:
    unreadable = {k: r.unreadable for k, r in enumerate(table.rows) if r.unreadable}
    values, facts = [r.values for r in table.rows], [e.facts for e in table.expected]
    lines = Lines(values, context.specs[part], context.period.last_day, facts=facts, unreadable=unreadable)
    for place, rule in broken_rules(lines):
        row, owner = table.rows[place], table.owner[place]
        form = returns[owner].form
        if form is None:
            continue
        yield (
            owner,
            rule_finding(
                rule,
                sheet=form.sheets[part].title,
                cell=row.cells.get(rule.field),
                task=row.task_code,
                read=row.values.get(rule.field),
                value=row.original(rule.field),
            ),
        )
