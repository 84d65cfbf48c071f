"""The 自检 formulas: the same rules, evaluated by whatever spreadsheet program the unit has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from tjxl.errors import SpecError
from tjxl.fields.expressions import And, Node, Not, where_blank
from tjxl.fields.formula_text import FormulaWriter, depth_of, quoted, without
from tjxl.fields.spec import Rule, Spec
from tjxl.fields.text import WHITE_SPACE

LENGTH_LIMIT = 8_192
DEPTH_LIMIT = 64
"""Excel's limits of a formula."""


def row_formula(spec: Spec, columns: Mapping[str, str], row: int, facts: Mapping[str, str]) -> str:
    """The 自检 formula of a row: 未填 where nothing is filled in though something has to be, else the first mistake,
    else the first warning after 提示：, else ✓.

    Args:
        columns: column letter of every field the unit fills in: {"status": "J", …}.
        row: the sheet row, from 1. References are relative to it (`$J8`), so rows may be sorted and copied.
        facts: formula text of every fact of `spec.facts`, and of `as_of`, for this row: a look-up by the task
            code, `VLOOKUP($A8,_lists!$D$2:$J$60,3,FALSE)`. Roles, goals and statuses by their Chinese titles.

    Returns:
        The formula, with its leading `=`.

    Raises:
        SpecError: E226 the rules make a formula that Excel does not take.
    """
    places = {name: f"${letter}{row}" for name, letter in columns.items()}
    writer = FormulaWriter(spec, {**places, **facts}, facts["as_of"])
    unit = [places[f.name] for f in spec.unit_fields]
    open_row = f"LEN({without('&'.join(unit), WHITE_SPACE)})=0"
    demands = demands_of(spec)
    if demands is not True:
        open_row = f"AND({open_row},OR({','.join(writer.truth(d) for d in demands)}))" if demands else "FALSE"
    texts = spec.self_check
    verdict = _verdict(writer, spec, spec.rules_of("row"))
    formula = f"=IFERROR(IF({open_row},{quoted(texts.unfilled)},{verdict}),{quoted(texts.unreadable)})"
    return _within_limits(spec, formula, "[[rule]]")


def demands_of(spec: Spec) -> tuple[Node, ...] | Literal[True]:
    """When an untouched row is a mistake: one of these conditions on its facts holds; True where it always is."""
    blank = frozenset(f.name for f in spec.unit_fields)
    broken = (And((r.when, Not(r.must))) for r in spec.rules_of("row") if r.severity == "error")
    conditions = [where_blank(node, blank) for node in broken]
    if True in conditions:
        return True
    return tuple(dict.fromkeys(c for c in conditions if not isinstance(c, bool)))


def head_formula(spec: Spec, field: str, cells: Mapping[str, str], as_of: str) -> str:
    """The check of one value of the head: what is wrong with it, else ✓.

    Args:
        field: the value's name, `phone`.
        cells: where each value of the head stands: {"phone": "填报!$E$3", …}.
        as_of: formula text of the period's last day.

    Raises:
        SpecError: E226 the rules make a formula that Excel does not take.
    """
    writer = FormulaWriter(spec, cells, as_of)
    verdict = _verdict(writer, spec, (r for r in spec.rules_of("head") if r.field == field))
    return _within_limits(spec, f"=IFERROR({verdict},{quoted(spec.self_check.unreadable)})", f"[[head]] {field}")


def _verdict(writer: FormulaWriter, spec: Spec, rules: Iterable[Rule]) -> str:
    """Nested IFs; the rules come in the order that counts, so the first that is broken is the one to say."""
    formula = quoted(spec.self_check.fine)
    for rule in reversed(tuple(rules)):
        text = rule.message if rule.severity == "error" else spec.self_check.warning_prefix + rule.message
        formula = f"IF({writer.broken(rule)},{quoted(text)},{formula})"
    return formula


def _within_limits(spec: Spec, formula: str, key: str) -> str:
    depth = depth_of(formula)
    if len(formula) > LENGTH_LIMIT or depth > DEPTH_LIMIT:
        shipped = f"{spec.name}.toml"
        file = next((r.file for r in spec.rules if r.file != shipped), shipped)  # the office's, where it has a part
        raise SpecError("E226", file=file, key=key, length=len(formula), depth=depth)
    return formula
