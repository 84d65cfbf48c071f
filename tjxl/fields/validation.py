"""The rules as Excel's data validation and conditional formats.

A validation refuses or questions what is typed, so it holds only what a value must be by itself: the rules whose
condition is no more than `filled(x)`. What depends on other cells is shown by colours and by 自检.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from tjxl.fields.expressions import (
    Always,
    And,
    AsOf,
    Compare,
    DateOf,
    Filled,
    Length,
    Member,
    Name,
    Node,
    Number,
    Typed,
    date_of,
)
from tjxl.fields.formula_text import FormulaWriter
from tjxl.fields.spec import MESSAGE_LIMIT, TITLE_LIMIT, Field, Rule, Scope, Spec

CellState = Literal["error", "missing", "warning"]

_REFUSED = ("status", "choice", "percent", "number", "date")

_FORMULA_LIMIT = 255
"""The longest formula that Excel takes in a data validation."""


@dataclass(frozen=True, slots=True)
class CellFormat:
    """Where `formula` is true the cell is wrong, has to be filled in, or should be looked at again."""

    state: CellState
    formula: str


def data_validation(spec: Spec, field: Field, cell: str, as_of: dt.date, *, status_source: str) -> dict[str, Any]:
    """The options of XlsxWriter's `data_validation` for a field that the unit fills in.

    Lists, numbers and dates refuse what cannot be right (`stop`); a text that is too long is only questioned.

    Args:
        cell: the first cell the validation applies to, relative: `L8`.
        as_of: the period's last day: the bounds of a date follow from it.
        status_source: the range that holds the list of statuses, `=_lists!$A$2:$A$6`. A range, because Excel
            cannot read a file whose literal list is longer than 255 characters.
    """
    options: dict[str, Any] = {
        "input_title": (field.input_title or field.title)[:TITLE_LIMIT],
        "input_message": field.input_message,
        "ignore_blank": True,
    }
    own = [r for r in spec.rules if r.mentions == {field.name}]
    rules = [r for r in own if isinstance(r.when, Filled | Always)]
    kind = field.kind
    if kind == "status":
        options |= {"validate": "list", "source": status_source}
        rules = [r for r in rules if isinstance(r.must, Member)]
    elif kind == "choice":
        options |= {"validate": "list", "source": [c.name for c in field.choices]}
        rules = [r for r in rules if isinstance(r.must, Member)]
    elif kind == "number":
        rules = [r for r in rules if isinstance(r.must, Typed)]
        options |= {"validate": "custom", "value": f"=ISNUMBER({cell})"} if rules else {"validate": "any"}
    elif kind in ("percent", "date"):
        low, high, rules = _bounds(rules, as_of)
        options |= {"validate": "decimal" if kind == "percent" else "date"}
        options |= _between(low, high)
    else:
        rules = [r for r in rules if _measures(r.must)]
        formula = _length_formula(spec, rules, cell, field.name)
        options |= {"validate": "custom", "value": formula} if formula else {"validate": "any"}
    if options["validate"] != "any":
        options |= {
            "error_type": "stop" if kind in _REFUSED else "warning",
            "error_title": field.title[:TITLE_LIMIT],
            "error_message": "".join(dict.fromkeys(r.message + r.remedy for r in rules))[:MESSAGE_LIMIT],
        }
    return options


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
    return formats


def _bounds(rules: list[Rule], as_of: dt.date) -> tuple[Any, Any, list[Rule]]:
    """The lowest and highest value that the rules allow, and the rules that say so."""
    low = high = None
    used = []
    for rule in rules:
        comparisons = [c for c in _comparisons(rule.must) if _limit(c, as_of) is not None]
        for comparison in comparisons:
            side, value = _limit(comparison, as_of)  # type: ignore[misc]
            if side == "low":
                low = value if low is None else max(low, value)
            else:
                high = value if high is None else min(high, value)
        if comparisons:
            used.append(rule)
    return low, high, used


def _limit(comparison: Compare, as_of: dt.date) -> tuple[str, Any] | None:
    """("low", 0) for 0 <= x or x >= 0; None for any other comparison."""
    left, op, right = comparison.left, comparison.op, comparison.right
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


def _comparisons(node: Node) -> Iterator[Compare]:
    match node:
        case Compare():
            yield node
        case And(parts):
            for part in parts:
                yield from _comparisons(part)


def _measures(node: Node) -> bool:
    return isinstance(node, Compare) and isinstance(node.left, Length)


def _length_formula(spec: Spec, rules: list[Rule], cell: str, name: str) -> str | None:
    """The length that 自检 measures. Excel's own text length would count white space."""
    writer = FormulaWriter(spec, {name: cell}, "0")
    formula = "=" + _and([writer.truth(r.must) for r in rules]) if rules else ""
    return formula if 0 < len(formula) <= _FORMULA_LIMIT else None


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"AND({','.join(parts)})"
