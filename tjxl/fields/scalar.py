"""The rules in plain Python, for one row at a time: prefilled rows, and the yardstick of the other faces."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from tjxl.fields.expressions import (
    COMPARE,
    Always,
    And,
    AsOf,
    Compare,
    DateOf,
    DigitRun,
    EmailLike,
    Filled,
    Kind,
    Length,
    Member,
    Name,
    Node,
    Not,
    Number,
    Operand,
    Or,
    PhoneLike,
    Phrase,
    Same,
    Typed,
    Whole,
    date_of,
)
from tjxl.fields.spec import Rule, Scope, Spec, message_of
from tjxl.fields.text import condensed, has_digit_run, is_blank, is_email_like, is_phone_like, is_phrase

NUMBER_DIGITS = 12
"""Numbers are equal when they agree to this many decimals, as in a spreadsheet: 0.1 + 0.2 is 0.3 there."""


def check_values(values: Mapping[str, Any], spec: Spec, as_of: dt.date, *, scope: Scope = "row") -> list[Rule]:
    """The rules that one row (or one head) breaks, at most one error or one warning for a field.

    Args:
        values: by field and fact name; a missing name is blank. Roles and goals by their identifiers.
        as_of: the period's last day.
    """
    row = _Row(values, spec, as_of, scope)
    unusable = {r.field for r in spec.rules_of(scope) if r.gate and row.breaks(r)}
    broken: dict[str, Rule] = {}
    for rule in spec.rules_of(scope):
        silent = unusable & rule.mentions and not rule.gate
        if rule.field not in broken and not silent and row.breaks(rule):
            broken[rule.field] = rule
    return [r for r in spec.rules_of(scope) if broken.get(r.field) is r]


def breaks_rule(rule: Rule, values: Mapping[str, Any], spec: Spec, as_of: dt.date) -> bool:
    """Whether these values break this rule, whatever the other rules say about them."""
    return _Row(values, spec, as_of, rule.scope).breaks(rule)


def is_untouched(values: Mapping[str, Any], spec: Spec) -> bool:
    """Whether the unit has filled in nothing of a row."""
    return all(plain_value(values.get(f.name), spec.values("row")[f.name]) is None for f in spec.unit_fields)


def self_check_text(values: Mapping[str, Any], spec: Spec, broken: Sequence[Rule]) -> str:
    """What the 自检 of a row says that breaks these rules."""
    texts = spec.self_check
    first = min(broken, key=spec.rules.index, default=None)
    if first is None:
        return texts.fine
    if any(r.severity == "error" for r in broken) and is_untouched(values, spec):
        return texts.unfilled
    message = message_of(first, values.get(first.field))
    return message if first.severity == "error" else texts.warning_prefix + message


def plain_value(value: Any, kind: Kind) -> Any:
    """The value as the rules see it: None for a blank, a rounded float, a date without time, or text.

    A value that is not of its kind comes back as it is (a text in a number cell).
    """
    if value is None or (isinstance(value, str) and is_blank(value)):
        return None
    if bool(value != value):  # NaN and NaT  # noqa: PLR0124
        return None
    if kind == "number" and isinstance(value, int | float) and not isinstance(value, bool):
        return round(float(value), NUMBER_DIGITS)
    if kind == "date" and isinstance(value, dt.date):
        return value.date() if isinstance(value, dt.datetime) else value
    return str(value) if kind == "text" else value


class _Row:
    def __init__(self, values: Mapping[str, Any], spec: Spec, as_of: dt.date, scope: Scope) -> None:
        self.spec, self.as_of = spec, as_of
        self.values = {n: plain_value(values.get(n), kind) for n, kind in spec.values(scope).items()}

    def breaks(self, rule: Rule) -> bool:
        return self.holds(rule.when) and not self.holds(rule.must)

    def holds(self, node: Node) -> bool:
        match node:
            case Always():
                return True
            case And(parts):
                return all(self.holds(p) for p in parts)
            case Or(parts):
                return any(self.holds(p) for p in parts)
            case Not(of):
                return not self.holds(of)
            case Filled(of):
                return self.values[of.name] is not None
            case Typed(of):
                return self.operand(of) is not None
            case Whole(of):
                number = self.operand(of)
                return number is not None and number == int(number)
            case Member(of, symbols):
                return any(self.values[of.name] in self.spec.codes_of(s) for s in symbols)
            case Same(left, right):
                texts = self.text(left), self.text(right)
                return texts[0] != "" and texts[0] == texts[1]
            case PhoneLike(of):
                return is_phone_like(self.values[of.name] or "")
            case EmailLike(of):
                return is_email_like(self.values[of.name] or "")
            case DigitRun(of, least):
                return has_digit_run(self.values[of.name] or "", least)
            case Phrase(of, phrases):
                return is_phrase(self.values[of.name] or "", phrases)
            case Compare():
                return self.compares(node)

    def compares(self, node: Compare) -> bool:
        left, right = self.operand(node.left), self.operand(node.right)
        if left is None or right is None:
            return False
        return bool(COMPARE[node.op](left, right))

    def operand(self, node: Operand) -> Any:
        """A float or a date; None for a blank and for a value of the wrong type."""
        match node:
            case Number(value):
                return value
            case AsOf() | DateOf():
                return date_of(node, self.as_of)
            case Length(of):
                return len(self.text(of))
            case Name(name, kind):
                value = self.values[name]
                return value if isinstance(value, float if kind == "number" else dt.date) else None

    def text(self, name: Name) -> str:
        return condensed(self.values[name.name] or "")
