"""The pipeline over a set of files: open → identify → read → normalise → check → verdict.

Each file is read on its own and can fail only for itself. Then the readings are looked at together: repeats and
successors of one unit, and all rows of all files through the field rules in one pandera validation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, cast

from tjxl.errors import PackageError
from tjxl.fields.spec import rule_finding
from tjxl.findings import Finding, Verdict, finding, verdict_of
from tjxl.intake.context import Context, ExpectedRow, MergedReturn
from tjxl.intake.identify import Identity, check_identity, read_identity
from tjxl.intake.read import (
    FormReader,
    ReadForm,
    ReadRow,
    check_rows_present,
    head_date,
    is_unfilled,
    with_rows,
)
from tjxl.intake.sources import Source, foreign_kind
from tjxl.intake.values import squeeze
from tjxl.ooxml.book import Book
from tjxl.sheets.form_places import IDENTITY_SHEET

if TYPE_CHECKING:
    from tjxl.fields.frame import Unreadable

# Office packages that are no workbooks, by the folder of their main part.
_PACKAGES = {"word": "Word 文档", "ppt": "演示文稿", "visio": "Visio 图"}


@dataclass(frozen=True, slots=True)
class Return:
    """One file and what came of it.

    Attributes:
        form: what was read; None where the file could not be read as a form.
        identity: who it says it is; None where unknown.
        findings: everything found, in the order file, head, rows.
        settled: a verdict that needs no further look (ignored).
    """

    source: Source
    identity: Identity | None = None
    form: ReadForm | None = None
    findings: tuple[Finding, ...] = ()
    settled: Verdict | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict of section 7 of the design."""
        return self.settled or verdict_of(self.findings)

    def to_json(self) -> dict[str, Any]:
        """One member of `returns`; `annotated` is added by whoever writes the annotated copy."""
        return {
            "file": self.source.file,
            "unit": self.identity.unit if self.identity else None,
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
        code = "I212" if error.code in ("E302", "E303") else "I222"  # I222: the guard's own sentence
        return Return(source, findings=(finding(code, reason=str(error)),))
    except Exception as error:  # the last net: one file that breaks the program must not stop the others
        return Return(source, findings=(finding("I219", reason=type(error).__name__),))


def _read_workbook(source: Source, context: Context) -> Return:
    book = Book(source.content)
    if not book.sheets:
        kind = _PACKAGES.get(book.package.workbook_part.partition("/")[0], "不含工作表的文件")
        return Return(source, findings=(finding("I214", kind=kind),))
    identity = read_identity(book.cells(IDENTITY_SHEET)) if IDENTITY_SHEET in book.sheets else None
    if identity is None:
        return Return(source, findings=(finding("I201"),))
    key = context.key if context.check_digest else None
    doubt = check_identity(identity, master_id=context.master_id, key=key, period=context.period.code)
    if doubt is not None:
        named = identity if doubt.code == "I204" else None
        return Return(source, named, findings=(doubt,))
    if identity.unit_code not in context.expected:
        return Return(source, identity, findings=(finding("I220", unit=identity.unit),))
    form = FormReader(book, context.spec, context.settings, context.year).read()
    expected = context.expected[identity.unit_code]
    rows, problems = check_rows_present(form, expected, context.spec)
    problems += _wrong_unit(form, identity, context)
    if is_unfilled(form, expected, context.spec):
        problems = [finding("R310", sheet=form.sheet)]
        form = replace(form, findings=(), rows=())
        return Return(source, identity, with_rows(form, (), []), tuple(problems))
    return Return(source, identity, with_rows(form, rows, []), (*form.findings, *problems))


def _wrong_unit(form: ReadForm, identity: Identity, context: Context) -> list[Finding]:
    """填报单位 is locked; another name there means that somebody used another unit's form (failure mode 28).

    The unit's other names are as good, and so is the name that it had when the form was issued.
    """
    shown = form.head.get("unit")
    code = identity.unit_code
    unit = context.unit_names[code]
    if not shown or squeeze(str(shown)) in map(squeeze, (unit, identity.unit, *context.unit_aliases.get(code, ()))):
        return []
    cell = form.head_cells["unit"]
    return [finding("I205", sheet=form.sheet, cell=cell, field="unit", shown=shown, unit=unit, value=shown)]


def judge(returns: Sequence[Return], context: Context) -> list[Return]:
    """The returns with repeats settled and the field rules checked, in the order given."""
    return _checked(_repeats_settled(returns, context), context)


def _repeats_settled(returns: Sequence[Return], context: Context) -> list[Return]:
    """Of several returns of one unit the newest counts (填报日期, then file time); failure mode 29.

    A form on which another unit's name stands proves nothing about the unit that it was issued to: it goes back, and
    displaces nobody's return.
    """
    by_unit: dict[str, list[int]] = {}
    out = list(returns)
    for i, r in enumerate(returns):
        if r.form is not None and r.identity is not None and all(f.code != "I205" for f in r.findings):
            by_unit.setdefault(r.identity.unit_code, []).append(i)
    for unit, places in by_unit.items():
        ranked = sorted(places, key=lambda i: _recency(returns[i]), reverse=True)
        best = returns[ranked[0]]
        for i in ranked[1:]:
            other = returns[i]
            if other.source.sha256 == best.source.sha256:
                out[i] = _ignored(other, finding("I207", successor=best.source.file))
            elif _moment(other) == _moment(best):
                out[i] = _with(other, finding("I210", other=best.source.file))
                out[ranked[0]] = _with(out[ranked[0]], finding("I210", other=other.source.file))
            else:
                out[i] = _ignored(other, finding("I206", successor=best.source.file))
        merged = context.merged.get(unit)
        if merged is not None and merged.reported_on is not None:
            out[ranked[0]] = _against_merged(out[ranked[0]], merged)
    return out


def _against_merged(r: Return, merged: MergedReturn) -> Return:
    """A return beside the one of its unit that is merged already: newer is a correction, older is not wanted."""
    theirs = (merged.reported_on or dt.date.min, merged.file_time or dt.datetime.min)
    if r.source.sha256 == merged.sha256 or _moment(r) > theirs:
        return r
    if _moment(r) == theirs:
        return _with(r, finding("I210", other=merged.file))
    return _ignored(r, finding("I209", merged=theirs[0].isoformat()))


def _moment(r: Return) -> tuple[dt.date, dt.datetime]:
    """When a return was made: its own 填报日期, then the file's time."""
    reported = head_date(r.form) if r.form is not None else None
    return reported or dt.date.min, r.source.time.replace(microsecond=0)


def _recency(r: Return) -> tuple[dt.date, dt.datetime, str, str]:
    """By its moment; digest and name only make the order stable."""
    return *_moment(r), r.source.sha256, r.source.file


def _ignored(r: Return, why: Finding) -> Return:
    return replace(r, findings=(why,), settled="ignored")


def _with(r: Return, extra: Finding) -> Return:
    return replace(r, findings=(extra, *r.findings))


@dataclass(slots=True)
class _Rows:
    """The rows of all returns as one table's columns, and where each came from."""

    owner: list[int] = field(default_factory=list)
    rows: list[ReadRow] = field(default_factory=list)
    expected: list[ExpectedRow] = field(default_factory=list)


def _checked(returns: Sequence[Return], context: Context) -> list[Return]:
    """All rows and heads through the field rules in one validation each; findings go back to their files."""
    found: dict[int, list[Finding]] = {}
    table = _Rows()
    heads: list[int] = []
    for i, r in enumerate(returns):
        if r.form is None or r.identity is None or r.settled or not r.form.rows:
            continue
        heads.append(i)
        expected = context.expected[r.identity.unit_code]
        for row in r.form.rows:
            table.owner.append(i)
            table.rows.append(row)
            table.expected.append(expected[row.task_code])
    if heads:
        for i, f in (*_head_findings(returns, heads, context), *_row_findings(returns, table, context)):
            found.setdefault(i, []).append(f)
    return [replace(r, findings=_in_reading_order((*r.findings, *found.get(i, ())))) for i, r in enumerate(returns)]


def _in_reading_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings of the whole file first, then cell by cell from the top."""

    def place(f: Finding) -> tuple[int, int, str]:
        digits = "".join(c for c in f.cell or "" if c.isdigit())
        letters = (f.cell or "").rstrip("0123456789")
        return (int(digits) if digits else 0, len(letters), letters)

    return tuple(sorted(findings, key=place))


def _head_findings(
    returns: Sequence[Return], heads: Sequence[int], context: Context
) -> Iterable[tuple[int, Finding]]:
    from tjxl.fields.frame import check_head, typed_frame

    forms = [r.form for i in heads if (r := returns[i]).form is not None]
    frame = typed_frame((f.head for f in forms), context.spec, scope="head")
    unreadable: Unreadable = {k: f.head_unreadable for k, f in enumerate(forms) if f.head_unreadable}
    for breach in check_head(frame, context.spec, context.period.last_day, unreadable):
        place, rule = cast(int, breach.index), breach.rule
        form = forms[place]
        yield (
            heads[place],
            rule_finding(
                rule, sheet=form.sheet, cell=form.head_cells.get(rule.field), value=form.head.get(rule.field)
            ),
        )


def _row_findings(returns: Sequence[Return], table: _Rows, context: Context) -> Iterable[tuple[int, Finding]]:
    from tjxl.fields.frame import check_rows, typed_frame

    lines = (_line(row, expected) for row, expected in zip(table.rows, table.expected, strict=True))
    frame = typed_frame(lines, context.spec)
    unreadable: Unreadable = {k: r.unreadable for k, r in enumerate(table.rows) if r.unreadable}
    for breach in check_rows(frame, context.spec, context.period.last_day, unreadable):
        place, rule = cast(int, breach.index), breach.rule
        row, owner = table.rows[place], table.owner[place]
        form = returns[owner].form
        if form is None:
            continue
        yield (
            owner,
            rule_finding(
                rule,
                sheet=form.sheet,
                cell=row.cells.get(rule.field),
                task=row.task_code,
                value=row.originals.get(rule.field),
            ),
        )


def _line(row: ReadRow, expected: ExpectedRow) -> dict[str, Any]:
    """A row's values with the facts that rules ask for beside them."""
    facts = ("role", "goal", "deadline", "last_status", "last_percent", "last_text")
    return {**row.values, **{name: getattr(expected, name) for name in facts}}
