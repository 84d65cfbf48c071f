"""The rules as Excel's data validation and conditional formats.

A validation refuses or questions what is typed, so it holds only what a value must be by itself: the rules that read
no other cell. What depends on other cells is shown by colours and by 自检. It never refuses what the check accepts.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tjxl.fields.expressions import (
    Always,
    And,
    AsOf,
    Compare,
    DateOf,
    EmailLike,
    Filled,
    Length,
    Name,
    Node,
    Not,
    Number,
    Or,
    PhoneLike,
    Typed,
    Whole,
    date_of,
    where_blank,
)
from tjxl.fields.formula_text import LENGTH_LIMIT, FormulaWriter, within_limits
from tjxl.fields.guide import fitted, input_message
from tjxl.fields.spec import HEAD, TITLE_LIMIT, Field, Rule, Scope, Spec
from tjxl.fields.text import PHONE_DIGITS

CellState = Literal["error", "missing", "warning"]

_LISTS = ("status", "choice")
_VALUES = ("percent", "number", "date")
_SHAPES = (PhoneLike, EmailLike)

FORMULA_LIMIT = 255
"""The longest formula that Excel takes in a data validation."""

_COLOUR_ROOM = 200
"""Left of Excel's limit for what a sheet puts around the formula of a colour: only in rows that were started."""


@dataclass(frozen=True, slots=True)
class CellFormat:
    """Where `formula` is true the cell is wrong, has to be filled in, or should be looked at again."""

    state: CellState
    formula: str


def data_validation(spec: Spec, field: Field, cell: str, as_of: dt.date, *, status_source: str) -> dict[str, Any]:
    """The options of XlsxWriter's `data_validation` for a field that the unit fills in.

    Lists, numbers, dates, phone numbers and e-mail addresses refuse what cannot be right (`stop`); another text is
    only questioned, and so is what breaks none but a warning. Rules for which the 255 characters of a validation
    have no room are left to colours and 自检.

    Args:
        cell: the first cell the validation applies to, relative: `L8`.
        as_of: the period's last day: the bounds of a date follow from it.
        status_source: the range that holds the list of statuses, `=_lists!$A$2:$A$6`. A range, because Excel
            cannot read a file whose literal list is longer than 255 characters.
    """
    title = (field.input_title or field.title)[:TITLE_LIMIT]
    options: dict[str, Any] = {
        "input_title": title, "input_message": input_message(spec, field), "ignore_blank": True
    }  # fmt: skip
    if field.kind in _LISTS:
        source = status_source if field.kind == "status" else [c.name for c in field.choices if c.offered]
        held = [r for r in spec.rules if r.field == field.name and r.gate]
        options |= {"validate": "list", "source": source}
    else:
        rules = cell_rules(spec, field)
        made, held = _bounded(field, rules, as_of) or _custom(spec, field, rules, cell, as_of)
        options |= made
    if options["validate"] == "any":
        return options
    shaped = all(isinstance(r.must, _SHAPES) for r in held)
    refused = (field.kind in (*_LISTS, *_VALUES) or shaped) and held[0].severity == "error"
    return options | {
        "error_type": "stop" if refused else "warning",
        "error_title": field.title[:TITLE_LIMIT],
        "error_message": fitted(r.message + r.remedy for r in held),
    }


def cell_rules(spec: Spec, field: Field) -> list[Rule]:
    """The rules that a value breaks or keeps by itself: errors, or warnings where there are no errors."""
    filled = Filled(Name(field.name, {**spec.values("row"), **spec.values("head")}[field.name]))
    own = [r for r in spec.rules if r.field == field.name and r.mentions == {field.name} and r.must != filled]
    return [r for r in own if r.severity == "error"] or own


def conditional_formats(
    spec: Spec, field: str, places: Mapping[str, str], as_of: str, *, scope: Scope = "row"
) -> list[CellFormat]:
    """The conditional formats of a field's cells, the more severe first.

    Args:
        places: formula text of the fields and of the facts at hand, relative to the first row: `$J8`. A rule
            that reads anything else is left to 自检.
        as_of: formula text of the period's last day.
    """
    writer = FormulaWriter(spec, places, as_of)
    rules = [r for r in spec.rules_of(scope) if r.field == field and writer.can_write(r)]
    gates = [r for r in spec.rules_of(scope) if r.gate and writer.can_write(r)]
    name = Name(field, spec.values(scope)[field])
    filled = writer.truth(Filled(name))

    def any_of(severity: str) -> str:
        tests = []
        for rule in (r for r in rules if r.severity == severity):
            closed = [writer.broken(g) for g in gates if g is not rule and g.field in rule.mentions]
            tests.append(_and([writer.broken(rule), *(f"NOT({c})" for c in closed)]))
        return f"OR({','.join(tests)})" if tests else ""

    formats = []
    if errors := any_of("error"):
        formats.append(CellFormat("error", f"=AND({filled},{errors})"))
        formats.append(CellFormat("missing", f"=AND(NOT({filled}),{errors})"))
    if warnings := any_of("warning"):
        formats.append(CellFormat("warning", f"={warnings}"))
    where = f"{HEAD if scope == 'head' else ''}“{spec.field(field).title}”的颜色公式"
    for made in formats:
        within_limits(spec, made.formula, where, limit=LENGTH_LIMIT - _COLOUR_ROOM)
    return formats


