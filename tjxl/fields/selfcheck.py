"""The 自检 formulas: the same rules, evaluated by whatever spreadsheet program the unit has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from tjxl.fields.expressions import And, Node, Not, where_blank
from tjxl.fields.formula_text import LENGTH_LIMIT, FormulaWriter, condensed_text, quoted, within_limits
from tjxl.fields.spec import HEAD, LENGTH_MARK, Rule, Spec

_HEAD_LIMIT = LENGTH_LIMIT // 2 - 100
"""The sheet 自检 asks a check of the head twice in one formula: IF(check="✓","",check)."""


def row_formula(spec: Spec, columns: Mapping[str, str], row: int | str, facts: Mapping[str, str]) -> str:
    """The 自检 formula of a row: 未填 where nothing is filled in though something has to be, else the first mistake,
    else the first warning after 提示：, else ✓.

    Args:
        columns: column letter of every field the unit fills in: {"status": "J", …}.
        row: the sheet row, from 1, or what stands for it. References are relative to it (`$J8`), so rows may be
            sorted and copied.
        facts: formula text of every fact of `spec.facts`, and of `as_of`, for this row: a look-up by the task
            code, `VLOOKUP($A8,_lists!$D:$J,3,FALSE)`. Roles, goals and statuses by their Chinese titles.

    Returns:
        The formula, with its leading `=`.

    Raises:
        SpecError: E226 the rules make a formula that Excel does not take.
    """
    places = {name: f"${letter}{row}" for name, letter in columns.items()}
    writer = FormulaWriter(spec, {**places, **facts}, facts["as_of"])
    unit = [places[f.name] for f in spec.unit_fields]
    open_row = f"LEN({condensed_text('&'.join(unit))})=0"
    demands = demands_of(spec)
    if demands is not True:
        open_row = f"AND({open_row},OR({','.join(writer.truth(d) for d in demands)}))" if demands else "FALSE"
    texts = spec.self_check
    verdict = _verdict(writer, spec, spec.rules_of("row"))
    formula = f"=IFERROR(IF({open_row},{quoted(texts.unfilled)},{verdict}),{quoted(texts.unreadable)})"
    return within_limits(spec, formula, "自检公式")


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
    formula = f"=IFERROR({verdict},{quoted(spec.self_check.unreadable)})"
    where = f"{HEAD}“{spec.field(field).title}”的自检公式"
    return within_limits(spec, formula, where, limit=_HEAD_LIMIT)


def _verdict(writer: FormulaWriter, spec: Spec, rules: Iterable[Rule]) -> str:
    """Nested IFs; the rules come in the order that counts, so the first that is broken is the one to say."""
    formula = quoted(spec.self_check.fine)
    for rule in reversed(tuple(rules)):
        prefix = "" if rule.severity == "error" else spec.self_check.warning_prefix
        before, mark, after = (prefix + (rule.counted or rule.message)).partition(LENGTH_MARK)
        said = f"{quoted(before)}&{writer.length(rule.field)}&{quoted(after)}" if mark else quoted(before)
        formula = f"IF({writer.broken(rule)},{said},{formula})"
    return formula