def _bounded(field: Field, rules: Sequence[Rule], as_of: dt.date) -> tuple[dict[str, Any], list[Rule]] | None:
    """A number or date between bounds, where the rules say nothing else: Excel's own wording of it."""
    low = high = None
    bounded = False
    whole = False
    for rule in rules:
        parts = [part for part in _parts(rule.must) if not isinstance(part, Typed | Whole)]
        whole |= any(isinstance(part, Whole) for part in _parts(rule.must))
        if not parts:
            continue
        limits = [_limit(part, as_of) for part in parts]
        if field.kind not in _VALUES or not isinstance(rule.when, Filled | Always) or None in limits:
            return None
        for side, value in (limit for limit in limits if limit is not None):
            bounded = True
            if side == "low":
                low = value if low is None else max(low, value)
            else:
                high = value if high is None else min(high, value)
    if not bounded:
        return None
    if isinstance(high, dt.date):  # a day ends at midnight: a time of day does not make it later
        high = dt.datetime.combine(high, dt.time(23, 59, 59))
    kind = "date" if field.kind == "date" else "integer" if whole else "decimal"
    return {"validate": kind} | _between(low, high), list(rules)


def _custom(
    spec: Spec, field: Field, rules: Sequence[Rule], cell: str, as_of: dt.date
) -> tuple[dict[str, Any], list[Rule]]:
    """A formula of as many rules as there is room for, the more severe first."""
    day = f"DATE({as_of.year},{as_of.month},{as_of.day})"
    writer = FormulaWriter(spec, {field.name: cell}, day)
    held: list[Rule] = []
    claims: list[str] = []
    for rule in rules:
        for claim in _claims(writer, rule, field.name, cell):
            if len(f"={_and([*claims, claim])}") <= FORMULA_LIMIT:
                claims.append(claim)
                held.append(rule)
                break
    return ({"validate": "custom", "value": f"={_and(claims)}"} if held else {"validate": "any"}), held


def _claims(writer: FormulaWriter, rule: Rule, name: str, cell: str) -> Iterator[str]:
    """What has to hold in a cell that is not empty: in full, then in fewer words that ask less."""
    keeps_blank = isinstance(rule.must, Typed) or where_blank(rule.must, frozenset({name})) is True
    plain = isinstance(rule.when, Always) or (isinstance(rule.when, Filled) and keeps_blank)
    yield writer.truth(rule.must if plain else Or((Not(rule.when), rule.must)))
    if isinstance(rule.when, Always | Filled) and (least := _least_length(rule.must)) is not None:
        # all characters count here, so that this asks for less than the rule
        yield f'OR(LEN({cell})>={least},TRIM(SUBSTITUTE({cell},"\u3000",""))="")'
    if isinstance(rule.must, EmailLike):
        yield f'ISNUMBER(FIND(".",{cell},FIND("@",{cell})+2))'


def _least_length(node: Node) -> int | None:
    """How many characters a text that keeps the rule has at least."""
    match node:
        case PhoneLike():
            return PHONE_DIGITS[0]
        case Compare(">=", Length(), Number(value)):
            return math.ceil(value)
    return None


def _limit(node: Node, as_of: dt.date) -> tuple[str, Any] | None:
    """("low", 0) for 0 <= x or x >= 0; None for anything else."""
    if not isinstance(node, Compare):
        return None
    left, op, right = node.left, node.op, node.right
    if isinstance(right, Name) and isinstance(left, Number | AsOf | DateOf):
        flipped = {"<=": ">=", ">=": "<="}
        left, op, right = right, flipped.get(op, op), left  # type: ignore[assignment]
    if not isinstance(left, Name) or not isinstance(right, Number | AsOf | DateOf):
        return None
    value = right.value if isinstance(right, Number) else date_of(right, as_of)
    return {">=": ("low", value), "<=": ("high", value)}.get(op)


def _between(low: Any, high: Any) -> dict[str, Any]:
    if low is not None and high is not None:
        return {"criteria": "between", "minimum": low, "maximum": high}
    if low is not None:
        return {"criteria": ">=", "value": low}
    if high is not None:
        return {"criteria": "<=", "value": high}
    return {"validate": "any"}


def _parts(node: Node) -> Iterator[Node]:
    match node:
        case And(parts):
            for part in parts:
                yield from _parts(part)
        case _:
            yield node


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"AND({','.join(parts)})"
